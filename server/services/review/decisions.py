"""照片核查: asks a person about a photo, takes down the decision, and lets it become a word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.reading import ReviewAnswer, ReviewDecision, ReviewItem, ReviewKind, ReviewState
from server.models.statement import Statement
from server.models.station import Station
from server.policy.signs.photo_match import FACT_OF_PART
from server.policy.signs.placed import Outcome
from server.policy.standard.facts import Value, Word
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import cut, written
from server.services.review.actions import ReviewAction
from server.services.review.reading_views import holds
from server.services.standing import statements

_BOARD = (ReviewAnswer.MATCHES, ReviewAnswer.DIFFERS, ReviewAnswer.UNCLEAR)
_DOUBLE = (ReviewAnswer.SAME_PICTURE, ReviewAnswer.DIFFERENT_PICTURES, ReviewAnswer.UNCLEAR)
DECISIONS: Mapping[ReviewKind, Mapping[str, str]] = {
    kind: {
        answer.value: answer.said_to(kind)
        for answer in (_DOUBLE if kind is ReviewKind.DOUBLE else _BOARD)
    }
    for kind in ReviewKind
}
"""What may be answered to each kind of question, in the order of the keys 1, 2 and 3."""

NOTE = "照片核查"


def open_item(
    session: Session,
    *,
    county: str,
    station_id: int,
    photo_id: UUID,
    kind: ReviewKind,
    key: str,
    question: str,
    details: dict[str, Any],
    now: datetime,
    other_photo_id: UUID | None = None,
) -> ReviewItem:
    """Ask a person about a photo; the same `key` of a county again is the same item.

    An open item takes the new question and details, a withdrawn one opens anew, a decided one
    stays as it was decided. `details` of signs and hours: {"parts": [{"what": name | number |
    hours, "outcome", "read", "expected", "why", "quads"}], "width", "height"} with the quads in
    pixels of the upright picture; of doubles: {"resemblance", "distance", "mirrored", "other":
    {"station_id", "day_on", "subject"}}.
    """
    item = _by_key(session, county, key)
    if item is None:
        item = ReviewItem(
            county=county,
            station_id=station_id,
            photo_id=photo_id,
            other_photo_id=other_photo_id,
            kind=kind,
            key=key,
            question=cut(question, ReviewItem.question),
            details=details,
            state=ReviewState.OPEN,
            opened_at=now,
        )
        try:
            with session.begin_nested():
                session.add(item)
                session.flush()
        except IntegrityError:  # somebody else asked the same in this very moment
            known = _by_key(session, county, key)
            if known is None:
                raise
            item = known
        else:
            return item
    if item.state is ReviewState.DECIDED:
        return item
    if item.state is ReviewState.WITHDRAWN:
        item.state, item.opened_at = ReviewState.OPEN, now
    item.question, item.details = cut(question, ReviewItem.question), details
    session.flush()
    return item


def withdraw(session: Session, *, county: str, key: str, now: datetime) -> ReviewItem | None:
    """Take a question back that nobody has answered yet; a decision stays. None where none is."""
    item = _by_key(session, county, key, lock=True)
    if item is not None and item.state is ReviewState.OPEN:
        item.state, item.decided_at = ReviewState.WITHDRAWN, now
        session.flush()
    return item


def decide(
    session: Session,
    *,
    item: ReviewItem,
    decision: str,
    by: Person,
    now: datetime,
    note: str = "",
    seen: int = 0,
    sign_text: str = "",
    number_missing: bool = False,
) -> ReviewDecision:
    """Take down what a person sees in the photo; it becomes the reviewer's word of that day.

    `seen` is the id of the decision that stood on the person's screen, 0 when the question was
    open there; deciding again with it is a revision, and what the older decision had said is
    taken back. Older decisions stay. The same person's same answer again changes nothing.

    | what was asked | decision  | becomes                                                     |
    |----------------|-----------|-------------------------------------------------------------|
    | name           | matches   | `sign_text` is the registered name (附件3 二（1）（2）)     |
    | name           | differs   | `sign_text` is `sign_text` as typed, else as read           |
    | number         | matches   | `sign_code_visible` yes (二（3）)                           |
    | number         | differs   | nothing: another number is visible too; `number_missing`    |
    |                |           | says that there is none: `sign_code_visible` no             |
    | hours          | matches   | `hours_board_matches` yes (三)                              |
    | hours          | differs   | `hours_board_matches` no                                    |
    | any of these   | unclear   | nothing; the keeper is asked for a better photo             |
    | double         | same      | the photo taken later is no evidence (`sent_again`); no     |
    |                |           | word by itself                                              |
    | double         | different | nothing                                                     |

    `differs` speaks of the parts in question (`asked_parts`); a part of the same sign that the
    machine found matching is left to the words there are.

    Raises Invalid (review-decision-unknown, review-text-needed) and Conflict (review-withdrawn,
    review-decided-meanwhile).
    """
    if decision not in DECISIONS[item.kind]:
        raise Invalid(
            "review-decision-unknown",
            "请从给出的几个答案里选一个。",
            fields={"decision": "请选择"},
        )
    session.refresh(item, with_for_update=True)
    note = written(note, "说明", field="note", into=ReviewDecision.note)
    before = newest_decision(session, item)
    if before is not None and before.id != seen:
        if (before.decided_by, before.decision, before.note) == (by.id, decision, note):
            return before
        raise _decided_meanwhile(session, item, before)
    if item.state is ReviewState.WITHDRAWN:
        raise Conflict("review-withdrawn", "这个问题已经不存在了：照片重新读过，或登记已经改好。")
    if decision in (ReviewAnswer.MATCHES, ReviewAnswer.DIFFERS):
        _refuse_former_hours(session, item)
    said = _said_by(item, decision, sign_text.strip(), number_missing=number_missing)
    taken = ReviewDecision(
        item_id=item.id, decision=decision, note=note, decided_at=now, decided_by=by.id
    )
    session.add(taken)
    item.state, item.decision = ReviewState.DECIDED, decision
    item.decided_at, item.decided_by = now, by.id
    session.flush()
    _write_history(session, item, before=before, by=by, now=now, note=note)
    _speak(session, item, said, by, now)
    if item.kind is ReviewKind.DOUBLE:  # the machine may speak of the later one now, or no more
        pair = Photo.id.in_([item.photo_id, item.other_photo_id])
        places = session.scalars(sa.select(Photo.station_id).where(pair).distinct()).all()
        ask_to_compare(session, places, now=now)
    return taken


def _refuse_former_hours(session: Session, item: ReviewItem) -> None:
    """An hours board is judged beside the hours as they are registered now, or not at all."""
    station = session.get_one(Station, item.station_id)
    for part in item.details.get("parts", []):
        if part["what"] == "hours" and not holds(part, station):
            raise Conflict(
                "review-withdrawn",
                f"{station.name}登记的营业时间改过了，这个问题对照的是旧登记，不能再照它判。"
                "机器正在重新核对；还要人看的，会另外出现在核查里。",
            )


def newest_decision(session: Session, item: ReviewItem) -> ReviewDecision | None:
    """The decision that holds, if one was taken."""
    return session.scalars(
        sa.select(ReviewDecision)
        .where(ReviewDecision.item_id == item.id)
        .order_by(ReviewDecision.id.desc())
        .limit(1)
    ).one_or_none()


def asked_parts(item: ReviewItem) -> list[dict[str, Any]]:
    """Which parts of a sign or board the question is about; empty for doubles.

    Those that differ; where none does, those that could not be read.
    """
    parts: list[dict[str, Any]] = item.details.get("parts", [])
    for outcome in (Outcome.DIFFERS, Outcome.UNREADABLE):
        asked = [part for part in parts if part["outcome"] == outcome]
        if asked:
            return asked
    return parts


def name_read(item: ReviewItem) -> str:
    """What the machine clearly read as the name in question; half read counts as nothing."""
    return next(
        (
            str(part["read"])
            for part in asked_parts(item)
            if part["what"] == "name" and part["outcome"] == Outcome.DIFFERS
        ),
        "",
    )


def text_needed(item: ReviewItem) -> bool:
    """Whether `differs` can only be said with the words on the sign, because nobody read them."""
    return any(part["what"] == "name" for part in asked_parts(item)) and not name_read(item)


def _said_by(
    item: ReviewItem, decision: str, sign_text: str, *, number_missing: bool
) -> dict[str, Value]:
    """What a decision says of which fact; the table above."""
    parts: list[dict[str, Any]] = item.details.get("parts", [])
    if decision == ReviewAnswer.MATCHES:
        return {
            FACT_OF_PART[part["what"]]: part["expected"] if part["what"] == "name" else True
            for part in parts
        }
    said: dict[str, Value] = {}
    if decision == ReviewAnswer.DIFFERS:
        for part in asked_parts(item):
            if part["what"] == "name":
                text = sign_text or name_read(item)
                if not text:
                    raise Invalid(
                        "review-text-needed",
                        "机器没有读出牌上的名称。请照着照片写下牌上的字；看不清的，请选“看不清”。",
                        fields={"sign_text": "请照着照片写下牌上的字"},
                    )
                said["sign_text"] = text
            elif part["what"] == "hours":
                said["hours_board_matches"] = False
        if number_missing and any(part["what"] == "number" for part in parts):
            said["sign_code_visible"] = False
    return said


def _speak(
    session: Session, item: ReviewItem, said: Mapping[str, Value], by: Person, now: datetime
) -> None:
    """Say it as the reviewer, and take back what an older decision on this photo had said."""
    station = session.get_one(Station, item.station_id)
    # What a picture shows was so on the day it was taken.
    on = min(session.get_one(Photo, item.photo_id).day_on, beijing_day(now))
    for fact in FACT_OF_PART.values():
        value, photo_id, note = said.get(fact), item.photo_id if fact in said else None, NOTE
        if fact not in said:
            holds = statements.newest(
                session, station_ids=[station.id], fact=fact, word=Word.REVIEWER
            )
            if not holds or holds[0].photo_id != item.photo_id or holds[0].value is None:
                continue
            former = _before_this_photo(session, station, fact, item.photo_id)
            note = "照片改判，收回原来的核查"
            if former is not None and former.value is not None:
                value, photo_id = former.value, former.photo_id
                note = f"照片改判，恢复{full_day_text(former.observed_on)}的核查"
            on = max(on, holds[0].observed_on)
        statements.say(
            session,
            station=station,
            fact=fact,
            value=value,
            word=Word.REVIEWER,
            on=on,
            by=by,
            now=now,
            photo_id=photo_id,
            note=note,
        )


def _before_this_photo(
    session: Session, station: Station, fact: str, photo_id: UUID
) -> Statement | None:
    """What the reviewer had last said of a fact without this photo."""
    found = statements.newest_where(
        session,
        [
            Statement.station_id == station.id,
            Statement.fact == fact,
            Statement.word == Word.REVIEWER.value,
            Statement.photo_id.is_(None) | (Statement.photo_id != photo_id),
        ],
    )
    return found[0] if found else None


def _write_history(
    session: Session,
    item: ReviewItem,
    *,
    before: ReviewDecision | None,
    by: Person,
    now: datetime,
    note: str,
) -> None:
    labels = DECISIONS[item.kind]
    old = labels.get(before.decision, before.decision) if before else ""
    new = labels[item.decision]
    change = history.change("decision", "核查结论", old, new)
    history.write(
        session,
        of=item,
        by=by,
        at=now,
        action=ReviewAction.REVIEW_DECIDED,
        summary=f"{item.kind.label}照片：{'改判为' if before else ''}{new}",
        changes=[change] if change else (),
        reason=note,
    )


def _decided_meanwhile(session: Session, item: ReviewItem, before: ReviewDecision) -> Conflict:
    who = session.get_one(Person, before.decided_by).name
    label = DECISIONS[item.kind].get(before.decision, before.decision)
    return Conflict(
        "review-decided-meanwhile",
        f"这张照片{who}刚刚核查过了，结论是“{label}”，您这一次没有记下。不同意的，请点“改判”。",
        decision=before.decision,
        who=who,
    )


def _by_key(session: Session, county: str, key: str, *, lock: bool = False) -> ReviewItem | None:
    query = sa.select(ReviewItem).where(ReviewItem.county == county, ReviewItem.key == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()
