"""Day's shares for tests: a county's smallest numbers, and a process that has seen much already."""

from typing import Any

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.http import clock
from server.http.day_use import DayUse
from server.services.intake.quotas import edit_quotas
from tests.factories import Cast


def choose(session: Session, cast: Cast, **numbers: str) -> None:
    """Set a county's shares: the least, but for these numbers."""
    edit_quotas(
        session,
        county=cast.county,
        typed={"records_a_day": "100", "photo_mb_a_day": "100"} | numbers,
        by=cast.office,
        now=clock.now(),
        reason="试一试",
    )
    session.commit()


def seen(person_id: int, size: int) -> Any:
    """What a process knows that has seen so many bytes of a person's photos today."""
    made = DayUse()
    over = made.is_over(
        "photos",
        person_id,
        on=beijing_day(clock.now()),
        add=size,
        unasked=size,
        most=lambda: 0,
        so_far=lambda: 0,
    )
    assert not over
    return made
