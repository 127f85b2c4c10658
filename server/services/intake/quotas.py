"""How much one person's phone may hand in a day: a county's own numbers, and what came so far."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.county import County
from server.models.person import Person
from server.models.phone_event import PhoneEvent, Photo
from server.policy.setting import Setting, checked, typed_numbers
from server.prepared import prepared
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_held, numbers_shown, save_choices

INVALID = "quota-invalid"
KEY = "quotas"  # among a county's options
MB = 1024 * 1024
SETTINGS: Mapping[str, Setting] = {
    "records_a_day": Setting("一个人一天最多交几条记录", "条", 100, 20_000),
    "photo_mb_a_day": Setting("一个人一天最多传多少照片", "MB", 100, 20_000),
}

_OPTIONS = prepared(sa.select(County.options).where(County.code == sa.bindparam("code")))
_RECORDS = prepared(
    sa.select(sa.func.count()).where(
        PhoneEvent.person_id == sa.bindparam("person"),
        PhoneEvent.received_at >= sa.bindparam("since"),
    )
)
_PHOTO_BYTES = prepared(
    sa.select(sa.func.coalesce(sa.func.sum(Photo.size_bytes), 0)).where(
        Photo.person_id == sa.bindparam("person"), Photo.arrived_at >= sa.bindparam("since")
    )
)


@dataclass(frozen=True, slots=True)
class Quotas:
    """What no honest day reaches: a month without a net is some 150 records and 30 MB.

    An inspector's fullest day is some 150 MB.
    """

    records_a_day: int = 1000
    photo_mb_a_day: int = 500


def quotas(county: County) -> Quotas:
    """The county's numbers; what is missing or cannot be falls back to ours."""
    return _quotas_in(county.options)


def _quotas_in(options: Mapping[str, Any]) -> Quotas:
    return Quotas(**numbers_held(SETTINGS, options.get(KEY, {})))


def shares_of(session: Session, county: str) -> Quotas:
    """The numbers of a county, by its code."""
    found = session.connection().execute(_OPTIONS, {"code": county}).one_or_none()
    return _quotas_in(found[0] if found else {})


def quotas_shown(held: Quotas) -> list[Shown]:
    """The numbers as seals and the history tell them."""
    return numbers_shown(SETTINGS, asdict(held))


def edit_quotas(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the numbers, from the next record or photo on.

    Raises Invalid quota-invalid (`fields`), reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    wished = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    return save_choices(
        session,
        county=county,
        held=quotas_shown(quotas(county)),
        wished=numbers_shown(SETTINGS, wished),
        options={KEY: wished},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )


def records_so_far(session: Session, *, person_id: int, on: date) -> int:
    """How many records of a person have come on a Beijing day."""
    asked = {"person": person_id, "since": _begin(on)}
    found = session.connection().execute(_RECORDS, asked).one_or_none()
    return int(found[0]) if found else 0


def photo_bytes_so_far(session: Session, *, person_id: int, on: date) -> int:
    """How many bytes of a person's photos have come on a Beijing day."""
    asked = {"person": person_id, "since": _begin(on)}
    return int(session.connection().execute(_PHOTO_BYTES, asked).scalar_one_or_none() or 0)


def here_already(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these records are here: sent again, they cost nothing."""
    return set(session.scalars(sa.select(PhoneEvent.id).where(PhoneEvent.id.in_(ids))))


def tomorrow_in_s(now: datetime) -> int:
    """Seconds until the next Beijing day begins, at least one."""
    begin = _begin(now.astimezone(BEIJING).date() + timedelta(days=1))
    return max(1, int((begin - now).total_seconds()))


def _begin(on: date) -> datetime:
    return datetime.combine(on, time(), BEIJING)
