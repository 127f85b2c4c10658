"""One problem: what was said, every step of it, and the forms for whoever has its turn."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import paper_out, papers_of_form, takes_papers
from server.errors import Problem
from server.http import clock
from server.http.database import blobs_of, session
from server.http.guards import guard_desk
from server.models.matter import Holder, Matter
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.county.matter_options import matter_options
from server.services.matters import closing, handling
from server.services.matters.papers import MOST, attach, paper_for
from server.services.matters.rights import Move, moves_open_to
from server.services.matters.sight import matter_for, matter_shown
from server.services.matters.views import matter_view, receivers
from server.services.people.scope import WHOLE_COUNTY

PAPERS = "材料"
blueprint = Blueprint("desk_matter", __name__, url_prefix="/desk")
guard_desk(blueprint)


def _page(matter_id: int, problem: Problem | None = None) -> Any:
    found = matter_for(session(), me(), matter_id)
    moves = moves_open_to(session(), me(), found)
    kinds = [Holder.OPERATOR] if Move.REFER not in moves else list(Holder)
    return page(
        "matter.html",
        problem=problem,
        view=matter_view(session(), matter=found, on=clock.today()),
        one=found,
        moves=moves,
        Move=Move,
        acted=request.form.get("move", "") if problem else "",
        receivers=receivers(session(), county=me().county, kinds=kinds)
        if {Move.REFER, Move.PASS} & moves
        else [],
        outcomes=closing.outcomes_of(session(), found) if Move.CLOSE in moves else (),
        usual_on=clock.today() + timedelta(days=matter_options(county_of_desk()).handle_days),
        seal=seal(matter_shown(session(), found)),
        sees_all=me().role in WHOLE_COUNTY,
    )


@blueprint.get("/matters/<int:matter_id>")
def matter(matter_id: int) -> Any:
    """All of it."""
    return _page(matter_id)


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    return read_day(text, "期限", latest=None) if text else None


def _refer(**common: Any) -> str:
    handling.refer(session(), to=request.form.get("to", ""), due_on=_day("due_on"), **common)
    return "已经转办。到期前系统会提醒，办理经过都记在下面。"


def _pass(**common: Any) -> str:
    handling.pass_on(session(), to=request.form.get("to", ""), due_on=_day("due_on"), **common)
    return "已经交办。"


def _answer(**common: Any) -> str:
    handling.answer(session(), **common)
    return "答复已经记下，等另一位同志核查。"


def _punish(**common: Any) -> str:
    handling.answer(session(), punished=True, **common)
    return "查处情况已经记下，等另一位同志核查。"


def _return(**common: Any) -> str:
    handling.return_it(session(), **common)
    return "已经退回。"


def _ask(**common: Any) -> str:
    handling.ask_for_time(session(), until=_day("due_on"), **common)
    return "延期申请已经记下。县专班批准以前，原来的期限照算。"


def _decide(**common: Any) -> str:
    granted = request.form.get("what") == "grant"
    handling.decide_time(session(), granted=granted, **common)
    return "已同意延期。" if granted else "没有同意延期，期限不变。"


def _check(**common: Any) -> str:
    good = request.form.get("what") == "good"
    closing.check(session(), good=good, due_on=_day("due_on"), **common)
    return "核查通过，等县专班办结。" if good else "没有通过，已退回去再办。"


def _close(**common: Any) -> str:
    closing.close(session(), outcome=request.form.get("outcome", ""), **common)
    return "办结了。"


def _reopen(**common: Any) -> str:
    closing.reopen(session(), **common)
    return "已经重新办理，请再转办。"


def _note(**common: Any) -> str:
    closing.add_note(session(), **common)
    return "已经补充。"


DEEDS: dict[str, Callable[..., str]] = {
    Move.REFER.value: _refer,
    Move.PASS.value: _pass,
    Move.ANSWER.value: _answer,
    Move.PUNISH.value: _punish,
    Move.RETURN.value: _return,
    Move.ASK.value: _ask,
    Move.DECIDE.value: _decide,
    Move.CHECK.value: _check,
    Move.CLOSE.value: _close,
    Move.REOPEN.value: _reopen,
    Move.NOTE.value: _note,
}
MOVES = ", ".join(DEEDS)


@blueprint.post(f"/matters/<int:matter_id>/<any({MOVES}):move>")
@takes_papers("papers", what=PAPERS, most=MOST, bare=True)
@carries("seal")
def move(matter_id: int, move: str) -> Any:
    """One move, by whoever has the turn; who may is asked where it is done."""
    found: Matter = matter_for(session(), me(), matter_id)
    with answering(lambda problem: _page(matter_id, problem)):
        papers, now = papers_of_form("papers", what=PAPERS, most=MOST), clock.now()
        told = DEEDS[move](
            matter=found,
            note=request.form.get("note", ""),
            by=me(),
            now=now,
            sealed=request.form.get("seal"),
        )
        attach(session(), blobs_of(), matter=found, papers=papers, by=me(), now=now)
    return done(told, url_for("desk_matter.matter", matter_id=matter_id))


@blueprint.get("/matters/papers/<int:paper_id>")
def paper(paper_id: int) -> Any:
    """A paper or photo of a step, to be saved; for whoever may see the problem."""
    found = paper_for(session(), me(), paper_id)
    return paper_out(found.file_sha256, kind=found.file_kind, name=found.file_name)
