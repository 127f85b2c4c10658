"""A June of counts: sent as phones do, added up, approved."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from server.models.month import MonthApproval
from server.models.person import Person
from server.models.station import Station
from server.services.common.phone_items import CountEntry, ItemResult, PhoneItem
from server.services.days.months import (
    Month,
    approve_month,
    month_figures,
)
from server.services.intake.sync import receive
from tests.factories import NOW, RING, TODAY, Cast

JUNE = date(2023, 6, 1)


def counted(
    station: Station,
    day: int = 3,
    received: int = 12,
    reason: str = "",
    at: datetime = NOW,
    month_on: date = JUNE,
) -> PhoneItem:
    entry = CountEntry(month_on.replace(day=day), received, sent=3, agri_sent=1, reason=reason)
    return PhoneItem(uuid4(), station.id, at, entry, clock_offset_ms=0)


def send(session: Session, person: Person, item: PhoneItem, now: datetime = NOW) -> ItemResult:
    [result] = receive(
        session,
        person=person,
        device_id="phone-1",
        client_now=now,
        items=[item],
        now=now,
        ring=RING,
    )
    return result


def june(session: Session) -> Month:
    return month_figures(session, county="140926", month_on=JUNE, today=TODAY)


def approve(
    session: Session, cast: Cast, *, seen: str | None = None, now: datetime = NOW
) -> MonthApproval:
    return approve_month(
        session,
        county="140926",
        month_on=JUNE,
        seen_sha256=seen or june(session).sha256,
        note="已与企业对账",
        gap_reason="村里停网，件数电话对过",
        by=cast.office,
        now=now,
    )
