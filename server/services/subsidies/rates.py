"""What a scheme pays, by date, as the county enters it; and whether it falls below before."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Invalid, NotAllowed
from server.models.county import County
from server.models.person import Person
from server.models.subsidy import SubsidyRate
from server.money import MOST_FEN, li_said, yuan_said
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import Scheme, SchemeKind
from server.policy.plan.subsidy_rates import Rate, Tier, faults_of, lower_than, odd_rate, rate_on
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import reason_given, written
from server.services.people.scope import OFFICE, may_do
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.ledger import ask_if_odd
from server.services.subsidies.plans import Plan, hold_programme, rate_rows, rates_of


def rates_shown(rows: Sequence[SubsidyRate]) -> list[Shown]:
    """What a form over a scheme's rates carries: how many there are, and the newest."""
    newest = rows[-1] if rows else None
    told = f"{full_day_text(newest.from_on)}起，{newest.source}" if newest else ""
    return [Shown("rates", "补贴标准", f"{len(rows)}条{told}")]


def tiers_said(tiers: Sequence[Tier], townships: dict[str, str]) -> str:
    """村级点：每件0.35元；村级点，400件以上：每件0.2元."""
    parts = []
    for one in sorted(tiers):
        where = [Level(one.level).short if one.level else "", townships.get(one.township, "")]
        above = f"每月{one.above}件以上的部分" if one.above else ""
        place = "，".join(part for part in (*where, above) if part) or "所有站点"
        parts.append(f"{place}：每件{li_said(one.li)}")
    return "；".join(parts)


def add_rate(
    session: Session, *, plan: Plan, scheme: Scheme, from_on: date, tiers: Sequence[Tier],
    amount_fen: int | None, source: str, reason: str, seal: str | None, by: Person, now: datetime,
    sure: str | None = None,
) -> SubsidyRate:  # fmt: skip
    """Enter what a scheme pays from a day on; earlier rows stay.

    `sure` is what a person was asked of and insists on, "" before; None asks nothing. Raises
    NotAllowed not-your-page; Invalid field-invalid, reason-needed; Conflict
    subsidy-changed-meanwhile, subsidy-sum-odd.
    """
    if by.role not in OFFICE and not may_do(session, by, Deed.PAY):
        raise NotAllowed("not-your-page", "补贴标准由县专班或财政局录入。")
    source = reason_given(
        source, "请写明依据的文件，例如“静政办发〔2023〕8号”。", field="source", label="依据的文件",
        into=SubsidyRate.source,
    )  # fmt: skip
    reason = written(reason, "说明", field="reason", into=SubsidyRate.reason)
    if scheme.kind is SchemeKind.ONCE:
        tiers = ()
        if amount_fen is None or not 0 < amount_fen <= MOST_FEN:
            raise Invalid("field-invalid", "请写每次发多少元。", fields={"amount": "请填写"})
    else:
        amount_fen = None
        if wrong := faults_of(tiers):
            raise Invalid("field-invalid", wrong, fields={"rate": wrong})
        if scheme.kind is SchemeKind.OUTBOUND and any(one.above for one in tiers):
            raise Invalid(
                "field-invalid", "上行按单补，不分件数的档。", fields={"rate": "不能分件数"}
            )
    hold_programme(session, plan.row.id)
    held = rate_rows(session, programme_id=plan.row.id, scheme=scheme.key)
    refuse_if_changed(
        seal, rates_shown(held), code="subsidy-changed-meanwhile", what="这一项的标准"
    )
    odd = [odd_rate(tiers, amount_fen)]
    if any(one.from_on == from_on for one in held):
        odd.append(f"从{full_day_text(from_on)}起的已经录过一条，这一条会整条代替它，不会合在一起")
    ask_if_odd("；".join(filter(None, odd)), sure)
    row = SubsidyRate(
        county=plan.row.county, programme_id=plan.row.id, scheme=scheme.key, from_on=from_on,
        tiers=[one.as_json() for one in tiers], amount_fen=amount_fen, source=source,
        reason=reason, entered_by=by.id, entered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    what = yuan_said(amount_fen) if amount_fen is not None else tiers_said(tiers, {})
    history.write(
        session, of=session.get_one(County, plan.row.county), by=by, at=now,
        action=SubsidyAction.RATE_SET,
        summary=f"{scheme.title}从{full_day_text(from_on)}起：{what}（{source}）",
        reason=reason,
    )  # fmt: skip
    return row


def fallen(scheme: Scheme, rates: Sequence[Rate]) -> tuple[str, ...]:
    """Where the plan's year pays less for a piece than the year it may not undercut (不退坡).

    One sentence where there is nothing to compare with; empty where it does not fall, or the plan
    asks nothing.
    """
    asked = scheme.not_below
    if asked is None or not rates:
        return ()
    before = rate_on(rates, date(asked.year, 12, 31))
    if before is None:
        return (f"还没有录入{asked.year}年的标准，看不出有没有退坡",)
    later = [one for one in rates if one.from_on > date(asked.year, 12, 31)]
    found: list[str] = []
    for one in later:
        found += [
            f"{full_day_text(one.from_on)}起的标准比{asked.year}年低：{said}"
            for said in lower_than(one, before)
        ]
    return tuple(dict.fromkeys(found))


def fallen_now(session: Session, *, plan: Plan, scheme: Scheme) -> tuple[str, ...]:
    """The same of what was entered of a scheme."""
    return fallen(scheme, rates_of(rate_rows(session, programme_id=plan.row.id, scheme=scheme.key)))
