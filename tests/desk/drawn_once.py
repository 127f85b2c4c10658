"""What every desk page has around it, made once for a walk over hundreds of pages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, g
from sqlalchemy.orm import Session

from server.http.database import session as of_request
from server.http.guards import desk_person
from server.services.common.queues import Asked
from server.services.office.queues import Waiting, queues_of


class DrawnOnce:
    """The menu's numbers and the pages of refusals, each made once as the house makes them.

    A refusal is its status, its words, and whether it gives typed text back: the first of each is
    drawn whole in its frame, an equal one after it has the same status and an empty page. The
    queues are counted anew after every deed (`changed`).
    """

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self._counted: dict[int, tuple[Waiting, ...]] = {}
        self._told: set[tuple[Any, ...]] = set()
        self._draw = app.extensions["framed_problem"]
        monkeypatch.setattr("desk.frame.queues.queues_of", self._queues)
        monkeypatch.setitem(app.extensions, "framed_problem", self._problem)

    def changed(self) -> None:
        """Something was done: what waits may be another number now."""
        self._counted.clear()

    def _queues(self, session: Session, asked: Asked) -> tuple[Waiting, ...]:
        who = asked.seen_by.id
        if who not in self._counted:
            self._counted[who] = queues_of(session, asked)
        return self._counted[who]

    def _problem(self, status: int, code: str, message: str) -> Response | None:
        if g.get("person") is None and not desk_person():
            return self._drawn(status, code, message)
        told = (g.person.id, status, code, message, bool(g.get("typed_before")))
        if told in self._told:
            of_request().rollback()
            return Response(status=status)
        drawn = self._drawn(status, code, message)
        if drawn is not None:
            self._told.add(told)
        return drawn

    def _drawn(self, status: int, code: str, message: str) -> Response | None:
        draw: Callable[..., Response | None] = self._draw
        return draw(status, code, message)
