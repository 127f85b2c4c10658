"""Why an entitlement is not paid for now: what people and the house wrote, and open questions."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotAllowed
from server.models.person import Person
from server.models.signal import IntegritySignal, SignalState
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyHold
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.written import reason_given
from server.services.people.scope import OFFICE, deeds_open_to
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.plans import anew, hold_programme

HOLDING = {Deed.REVIEW_INBOUND, Deed.REVIEW_OUTBOUND, Deed.REVIEW_ONCE, Deed.PAY}
OPEN_STATES = (EntitlementState.PROPOSED, EntitlementState.REVIEWED, EntitlementState.APPROVED)


def reasons_of(
    session: Session, entitlements: Collection[SubsidyEntitlement]
) -> dict[int, list[str]]:
    """By entitlement, why it is held now; two queries. An open question (异常提示) holds as well.

    That is the one thing that hangs on a question: it ends with the question (decision 0011's
    successor), and nobody has to remember to lift it.
    """
    found: defaultdict[int, list[str]] = defaultdict(list)
    for entitlement_id, reason in session.execute(
        select(SubsidyHold.entitlement_id, SubsidyHold.reason)
        .where(
            SubsidyHold.entitlement_id.in_([one.id for one in entitlements]),
            SubsidyHold.closed_at.is_(None),
        )
        .order_by(SubsidyHold.id)
    ):
        found[entitlement_id].append(reason)
    asked = open_signals(session, {one.station_id for one in entitlements})
    for one in entitlements:
        if number := asked.get(one.station_id):
            found[one.id].append(f"这个站有{number}条异常提示还没有处理，处理好就不再暂缓")
    return dict(found)


def open_signals(session: Session, station_ids: Iterable[int]) -> dict[int, int]:
    """By station, how many questions wait for an answer or for the office; one query."""
    return dict(
        session.execute(
            select(IntegritySignal.station_id, func.count())
            .where(
                IntegritySignal.station_id.in_(list(station_ids)),
                IntegritySignal.state != SignalState.SETTLED,
            )
            .group_by(IntegritySignal.station_id)
        ).all()
    )


def may_hold(session: Session, person: Person) -> bool:
    """The county office, and whoever reviews or pays; a township officer of the own township."""
    return person.role in OFFICE or bool(deeds_open_to(session, person) & HOLDING)


def _refuse(session: Session, by: Person) -> None:
    if not may_hold(session, by):
        raise NotAllowed("deed-not-yours", "暂缓补贴由县专班、审核单位和财政局来办。")


def hold(
    session: Session, *, entitlement: SubsidyEntitlement, reason: str, by: Person, now: datetime
) -> SubsidyHold:
    """Keep an entitlement from being approved and paid, with the reason.

    Raises Conflict subsidy-not-now, Invalid reason-needed, NotAllowed deed-not-yours.
    """
    _refuse(session, by)
    reason = reason_given(reason, "请写明为什么暂缓，站长也看得到。", into=SubsidyHold.reason)
    hold_programme(session, entitlement.programme_id)
    row = anew(session, SubsidyEntitlement, entitlement.id, by.county)
    if row.state not in OPEN_STATES:
        raise Conflict("subsidy-not-now", f"这一笔现在是“{row.state.label}”，不能暂缓。")
    made = SubsidyHold(
        county=row.county, entitlement_id=row.id, reason=reason, opened_by=by.id, opened_at=now
    )
    session.add(made)
    session.flush()
    history.write(
        session, of=row, by=by, at=now, action=SubsidyAction.HELD,
        summary=f"暂缓补贴：{row.sentence}", reason=reason,
    )  # fmt: skip
    return made


def open_holds(session: Session, entitlement: SubsidyEntitlement) -> list[tuple[SubsidyHold, str]]:
    """What holds an entitlement and can be lifted, with who wrote it (系统: the house)."""
    return [
        (one, name or "系统")
        for one, name in session.execute(
            select(SubsidyHold, Person.name)
            .outerjoin(Person, Person.id == SubsidyHold.opened_by)
            .where(SubsidyHold.entitlement_id == entitlement.id, SubsidyHold.closed_at.is_(None))
            .order_by(SubsidyHold.id)
        )
    ]


def lift(
    session: Session, *, hold_id: int, reason: str, by: Person, now: datetime,
    entitlement: SubsidyEntitlement | None = None,
) -> SubsidyEntitlement:  # fmt: skip
    """Lift a hold, with the reason; `entitlement` is the one that was shown.

    Raises Conflict subsidy-not-now, Invalid reason-needed.
    """
    _refuse(session, by)
    reason = reason_given(reason, "请写明为什么不再暂缓。", into=SubsidyHold.closed_because)
    held = anew(session, SubsidyHold, hold_id, by.county)
    row = anew(session, SubsidyEntitlement, held.entitlement_id, by.county)
    hold_programme(session, row.programme_id)
    held = anew(session, SubsidyHold, hold_id, by.county)
    if held.closed_at is not None or (entitlement and entitlement.id != row.id):
        raise Conflict("subsidy-not-now", "这一条已经解除了，不用再办。")
    held.closed_by, held.closed_at, held.closed_because = by.id, now, reason
    session.flush()
    history.write(
        session, of=row, by=by, at=now, action=SubsidyAction.RELEASED,
        summary=f"解除暂缓（{held.reason}）：{row.sentence}", reason=reason,
    )  # fmt: skip
    return row
