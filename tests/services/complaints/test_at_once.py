"""Two of the same form, and two tries of one number, in the same moment, on both engines."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict, TooMany
from server.models.complaint import Complaint, ComplaintKind, ComplaintPhoto
from server.models.person import FailedTry, Person
from server.models.station import Station
from server.services.complaints.following import TRIES_OF_NUMBER, opened_by_code
from server.services.complaints.said import Said
from server.services.complaints.taking import Kept, take_in
from server.services.people.tries import note_failure
from tests.at_once import Press, pressed_at_once
from tests.complaining import SECRET, complained
from tests.factories import NOW, Cast


def count(session: Session, noun: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(noun)) or 0


def test_a_form_sent_twice_at_once_is_one_complaint_with_one_set_of_photos(
    engine: Engine, session: Session, cast: Cast
) -> None:
    def send(own: Session, _by: Person) -> None:
        take_in(
            own, station=own.get_one(Station, cast.c1.id), said=Said(ComplaintKind.DELIVERY, "没送到"),
            photos=[Kept("0" * 64, 9)], secret=SECRET, form="f1", source="10.0.0.1", now=NOW,
        )  # fmt: skip

    assert pressed_at_once(engine, cast.office, send, send) == ["kept", "kept"]
    assert (count(session, Complaint), count(session, ComplaintPhoto)) == (1, 1)


def test_the_tenth_wrong_try_is_the_last_also_for_two_at_once(
    engine: Engine, session: Session, cast: Cast
) -> None:
    number = complained(session, cast).complaint.number
    for _ in range(TRIES_OF_NUMBER - 1):
        note_failure(session, what="complaint-code", keys=[f"n:{number}"], now=NOW)
    session.commit()

    def guess(network: str) -> Press:
        def press(own: Session, _by: Person) -> None:
            try:
                found = opened_by_code(
                    own, number=number, code="not it", secret=SECRET, network=network, now=NOW
                )
            except TooMany as refused:
                raise Conflict(refused.code, refused.message) from refused
            assert found is None

        return press

    told = pressed_at_once(engine, cast.office, guess("a"), guess("b"))
    assert told == ["kept", "too-many-tries"]
    tries = select(func.count()).where(FailedTry.key == f"n:{number}")
    session.rollback()
    assert session.scalar(tries) == TRIES_OF_NUMBER
