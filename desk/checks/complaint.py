"""One complaint: what was said with its numbers hidden, every step, and the forms for its turn."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file, url_for

from desk.frame.access import me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import NotFound, Problem
from server.http import clock
from server.http.database import blobs_of, session, settings_of
from server.http.guards import guard_desk
from server.models.complaint import ComplaintOutcome, FollowUp
from server.models.matter import Holder
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.complaints import handling
from server.services.complaints.figures import complaint_counts
from server.services.complaints.rights import Move, moves_open_to
from server.services.complaints.sight import complaint_for
from server.services.complaints.steps import complaint_shown
from server.services.complaints.views import complaint_view, photo_of
from server.services.matters.steps import number_text
from server.services.matters.views import receivers
from server.services.people.scope import SEES_ROUNDS

blueprint = Blueprint("desk_complaint", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(complaint_id: int, problem: Problem | None = None) -> Any:
    found = complaint_for(session(), seen_by=me(), complaint_id=complaint_id)
    moves, today = moves_open_to(session(), me(), found), clock.today()
    view = complaint_view(session(), complaint=found, on=today)
    counts = complaint_counts(session(), county=me().county, on=today, seen_by=me())
    return page(
        "complaint.html",
        problem=problem,
        one=found,
        view=view,
        moves=moves,
        Move=Move,
        acted=request.form.get("move", "") if problem else "",
        looks=handling.looks_now(session(), complaint=found, by=me(), now=clock.now()),
        receivers=receivers(session(), county=me().county, kinds=list(Holder))
        if Move.FORWARD in moves
        else [],
        matter_number=number_text(view.handled.matter) if view.handled else "",
        outcomes=ComplaintOutcome,
        follow_ups=FollowUp,
        usual_on=max(today, found.due_on - timedelta(days=1)),
        of_year=counts.get(found.station_id or 0, 0),
        seal=seal(complaint_shown(session(), found)),
    )


@blueprint.get("/complaints/<int:complaint_id>")
def complaint(complaint_id: int) -> Any:
    """All of it; the villager's own words and telephone for whoever asked and may."""
    return _page(complaint_id)


@blueprint.get("/complaints/<int:complaint_id>/photos/<int:place>")
def photo(complaint_id: int, place: int) -> Any:
    """One photo, for ten minutes after somebody of the office asked for the villager's own words.

    Raises NotFound complaint-unknown.
    """
    found = complaint_for(session(), seen_by=me(), complaint_id=complaint_id)
    key = photo_of(session(), found, place)
    if key is None or not handling.looks_now(session(), complaint=found, by=me(), now=clock.now()):
        raise NotFound("complaint-unknown", "照片要先点“看原文和电话”才能看，十分钟内有效。")
    with blobs_of().open(key) as kept:
        content = kept.read()
    answer = send_file(BytesIO(content), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    return read_day(text, "期限", latest=None) if text else None


def _note() -> str:
    return request.form.get("note", "")


def _accept(**common: Any) -> str:
    handling.accept(session(), note=_note(), **common)
    return "已经受理。村民查的时候看得到。"


def _forward(**common: Any) -> str:
    made = handling.forward(
        session(), to=request.form.get("to", ""), due_on=_day("due_on"), note=_note(), **common
    )
    return f"已经转办，在问题清单里是{number_text(made)}。办好了还要您答复村民。"


def _answer(**common: Any) -> str:
    outcome = request.form.get("outcome", "")
    sure = request.form.get("sure", "")
    handling.answer(session(), outcome=outcome, note=_note(), sure=sure, **common)
    return "答复好了。村民凭查询码看得到，还会被问一句解决了没有。"


def _call(**common: Any) -> str:
    again = handling.call_back(session(), said=request.form.get("said", ""), note=_note(), **common)
    return "回访记下了。村民不满意，又回到“已收到”，请再办。" if again else "回访记下了。"


def _add_note(**common: Any) -> str:
    handling.add_note(session(), note=_note(), **common)
    return "已经补充。"


def _look(**common: Any) -> str:
    common.pop("sealed")
    handling.look(session(), **common)
    return "原文和电话显示十分钟。您看过这一次已经记下。"


def _code(**common: Any) -> str:
    common.pop("sealed")
    code = handling.new_code(session(), secret=settings_of().secret_key, **common)
    return f"新的查询码是 {code}，请告诉反映人，只显示这一次；以前的不能用了。"


DEEDS: dict[str, Callable[..., str]] = {
    Move.ACCEPT.value: _accept,
    Move.FORWARD.value: _forward,
    Move.ANSWER.value: _answer,
    Move.CALL.value: _call,
    Move.NOTE.value: _add_note,
    Move.LOOK.value: _look,
    Move.CODE.value: _code,
}
COMPLAINT_MOVES = ", ".join(DEEDS)


@blueprint.post(f"/complaints/<int:complaint_id>/<any({COMPLAINT_MOVES}):move>")
@carries("seal")
def move(complaint_id: int, move: str) -> Any:
    """One move, by whoever has the turn; who may is asked where it is done."""
    found = complaint_for(session(), seen_by=me(), complaint_id=complaint_id)
    with answering(lambda problem: _page(complaint_id, problem)):
        told = DEEDS[move](
            complaint=found, by=me(), now=clock.now(), sealed=request.form.get("seal")
        )
    return done(told, url_for("desk_complaint.complaint", complaint_id=complaint_id))
