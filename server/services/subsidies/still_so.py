"""Whether what was proposed still comes out the same at the moment in which it is promised."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.subsidy import SubsidyCycle, SubsidyEntitlement
from server.policy.hours import Holidays
from server.policy.plan.subsidies import SchemeKind
from server.policy.standard.verdicts import Verdict
from server.services.days.payable import hold_days
from server.services.subsidies.candidates import Candidate
from server.services.subsidies.cycles import question
from server.services.subsidies.inbound import inbound_candidates
from server.services.subsidies.once import once_candidates
from server.services.subsidies.plans import Plan


def refuse_if_otherwise(
    session: Session, *, plan: Plan, rows: Sequence[SubsidyEntitlement], today: date,
    holidays: Holidays,
) -> None:  # fmt: skip
    """Raise Conflict subsidy-stale where one of these would come out otherwise now.

    Orders are never changed once listed, and a correction is over days that were paid: these stand.
    """
    periods = dict(
        session.execute(
            select(SubsidyCycle.id, SubsidyCycle.period).where(
                SubsidyCycle.id.in_({one.cycle_id for one in rows})
            )
        ).all()
    )
    groups: defaultdict[tuple[str, str], list[SubsidyEntitlement]] = defaultdict(list)
    for one in rows:
        if one.corrects_id is None:
            groups[one.scheme, periods[one.cycle_id]].append(one)
    for (key, period), own in groups.items():
        scheme = plan.scheme(key)
        if scheme.kind is SchemeKind.OUTBOUND:
            continue
        asked = question(
            session, plan=plan, scheme=scheme, period=period, today=today, holidays=holidays
        )
        if scheme.kind is SchemeKind.INBOUND:
            hold_days(session, county=asked.county, station_ids=[one.station_id for one in own])
            found = inbound_candidates(session, asked)
        else:
            found = once_candidates(session, asked)
        now = {one.once_key: one for one in found}
        for row in own:
            _refuse(row, now.get(row.once_key))


def refuse_unless_still_due(
    session: Session, *, plan: Plan, rows: Sequence[SubsidyEntitlement], today: date,
    holidays: Holidays,
) -> None:  # fmt: skip
    """The same for awards given once, before their money leaves.

    Of what is paid by piece a later change is paid or taken off next time; an award to a station
    that has closed, or whose acceptance was taken back, would never come to light again.
    """
    once = [one for one in rows if one.kind is SchemeKind.ONCE]
    refuse_if_otherwise(session, plan=plan, rows=once, today=today, holidays=holidays)


def _refuse(row: SubsidyEntitlement, now: Candidate | None) -> None:
    why = ""
    if now is None:
        why = "这个站已经停业，或者不再是这一级的站"
    elif now.verdict is not Verdict.PASS:
        why = now.why_not or "条件不再符合"
    elif now.payee is None or now.payee.key != row.payee_key:
        why = "收款人变了"
    elif now.amount_fen != row.amount_fen:
        why = f"现在算出来是：{now.sentence}"
    if why:
        raise Conflict(
            "subsidy-stale",
            f"有一笔报审以后情况变了，不能照原来的办：{row.sentence}{why}。请撤下它，重新算过再报审。",
        )
