"""Keeps parcel counts: one a station and day, every version of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, first_of_month, full_day_text
from server.errors import Invalid
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.station import Station
from server.services.common import history
from server.services.common.phone_items import CountEntry, PhoneItem
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import written
from server.services.days.actions import DaysAction
from server.services.days.closed_months import refuse_unexplained
from server.services.days.count_versions import DayCounts, Version

MOST_PER_DAY = 99_999  # a county's busiest hub stays below; more is a slip of the finger
OLDEST_DAYS = 366
OFFICE_OLDEST_DAYS = 5 * 366
DESK_DEVICE = "desk"  # the receipt of what the office entered by hand names no phone
LABELS = {
    "received": "收到",
    "sent": "寄出",
    "agri_sent": "农产品寄出",
    "on_hand": "没取走",
}


@dataclass(frozen=True)
class CountVersion:
    """One version of a day's count, who entered it, and when it came in."""

    count: ParcelCount
    who: str
    at: datetime


def check_count(entry: CountEntry, *, today: date, oldest_days: int = OLDEST_DAYS) -> None:
    """Refuse what cannot be right; `oldest_days` is how far back a count may reach.

    Raises `Invalid`: count-negative, count-too-large, agri-more-than-sent, brands-more-than-all,
    day-in-future, day-too-old; `fields` names where.
    """
    for name, label in LABELS.items():
        number = getattr(entry, name)
        if number < 0:
            raise Invalid(
                "count-negative", f"“{label}”不能是负数。没有就填 0。", fields=[f"payload.{name}"]
            )
        if number > MOST_PER_DAY:
            raise Invalid(
                "count-too-large",
                f"“{label}”填了 {str(number)[:12]}，一天最多能填 {MOST_PER_DAY} 件。"
                "请看看是不是多按了几位。",
                fields=[f"payload.{name}"],
            )
    if entry.agri_sent > entry.sent:
        raise Invalid(
            "agri-more-than-sent",
            f"农产品寄出（{entry.agri_sent} 件）不能比寄出（{entry.sent} 件）还多，"
            "它是寄出里的一部分。请改一下。",
            fields=["payload.agri_sent"],
        )
    brands = entry.by_brand or {}
    if any(number < 0 or number > MOST_PER_DAY for number in brands.values()):
        raise Invalid(
            "count-too-large",
            f"每个品牌的件数要在 0 到 {MOST_PER_DAY} 之间。请改一下。",
            fields=["payload.by_brand"],
        )
    if sum(brands.values()) > entry.received + entry.sent:
        raise Invalid(
            "brands-more-than-all",
            "各品牌加起来比收到和寄出的总数还多。请核对一下。",
            fields=["payload.by_brand"],
        )
    if entry.day_on > today:
        raise Invalid(
            "day-in-future",
            f"{full_day_text(entry.day_on)}还没到，不能先报。请选今天或以前的日子。",
            fields=["payload.day_on"],
        )
    if entry.day_on < today - timedelta(days=oldest_days):
        raise Invalid(
            "day-too-old",
            f"{full_day_text(entry.day_on)}是一年多以前了，手机上不能再补。要补请找县专班。",
            fields=["payload.day_on"],
        )


def count_row(event: Mapping[str, Any], entry: CountEntry) -> dict[str, Any]:
    """The row of one version of a day's count, but for its number; `event` is its receipt's row."""
    return {
        "id": event["id"],
        "county": event["county"],
        "station_id": event["station_id"],
        "person_id": event["person_id"],
        "day_on": entry.day_on,
        "received": entry.received,
        "sent": entry.sent,
        "agri_sent": entry.agri_sent,
        "on_hand": entry.on_hand,
        "by_brand": dict(entry.by_brand or {}),
        "reason": entry.reason,
        "entered_at": event["occurred_at"],
        "demo": False,
    }


def refuse_count(entry: CountEntry, *, today: date, approved: Collection[date]) -> None:
    """Refuse a phone's count that cannot be right, or that says too little.

    `approved` are the first days of the months that are closed. Raises as `check_count`, `Invalid`
    (correction-unexplained) for one that says which count it corrects and not why, and `Conflict`
    (month-approved) for a count without a reason when its month is closed.
    """
    check_count(entry, today=today)
    refuse_unexplained(approved, day_on=entry.day_on, reason=entry.reason)
    if entry.corrects is not None and not entry.reason.strip():
        raise Invalid(
            "correction-unexplained",
            f"{full_day_text(entry.day_on)}已经报过了。改数请写一句为什么，再交一次。",
            fields=["payload.reason"],
        )


def to_tell(entry: CountEntry, *, others: bool, below: Version | None) -> str:
    """What the history says of a count that was kept: by two people, or changed without a reason.

    Empty where there is nothing to say.
    """
    if others:
        return "有不止一人报过"
    # An app of an earlier version, or a phone that had not heard: kept, and said.
    if below is not None and not entry.reason.strip() and _changes(below, entry):
        return "报了不止一次，没写为什么改"
    return ""


def correct_count(
    session: Session,
    *,
    station: Station,
    entry: CountEntry,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> ParcelCount:
    """The county office puts a day's count right by hand, with its reason.

    It becomes the newest version, under a receipt like any phone's; the versions before it stay.
    `seal` is of what the form showed: what the keeper sent meanwhile is not written over unseen.
    Raises as `check_count`, `Invalid` (correction-unexplained, text-too-long) and `Conflict`
    (count-changed-meanwhile).
    """
    shown = count_shown(session, station=station, day_on=entry.day_on)
    refuse_if_changed(seal, shown, code="count-changed-meanwhile", what="这一天的件数")
    if not entry.reason.strip():
        raise Invalid(
            "correction-unexplained", "请写上为什么改（来源或缘由），再保存。", fields=["reason"]
        )
    written(entry.reason, "缘由", field="reason", into=ParcelCount.reason)
    check_count(entry, today=beijing_day(now), oldest_days=OFFICE_OLDEST_DAYS)
    before = newest_count(session, station=station, day_on=entry.day_on)
    item = PhoneItem(id=uuid4(), station_id=station.id, device_at=now, entry=entry)
    receipt = {
        "id": item.id,
        "kind": item.kind,
        "county": station.county,
        "station_id": station.id,
        "person_id": by.id,
        "device_id": DESK_DEVICE,
        "payload": item.payload,
        "content_sha256": item.content_sha256,
        "result": "ok",
        "day_on": entry.day_on,
        "occurred_at": now,
        "time_verified": True,
        "device_at": now,
        "received_at": now,
    }
    session.add(PhoneEvent(**receipt))
    session.flush()
    counts = DayCounts(session, county=station.county, days=[(station.id, entry.day_on)])
    counts.add(count_row(receipt, entry))
    counts.write()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=DaysAction.COUNT_CORRECTED,
        summary=f"{'更正' if before else '补报'}{full_day_text(entry.day_on)}的件数",
        changes=_changes(before, entry),
        reason=entry.reason,
    )
    return session.get_one(ParcelCount, item.id)


def count_shown(session: Session, *, station: Station, day_on: date) -> list[Shown]:
    """What a form of a day's count shows that others may change meanwhile."""
    holds = newest_count(session, station=station, day_on=day_on)
    approved = session.scalar(
        sa.select(MonthApproval.id).where(
            MonthApproval.county == station.county,
            MonthApproval.month_on == first_of_month(day_on),
        )
    )
    return [
        Shown("version", "算数的一版", f"第{holds.version}版" if holds else "没有报"),
        *(
            Shown(name, label, str(getattr(holds, name)) if holds else "")
            for name, label in LABELS.items()
        ),
        Shown("approved", "这个月的件数", "还没有核准" if approved is None else "已经核准"),
    ]


def _changes(before: ParcelCount | Version | None, entry: CountEntry) -> list[history.Change]:
    """What an entry says differently from the version that held before it."""
    return [
        change
        for name, label in LABELS.items()
        if (
            change := history.change(
                name, label, str(getattr(before, name)) if before else "", str(getattr(entry, name))
            )
        )
        is not None
    ]


def tell_count(
    session: Session,
    *,
    event: Mapping[str, Any],
    station: Station,
    entry: CountEntry,
    by: Person,
    below: Version | None,
    how: str,
) -> None:
    """A day was reported by two people, or changed without a reason: into the station's history."""
    history.write(
        session,
        of=station,
        by=by,
        at=event["received_at"],
        action=DaysAction.COUNT_MERGED,
        summary=f"{full_day_text(entry.day_on)}的件数{how}，各版都留着",
        changes=_changes(below, entry),
        reason=entry.reason,
    )


def versions_of(session: Session, *, station: Station, day_on: date) -> list[CountVersion]:
    """All versions of a day's count, the one that holds first."""
    rows = session.execute(
        sa.select(ParcelCount, Person.name, PhoneEvent.received_at)
        .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
        .join(Person, Person.id == ParcelCount.person_id)
        .where(
            ParcelCount.county == station.county,
            ParcelCount.station_id == station.id,
            ParcelCount.day_on == day_on,
        )
        .order_by(ParcelCount.version.desc())
    )
    return [CountVersion(count, who, at) for count, who, at in rows]


def newest_count(session: Session, *, station: Station, day_on: date) -> ParcelCount | None:
    """The version that holds."""
    return session.scalars(
        sa.select(ParcelCount).where(
            ParcelCount.county == station.county,
            ParcelCount.station_id == station.id,
            ParcelCount.day_on == day_on,
            ParcelCount.holds(),
        )
    ).one_or_none()
