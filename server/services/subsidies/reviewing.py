"""An entitlement from review to approval, by two different people; and out of it again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyReview
from server.models.subsidy_order import SubsidyOrder
from server.models.subsidy_payment import LedgerAccount, SubsidyPaymentPart
from server.money import yuan_said
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import Scheme
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.people.scope import (
    OFFICE,
    may_do,
    refuse_unless_may_do,
    stations_visible_to,
)
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.holds import reasons_of
from server.services.subsidies.ledger import (
    add_entry,
    balance_of,
    counter_entry,
    live_entries,
    refuse_over_budget,
)
from server.services.subsidies.plans import Plan, hold_programme
from server.services.subsidies.still_so import refuse_if_otherwise

NONE_CHOSEN = "没有选中哪一笔。请先勾选，再办。"


def seal_of(one: SubsidyEntitlement) -> str:
    """What a box on a form carries: the entitlement with its state and contents as shown."""
    return f"{one.id}.{one.state.value}.{one.contents_sha256[:16]}"


def chosen(
    session: Session, *, plan: Plan, seals: Iterable[str], by: Person
) -> list[SubsidyEntitlement]:
    """The entitlements of a form as they stand under the programme's lock.

    Raises Invalid subsidy-nothing; Conflict subsidy-changed-meanwhile where one is no longer what
    its box showed, or is not in sight.
    """
    wanted: dict[int, str] = {}
    for seal in seals:
        number = seal.partition(".")[0]
        if number.isascii() and number.isdigit() and len(number) < 10:
            wanted[int(number)] = seal
    if not wanted:
        raise Invalid("subsidy-nothing", NONE_CHOSEN)
    hold_programme(session, plan.row.id)
    found = session.scalars(
        sa.select(SubsidyEntitlement)
        .join(Station, Station.id == SubsidyEntitlement.station_id)
        .where(
            SubsidyEntitlement.id.in_(wanted),
            SubsidyEntitlement.programme_id == plan.row.id,
            stations_visible_to(by),
        )
        .order_by(SubsidyEntitlement.id)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(wanted) or any(seal_of(one) != wanted[one.id] for one in found):
        raise Conflict(
            "subsidy-changed-meanwhile",
            "您看的时候，选中的补贴里有的已经变了（别人审过、撤下或冲回）。请看过现在的，再办一次。",
        )
    return list(found)


def body_of(session: Session, person: Person) -> Organisation | None:
    """The body for which somebody reviews: the own bureau, or the own township's government."""
    if person.role is Role.BUREAU and person.organisation_id is not None:
        return session.get(Organisation, person.organisation_id)
    if person.role is Role.TOWNSHIP_OFFICER and person.township_code:
        return session.scalars(
            sa.select(Organisation).where(
                Organisation.county == person.county,
                Organisation.township_code == person.township_code,
                Organisation.until_on.is_(None),
            )
        ).first()
    return None


def reviewers_of(session: Session, *, county: str, scheme: Scheme) -> list[Organisation]:
    """The bodies that review a scheme: those with one of its duties, as the county has them."""
    duties = set(scheme.review_duties)
    rows = session.scalars(
        sa.select(Organisation)
        .where(Organisation.county == county, Organisation.until_on.is_(None))
        .order_by(Organisation.id)
    )
    return [one for one in rows if duties & set(one.held_duties) and scheme.kind.deed in one.deeds]


def review(
    session: Session, *, plan: Plan, scheme: Scheme, seals: Iterable[str], passed: bool, text: str,
    by: Person, now: datetime,
) -> list[SubsidyEntitlement]:  # fmt: skip
    """Say as one's body that these are right, or send them back with the reason.

    With `every_reviewer` an entitlement is reviewed once each body has said so. Raises NotAllowed
    deed-not-yours, Conflict subsidy-not-now, Invalid reason-needed.
    """
    refuse_unless_may_do(session, by, scheme.kind.deed)
    body = body_of(session, by)
    if body is None:
        raise NotAllowed("deed-not-yours", "还没有登记您属于哪个成员单位，不能审。请联系县专班。")
    rows = chosen(session, plan=plan, seals=seals, by=by)
    if not passed:
        text = reason_given(text, "请写明为什么退回，站长也看得到。", into=SubsidyReview.text)
    text = written(text, "意见", field="reason", into=SubsidyReview.text)
    needed = {one.id for one in reviewers_of(session, county=by.county, scheme=scheme)}
    said = _bodies(session, rows)
    for row in rows:
        if row.state is not EntitlementState.PROPOSED or row.scheme != scheme.key:
            raise Conflict("subsidy-not-now", f"有一笔现在是“{row.state.label}”，不能审。")
        if body.id in said[row.id]:
            raise Conflict("subsidy-not-now", f"{body.short}已经审过其中的一笔，不用再审。")
        if row.proposed_by == by.id:
            raise Conflict("subsidy-same-person", "报审的人不能自己审，请换一位。")
        session.add(
            SubsidyReview(
                county=row.county, entitlement_id=row.id, organisation_id=body.id,
                organisation=body.name, person_id=by.id, passed=passed, text=text,
                seen_sha256=row.contents_sha256, at=now,
            )
        )  # fmt: skip
        if not passed:
            end_entitlement(session, row, EntitlementState.REJECTED, text, by=by, now=now)
        elif not scheme.every_reviewer or needed <= {*said[row.id], body.id}:
            row.state, row.reviewed_by, row.reviewed_at = EntitlementState.REVIEWED, by.id, now
    session.flush()
    what = "审核通过" if passed else "审核退回"
    _tell(session, rows, SubsidyAction.REVIEWED, f"{body.short}{what}", by=by, now=now, reason=text)
    return rows


def _bodies(session: Session, rows: Sequence[SubsidyEntitlement]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {one.id: set() for one in rows}
    for entitlement_id, body in session.execute(
        sa.select(SubsidyReview.entitlement_id, SubsidyReview.organisation_id).where(
            SubsidyReview.entitlement_id.in_(found)
        )
    ):
        found[entitlement_id].add(body)
    return found


def approve(
    session: Session, *, plan: Plan, seals: Iterable[str], by: Person, now: datetime,
    holidays: Holidays = nobody_knows,
) -> list[SubsidyEntitlement]:  # fmt: skip
    """Promise the money, as 财政局: by nobody who proposed or reviewed, within what was given.

    What would come out otherwise now is refused: it is worked out once more under the lock. Raises
    NotAllowed deed-not-yours; Conflict subsidy-not-now, subsidy-same-person, subsidy-held,
    subsidy-stale, subsidy-over-budget.
    """
    refuse_unless_may_do(session, by, Deed.PAY)
    rows = chosen(session, plan=plan, seals=seals, by=by)
    reviewers = {
        (entitlement_id, person_id)
        for entitlement_id, person_id in session.execute(
            sa.select(SubsidyReview.entitlement_id, SubsidyReview.person_id).where(
                SubsidyReview.entitlement_id.in_([one.id for one in rows])
            )
        )
    }
    held = reasons_of(session, rows)
    for row in rows:
        if row.state is not EntitlementState.REVIEWED:
            raise Conflict("subsidy-not-now", f"有一笔现在是“{row.state.label}”，不能批准。")
        if by.id in (row.proposed_by, row.reviewed_by) or (row.id, by.id) in reviewers:
            raise Conflict("subsidy-same-person", "报审、审核过的人不能自己批准，请换一位。")
        if reasons := held.get(row.id):
            raise Conflict("subsidy-held", f"有一笔暂缓着：{reasons[0]}。请去掉勾选，再批准。")
    refuse_if_otherwise(session, plan=plan, rows=rows, today=beijing_day(now), holidays=holidays)
    refuse_over_budget(balance_of(session, plan.row.id), sum(one.amount_fen for one in rows))
    for row in rows:
        row.state, row.approved_by, row.approved_at = EntitlementState.APPROVED, by.id, now
        add_entry(
            session, county=row.county, programme_id=row.programme_id,
            account=LedgerAccount.GRANTED, fen=row.amount_fen, entitlement_id=row.id,
            on=beijing_day(now), by=by, now=now,
        )  # fmt: skip
    session.flush()
    _tell(session, rows, SubsidyAction.APPROVED, "批准补贴", by=by, now=now)
    return rows


def withdraw(
    session: Session, *, plan: Plan, seals: Iterable[str], reason: str, by: Person, now: datetime
) -> list[SubsidyEntitlement]:
    """Take back what is not paid and in no batch, with the reason; it can be proposed anew.

    Raises NotAllowed not-your-page, Conflict subsidy-not-now, Invalid reason-needed.
    """
    pays = may_do(session, by, Deed.PAY)
    if by.role not in OFFICE and not pays:
        raise NotAllowed("not-your-page", "撤下补贴由县专班或财政局来办。")
    reason = reason_given(reason, "请写明为什么撤下，站长也看得到。")
    rows = chosen(session, plan=plan, seals=seals, by=by)
    able = (EntitlementState.PROPOSED, EntitlementState.REVIEWED, EntitlementState.APPROVED)
    listed = set(
        session.scalars(
            sa.select(SubsidyPaymentPart.entitlement_id).where(
                SubsidyPaymentPart.entitlement_id.in_([one.id for one in rows]),
                SubsidyPaymentPart.ended_at.is_(None),
            )
        )
    )
    for row in rows:
        if row.state not in able:
            raise Conflict("subsidy-not-now", f"有一笔现在是“{row.state.label}”，不能撤下。")
        if row.state is EntitlementState.APPROVED and not pays:
            raise Conflict("subsidy-not-now", "有一笔财政局已经批准了，要撤下请财政局来办。")
        if row.id in listed:
            raise Conflict("subsidy-not-now", "有一笔已经在批次里。请先从批次里撤下，再办。")
        end_entitlement(session, row, EntitlementState.WITHDRAWN, reason, by=by, now=now)
    session.flush()
    _tell(session, rows, SubsidyAction.ENDED, "撤下补贴", by=by, now=now, reason=reason)
    return rows


def end_entitlement(
    session: Session, row: SubsidyEntitlement, state: EntitlementState, reason: str, *,
    by: Person, now: datetime,
) -> None:  # fmt: skip
    """Close an entitlement: what was promised is taken back, its orders are free again."""
    entry = live_entries(session, account=LedgerAccount.GRANTED, entitlement_ids=[row.id]).get(
        row.id
    )
    if entry is not None:
        counter_entry(session, entry, on=beijing_day(now), by=by, now=now, reason=reason)
    row.state, row.ended_at, row.ended_by, row.ended_because = state, now, by.id, reason
    session.execute(
        sa.update(SubsidyOrder)
        .where(SubsidyOrder.entitlement_id == row.id)
        .values(entitlement_id=None)
    )


def _tell(
    session: Session, rows: Sequence[SubsidyEntitlement], action: SubsidyAction, what: str, *,
    by: Person, now: datetime, reason: str = "",
) -> None:  # fmt: skip
    total = sum(one.amount_fen for one in rows)
    line = history.write(
        session, of=session.get_one(County, by.county), by=by, at=now, action=action,
        summary=f"{what}{len(rows)}笔，合计{yuan_said(total)}", reason=reason,
    )  # fmt: skip
    history.write_parts(
        session, line,
        [history.Part(one.station_id, action, f"{what}：{one.sentence}", ()) for one in rows],
    )  # fmt: skip
