"""Keeper's word against inspector's: the whole round side by side, and each 分歧 to be decided."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import may, me
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.photo_proofs import photo_ids, proofs
from desk.rounds.rounds import round_here
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.models.inspection import DisagreementKind
from server.services.inspections.disagreements import (
    DisagreementView,
    disagreement_of,
    disagreement_tally,
    disagreements_seen,
    settle_disagreement,
)
from server.services.inspections.looking import differing_tally
from server.services.inspections.two_words import two_words
from server.services.intake.double_records import double_tally
from server.services.mending.rulings import follow_ruling
from server.services.people.people import names_of
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_disagreements", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
SHOWN = 40
STATIONS_WHOLE, STATIONS_DIFFERING = 6, 40  # a page of two words: at most some 200 clauses


def _settlers(found: list[DisagreementView]) -> dict[int, str]:
    """Names of those who settled."""
    ids = (one.disagreement.settled_by for one in found if one.disagreement.settled_by)
    return names_of(session(), person_ids=ids)


def _page(problem: Problem | None = None, wrong_id: int | None = None) -> Any:
    round_id = request.args.get("round", type=row_id)
    campaign = round_here(round_id) if round_id is not None else None
    settled = request.args.get("state") == "settled"
    common: dict[str, Any] = {"county": me().county, "campaign_id": round_id, "seen_by": me()}
    open_count, settled_count = disagreement_tally(session(), **common)
    leaf = page_of(
        settled_count if settled else open_count,
        SHOWN,
        where=url_for("desk_disagreements.disagreements"),
    )
    shown = disagreements_seen(
        session(),
        **common,
        open_only=not settled,
        settled_only=settled,
        limit=leaf.size,
        offset=leaf.first,
    )
    said = [word for one in shown for word in (one.keeper_says, one.inspector_says)]
    return page(
        "disagreements.html",
        problem=problem,
        round=campaign,
        shown=shown,
        leaf=leaf,
        settled=settled,
        open_count=open_count,
        settled_count=settled_count,
        doubled=double_tally(session(), county=me().county, seen_by=me())[0],
        parting=differing_tally(session(), county=me().county, seen_by=me())[0],
        proofs=proofs([photo_id for word in said for photo_id in photo_ids(word)]),
        photo_ids=photo_ids,
        kinds=DisagreementKind,
        settlers=_settlers(shown),
        wrong_id=wrong_id,
    )


@blueprint.get("/disagreements")
def disagreements() -> Any:
    """What is to be decided, the oldest first; `?state=settled` what was."""
    return _page()


@blueprint.post("/disagreements/<int:disagreement_id>/settle")
def decide(disagreement_id: int) -> Any:
    """Decide whose word holds, with the reason."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "分歧由县专班裁定。如有意见，请联系县专班。")
    form = request.form
    with answering(lambda problem: _page(problem, disagreement_id)):
        item = disagreement_of(session(), county=me().county, disagreement_id=disagreement_id)
        settle_disagreement(
            session(),
            disagreement=item,
            decision=form.get("decision", ""),
            reason=form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
        remains = follow_ruling(session(), disagreement=item, by=me(), now=clock.now())
    round_id = request.args.get("round", type=row_id)
    where = url_for("desk_disagreements.disagreements", round=round_id)
    letter = "这一条已经发过整改通知书，整改照旧，请到“整改”里办结。" if remains else ""
    return done(f"已裁定，连同您的姓名和理由。督导记录本身不改。{letter}", where)


@blueprint.get("/rounds/<int:campaign_id>/words")
def two_sides(campaign_id: int) -> Any:
    """Every inspected station of a round, clause by clause; by default only where they differ."""
    campaign = round_here(campaign_id)
    every = two_words(session(), campaign=campaign, seen_by=me())
    rows = [row for one in every for row in one.rows]
    places = list(dict.fromkeys(one.township_name for one in every))
    township = request.args.get("township", "")
    whole = request.args.get("show") == "all"
    if whole and township not in places:
        township = places[0] if places else ""  # a whole county's clauses are too many for a page
    found = []
    for one in every:
        shown = [row for row in one.rows if whole or row.agree is False]
        if shown and (not township or one.township_name == township):
            found.append((one, shown))
    leaf = page_of(len(found), STATIONS_WHOLE if whole else STATIONS_DIFFERING)
    return page(
        "two_words.html",
        round=campaign,
        found=leaf.of(found),
        leaf=leaf,
        inspected=len(every),
        agreed=sum(1 for row in rows if row.agree is True),
        differed=sum(1 for row in rows if row.agree is False),
        alone=sum(1 for row in rows if row.agree is None),
        places=places,
        township=township,
        whole=whole,
    )
