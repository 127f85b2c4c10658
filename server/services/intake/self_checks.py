"""What phones found out about themselves, kept for the office that has to help them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.person import Keeping, Person, Role
from server.models.phone_help import SelfCheck
from server.models.station import Station

KEPT_PER_DEVICE = 20  # enough to see a phone get better or worse; a stuck phone fills no table
SHOWN_AT_MOST = 500


@dataclass(frozen=True)
class CheckedThing:
    """One thing the phone looked at: works (true), does not (false), or could not be told."""

    key: str
    label: str
    ok: bool | None
    detail: str


@dataclass(frozen=True)
class PhoneCheck:
    """The newest self-check of one phone, whose it is and where that person works."""

    check: SelfCheck
    person: Person
    stations: tuple[Station, ...]

    @property
    def things(self) -> tuple[CheckedThing, ...]:
        """What was looked at, in the phone's order."""
        return tuple(
            CheckedThing(one["key"], one["label"], one["ok"], one["detail"])
            for one in self.check.result.get("checks", ())
        )

    @property
    def verdict(self) -> str:
        """`broken` where something does not work, `open` where something is unclear, else `fine`.

        A phone that looked at nothing has shown nothing, so that is `open` too.
        """
        found = [thing.ok for thing in self.things]
        if False in found:
            return "broken"
        return "open" if None in found or not found else "fine"


def keep_self_check(
    session: Session,
    *,
    person: Person,
    device_id: str,
    device_label: str,
    user_agent: str,
    result: Mapping[str, Any],
    now: datetime,
) -> SelfCheck:
    """Keep one self-check, and of this phone the newest twenty."""
    check = SelfCheck(
        county=person.county,
        person_id=person.id,
        device_id=device_id,
        device_label=device_label,
        user_agent=user_agent,
        result=dict(result),
        received_at=now,
    )
    session.add(check)
    session.flush()
    of_this_phone = (SelfCheck.person_id == person.id) & (SelfCheck.device_id == device_id)
    newest = (
        sa.select(SelfCheck.id)
        .where(of_this_phone)
        .order_by(SelfCheck.id.desc())
        .limit(KEPT_PER_DEVICE)
    )
    session.execute(
        sa.delete(SelfCheck)
        .where(of_this_phone, SelfCheck.id.not_in(newest.scalar_subquery()))
        .execution_options(synchronize_session=False)
    )
    return check


def newest_checks(session: Session, *, seen_by: Person, now: datetime) -> Sequence[PhoneCheck]:
    """The newest self-check of each phone that somebody may see, the newest first; two queries.

    The county office sees the county's, a township officer those of the own township's keepers.
    """
    newest = (
        sa.select(sa.func.max(SelfCheck.id))
        .where(SelfCheck.county == seen_by.county)
        .group_by(SelfCheck.person_id, SelfCheck.device_id)
    )
    rows = session.execute(
        sa.select(SelfCheck, Person)
        .join(Person, Person.id == SelfCheck.person_id)
        .where(SelfCheck.id.in_(newest.scalar_subquery()))
        .order_by(SelfCheck.id.desc())
        .limit(SHOWN_AT_MOST)
    ).all()
    kept = _kept_by(session, {person.id for _, person in rows}, now)
    found = [PhoneCheck(check, person, tuple(kept[person.id])) for check, person in rows]
    if seen_by.role is Role.COUNTY_OFFICE:
        return found
    return [
        one
        for one in found
        if seen_by.township_code
        and any(s.township_code == seen_by.township_code for s in one.stations)
    ]


def _kept_by(
    session: Session, person_ids: Collection[int], now: datetime
) -> defaultdict[int, list[Station]]:
    """Each person's stations at this moment, by number."""
    kept: defaultdict[int, list[Station]] = defaultdict(list)
    for person_id, station in session.execute(
        sa.select(Keeping.person_id, Station)
        .join(Station, Station.id == Keeping.station_id)
        .where(
            Keeping.person_id.in_(person_ids),
            Keeping.from_at <= now,
            sa.or_(Keeping.until_at.is_(None), Keeping.until_at > now),
        )
        .order_by(Station.code, Station.id)
    ):
        kept[person_id].append(station)
    return kept
