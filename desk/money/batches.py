"""付款批次: what is approved goes into a list for the finance office; what became of each line."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out, paper_of_form, paper_out, takes_papers
from desk.money.frame import plan_here, plans_here, rights
from server.calendar import file_day
from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import blobs_of, session
from server.http.downloads import tell_of_file
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.http.text_ring import text_ring
from server.models.sealed_by_hand import of_account
from server.models.subsidy import EntitlementState
from server.models.subsidy_payment import PaymentState, SubsidyBatch
from server.money import yuan_said, yuan_text
from server.policy.typed_days import read_day
from server.services.people.scope import WHOLE_COUNTY
from server.services.subsidies.accounts import (
    good_accounts,
    masked,
    may_keep_accounts,
)
from server.services.subsidies.bank_lists import lists_of, tally_of
from server.services.subsidies.bank_rows import WORDS, ref_of
from server.services.subsidies.batches import (
    batch_of,
    batch_seal,
    batches_of,
    cancel,
    drop_line,
    entitlements_by_line,
    make_batch,
    payment_of,
    payments_of,
    release,
)
from server.services.subsidies.lists import Wanted, entitlements_seen
from server.services.subsidies.paying import record_not_paid, record_paid, record_returned
from server.services.subsidies.reviewing import seal_of
from server.services.subsidies.stopped import stopped_lines, taken_back

RECEIPT = "付款凭证"
blueprint = Blueprint("desk_subsidy_batches", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)


def _page(problem: Problem | None = None) -> Any:
    plans, county = plans_here(), me().county
    waiting = {
        plan.row.id: entitlements_seen(
            session(),
            county=county,
            wanted=Wanted(
                programme_id=plan.row.id, states=[EntitlementState.APPROVED], unlisted=True
            ),
            seen_by=me(),
        )
        for plan in plans
    }
    return page(
        "subsidy_batches.html",
        problem=problem,
        plans=plans,
        waiting=waiting,
        accounts=good_accounts(session(), county=county),
        batches={plan.row.id: batches_of(session(), programme_id=plan.row.id) for plan in plans},
        bank_lists=lists_of(session(), county=county),
        tally_of=tally_of,
        words_of=WORDS,
        seal_of=seal_of,
        yuan=yuan_text,
        masked=masked,
        ticked=set(request.form.getlist("one")) if problem else set(),
        **rights(),
    )


@blueprint.get("/subsidies/batches")
def batches() -> Any:
    """What can be listed, the batches there are, and the bank lists read in."""
    return _page()


@blueprint.post("/subsidies/<int:programme_id>/batches")
def make(programme_id: int) -> Any:
    """Put what is ticked into a new batch."""
    plan = plan_here(programme_id)
    with answering(_page):
        made = make_batch(
            session(), plan=plan, seals=request.form.getlist("one"), by=me(), now=clock.now(),
            holidays=working_days_here().holiday,
        )  # fmt: skip
    return done(
        f"第{made.number}批编好了，请财政局另一位核对放行。",
        url_for("desk_subsidy_batches.batch", batch_id=made.id),
    )


def _batch_page(batch_id: int, problem: Problem | None = None) -> Any:
    found = batch_of(session(), county=me().county, batch_id=batch_id)
    lines = payments_of(session(), found.batch.id)
    parts = entitlements_by_line(session(), lines)
    back = taken_back(lines, parts)
    return page(
        "subsidy_batch.html",
        problem=problem,
        found=found,
        batch=found.batch,
        plan=plan_here(found.batch.programme_id),
        lines=lines,
        parts=parts,
        stopped=stopped_lines(session(), lines, parts),
        total=sum(one.amount_fen for one in lines if one.state is not PaymentState.WITHDRAWN),
        paid=sum(one.amount_fen for one in lines if one.state is PaymentState.PAID),
        back=back,
        back_fen=sum(row.amount_fen for own in back.values() for row in own),
        seal=batch_seal(lines),
        State=PaymentState,
        ref_of=ref_of,
        yuan=yuan_text,
        masked=masked,
        at_line=request.form.get("line", "") if problem else "",
        **rights(),
    )


@blueprint.get("/subsidies/batches/<int:batch_id>")
def batch(batch_id: int) -> Any:
    """One batch line by line."""
    return _batch_page(batch_id)


def _release(batch: SubsidyBatch) -> str:
    release(
        session(), plan=plan_here(batch.programme_id), batch_id=batch.id,
        seal=request.form.get("seal", ""), by=me(), now=clock.now(),
        holidays=working_days_here().holiday,
    )  # fmt: skip
    return "已放行，可以下载给财政的付款表。"


def _cancel(batch: SubsidyBatch) -> str:
    cancel(
        session(), batch_id=batch.id, reason=request.form.get("reason", ""), by=me(),
        now=clock.now(),
    )  # fmt: skip
    return "这一批已作废，里面的可以重新编。"


def _line(batch: SubsidyBatch) -> int:
    """The line of a form, of this batch."""
    number = request.form.get("line", 0, type=int)
    found = payment_of(session(), county=me().county, payment_id=number)
    if found.batch_id != batch.id:
        raise Conflict("subsidy-changed-meanwhile", "这一行不在这一批里，请从页面上重新选。")
    return found.id


def _drop(batch: SubsidyBatch) -> str:
    line = drop_line(
        session(), payment_id=_line(batch), reason=request.form.get("reason", ""), by=me(),
        now=clock.now(),
    )  # fmt: skip
    return f"第{line.line}行已撤下。"


def _paid(batch: SubsidyBatch) -> str:
    line = record_paid(
        session(), blobs_of(), payment_id=_line(batch),
        on=read_day(request.form.get("on", ""), "付款日期", latest=clock.today()),
        paper=paper_of_form("receipt", what=RECEIPT), by=me(), now=clock.now(),
    )  # fmt: skip
    return f"第{line.line}行记成已付，凭证收好了。"


def _not_paid(batch: SubsidyBatch) -> str:
    line = record_not_paid(
        session(), payment_id=_line(batch), reason=request.form.get("reason", ""), by=me(),
        now=clock.now(),
    )  # fmt: skip
    return f"第{line.line}行记成没有付成，可以重新列入别的批次。"


def _returned(batch: SubsidyBatch) -> str:
    line = record_returned(
        session(), payment_id=_line(batch),
        on=read_day(request.form.get("on", ""), "退回日期", latest=clock.today()),
        reason=request.form.get("reason", ""), by=me(), now=clock.now(),
    )  # fmt: skip
    return f"第{line.line}行记成退回，可以重新列入别的批次。"


DEEDS: dict[str, Callable[[SubsidyBatch], str]] = {
    "release": _release,
    "cancel": _cancel,
    "drop": _drop,
    "paid": _paid,
    "not_paid": _not_paid,
    "returned": _returned,
}


@blueprint.post("/subsidies/batches/<int:batch_id>")
@takes_papers("receipt", what=RECEIPT)
@carries("seal", when=("what", "release"))
def act(batch_id: int) -> Any:
    """Release or give up a batch; say what became of a line."""
    found = batch_of(session(), county=me().county, batch_id=batch_id).batch
    with answering(lambda problem: _batch_page(batch_id, problem)):
        deed = DEEDS.get(request.form.get("what", ""))
        if deed is None:
            raise Invalid("subsidy-nothing", "请点要办的那个按钮。")
        told = deed(found)
    return done(told, url_for("desk_subsidy_batches.batch", batch_id=batch_id))


@blueprint.get("/subsidies/batches/<int:batch_id>/finance.xlsx")
def finance(batch_id: int) -> Any:
    """The list for the finance office, with whole account numbers; who took it is written down."""
    from server.papers.subsidy_batch import batch_xlsx

    county = county_of_desk()
    if not may_keep_accounts(session(), me()):
        raise NotAllowed("not-your-page", "付款表里有完整账号，只给县专班和财政局下载。")
    found = batch_of(session(), county=county.code, batch_id=batch_id)
    if found.batch.released_at is None:
        raise NotFound("subsidy-unknown", "这一批还没有放行，没有付款表。")
    ring = text_ring()
    name = f"{county.name}补贴第{found.batch.number}批{file_day(clock.today())}.xlsx"
    table = batch_xlsx(
        session(), found=found, county=county, ring=ring, bound=of_account, now=clock.now()
    )
    aside = f"，另有{table.stopped}行写明不要付" if table.stopped else ""
    tell_of_file(f"{table.lines}行，合计{yuan_said(table.total_fen)}，含完整账号{aside}")
    return made_out(table.content, name)


@blueprint.get("/subsidies/batches/papers/<int:payment_id>")
def paper(payment_id: int) -> Any:
    """The bank's paper by which a line was recorded as paid."""
    found = payment_of(session(), county=me().county, payment_id=payment_id)
    if found.paper_sha256 is None:
        raise NotFound("subsidy-unknown", "这一行没有付款凭证。")
    return paper_out(found.paper_sha256, kind=found.paper_kind, name=found.paper_name)
