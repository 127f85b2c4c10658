"""A batch is kept together: few questions, nothing half done, and what changed meanwhile is seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.http import clock, database
from server.models.person import Person
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent
from server.services.days.count_versions import DayCounts
from tests.api.events import check_in, count, note, photo, results, rows
from tests.factories import Cast, make_keeping, make_sign, token_of
from tests.queries import queries

Headers = Callable[[Person], dict[str, str]]
Send = Callable[..., Any]


def test_what_was_written_of_a_batch_before_it_broke_is_undone_and_kept_one_by_one(
    session: Session, cast: Cast, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DayCounts.write

    def breaks_once(counts: DayCounts) -> None:
        monkeypatch.setattr(DayCounts, "write", real)
        raise IntegrityError("", {}, Exception("a version taken meanwhile"))

    monkeypatch.setattr(DayCounts, "write", breaks_once)

    sent = [check_in(cast.c1.id, "C0001"), count(cast.c1.id), count(cast.c1.id, received=-1)]
    answer = send(*sent)

    assert results(answer) == ["ok", "ok", "invalid"]
    assert results(send(*sent)) == ["same", "same", "invalid"]
    assert (rows(session, PhoneEvent), rows(session, CheckIn), rows(session, ParcelCount)) == (
        2, 1, 1,
    )  # fmt: skip


def test_what_changed_while_a_batch_was_read_is_looked_up_anew(
    session: Session, cast: Cast, send: Send, just_before_the_lock: Callable[..., None]
) -> None:
    def given() -> None:
        """The office gives 老李 the next village's station."""
        make_keeping(session, cast.li, cast.c2)
        session.commit()

    assert results(send(check_in(cast.c2.id, "C0002"))) == ["invalid"]
    just_before_the_lock(given)
    assert results(send(check_in(cast.c2.id, "C0002"))) == ["ok"]


def test_however_many_plain_records_a_batch_has_the_database_is_asked_as_often(
    client: FlaskClient, session: Session, cast: Cast, send: Send
) -> None:
    token = token_of(make_sign(session, cast.c1))
    session.commit()
    with client.application.app_context():
        asking = Session(database.db.engine)

    def day(ago: int) -> list[dict[str, Any]]:
        on = (clock.today() - timedelta(days=ago)).isoformat()
        shown = note(cast.c1.id, photo(b"bytes"))
        return [check_in(cast.c1.id, token), count(cast.c1.id, day_on=on), shown]

    def asked(*items: dict[str, Any]) -> list[str]:
        with queries(asking) as seen:
            send(*items)
        # The day's share is counted anew now and then, whatever the batch (server/http/day_use.py).
        now_and_then = ("BEGIN", "SELECT counties.", "SELECT count(*)")
        return [one for one in seen if not one.startswith(now_and_then)]

    send(check_in(cast.c1.id, token))
    assert len(asked(check_in(cast.c1.id, token))) == 4
    few = asked(*day(0))
    many = asked(*[item for ago in range(1, 7) for item in day(ago)])
    assert len(many) == len(few) <= 13
    with_bad = [*day(10)[:2], count(cast.c1.id, received=-1), count(cast.c1.id, received=-2)]
    assert len(asked(*with_bad, *day(11))) == len(few)
