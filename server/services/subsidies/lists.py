"""Entitlements as screens show them: why so much, who said what, why not yet, since when."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.county import Division
from server.models.person import Keeping, Person
from server.models.station import Station
from server.models.subsidy import (
    EntitlementState,
    SubsidyCycle,
    SubsidyEntitlement,
    SubsidyReview,
)
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.services.people.scope import Everybody, stations_visible_to
from server.services.subsidies.holds import OPEN_STATES, reasons_of

LONG = 90
BANDS = ((30, "30天以内"), (60, "31到60天"), (LONG, "61到90天"), (10**6, "90天以上"))


class Said(NamedTuple):
    """What one body said of an entitlement."""

    organisation: str
    who: str
    passed: bool
    text: str
    at: datetime


class Listed(NamedTuple):
    """The line of a batch in which an entitlement stands."""

    batch_id: int
    batch: int
    line: int
    state: PaymentState
    released: bool


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """One entitlement with everything a person asks of it; `held` are the reasons why not now."""

    row: SubsidyEntitlement
    station: Station
    township: str
    period: str
    reviews: Sequence[Said]
    held: Sequence[str]
    listed: Listed | None

    @property
    def why_not_yet(self) -> str:
        """Why it is not in the payee's account, in a sentence; "" once it is, or never will be."""
        state = self.row.state
        if self.row.ended_at is not None or state is EntitlementState.PAID:
            return ""
        if self.held:
            return f"{self.went_out}暂缓：{'；'.join(self.held)}。"
        if state is EntitlementState.APPROVED and self.listed is not None:
            if self.listed.released:
                return f"已经列入第{self.listed.batch}批交给财政，等银行付款。"
            return f"已经列入第{self.listed.batch}批，等财政局放行。"
        return state.long

    @property
    def went_out(self) -> str:
        """That its line was released before it was held: nobody holds what may be paid already."""
        if self.listed is None or not self.listed.released:
            return ""
        return f"第{self.listed.batch}批第{self.listed.line}行已经放行给财政，可能已经在付；"

    @property
    def since(self) -> datetime:
        """Since when it waits where it is."""
        return self.row.approved_at or self.row.reviewed_at or self.row.proposed_at

    def waited(self, on: date) -> int:
        """How many days it waits where it is."""
        return (on - beijing_day(self.since)).days

    def age(self, on: date) -> int:
        """How many days since it was proposed."""
        return (on - beijing_day(self.row.proposed_at)).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entitlements: None and empty mean all."""

    programme_id: int | None = None
    scheme: str = ""
    period: str = ""
    station_id: int | None = None
    entitlement_id: int | None = None
    corrects_id: int | None = None
    states: Collection[EntitlementState] = ()
    unlisted: bool = False


def entitlements_seen(
    session: Session, *, county: str, wanted: Wanted, seen_by: Person | Everybody
) -> list[EntitlementView]:
    """Entitlements of stations in somebody's sight, the newest cycle first; six queries at most."""
    query = (
        sa.select(SubsidyEntitlement, Station, Division.name, SubsidyCycle.period)
        .join(Station, Station.id == SubsidyEntitlement.station_id)
        .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(SubsidyEntitlement.county == county, stations_visible_to(seen_by))
        .order_by(
            SubsidyCycle.period.desc(), Station.township_code, Station.code, SubsidyEntitlement.id
        )
    )
    for column, value in (
        (SubsidyEntitlement.programme_id, wanted.programme_id),
        (SubsidyEntitlement.scheme, wanted.scheme or None),
        (SubsidyCycle.period, wanted.period or None),
        (SubsidyEntitlement.station_id, wanted.station_id),
        (SubsidyEntitlement.id, wanted.entitlement_id),
        (SubsidyEntitlement.corrects_id, wanted.corrects_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.states:
        query = query.where(SubsidyEntitlement.state.in_(list(wanted.states)))
    if wanted.unlisted:
        query = query.where(SubsidyEntitlement.id.not_in(_listed_ids()))
    rows = session.execute(query).all()
    ids = [row.id for row, *_ in rows]
    reviews, listed = _reviews(session, ids), _listed(session, ids)
    held = reasons_of(session, [row for row, *_ in rows if row.state in OPEN_STATES])
    return [
        EntitlementView(
            row, station, township or "", period, reviews.get(row.id, ()), held.get(row.id, ()),
            listed.get(row.id),
        )
        for row, station, township, period in rows
    ]  # fmt: skip


def _listed_ids() -> sa.Select[int]:
    return sa.select(SubsidyPaymentPart.entitlement_id).where(SubsidyPaymentPart.ended_at.is_(None))


def _reviews(session: Session, ids: Sequence[int]) -> dict[int, list[Said]]:
    found: defaultdict[int, list[Said]] = defaultdict(list)
    for one, name in session.execute(
        sa.select(SubsidyReview, Person.name)
        .join(Person, Person.id == SubsidyReview.person_id)
        .where(SubsidyReview.entitlement_id.in_(ids))
        .order_by(SubsidyReview.id)
    ):
        found[one.entitlement_id].append(Said(one.organisation, name, one.passed, one.text, one.at))
    return dict(found)


def _listed(session: Session, ids: Sequence[int]) -> dict[int, Listed]:
    return {
        entitlement_id: Listed(batch_id, number, line, state, released is not None)
        for entitlement_id, batch_id, number, line, state, released in session.execute(
            sa.select(
                SubsidyPaymentPart.entitlement_id,
                SubsidyBatch.id,
                SubsidyBatch.number,
                SubsidyPayment.line,
                SubsidyPayment.state,
                SubsidyBatch.released_at,
            )
            .join(SubsidyPayment, SubsidyPayment.id == SubsidyPaymentPart.payment_id)
            .join(SubsidyBatch, SubsidyBatch.id == SubsidyPayment.batch_id)
            .where(
                SubsidyPaymentPart.entitlement_id.in_(ids), SubsidyPaymentPart.ended_at.is_(None)
            )
        )
    }


def ageing(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody
) -> list[EntitlementView]:
    """付款账龄: everything that was proposed and is not paid, what waits longest first."""
    found = entitlements_seen(
        session, county=county, wanted=Wanted(states=OPEN_STATES), seen_by=seen_by
    )
    return sorted(found, key=lambda one: (-one.age(on), one.row.id))


def band_of(days: int) -> str:
    """In which band of days something lies."""
    return next(label for most, label in BANDS if days <= most)


def mine(session: Session, *, keeper: Person) -> list[EntitlementView]:
    """What a keeper reads of the own stations, those closed or left apart; read-only."""
    kept = sa.select(Keeping.station_id).where(
        Keeping.person_id == keeper.id, Keeping.until_at.is_(None)
    )
    ids = session.scalars(kept.distinct()).all()
    found: list[EntitlementView] = []
    for station_id in ids:
        found += entitlements_seen(
            session, county=keeper.county, wanted=Wanted(station_id=station_id), seen_by=keeper
        )
    return found


def state_said(one: EntitlementView) -> str:
    """How it stands, in one sentence for anybody."""
    row = one.row
    if row.state is EntitlementState.PAID and row.paid_on is not None:
        return f"{full_day_text(row.paid_on)}已付给{row.payee_name}。"
    if row.ended_at is not None:
        return f"{row.state.label}：{row.ended_because}。"
    return one.why_not_yet
