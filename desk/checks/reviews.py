"""照片核查: one question about a photo at a time, one key an answer, and what was answered."""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import Blueprint, jsonify, request, url_for

from desk.frame.access import me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page, piece
from server.errors import Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.problems import status_of
from server.media.pictures.resemblance import Resemblance
from server.models.reading import ReviewItem, ReviewKind, ReviewState
from server.policy.signs.placed import Outcome
from server.services.people.scope import TOWNSHIP
from server.services.review.decisions import (
    DECISIONS,
    asked_parts,
    decide,
    name_read,
    text_needed,
)
from server.services.review.lists import (
    ReviewView,
    Waiting,
    decided_reviews,
    decisions_of,
    next_reviews,
    review_for,
    review_view_of,
    reviews_waiting,
)
from server.services.review.reader_figures import figures_said

blueprint = Blueprint("desk_reviews", __name__, url_prefix="/desk/reviews")
guard_desk(blueprint, *TOWNSHIP)
DECIDED_PAGE = 50
PART_NAMES = {"name": "名称", "number": "编号", "hours": "时间"}
ICONS = {"matches": "check", "differs": "cross", "unreadable": "look"}


@dataclass(frozen=True, slots=True)
class Box:
    """Where in the picture a part was read: corners, and a place for its label, in pixels."""

    points: str
    x: float
    y: float
    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a sign or board: what was read beside what is registered, letter by letter."""

    name: str
    outcome: str
    label: str
    icon: str
    read: list[tuple[str, bool]]
    expected: list[tuple[str, bool]]
    why: str
    near: str  # the part of the picture around it, as a viewBox


@dataclass(frozen=True, slots=True)
class Filters:
    """Which questions are wanted, as the address says."""

    kind: ReviewKind | None
    township: str

    @property
    def kinds(self) -> list[ReviewKind]:
        """For the lists; empty means every kind."""
        return [self.kind] if self.kind else []

    @property
    def args(self) -> dict[str, str]:
        """What goes on into every address."""
        found = {"kind": self.kind.value if self.kind else "", "township": self.township}
        return {name: value for name, value in found.items() if value}

    def left(self, counted: list[Waiting]) -> int:
        """How many of the counted questions are meant."""
        return sum(
            one.count
            for one in counted
            if self.kind in (None, one.kind) and self.township in ("", one.township_code)
        )


def _filters() -> Filters:
    kind = request.args.get("kind", "")
    return Filters(
        ReviewKind(kind) if kind in set(ReviewKind) else None, request.args.get("township", "")
    )


def _counts(counted: list[Waiting], wanted: Filters) -> dict[str, int]:
    """Open questions by kind in the chosen township; "" is all kinds together."""
    return {
        kind: Filters(ReviewKind(kind) if kind else None, wanted.township).left(counted)
        for kind in ("", *ReviewKind)
    }


def differing(text: str, other: str) -> list[tuple[str, bool]]:
    """A text cut where it differs from another, whatever the width; what it lacks stands as ＿."""

    def letters(words: str) -> list[str]:
        return [unicodedata.normalize("NFKC", letter) for letter in words]

    pieces: list[tuple[str, bool]] = []
    matcher = SequenceMatcher(None, letters(text), letters(other), autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        missing = "＿" * max(0, (other_end - other_start) - (end - start))
        pieces.append((text[start:end] + missing, kind != "equal"))
    return pieces


def _parts(item: ReviewItem) -> list[Part]:
    parts = []
    for part in item.details.get("parts", []):
        read, expected, outcome = part["read"], part["expected"], part["outcome"]
        both = (differing(read, expected), differing(expected, read))
        parts.append(
            Part(
                name=PART_NAMES[part["what"]],
                outcome=outcome,
                label=Outcome(outcome).label,
                icon=ICONS[outcome],
                read=both[0] if read else [],
                expected=both[1] if read else [(expected, False)],
                why=part["why"],
                near="" if outcome == Outcome.MATCHES else _near(part["quads"], item.details),
            )
        )
    return parts


def _near(quads: list[list[list[float]]], details: dict[str, Any]) -> str:
    """The viewBox that shows the quads with some room around them.

    Empty where nothing would be gained: without quads, and for upright writing.
    """
    points = [point for quad in quads for point in quad]
    if not points or not details.get("width"):
        return ""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    if bottom - top > right - left:
        return ""
    room = 0.25 * (bottom - top)
    left, top = max(0, left - room), max(0, top - room)
    right, bottom = min(details["width"], right + room), min(details["height"], bottom + room)
    return f"{left:.0f} {top:.0f} {max(1, right - left):.0f} {max(1, bottom - top):.0f}"


def _boxes(item: ReviewItem) -> list[Box]:
    return [
        Box(
            points=" ".join(f"{x:.0f},{y:.0f}" for x, y in quad),
            x=min(x for x, _ in quad),
            y=min(y for _, y in quad),
            text=f"{PART_NAMES[part['what']]}：{Outcome(part['outcome']).label}" if first else "",
            outcome=part["outcome"],
        )
        for part in item.details.get("parts", [])
        for first, quad in ((number == 0, quad) for number, quad in enumerate(part["quads"]))
    ]


def _resemblance(item: ReviewItem) -> str:
    """How alike a double is, in words."""
    details = item.details
    if details.get("mirrored"):
        return "左右翻过来是同一张"
    known = details.get("resemblance")
    return Resemblance(known).long if known else "机器觉得画面很像"


def _question(
    view: ReviewView | None, problem: Problem | None = None, *, wrapped: bool = False
) -> Any:
    """The page of one question, or of none left; `part=1` gives the question alone."""
    wanted = _filters()
    counted = reviews_waiting(session(), seen_by=me(), county=me().county)
    context: dict[str, Any] = {
        "view": view,
        "wanted": wanted,
        "left": wanted.left(counted),
        "counts": _counts(counted, wanted),
        "places": sorted({(one.township_code, one.township_name) for one in counted}),
        "kinds": ReviewKind.labels(),
        "last": request.args.get("last", type=row_id),
        "wrapped": wrapped,
    }
    if view is not None:
        item = view.item
        context |= {
            "item": item,
            "parts": _parts(item),
            "boxes": _boxes(item),
            "asks_name": any(part["what"] == "name" for part in asked_parts(item)),
            "asks_number": any(part["what"] == "number" for part in asked_parts(item)),
            "read_name": name_read(item),
            "text_needed": text_needed(item),
            "resemblance": _resemblance(item) if item.kind is ReviewKind.DOUBLE else "",
            "answers": list(DECISIONS[item.kind].items()),
            "decisions": decisions_of(session(), item),
            "withdrawn": item.state is ReviewState.WITHDRAWN,
        }
    if request.args.get("part"):
        return piece("review_item.html", problem=problem, **context)
    return page("review.html", problem=problem, **context)


@blueprint.get("")
def queue() -> Any:
    """The question to answer next: `after` one, or the nearest `before` it."""
    wanted = _filters()
    after = request.args.get("after", type=row_id)
    before = request.args.get("before", type=row_id)

    def first(*, limit: int = 1, backwards: bool = False) -> list[ReviewView]:
        return next_reviews(
            session(),
            seen_by=me(),
            county=me().county,
            kinds=wanted.kinds,
            township=wanted.township or None,
            after=before if backwards else after if limit == 1 else None,
            backwards=backwards,
            limit=limit,
        )

    found = first(backwards=before is not None)
    # At the end of the line those that were passed over come again; never the one just seen.
    again = [] if found else [one for one in first(limit=2) if one.item.id not in (after, before)]
    view = next(iter(found or again), None)
    return _question(view, wrapped=bool(again) and (after or before) is not None)


@blueprint.get("/<int:item_id>")
def question(item_id: int) -> Any:
    """One question, open or answered; answering it again is a revision."""
    item = review_for(session(), me(), item_id)
    return _question(review_view_of(session(), seen_by=me(), item=item))


@blueprint.post("/<int:item_id>")
@carries("seen")
def answer(item_id: int) -> Any:
    """Take an answer; a script gets what is left, a plain form goes on to the next question."""
    item, form, wanted = review_for(session(), me(), item_id), request.form, _filters()
    script = request.accept_mimetypes.best == "application/json"

    def refused(problem: Problem) -> Any:
        if script:
            return jsonify(code=problem.code, message=problem.message), status_of(problem)
        again = review_for(session(), me(), item_id)
        return _question(review_view_of(session(), seen_by=me(), item=again), problem)

    with answering(refused):
        decide(
            session(),
            item=item,
            decision=form.get("decision", ""),
            by=me(),
            now=clock.now(),
            note=form.get("note", ""),
            seen=form.get("seen", type=row_id) or 0,
            sign_text=form.get("sign_text", ""),
            number_missing="number_missing" in form,
        )
    label = DECISIONS[item.kind][item.decision]
    if script:
        counted = reviews_waiting(session(), seen_by=me(), county=me().county)
        return jsonify(
            said=label,
            left=wanted.left(counted),
            counts=_counts(counted, wanted),
            all=sum(one.count for one in counted),
        )
    onwards: dict[str, Any] = {"after": item.id, "last": item.id, **wanted.args}
    where = url_for("desk_reviews.queue", **onwards)
    return done(f"已记下：{label}。", where)


@blueprint.get("/decided")
def decided() -> Any:
    """What was answered, by whom and when; the latest first."""
    wanted = _filters()
    shown = decided_reviews(
        session(),
        seen_by=me(),
        county=me().county,
        kinds=wanted.kinds,
        township=wanted.township or None,
        before=request.args.get("before", type=row_id),
        limit=DECIDED_PAGE + 1,
    )
    return page(
        "reviews_decided.html",
        shown=shown[:DECIDED_PAGE],
        more=shown[DECIDED_PAGE - 1].item.id if len(shown) > DECIDED_PAGE else None,
        wanted=wanted,
        kinds=ReviewKind.labels(),
        measured=figures_said(session(), me().county),
    )
