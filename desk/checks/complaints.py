"""投诉: what villagers complained of, due ones first; what came in a flood, many at a time."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.models.complaint import ComplaintChannel, ComplaintKind
from server.services.complaints.handling import answer_held
from server.services.complaints.lists import CHOICES, Wanted, complaint_lines, complaint_tally
from server.services.complaints.rights import may_read_all, may_record
from server.services.county.complaint_options import complaint_options
from server.services.county.counties import townships
from server.services.people.scope import SEES_ROUNDS

blueprint = Blueprint("desk_complaints", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
ROWS_A_PAGE = 100
FILTERS = ("q", "state", "kind", "channel", "township", "station")


def _asked() -> dict[str, str]:
    """The address's filters; what cannot be is left out."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    asked["state"] = asked["state"] if asked["state"] in CHOICES else ""
    asked["kind"] = asked["kind"] if asked["kind"] in ComplaintKind.labels() else ""
    asked["channel"] = asked["channel"] if asked["channel"] in ComplaintChannel.labels() else ""
    asked["station"] = str(request.args.get("station", type=row_id) or "")
    return asked


def _page(problem: Problem | None = None) -> Any:
    asked, county = _asked(), county_of_desk()
    wanted = Wanted(
        asked["state"], asked["kind"], asked["channel"], asked["township"], asked["q"],
        int(asked["station"]) if asked["station"] else None,
    )  # fmt: skip
    within: dict[str, Any] = {"county": county.code, "on": clock.today(), "seen_by": me()}
    counts = complaint_tally(session(), **within, wanted=wanted)
    leaf = page_of(counts[asked["state"]], ROWS_A_PAGE, where=url_for("desk_complaints.complaints"))

    def address(**changes: str | None) -> str:
        kept: dict[str, Any] = {**asked, **changes}
        return url_for(
            "desk_complaints.complaints", **{name: value for name, value in kept.items() if value}
        )

    found = complaint_lines(session(), **within, wanted=wanted, limit=leaf.size, offset=leaf.first)
    return page(
        "complaints.html",
        problem=problem,
        asked=asked,
        address=address,
        counts=counts,
        choices=CHOICES,
        leaf=leaf,
        found=found,
        kinds=ComplaintKind,
        channels=ComplaintChannel,
        places=townships(session(), county.code) if whole_county_in_sight() else [],
        may_record=may_record(session(), me()),
        may_settle=may_read_all(me()) and asked["state"] == "held" and bool(found),
        chosen=set(request.form.getlist("id")) if problem else set(),
        options=complaint_options(county),
    )


@blueprint.get("/complaints")
def complaints() -> Any:
    """By default what is not answered, what is due first at the front."""
    return _page()


@blueprint.post("/complaints/held")
def settle_held() -> Any:
    """Those that were ticked: handled like all others, or answered as 不属实."""
    if not may_read_all(me()):
        raise NotAllowed("complaint-not-yours", "待核的投诉由县专班办公室处理。")
    with answering(_page):
        real = request.form.get("what") == "real"
        ids = {int(one) for one in request.form.getlist("id") if _is_id(one)}
        settled = answer_held(
            session(),
            ids=ids,
            real=real,
            note=request.form.get("note", ""),
            by=me(),
            now=clock.now(),
        )
    told = f"{settled}件照常办理。" if real else f"{settled}件答复为不属实。"
    left = len(ids) - settled
    also = f"另有{left}件别人已经办过，没有动。" if left else ""
    return done(told + also, url_for("desk_complaints.complaints", state="held"))


def _is_id(text: str) -> bool:
    try:
        row_id(text)
    except ValueError:
        return False
    return True
