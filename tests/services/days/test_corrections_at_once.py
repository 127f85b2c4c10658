"""Two who correct the register's past at once, or one who corrects while a month is approved."""

from datetime import date

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.station import Station
from server.policy.hours import parse_hours
from server.services.common.seals import seal
from server.services.days.months import approve_month
from server.services.days.register_mistakes import Because, correct_hours
from server.services.days.register_past import past_of
from tests.at_once import Press, pressed_at_once
from tests.factories import NOW, TODAY, Cast
from tests.services.days.of_june import JUNE, june

DAILY = "周一至周日 08:00-18:00"


def test_the_second_is_told_of_the_first(engine: Engine, session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    session.commit()
    station, by = cast.c1.id, cast.office
    seen = seal(past_of(session, station=cast.c1, today=TODAY).shown)
    figures = june(session).sha256
    session.commit()

    def correct(hours: str) -> Press:
        def press(own: Session, person: Person) -> None:
            correct_hours(
                own, station=own.get_one(Station, station), from_on=date(2023, 6, 10),
                until_on=date(2023, 6, 20), hours=hours, because=Because("打错了", "站长来电"),
                standards=(), by=person, now=NOW, seal=seen,
            )  # fmt: skip

        return press

    def approve(own: Session, person: Person) -> None:
        approve_month(
            own, county="140926", month_on=JUNE, seen_sha256=figures, note="", gap_reason="停网",
            by=person, now=NOW,
        )  # fmt: skip

    assert pressed_at_once(engine, by, correct("周六 8:00-18:00"), correct("周日 8:00-18:00")) == [
        "kept", "station-changed-meanwhile",
    ]  # fmt: skip
    told = pressed_at_once(engine, by, approve)
    assert told == ["month-changed-meanwhile"]  # the figures that were looked at are no more
