"""Cycles: what a scheme comes to over a period, looked at, and proposed as entitlements."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_month_text, month_of
from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.person import Person
from server.models.programme import CountyProgramme
from server.models.subsidy import (
    EntitlementState,
    SubsidyCycle,
    SubsidyEntitlement,
    SubsidyHold,
)
from server.models.subsidy_order import SubsidyOrder
from server.money import yuan_said
from server.plain_text import narrow_text
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import Scheme, SchemeKind, payee_kind
from server.policy.typed_days import month_from
from server.services.common import history
from server.services.common.written import reason_given
from server.services.days.payable import hold_days
from server.services.people.scope import OFFICE, Everybody, may_do, station_ids
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.candidates import Candidate, Question, contents_hash
from server.services.subsidies.inbound import inbound_candidates
from server.services.subsidies.once import once_candidates
from server.services.subsidies.outbound import outbound_candidates
from server.services.subsidies.plans import (
    Plan,
    decided_of,
    hold_programme,
    refuse_undecided,
)

_WORK_OUT = {
    SchemeKind.ONCE: once_candidates,
    SchemeKind.INBOUND: inbound_candidates,
    SchemeKind.OUTBOUND: outbound_candidates,
}
EARLIEST = 2015


@dataclass(frozen=True, slots=True)
class Worked:
    """A cycle as it stands: who could be proposed, who not and why; those proposed stand apart."""

    entitled: Sequence[Candidate]
    others: Sequence[Candidate]

    @property
    def total(self) -> int:
        """What the entitled come to, in 分."""
        return sum(one.amount_fen for one in self.entitled)

    @property
    def seal(self) -> str:
        """What a form over it carries."""
        return contents_hash({one.once_key: one.sha256 for one in self.entitled})


def period_of(scheme: Scheme, text: str, *, today: date) -> str:
    """A cycle's period as typed or in an address. Raises Invalid period-unreadable."""
    once = scheme.kind is SchemeKind.ONCE
    if once:
        year = re.fullmatch(r"(\d{4})年?", narrow_text(text), re.ASCII)
        first = date(int(year[1]), 1, 1) if year and int(year[1]) else date.max
    else:
        first = month_from(text) or date.max
    if not (EARLIEST <= first.year <= today.year and first <= today):
        form = "年份，例如 2022" if once else "月份，例如 2023-07"
        raise Invalid("period-unreadable", f"周期应为{form}，不能晚于今天。")
    return f"{first.year}" if once else month_of(first)


def period_said(period: str) -> str:
    """2022年, 2023年7月."""
    return (
        f"{period}年" if len(period) == 4 else full_month_text(date.fromisoformat(f"{period}-01"))
    )


def question(
    session: Session, *, plan: Plan, scheme: Scheme, period: str, today: date,
    holidays: Holidays = nobody_knows,
) -> Question:  # fmt: skip
    """What a cycle asks. Raises Conflict subsidy-undecided."""
    decided = decided_of(session, plan)
    refuse_undecided(plan, scheme, decided)
    kind = payee_kind(decided)
    if kind is None:
        raise Conflict("subsidy-undecided", "先要定下“补贴付给谁”。请在“计划与进度”页里决定。")
    return Question(
        plan=plan, scheme=scheme, period=period, today=today, decided=decided, payee_kind=kind,
        holidays=holidays,
    )  # fmt: skip


def work_out(session: Session, asked: Question, *, seen_by: Person | Everybody) -> Worked:
    """Who is entitled to what that is not proposed yet, of the stations in somebody's sight.

    Raises Conflict subsidy-no-rate, subsidy-month-open.
    """
    known = _live_keys(session, asked)
    seen = station_ids(session, seen_by)
    found = [
        one
        for one in _WORK_OUT[asked.scheme.kind](session, asked)
        if one.once_key not in known and one.station.id in seen
    ]
    return Worked(
        [one for one in found if one.entitled], [one for one in found if not one.entitled]
    )


def _live_keys(session: Session, asked: Question) -> set[str]:
    return set(
        session.scalars(
            sa.select(SubsidyEntitlement.once_key).where(
                SubsidyEntitlement.programme_id == asked.plan.row.id,
                SubsidyEntitlement.scheme == asked.scheme.key,
                SubsidyEntitlement.ended_at.is_(None),
            )
        )
    )


def propose(
    session: Session,
    asked: Question,
    *,
    seal: str,
    by: Person,
    now: datetime,
    chosen: Iterable[str] | None = None,
) -> list[SubsidyEntitlement]:
    """Propose who is entitled, as the page showed it (`seal`); `chosen` are once-keys, None is all.

    Raises NotAllowed not-your-page; Conflict subsidy-changed-meanwhile, subsidy-nothing.
    """
    if by.role not in OFFICE:
        raise NotAllowed("not-your-page", "补贴由县专班算好报审。如有出入，请告诉县专班。")
    hold_programme(session, asked.plan.row.id)
    if asked.scheme.kind is SchemeKind.INBOUND:
        hold_days(session, county=asked.county, station_ids=station_ids(session, by))
    worked = work_out(session, asked, seen_by=by)
    if worked.seal != seal:
        raise Conflict(
            "subsidy-changed-meanwhile", "您看的时候，数有了变化。请看过现在的，再报审一次。"
        )
    wanted = None if chosen is None else set(chosen)
    picked = [one for one in worked.entitled if wanted is None or one.once_key in wanted]
    if not picked:
        raise Conflict("subsidy-nothing", "没有选中可以报审的补贴。请先勾选，再报审。")
    cycle = _cycle(session, asked, by=by, now=now)
    elsewhere = _of_other_plans(session, asked)
    made = [
        _row(session, asked, cycle, one, elsewhere.get(one.station.id), by=by, now=now)
        for one in picked
    ]
    total = sum(one.amount_fen for one in made)
    line = history.write(
        session,
        of=session.get_one(County, asked.county),
        by=by,
        at=now,
        action=SubsidyAction.PROPOSED,
        summary=f"{asked.scheme.title}（{period_said(asked.period)}）报审{len(made)}笔，"
        f"合计{yuan_said(total)}",
    )
    history.write_parts(
        session,
        line,
        [history.Part(one.station_id, SubsidyAction.PROPOSED, one.sentence, ()) for one in made],
    )
    return made


def _cycle(session: Session, asked: Question, *, by: Person, now: datetime) -> SubsidyCycle:
    found = session.scalar(
        sa.select(SubsidyCycle).where(
            SubsidyCycle.programme_id == asked.plan.row.id,
            SubsidyCycle.scheme == asked.scheme.key,
            SubsidyCycle.period == asked.period,
        )
    )
    if found is None:
        found = SubsidyCycle(
            county=asked.county, programme_id=asked.plan.row.id, scheme=asked.scheme.key,
            period=asked.period, opened_by=by.id, opened_at=now,
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def _of_other_plans(session: Session, asked: Question) -> dict[int, str]:
    """By station, another plan of the county that gives the same: this month's, or once for all."""
    same = SubsidyEntitlement.kind == asked.scheme.kind
    if asked.scheme.kind is SchemeKind.ONCE:
        same &= SubsidyEntitlement.scheme == asked.scheme.key
    else:
        same &= SubsidyCycle.period == asked.period
    return dict(
        session.execute(
            sa.select(SubsidyEntitlement.station_id, CountyProgramme.name)
            .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
            .join(CountyProgramme, CountyProgramme.id == SubsidyEntitlement.programme_id)
            .where(
                SubsidyEntitlement.county == asked.county,
                SubsidyEntitlement.programme_id != asked.plan.row.id,
                SubsidyEntitlement.ended_at.is_(None),
                same,
            )
            .order_by(SubsidyEntitlement.id)
        ).all()
    )


def _row(
    session: Session,
    asked: Question,
    cycle: SubsidyCycle,
    one: Candidate,
    elsewhere: str | None,
    *,
    by: Person,
    now: datetime,
) -> SubsidyEntitlement:
    payee = one.payee
    if payee is None:  # only the entitled come here
        raise Conflict("subsidy-nothing", f"{one.station.name}：{one.why_not}。")
    row = SubsidyEntitlement(
        county=asked.county, programme_id=asked.plan.row.id, cycle_id=cycle.id,
        scheme=asked.scheme.key, kind=asked.scheme.kind, station_id=one.station.id,
        place=one.place,
        payee_kind=payee.kind, payee_key=payee.key, payee_name=payee.name,
        once_key=one.once_key, corrects_id=one.corrects_id, amount_fen=one.amount_fen,
        contents=one.frozen(), contents_sha256=one.sha256, sentence=one.sentence,
        state=EntitlementState.PROPOSED, proposed_by=by.id, proposed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    twice = [f"《{elsewhere}》也给这个站报过同一项，请人看一下要不要都发"] if elsewhere else []
    for doubt in (*one.doubts, *twice):
        session.add(
            SubsidyHold(county=asked.county, entitlement_id=row.id, reason=doubt, opened_at=now)
        )
    if one.orders:
        taken = session.execute(
            sa.update(SubsidyOrder)
            .where(SubsidyOrder.id.in_(one.orders), SubsidyOrder.entitlement_id.is_(None))
            .values(entitlement_id=row.id)
        )
        if taken.rowcount != len(one.orders):  # type: ignore[attr-defined]
            raise Conflict(
                "subsidy-changed-meanwhile", "您看的时候，订单有了变化。请看过现在的，再报审一次。"
            )
    session.flush()
    return row


def cycles_of(session: Session, *, plan: Plan) -> Mapping[tuple[str, str], SubsidyCycle]:
    """The cycles that were opened, by scheme and period."""
    return {
        (one.scheme, one.period): one
        for one in session.scalars(
            sa.select(SubsidyCycle)
            .where(SubsidyCycle.programme_id == plan.row.id)
            .order_by(SubsidyCycle.period.desc(), SubsidyCycle.id.desc())
        )
    }


def report_up(
    session: Session, *, cycle: SubsidyCycle, on: date, to: str, by: Person, now: datetime
) -> None:
    """Write down that a cycle's results were reported upward, once.

    By the county office or the body that dispatches (静乐: 发改局做好审核结果的上报). Raises
    NotAllowed not-your-page, Conflict subsidy-not-now, Invalid reason-needed, field-invalid.
    """
    if by.role not in OFFICE and not may_do(session, by, Deed.DISPATCH):
        raise NotAllowed("not-your-page", "审核结果由县专班或负责调度的单位上报。")
    to = reason_given(
        to, "请写明报给了谁，例如“忻州市邮政管理局”。", field="reported_to", label="报给谁",
        into=SubsidyCycle.reported_to,
    )  # fmt: skip
    if on > beijing_day(now):
        raise Invalid("field-invalid", "上报的日期还没有到，请核对。", fields={"on": "还没有到"})
    hold_programme(session, cycle.programme_id)
    session.refresh(cycle)
    if cycle.reported_on is not None:
        raise Conflict("subsidy-not-now", "这一期的审核结果已经记过上报了。")
    cycle.reported_on, cycle.reported_to = on, to
    cycle.reported_by, cycle.reported_at = by.id, now
    session.flush()
    history.write(
        session, of=session.get_one(County, cycle.county), by=by, at=now,
        action=SubsidyAction.REPORTED,
        summary=f"{period_said(cycle.period)}补贴审核结果报{to}",
    )  # fmt: skip
