"""补贴: what the plans pay, by which rates, how the money stands, and what waits how long."""

import re
from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.money.frame import plan_here, plans_here, rights
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.subsidy import EntitlementState, SubsidyRate
from server.money import li_said, yuan_said, yuan_text
from server.policy.numerals import fen_from, li_from, whole
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import SchemeKind
from server.policy.plan.subsidy_rates import MOST_TIERS, Tier, tiers_from
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.county.counties import townships
from server.services.subsidies.cycles import cycles_of, period_of, period_said
from server.services.subsidies.ledger import add_budget, balance_of, entries_of
from server.services.subsidies.lists import (
    BANDS,
    EntitlementView,
    Wanted,
    ageing,
    band_of,
    entitlements_seen,
)
from server.services.subsidies.plans import Plan, decided_of, open_questions, rate_rows, row_on
from server.services.subsidies.rates import add_rate, fallen_now, rates_shown, tiers_said
from server.services.subsidies.reviewing import body_of, reviewers_of

blueprint = Blueprint("desk_subsidies", __name__, url_prefix="/desk")
guard_desk(blueprint)
MOST_PIECES = 10**7
TIERS = 6  # lines of the form besides one for each township
LEVELS = {"": "所有站点"} | {one.value: one.short for one in Level if one is not Level.COUNTY_HUB}


def _scheme_told(plan: Plan, key: str, names: dict[str, str]) -> dict[str, Any]:
    scheme = plan.scheme(key)
    rows = rate_rows(session(), programme_id=plan.row.id, scheme=key)
    today = clock.today()

    def told(row: SubsidyRate) -> tuple[SubsidyRate, str]:
        if row.amount_fen is not None:
            return row, yuan_said(row.amount_fen)
        return row, tiers_said(tiers_from(row.tiers), names)

    now, later = row_on(rows, today), {one.from_on for one in rows if one.from_on > today}
    return {
        "scheme": scheme,
        "rates": [told(row) for row in reversed(rows)],
        "now": told(now) if now else None,
        "later": [told(row) for day in sorted(later) if (row := row_on(rows, day))],
        "seal": seal(rates_shown(rows)),
        "fallen": fallen_now(session(), plan=plan, scheme=scheme),
        "open": open_questions(plan, scheme, decided_of(session(), plan)),
        "reviewers": reviewers_of(session(), county=plan.row.county, scheme=scheme),
    }


def _plan_told(plan: Plan, names: dict[str, str]) -> dict[str, Any]:
    seen = entitlements_seen(
        session(), county=plan.row.county, wanted=Wanted(programme_id=plan.row.id), seen_by=me()
    )
    counts: dict[tuple[str, str], dict[EntitlementState, list[int]]] = {}
    for one in seen:
        states = counts.setdefault((one.row.scheme, one.period), {})
        states.setdefault(one.row.state, []).append(one.row.amount_fen)
    return {
        "plan": plan,
        "balance": balance_of(session(), plan.row.id),
        "entries": entries_of(session(), plan.row.id),
        "schemes": [_scheme_told(plan, one.key, names) for one in plan.schemes],
        "cycles": [
            (plan.scheme(scheme), period, cycle, counts.get((scheme, period), {}))
            for (scheme, period), cycle in cycles_of(session(), plan=plan).items()
        ],
    }


def _page(problem: Problem | None = None) -> Any:
    names = {one.code: one.name for one in townships(session(), me().county)}
    return page(
        "subsidies.html",
        problem=problem,
        told=[_plan_told(one, names) for one in plans_here()],
        SchemeKind=SchemeKind,
        yuan=yuan_text,
        yuan_said=yuan_said,
        li_said=li_said,
        period_said=period_said,
        levels=LEVELS,
        townships=names,
        tiers=range(min(TIERS + len(names), MOST_TIERS)),
        about=request.form.get("about", "") if problem else "",
        **rights(),
    )


@blueprint.get("/subsidies")
def subsidies() -> Any:
    """Every plan that pays, scheme by scheme; a chosen period leads to its cycle."""
    asked = request.args.get("scheme", "")
    if asked:
        programme_id, _, key = asked.partition(".")
        plan = plan_here(int(programme_id) if programme_id.isdecimal() else 0)
        with answering(_page):
            period = period_of(
                plan.scheme(key), request.args.get("period", "").strip(), today=clock.today()
            )
        return redirect(
            url_for(
                "desk_subsidy_cycles.cycle", programme_id=plan.row.id, scheme=key, period=period
            )
        )
    return _page()


def _tiers() -> list[Tier]:
    form, found = request.form, []
    for n in range(MOST_TIERS):
        text = form.get(f"li-{n}", "").strip()
        if not text:
            continue
        li, typed = li_from(text), form.get(f"above-{n}", "").strip() or "0"
        if li is None or li >= 10**6:
            raise Invalid(
                "field-invalid", f"每件“{text}”看不懂，请写成元，最多三位小数，例如 0.35。"
            )
        try:
            above = whole(typed, "件以上", "件")
        except ValueError as odd:
            raise Invalid("field-invalid", f"“多少件以上”{odd}。") from odd
        if above >= MOST_PIECES:
            raise Invalid("field-invalid", f"“{typed}件以上”太多了，请核对。")
        level, township = form.get(f"level-{n}", ""), form.get(f"township-{n}", "")
        if township and all(one.code != township for one in townships(session(), me().county)):
            raise Invalid("field-invalid", "没有这个乡镇，请重新选择。")
        found.append(Tier(level if level in LEVELS else "", township, above, li))
    return found


def _unread(text: str) -> Invalid:
    return Invalid(
        "field-invalid",
        f"金额“{text[:20]}”看不懂，请写成元，最多两位小数。",
        fields={"amount": "请核对"},
    )


@blueprint.post("/subsidies/<int:programme_id>/rates")
@carries("seal")
def rates(programme_id: int) -> Any:
    """Enter what a scheme pays from a day on, with its paper."""
    plan, form = plan_here(programme_id), request.form
    with answering(_page):
        scheme = plan.scheme(form.get("scheme", ""))
        amount = form.get("amount", "").strip()
        if amount and fen_from(amount) is None:
            raise _unread(amount)
        add_rate(
            session(),
            plan=plan,
            scheme=scheme,
            from_on=read_day(form.get("from_on", ""), "从哪天起", latest=None),
            tiers=_tiers(),
            amount_fen=fen_from(amount) if amount else None,
            source=form.get("source", ""),
            reason=form.get("reason", ""),
            seal=form.get("seal"),
            sure=form.get("sure", ""),
            by=me(),
            now=clock.now(),
        )
    fallen = fallen_now(session(), plan=plan, scheme=scheme)
    warned = f"请注意：{fallen[0]}。" if fallen else ""
    return done(f"已记下{scheme.title}的标准。{warned}", url_for("desk_subsidies.subsidies"))


@blueprint.post("/subsidies/<int:programme_id>/budget")
@carries("seen")
def budget(programme_id: int) -> Any:
    """Enter money given for a plan, or taken back."""
    plan, form = plan_here(programme_id), request.form
    with answering(_page):
        text = form.get("amount", "").strip()
        back = re.match(r"[-−－–]\s*", text)
        fen = fen_from(text[back.end() :] if back else text)
        if fen is None:
            raise _unread(text)
        entry = add_budget(
            session(),
            plan=plan,
            fen=-fen if back else fen,
            on=read_day(form.get("on", ""), "下达日期", latest=clock.today()),
            source=form.get("source", ""),
            reason=form.get("reason", ""),
            seen=form.get("seen", -1, type=int),
            sure=form.get("sure", ""),
            by=me(),
            now=clock.now(),
        )
    return done(f"已记下{yuan_said(entry.amount_fen)}。", url_for("desk_subsidies.subsidies"))


@blueprint.get("/subsidies/waiting")
def waiting() -> Any:
    """What waits for the person's own word, by cycle: exactly what the first page counts."""
    approving = request.args.get("what") == "approve"
    state = EntitlementState.REVIEWED if approving else EntitlementState.PROPOSED
    found = entitlements_seen(
        session(), county=me().county, wanted=Wanted(states=[state]), seen_by=me()
    )
    deeds, own = rights()["deeds"], body_of(session(), me())
    groups: dict[tuple[int, str, str], list[EntitlementView]] = {}
    for one in found:
        asked = Deed.PAY if approving else one.row.kind.deed
        said = own is not None and any(each.organisation == own.name for each in one.reviews)
        if asked in deeds and (approving or not said):
            key = (one.row.programme_id, one.row.scheme, one.period)
            groups.setdefault(key, []).append(one)
    return page(
        "subsidy_waiting.html",
        approving=approving,
        groups=groups,
        titles=_titles(),
        yuan=yuan_text,
        period_said=period_said,
    )


def _titles() -> dict[tuple[int, str], str]:
    return {(plan.row.id, one.key): one.title for plan in plans_here() for one in plan.schemes}


@blueprint.get("/subsidies/ageing")
def ages() -> Any:
    """付款账龄: what was proposed and is not paid, the oldest first."""
    found = ageing(session(), county=me().county, on=clock.today(), seen_by=me())
    bands: dict[str, list[int]] = {label: [] for _, label in BANDS}
    for one in found:
        bands[band_of(one.age(clock.today()))].append(one.row.amount_fen)
    return page(
        "subsidy_ageing.html",
        found=found,
        bands=bands,
        titles=_titles(),
        yuan=yuan_text,
        period_said=period_said,
        whose=county_of_desk().name,
    )
