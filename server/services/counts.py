"""Keeps parcel counts: one a station and day, every version of it."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.station import Station
from server.services import history
from server.services.moments import beijing_day
from server.services.phone_items import CountEntry

MOST_PER_DAY = 99_999  # a county's busiest hub stays below; more is a slip of the finger
OLDEST_DAYS = 366
LABELS = {
    "received": "收到",
    "sent": "寄出",
    "agri_sent": "农产品寄出",
    "on_hand": "没取走",
}


def check_count(entry: CountEntry, *, today: date) -> None:
    """Refuse what cannot be right.

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
            f"{entry.day_on.isoformat()} 还没到，不能先报。请选今天或以前的日子。",
            fields=["payload.day_on"],
        )
    if entry.day_on < today - timedelta(days=OLDEST_DAYS):
        raise Invalid(
            "day-too-old",
            f"{entry.day_on.isoformat()} 是一年多以前了，手机上不能再补。要补请找县专班。",
            fields=["payload.day_on"],
        )


def keep_count(
    session: Session, *, event: PhoneEvent, station: Station, entry: CountEntry, by: Person
) -> bool:
    """Keep one version of a day's count; true when it stands beside another person's.

    Versions follow the order in which they were entered, not in which they arrived: an older entry
    that comes late goes below the newer one. Raises as `check_count`.
    """
    check_count(entry, today=beijing_day(event.received_at))
    # On PostgreSQL two phones would else both count the versions before either adds one. The
    # weaker lock lets others insert rows that point at the station meanwhile.
    session.execute(
        sa.select(Station.id).where(Station.id == station.id).with_for_update(key_share=True)
    )
    versions = list(
        session.scalars(
            sa.select(ParcelCount)
            .where(
                ParcelCount.county == station.county,
                ParcelCount.station_id == station.id,
                ParcelCount.day_on == entry.day_on,
            )
            .order_by(ParcelCount.version.desc())
        )
    )
    newer = [count for count in versions if count.entered_at > event.occurred_at]
    for count in newer:  # from the top down, so that no two ever share a number
        count.version += 1
        session.flush()
    version = len(versions) - len(newer) + 1
    below = versions[len(newer)] if len(versions) > len(newer) else None
    session.add(
        ParcelCount(
            id=event.id,
            county=event.county,
            station_id=station.id,
            person_id=event.person_id,
            day_on=entry.day_on,
            version=version,
            received=entry.received,
            sent=entry.sent,
            agri_sent=entry.agri_sent,
            on_hand=entry.on_hand,
            by_brand=dict(entry.by_brand or {}),
            reason=entry.reason,
            entered_at=event.occurred_at,
        )
    )
    session.flush()
    merged = any(count.person_id != event.person_id for count in versions)
    if merged:
        _tell(session, event, entry, by=by, below=below)
    return merged


def _tell(
    session: Session, event: PhoneEvent, entry: CountEntry, *, by: Person, below: ParcelCount | None
) -> None:
    """Two people reported the same day: say so in the station's history."""
    changes = [
        history.change(
            name, label, str(getattr(below, name)) if below else "", str(getattr(entry, name))
        )
        for name, label in LABELS.items()
    ]
    history.write(
        session,
        county=event.county,
        station_id=event.station_id,
        by=by,
        at=event.received_at,
        action="count-merged",
        summary=f"{entry.day_on.isoformat()} 的件数有不止一人报过，各版都留着",
        changes=[change for change in changes if change is not None],
        reason=entry.reason,
    )


def newest_count(session: Session, *, station: Station, day_on: date) -> ParcelCount | None:
    """The version that holds."""
    return session.scalars(
        sa.select(ParcelCount)
        .where(
            ParcelCount.county == station.county,
            ParcelCount.station_id == station.id,
            ParcelCount.day_on == day_on,
        )
        .order_by(ParcelCount.version.desc())
        .limit(1)
    ).first()
