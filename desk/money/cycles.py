"""One scheme over one period: who is entitled, who not and why; reviewed, approved, taken back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.money.frame import plan_here, rights
from server.errors import Conflict, Invalid, NotFound, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.models.subsidy import EntitlementState
from server.money import li_said, yuan_said, yuan_text
from server.policy.plan.conflicts import conflicts
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import Scheme
from server.policy.typed_days import read_day
from server.services.people.scope import OFFICE
from server.services.subsidies import cycles as verbs
from server.services.subsidies.holds import hold, lift, may_hold, open_holds
from server.services.subsidies.ledger import came_back_on
from server.services.subsidies.lists import EntitlementView, Wanted, entitlements_seen, state_said
from server.services.subsidies.paying import reverse
from server.services.subsidies.plans import Plan
from server.services.subsidies.reviewing import (
    approve,
    body_of,
    review,
    reviewers_of,
    seal_of,
    withdraw,
)

blueprint = Blueprint("desk_subsidy_cycles", __name__, url_prefix="/desk")
guard_desk(blueprint)
CYCLE = "/subsidies/<int:programme_id>/<scheme>/<period>"


def _worked(plan: Plan, scheme: Scheme, period: str) -> tuple[verbs.Worked | None, str]:
    """What is not proposed yet; or why nothing can be worked out."""
    try:
        asked = verbs.question(
            session(), plan=plan, scheme=scheme, period=period, today=clock.today(),
            holidays=working_days_here().holiday,
        )  # fmt: skip
        return verbs.work_out(session(), asked, seen_by=me()), ""
    except Conflict as problem:
        return None, problem.message


def _page(plan: Plan, scheme: Scheme, period: str, problem: Problem | None = None) -> Any:
    worked, cannot = _worked(plan, scheme, period)
    seen = entitlements_seen(
        session(),
        county=me().county,
        wanted=Wanted(programme_id=plan.row.id, scheme=scheme.key, period=period),
        seen_by=me(),
    )
    mine = rights()
    own = body_of(session(), me())
    return page(
        "subsidy_cycle.html",
        problem=problem,
        plan=plan,
        scheme=scheme,
        period=period,
        period_said=verbs.period_said(period),
        worked=worked,
        cannot=cannot,
        live=[one for one in seen if one.row.ended_at is None],
        over=[one for one in seen if one.row.ended_at is not None],
        cycle=verbs.cycles_of(session(), plan=plan).get((scheme.key, period)),
        reviewers=reviewers_of(session(), county=me().county, scheme=scheme),
        reviews=own is not None and scheme.kind.deed in mine["deeds"],
        own=own,
        reports=may(*OFFICE) or Deed.DISPATCH in mine["deeds"],
        seal_of=seal_of,
        state_said=state_said,
        State=EntitlementState,
        yuan=yuan_text,
        ticked=set(request.form.getlist("one")) if problem else set(),
        what=request.form.get("what", "") if problem else "",
        **mine,
    )


def _asked(programme_id: int, scheme: str, period: str) -> tuple[Plan, Scheme, str]:
    plan = plan_here(programme_id)
    found = plan.scheme(scheme)
    try:
        return plan, found, verbs.period_of(found, period, today=clock.today())
    except Invalid as problem:  # in an address, not in a form
        raise NotFound("subsidy-unknown", problem.message) from problem


@blueprint.get(CYCLE)
def cycle(programme_id: int, scheme: str, period: str) -> Any:
    """Everything of one cycle."""
    return _page(*_asked(programme_id, scheme, period))


def _propose(plan: Plan, scheme: Scheme, period: str) -> str:
    asked = verbs.question(
        session(), plan=plan, scheme=scheme, period=period, today=clock.today(),
        holidays=working_days_here().holiday,
    )  # fmt: skip
    made = verbs.propose(
        session(), asked, seal=request.form.get("seal", ""), by=me(), now=clock.now(),
        chosen=request.form.getlist("one"),
    )  # fmt: skip
    return f"已报审{len(made)}笔，合计{yuan_said(sum(one.amount_fen for one in made))}。"


def _review(plan: Plan, scheme: Scheme, _period: str) -> str:
    passed = request.form.get("what") == "review"
    rows = review(
        session(), plan=plan, scheme=scheme, seals=request.form.getlist("one"), passed=passed,
        text=request.form.get("reason", ""), by=me(), now=clock.now(),
    )  # fmt: skip
    return f"{'审核通过' if passed else '已退回'}{len(rows)}笔。"


def _approve(plan: Plan, _scheme: Scheme, _period: str) -> str:
    rows = approve(
        session(), plan=plan, seals=request.form.getlist("one"), by=me(), now=clock.now(),
        holidays=working_days_here().holiday,
    )  # fmt: skip
    return f"已批准{len(rows)}笔，合计{yuan_said(sum(one.amount_fen for one in rows))}。"


def _withdraw(plan: Plan, _scheme: Scheme, _period: str) -> str:
    rows = withdraw(
        session(), plan=plan, seals=request.form.getlist("one"),
        reason=request.form.get("reason", ""), by=me(), now=clock.now(),
    )  # fmt: skip
    return f"已撤下{len(rows)}笔。"


def _report(plan: Plan, scheme: Scheme, period: str) -> str:
    found = verbs.cycles_of(session(), plan=plan).get((scheme.key, period))
    if found is None:
        raise Conflict("subsidy-not-now", "这一期还没有报审过，没有结果可以上报。")
    verbs.report_up(
        session(), cycle=found,
        on=read_day(request.form.get("on", ""), "上报日期", latest=clock.today()),
        to=request.form.get("reported_to", ""), by=me(), now=clock.now(),
    )  # fmt: skip
    return "已记下上报。"


DEEDS_HERE: dict[str, Callable[[Plan, Scheme, str], str]] = {
    "propose": _propose,
    "review": _review,
    "return": _review,
    "approve": _approve,
    "withdraw": _withdraw,
    "report": _report,
}


@blueprint.post(CYCLE)
@carries("seal", when=("what", "propose"))
def act(programme_id: int, scheme: str, period: str) -> Any:
    """Propose, review, send back, approve, take back: what the button says, to what is ticked."""
    plan, found, when = _asked(programme_id, scheme, period)
    with answering(lambda problem: _page(plan, found, when, problem)):
        deed = DEEDS_HERE.get(request.form.get("what", ""))
        if deed is None:
            raise Invalid("subsidy-nothing", "请点要办的那个按钮。")
        told = deed(plan, found, when)
    return done(
        told,
        url_for(
            "desk_subsidy_cycles.cycle", programme_id=programme_id, scheme=scheme, period=period
        ),
    )


def _view(entitlement_id: int) -> EntitlementView:
    found = entitlements_seen(
        session(), county=me().county, wanted=Wanted(entitlement_id=entitlement_id), seen_by=me()
    )
    if not found:
        raise NotFound("subsidy-unknown", "没有找到这一笔补贴。请从补贴页重新选择。")
    return found[0]


def _held_told(one: EntitlementView) -> str:
    """What a hold does: of a line that is with the bank already it says what it does not do."""
    if not one.went_out:
        return "已暂缓，原因站长也看得到。"
    return (
        f"已记下暂缓，原因站长也看得到。但{one.went_out}"
        "以后下载的付款表会标明不付，已经交出去的表拦不住：请马上告诉付款的人。"
    )


def _one_page(entitlement_id: int, problem: Problem | None = None) -> Any:
    one = _view(entitlement_id)
    plan = plan_here(one.row.programme_id)
    return page(
        "subsidy_entitlement.html",
        problem=problem,
        one=one,
        plan=plan,
        scheme=plan.scheme(one.row.scheme),
        titles={each.key: each.title for each in conflicts(plan.programme)},
        period_said=verbs.period_said(one.period),
        state_said=state_said(one),
        later=sorted(
            entitlements_seen(
                session(), county=me().county, wanted=Wanted(corrects_id=one.row.id), seen_by=me()
            ),
            key=lambda each: each.row.id,
        ),
        came_back=came_back_on(session(), one.row),
        holds=open_holds(session(), one.row),
        may_hold=may_hold(session(), me()),
        State=EntitlementState,
        yuan=yuan_text,
        li_said=li_said,
        what=request.form.get("what", "") if problem else "",
        **rights(),
    )


@blueprint.get("/subsidies/entitlements/<int:entitlement_id>")
def entitlement(entitlement_id: int) -> Any:
    """One entitlement: why so much, on which numbers, who said what, why not yet."""
    return _one_page(entitlement_id)


@blueprint.post("/subsidies/entitlements/<int:entitlement_id>")
def act_on_one(entitlement_id: int) -> Any:
    """Hold it, lift a hold, or take it back after its money came back."""
    one, form = _view(entitlement_id), request.form
    with answering(lambda problem: _one_page(entitlement_id, problem)):
        what, reason = form.get("what", ""), form.get("reason", "")
        if what == "hold":
            hold(session(), entitlement=one.row, reason=reason, by=me(), now=clock.now())
            told = _held_told(_view(entitlement_id))
        elif what == "lift":
            lift(
                session(), hold_id=form.get("hold", 0, type=int), entitlement=one.row,
                reason=reason, by=me(), now=clock.now(),
            )  # fmt: skip
            told = "已解除暂缓。"
        elif what == "reverse":
            on = read_day(form.get("on", ""), "缴回日期", latest=clock.today())
            reverse(
                session(), entitlement_id=one.row.id, on=on, reason=reason, by=me(),
                now=clock.now(),
            )  # fmt: skip
            told = "已冲回，原来的付款仍留着，旁边记了一笔相反的。"
        else:
            raise Invalid("subsidy-nothing", "请点要办的那个按钮。")
    return done(told, url_for("desk_subsidy_cycles.entitlement", entitlement_id=entitlement_id))
