"""Keeps a form whose request failed: in a transaction of its own, after the request was undone."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.db import begin_write
from server.http import clock
from server.http.database import session
from server.services.people.kept_forms import keep_form

log = structlog.get_logger()


class NotKept(Exception):  # noqa: N818 - an answer, not a fault
    """The database is what fails: nothing can be put aside in it."""


def keep_aside(
    person_id: int, path: str, fields: Iterable[tuple[str, str]], problem: Mapping[str, Any]
) -> str | None:
    """Undo the request and keep its form; the token, or None where it is too large.

    Raises `NotKept`.
    """
    try:
        session().rollback()
        begin_write(session())
        token = keep_form(
            session(),
            person_id=person_id,
            path=path,
            fields=fields,
            problem=problem,
            now=clock.now(),
        )
        session().commit()
    except (DBAPIError, PoolTimeout) as trouble:
        log.warning("form not kept", error=type(trouble).__name__)
        session().rollback()
        raise NotKept from trouble
    return token
