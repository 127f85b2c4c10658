"""照片核查 on lists: what waits for a person, what was decided by whom, each within one's scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import NotFound
from server.models.county import Division
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.reading import ReviewDecision, ReviewItem, ReviewKind, ReviewState
from server.models.station import Station
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.people.scope import stations_visible_to
from server.services.review.decisions import DECISIONS


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """One photo of a question, with where it was taken and by whom."""

    photo: Photo
    station: Station
    township_name: str
    who: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One question, ready for a screen; `other` is the earlier picture of a double."""

    item: ReviewItem
    mine: ShownPhoto
    other: ShownPhoto | None
    decided_by: str

    @property
    def kind_label(self) -> str:
        """What the photo is looked at for."""
        return self.item.kind.label

    @property
    def decision_label(self) -> str:
        """What was decided; empty while the question is open."""
        return DECISIONS[self.item.kind].get(self.item.decision, "")


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision that was ever taken on a question."""

    id: int
    label: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many open questions of one kind one township has."""

    kind: ReviewKind
    township_code: str
    township_name: str
    count: int


def review_for(session: Session, seen_by: Person, item_id: int) -> ReviewItem:
    """A question about a station in somebody's sight. Raises NotFound review-unknown.

    A double is in sight when both stations are: nobody can compare what only one side may see.
    """
    found = session.scalars(
        sa.select(ReviewItem)
        .join(Station, Station.id == ReviewItem.station_id)
        .where(ReviewItem.id == item_id, *_in_sight(seen_by))
    ).one_or_none()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound("review-unknown", "没有找到这张待核查的照片。请返回列表重新选择。")


def next_reviews(
    session: Session,
    *,
    seen_by: Person,
    county: str,
    kinds: Collection[ReviewKind] = (),
    township: str | None = None,
    after: int | None = None,
    backwards: bool = False,
    limit: int = 20,
) -> list[ReviewView]:
    """Open questions, the one asked first at the front; one query.

    `after` is the id of the question to go on from (itself open or not); `backwards` gives those
    before it, the nearest first. No `kinds` means every kind.
    """
    place = (ReviewItem.opened_at, ReviewItem.id)
    query = _views(seen_by).where(
        ReviewItem.county == county,
        ReviewItem.state == ReviewState.OPEN,
        *_of(kinds, township),
    )
    if after is not None:
        asked = sa.select(ReviewItem.opened_at).where(ReviewItem.id == after).scalar_subquery()
        here, there = sa.tuple_(*place), sa.tuple_(asked, sa.literal(after))
        query = query.where(here < there if backwards else here > there)
    order = [column.desc() for column in place] if backwards else list(place)
    return _read(session, query.order_by(*order).limit(limit))


def decided_reviews(
    session: Session,
    *,
    seen_by: Person,
    county: str,
    kinds: Collection[ReviewKind] = (),
    township: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ReviewView]:
    """Decided questions, the latest decision first; `before` is the last id of the page above."""
    place = (ReviewItem.decided_at, ReviewItem.id)
    query = _views(seen_by).where(
        ReviewItem.county == county,
        ReviewItem.state == ReviewState.DECIDED,
        *_of(kinds, township),
    )
    if before is not None:
        decided = sa.select(ReviewItem.decided_at).where(ReviewItem.id == before).scalar_subquery()
        query = query.where(sa.tuple_(*place) < sa.tuple_(decided, sa.literal(before)))
    return _read(session, query.order_by(*(column.desc() for column in place)).limit(limit))


def reviews_of_station(
    session: Session, *, seen_by: Person, station_id: int, limit: int = 20
) -> list[ReviewView]:
    """A station's questions that are open or decided, the newest question first."""
    query = (
        _views(seen_by)
        .where(ReviewItem.station_id == station_id, ReviewItem.state != ReviewState.WITHDRAWN)
        .order_by(ReviewItem.opened_at.desc(), ReviewItem.id.desc())
        .limit(limit)
    )
    return _read(session, query)


def review_view_of(session: Session, *, seen_by: Person, item: ReviewItem) -> ReviewView:
    """One question with its photos and names. Raises NotFound review-unknown out of sight."""
    found = _read(session, _views(seen_by).where(ReviewItem.id == item.id))
    if not found:
        raise _unknown()
    return found[0]


def decisions_of(session: Session, item: ReviewItem) -> list[DecisionView]:
    """Every decision on a question, the first one first."""
    rows = session.execute(
        sa.select(ReviewDecision, Person.name)
        .join(Person, Person.id == ReviewDecision.decided_by)
        .where(ReviewDecision.item_id == item.id)
        .order_by(ReviewDecision.id)
    )
    labels = DECISIONS[item.kind]
    return [
        DecisionView(one.id, labels.get(one.decision, one.decision), one.note, who, one.decided_at)
        for one, who in rows
    ]


def reviews_waiting(session: Session, *, seen_by: Person, county: str) -> list[Waiting]:
    """How many questions are open, by kind and township; one query."""
    rows = session.execute(
        sa.select(ReviewItem.kind, Station.township_code, Division.name, sa.func.count())
        .join(Station, Station.id == ReviewItem.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(
            ReviewItem.county == county,
            ReviewItem.state == ReviewState.OPEN,
            *_in_sight(seen_by),
        )
        .group_by(ReviewItem.kind, Station.township_code, Division.name)
        .order_by(Station.township_code, ReviewItem.kind)
    )
    return [Waiting(kind, code or "", name or "", n) for kind, code, name, n in rows]


@counted
def reviews_queue(session: Session, asked: Asked) -> QueueLine:
    """How many questions are open in somebody's sight, and since when; one query."""
    rows = (
        sa.select(ReviewItem)
        .join(Station, Station.id == ReviewItem.station_id)
        .where(
            ReviewItem.county == asked.county,
            ReviewItem.state == ReviewState.OPEN,
            *_in_sight(asked.seen_by),
        )
    )
    return waiting(session, rows, ReviewItem.opened_at)


_photo, _station, _township, _taker = (
    aliased(Photo),
    aliased(Station),
    aliased(Division),
    aliased(Person),
)
_decider = aliased(Person)


def _views(seen_by: Person) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            ReviewItem,
            Photo,
            Station,
            Division.name,
            Person.name,
            _photo,
            _station,
            _township.name,
            _taker.name,
            _decider.name,
        )
        .join(Station, Station.id == ReviewItem.station_id)
        .join(Photo, Photo.id == ReviewItem.photo_id)
        .join(Person, Person.id == Photo.person_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(_photo, _photo.id == ReviewItem.other_photo_id)
        .outerjoin(_station, _station.id == _photo.station_id)
        .outerjoin(_township, _township.code == _station.township_code)
        .outerjoin(_taker, _taker.id == _photo.person_id)
        .outerjoin(_decider, _decider.id == ReviewItem.decided_by)
        .where(*_in_sight(seen_by))
    )


def _in_sight(seen_by: Person) -> list[sa.ColumnElement[bool]]:
    """Conditions on `ReviewItem` joined to its `Station`."""
    seen = stations_visible_to(seen_by)
    other_seen = (
        sa.select(Photo.id)
        .join(Station, Station.id == Photo.station_id)
        .where(Photo.id == ReviewItem.other_photo_id, seen)
        .correlate(ReviewItem)
        .exists()
    )
    return [seen, ReviewItem.other_photo_id.is_(None) | other_seen]


def _of(kinds: Collection[ReviewKind], township: str | None) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if kinds:
        conditions.append(ReviewItem.kind.in_(list(kinds)))
    if township is not None:
        conditions.append(Station.township_code == township)
    return conditions


def _read(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[ReviewView]:
    return [
        ReviewView(
            item=item,
            mine=ShownPhoto(photo, station, township or "", who),
            other=ShownPhoto(other, other_station, other_township or "", other_who or "")
            if other is not None
            else None,
            decided_by=decider or "",
        )
        for (
            item,
            photo,
            station,
            township,
            who,
            other,
            other_station,
            other_township,
            other_who,
            decider,
        ) in session.execute(query)
    ]
