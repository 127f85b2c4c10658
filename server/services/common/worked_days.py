"""On which days a keeper was there, for whoever says that the station was closed on them."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.phone_event import EventKind, PhoneEvent
from server.services.common.insisting import ask_unless_sure

SHOWS_WORK = (EventKind.CHECK_IN, EventKind.PARCEL_COUNT)


def said_open(session: Session, *, station_id: int, first: date, back: date | None) -> list[str]:
    """Whether the keeper checked in or counted between: then it may not have been closed at all.

    `first` is the day of the closing, `back` that of the reopening, None where it is still closed.
    """
    days = session.scalar(
        sa.select(sa.func.count(sa.distinct(PhoneEvent.day_on))).where(
            PhoneEvent.station_id == station_id,
            PhoneEvent.kind.in_(SHOWS_WORK),
            PhoneEvent.day_on > first,
            sa.true() if back is None else PhoneEvent.day_on < back,
        )
    )
    return [_said(days)] if days else []


def worked_after(session: Session, *, closings: Mapping[int, date]) -> dict[int, str]:
    """The same of stations that are to be closed, each from its day; others are left out.

    One query for any number.
    """
    if not closings:
        return {}
    rows = session.execute(
        sa.select(PhoneEvent.station_id, PhoneEvent.day_on)
        .where(
            PhoneEvent.station_id.in_(closings),
            PhoneEvent.kind.in_(SHOWS_WORK),
            PhoneEvent.day_on > min(closings.values()),
        )
        .distinct()
    ).all()
    days = {one: sum(row[0] == one and row[1] > on for row in rows) for one, on in closings.items()}
    return {one: _said(number) for one, number in days.items() if number}


def ask_about_closing(session: Session, *, station_id: int, on: date, sure: str | None) -> None:
    """Raise Conflict closing-asked where the keeper was there after `on` and nobody is `sure`."""
    ask_unless_sure(
        "；".join(said_open(session, station_id=station_id, first=on, back=None)),
        sure,
        code="closing-asked",
        otherwise="是从这天起停的，请勾选“日期没有错”，再交一次",
    )


def _said(days: int) -> str:
    return f"停业的这些天里，站长有{days}天签到或报过件数，报过的照旧留着"
