"""What a reading leads to: a question to the office, or a friendly word to the keeper."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.phone_event import Photo, PhotoState, Subject
from server.models.reading import (
    PhotoReading,
    ReadingState,
    ReviewAnswer,
    ReviewItem,
    ReviewKind,
    ReviewState,
)
from server.policy.signs.photo_match import HOURS_BOARD, SIGNBOARD
from server.policy.signs.placed import Outcome
from server.services.common.written import longest
from server.services.photos.reused import reused
from server.services.review.decisions import open_item, withdraw

ANSWER_HOLDS = timedelta(days=180)
"""Our choice: so long the same question about a station is not asked again."""
KIND_OF: Mapping[str, ReviewKind] = {SIGNBOARD: ReviewKind.SIGN, HOURS_BOARD: ReviewKind.HOURS}
SEEN = (ReviewAnswer.MATCHES, ReviewAnswer.DIFFERS)
UNCLEAR = "县里看了照片也没看清。请走近一点，正对着拍，把字拍清楚。"


@dataclass(frozen=True, slots=True)
class BetterPhoto:
    """A photo that could not be made out, and one friendly sentence how to do better."""

    subject: str
    photo_id: UUID
    why: str


def ask_about(
    session: Session, *, photo: Photo, kept: PhotoReading, subject: str, now: datetime
) -> None:
    """Open what a person has to look at, and withdraw what this newest photo has settled.

    Differs opens a question. Unreadable asks the keeper first, and a person only when the photo
    before could not be read either, the machine gave this one up twice, or it was read clearly
    and only its words were not understood. What a person has
    answered in the last half year is not asked again as long as the machine reads the same.
    """
    kind = _kind_to_ask(session, photo, kept, subject)
    before = _asked_before(session, photo.station_id, subject)
    if kind is not None and _answered(before, kind, kept, now):
        kind = None
    key = f"{kind.value}:{photo.id}:{_digest(kept.compared)}" if kind else ""
    for item in before:
        if item.state is not ReviewState.OPEN or item.key == key:
            continue
        mine = item.photo_id == photo.id
        settled = kept.outcome in (Outcome.MATCHES, Outcome.DIFFERS) or item.kind is kind
        if mine or settled:
            withdraw(session, county=photo.county, key=item.key, now=now)
    if kind is None:
        return
    open_item(
        session,
        county=photo.county,
        station_id=photo.station_id,
        photo_id=photo.id,
        kind=kind,
        key=key,
        question=_question(subject, kept),
        details={
            "parts": kept.compared["parts"],
            "width": kept.width_px or photo.width_px,
            "height": kept.height_px or photo.height_px,
        },
        now=now,
    )


def _kind_to_ask(
    session: Session, photo: Photo, kept: PhotoReading, subject: str
) -> ReviewKind | None:
    if kept.outcome == Outcome.DIFFERS:
        return KIND_OF[subject]
    if kept.outcome == Outcome.MATCHES or not kept.compared.get("parts"):
        return None
    again = kept.state is ReadingState.SET_ASIDE or _unread_before(session, photo)
    return ReviewKind.UNREAD if again or _odd_words(kept) else None


# Built once: building them anew takes longer than answering them, on every keeper's home.
_STATIONS = sa.bindparam("stations", type_=sa.Integer, expanding=True)
_ranked = (
    sa.select(
        Photo.id,
        sa.func.row_number()
        .over(
            partition_by=(Photo.station_id, Photo.subject),
            order_by=(Photo.taken_at.desc(), Photo.id.desc()),
        )
        .label("rank"),
    )
    .where(
        Photo.station_id.in_(_STATIONS),
        Photo.subject.in_(KIND_OF),
        Photo.state != PhotoState.WITHDRAWN,
        ~Inspection.is_secret(Photo.event_id),  # whoever is asked was not told of that one
    )
    .subquery()
)
_NEWEST = (
    sa.select(Photo, PhotoReading)
    .join(_ranked, (_ranked.c.id == Photo.id) & (_ranked.c.rank == 1))
    .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
    .order_by(Photo.station_id, Photo.subject.desc())
)
_ASKED = (
    sa.select(ReviewItem, Photo.subject)
    .join(Photo, Photo.id == ReviewItem.photo_id)
    .where(
        ReviewItem.station_id.in_(_STATIONS),
        Photo.subject.in_(KIND_OF),
        ReviewItem.kind != ReviewKind.DOUBLE,
        ReviewItem.state != ReviewState.WITHDRAWN,
    )
    .order_by(ReviewItem.id.desc())
)


def better_photos(
    session: Session, *, station_ids: Collection[int], now: datetime
) -> dict[int, list[BetterPhoto]]:
    """Which newest photos of signs and hours boards a keeper should take anew.

    Three queries at most, one where there is no such photo.

    A newer photo, even one that is only announced, ends the asking; so does a person's look at
    the photo, unless that person could not make it out either, or knew it for an older one.
    """
    of = {"stations": list(station_ids)}
    newest = session.execute(_NEWEST, of).all()
    if not newest:
        return {}
    asked: dict[tuple[int, str], list[ReviewItem]] = defaultdict(list)
    for item, subject in session.execute(_ASKED, of):
        asked[item.station_id, subject].append(item)
    older = reused(session, [photo.id for photo, _ in newest])
    found: dict[int, list[BetterPhoto]] = defaultdict(list)
    for photo, reading in newest:
        why = older.get(photo.id) or _why_again(
            photo, reading, asked[photo.station_id, photo.subject], now
        )
        if why:
            found[photo.station_id].append(BetterPhoto(photo.subject, photo.id, why))
    return found


def _why_again(
    photo: Photo, reading: PhotoReading | None, asked: list[ReviewItem], now: datetime
) -> str:
    """One friendly sentence, "" when the keeper need not do anything."""
    here = [item for item in asked if item.photo_id == photo.id]
    if any(
        item.state is ReviewState.DECIDED and item.decision == ReviewAnswer.UNCLEAR for item in here
    ):
        return UNCLEAR
    complaints = [str(one) for one in photo.quality.get("complaints", [])]
    if photo.state is PhotoState.UNREADABLE:
        return complaints[0] if complaints else "这张照片打不开，请再拍一张。"
    if here or reading is None or reading.outcome != Outcome.UNREADABLE:
        return ""
    if _seen_through(asked, reading, now):
        return ""
    parts = [part["why"] for part in reading.compared.get("parts", []) if _unread(part)]
    return (complaints or parts or [""])[0]


def _asked_before(session: Session, station_id: int, subject: str) -> list[ReviewItem]:
    """Questions about this station's signs or boards, the newest first."""
    return list(
        session.scalars(
            sa.select(ReviewItem)
            .join(Photo, Photo.id == ReviewItem.photo_id)
            .where(
                ReviewItem.station_id == station_id,
                Photo.subject == subject,
                ReviewItem.kind.in_([KIND_OF[subject], ReviewKind.UNREAD]),
                ReviewItem.state != ReviewState.WITHDRAWN,
            )
            .order_by(ReviewItem.id.desc())
        )
    )


def _answered(
    before: list[ReviewItem], kind: ReviewKind, kept: PhotoReading, now: datetime
) -> bool:
    """Whether a person has settled this very question lately, on this photo or an earlier one."""
    if kind is ReviewKind.UNREAD:
        return _seen_through(before, kept, now)
    last = next((item for item in before if item.kind is kind), None)
    return (
        last is not None
        and last.decision in SEEN
        and _lately(last, now)
        and _digest(last.details) == _digest(kept.compared)
    )


def _seen_through(items: list[ReviewItem], kept: PhotoReading, now: datetime) -> bool:
    """Whether a person has lately held what the machine cannot read against this very register."""
    last = next((item for item in items if item.kind is ReviewKind.UNREAD), None)
    return (
        last is not None
        and last.decision in SEEN
        and _lately(last, now)
        and _expected(last.details) == _expected(kept.compared)
    )


def _lately(item: ReviewItem, now: datetime) -> bool:
    return item.decided_at is not None and item.decided_at > now - ANSWER_HOLDS


def _digest(details: Mapping[str, Any]) -> str:
    """What was read and expected, in a few characters: the same question has the same."""
    said = [(part["what"], part["read"], part["expected"]) for part in details.get("parts", [])]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _expected(details: Mapping[str, Any]) -> dict[str, str]:
    return {part["what"]: part["expected"] for part in details.get("parts", [])}


def _unread(part: Mapping[str, Any]) -> bool:
    return bool(part["outcome"] == Outcome.UNREADABLE)


def _odd_words(kept: PhotoReading) -> list[Mapping[str, Any]]:
    """Hours that were clearly read and not understood; another photo would say the same."""
    parts = kept.compared.get("parts", [])
    return [part for part in parts if part["what"] == "hours" and _unread(part) and part["read"]]


def _unread_before(session: Session, photo: Photo) -> bool:
    """Whether the photo before this one of the same subject could not be read either."""
    earlier = session.scalars(
        sa.select(PhotoReading.outcome)
        .join(Photo, Photo.id == PhotoReading.photo_id)
        .where(
            Photo.station_id == photo.station_id,
            Photo.subject == photo.subject,
            Photo.id != photo.id,
            Photo.taken_at <= photo.taken_at,
        )
        .order_by(Photo.taken_at.desc(), Photo.id.desc())
        .limit(1)
    ).one_or_none()
    return earlier == Outcome.UNREADABLE


def _question(subject: str, kept: PhotoReading) -> str:
    what = Subject(subject).label
    if kept.outcome == Outcome.DIFFERS:
        parts = [part for part in kept.compared["parts"] if part["outcome"] == Outcome.DIFFERS]
        return _asked("".join(part["why"] for part in parts), "请看照片：和登记一样吗？")
    if kept.state is ReadingState.SET_ASIDE:
        return f"机器没能识读这张{what}照片（{kept.reason}）请看照片：与登记相符吗？"
    if odd := _odd_words(kept):
        rest = odd[0].get("aside", "")
        told = f"{what}上的“{odd[0]['read']}”机器看不懂。{rest}"
        return _asked(told, "请看照片：与登记相符吗？")
    return f"连着两张{what}照片，机器都没看清。请看照片：与登记相符吗？"


def _asked(told: str, ask: str) -> str:
    """What is told, and what is asked: of a board full of talk the first is cut, and says so."""
    room = longest(ReviewItem.question) - len(ask)
    return f"{told if len(told) <= room else f'{told[: room - 1]}…'}{ask}"
