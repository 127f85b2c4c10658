"""Photos on which a person has judged what stands on a sign or hours board, and what they said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.hub import HubBrand
from server.models.phone_event import Photo, Subject
from server.models.reading import (
    PhotoReading,
    ReviewAnswer,
    ReviewItem,
    ReviewState,
)
from server.models.statement import Statement
from server.policy.hours import parse_hours
from server.policy.signs.photo_match import FACT_OF_PART
from server.policy.standard.facts import Word
from server.policy.standard.standards import Standard
from server.services.photos.newest import usable
from server.services.review.accepted import ASKED
from server.services.review.decisions import name_read
from server.services.review.readings import ReadSubject, subject_read

REMINDED_FROM = 100
"""So many judged photos make a first measure worth its trouble."""
ON_REVIEW, ON_SITE = "照片核查", "督导员现场记录"


@dataclass(slots=True)
class Judged:
    """A photo and what people said stands in it; `said` has of name, number and hours the judged.

    `by` says who judged and what they answered. The machine's own reading is never in it.
    """

    photo: Photo
    subject: ReadSubject
    said: dict[str, Any] = field(default_factory=dict)
    by: str = ""


def judged_photos(
    session: Session, *, county: str, most: int, standards: Iterable[Standard] = ()
) -> list[Judged]:
    """The photos last judged, at most so many; two queries for each `most` decisions looked at.

    A clerk's 相符 says that all the parts asked about stand there as registered then. After 不符
    only the words that the clerk typed count, and that there is no number; a name that the clerk
    took over from the machine would measure the machine by itself. An inspector's record tells
    the name as written down on site, and the hours where they were found to match.
    """
    found: dict[Any, Judged] = {}
    decided = (
        sa.select(ReviewItem, Photo)
        .join(Photo, Photo.id == ReviewItem.photo_id)
        .where(
            *usable(county),
            ReviewItem.kind.in_(ASKED),
            ReviewItem.state == ReviewState.DECIDED,
            ReviewItem.decision.in_([ReviewAnswer.MATCHES.value, ReviewAnswer.DIFFERS.value]),
        )
        .order_by(ReviewItem.decided_at.desc(), ReviewItem.id.desc())
    )
    # Many a decision says nothing that could be measured: others further back do.
    for rows in _by_pages(session, decided, most):
        new: dict[Any, Judged] = {}
        for item, photo in rows:
            if photo.id not in found and photo.id not in new:
                _add_decision(new, item, photo)
        _add_typed(session, county, new)
        found |= new
        if _telling(found) >= most:
            break
    heard: set[Any] = set()
    for rows in _by_pages(session, _on_site(county), most):
        _add_on_site(found, rows, tuple(standards), heard)
        if _telling(found) >= most:
            break
    kept = [one for one in found.values() if one.said]
    return kept[:most]


def _by_pages(
    session: Session, statement: sa.Select[*tuple[Any, ...]], size: int
) -> Iterator[Sequence[Any]]:
    for start in count(0, size):
        rows = session.execute(statement.limit(size).offset(start)).all()
        yield rows
        if len(rows) < size:
            return


def _telling(found: Mapping[Any, Judged]) -> int:
    return sum(bool(one.said) for one in found.values())


def _add_decision(new: dict[Any, Judged], item: ReviewItem, photo: Photo) -> None:
    subject = subject_read(photo)
    if subject is None:
        return
    if item.decision == ReviewAnswer.MATCHES:
        said = _as_registered(item.details.get("parts", []))
        new[photo.id] = Judged(photo, subject, said, f"{ON_REVIEW}：相符")
    else:
        new[photo.id] = Judged(photo, subject, {"read": name_read(item)}, ON_REVIEW)


def county_brands(session: Session, county: str) -> list[str]:
    """What the county's own badges say."""
    brands = sa.select(HubBrand.brand).where(HubBrand.county == county).distinct()
    return sorted(session.scalars(brands))


def _as_registered(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for part in parts:
        expected = str(part["expected"] or "")
        if not expected:
            continue
        if part["what"] != "hours":
            said[part["what"]] = expected
        elif hours := _hours(expected):
            said["hours"] = hours
    return said


def _hours(text: str) -> list[list[Any]]:
    """The register's words for a week as the register keeps it; [] where they do not parse."""
    try:
        return parse_hours(text)
    except Invalid:
        return []


def _add_typed(session: Session, county: str, found: dict[Any, Judged]) -> None:
    """What clerks wrote of photos that differ."""
    differing = {one.photo.id: one for one in found.values() if "read" in one.said}
    words = session.scalars(
        sa.select(Statement)
        .where(
            Statement.county == county,
            Statement.word == Word.REVIEWER.value,
            Statement.photo_id.in_(differing),
            Statement.fact.in_([FACT_OF_PART["name"], FACT_OF_PART["number"]]),
        )
        .order_by(Statement.id)
    )
    said: dict[Any, dict[str, Any]] = {}
    for one in words:
        said.setdefault(one.photo_id, {})[one.fact] = one.value
    for photo_id, judged in differing.items():
        read, values = judged.said.pop("read"), said.get(photo_id, {})
        name = values.get(FACT_OF_PART["name"])
        if isinstance(name, str) and name and name != read:
            judged.said["name"] = name
        if values.get(FACT_OF_PART["number"]) is False:
            judged.said["number"] = None
        judged.by = f"{ON_REVIEW}：不符，照着照片写的"


def _on_site(county: str) -> sa.Select[Photo, Statement, PhotoReading]:
    """What inspectors wrote down on the day on which they took a photo of the clause."""
    return (
        sa.select(Photo, Statement, PhotoReading)
        .join(
            Statement,
            (Statement.county == Photo.county)
            & (Statement.station_id == Photo.station_id)
            & (Statement.person_id == Photo.person_id)
            & (Statement.observed_on == Photo.day_on),
        )
        .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
        .where(
            *usable(county),
            Photo.subject == Subject.CLAUSE,
            Statement.word == Word.INSPECTOR.value,
            Statement.fact.in_([FACT_OF_PART["name"], FACT_OF_PART["hours"]]),
        )
        .order_by(Statement.id.desc(), Photo.id)
    )


def _add_on_site(
    found: dict[Any, Judged], rows: Sequence[Any], standards: Sequence[Standard], heard: set[Any]
) -> None:
    for photo, statement, reading in rows:
        subject = subject_read(photo, standards)
        if subject is None or (photo.id, statement.fact) in heard:
            continue
        heard.add((photo.id, statement.fact))
        said: dict[str, Any] = {}
        if subject == "signboard" and statement.fact == FACT_OF_PART["name"]:
            if isinstance(statement.value, str) and statement.value:
                said["name"] = statement.value
        elif subject == "hours_board" and statement.value is True and reading is not None:
            said = {
                what: value
                for what, value in _as_registered(reading.compared.get("parts", [])).items()
                if what == "hours"
            }
        if said:
            judged = found.setdefault(photo.id, Judged(photo, subject))
            judged.by = f"{judged.by}；{ON_SITE}" if judged.said else ON_SITE
            judged.said = {**said, **judged.said}
