"""What a keeper's phone shows: today's tasks in one glance, and what was sent before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import plain_rows
from server.models.county import County
from server.models.inspection import Inspection
from server.models.person import Keeping, Person
from server.models.phone_event import CheckIn, ParcelCount, Photo, PhotoState, Subject
from server.models.sign import LIVE_STATES, Sign
from server.models.signal import IntegritySignal
from server.models.station import Station
from server.policy.standard.examine import Finding, Status
from server.policy.standard.standards import Standard
from server.services.common.openings import OpeningTold, openings_told
from server.services.home.keeper_rounds import FromRounds, from_rounds
from server.services.home.tasks import (
    Task,
    check_in_task,
    count_task,
    question_task,
    tasks_from_findings,
    tasks_from_rounds,
)
from server.services.people.scope import EVERYBODY, stations_kept_by
from server.services.photos.reused import reused
from server.services.review.questions import BetterPhoto, better_photos
from server.services.signals.lists import questions_today
from server.services.standing.standing import Standing, standings

DAYS_PER_PAGE = 30
PHONES_COUNT_BACK = timedelta(days=31)
"""So far back a phone offers days for counts (miniapp/core/validate.js)."""


@dataclass(frozen=True)
class StationToday:
    """One kept station as home shows it."""

    station: Station
    township_name: str
    sign: Sign | None
    status: Status | None  # None where no standard judges stations
    fails: tuple[Finding, ...]
    todo: tuple[Task, ...]
    check_in: CheckIn | None
    count: ParcelCount | None
    counts: tuple[ParcelCount, ...]
    """What holds for each day that a phone may still count, newest first."""
    photos: int
    missing_photos: int
    opening: OpeningTold | None


@dataclass
class StationDay:
    """What was sent about one station for one Beijing day."""

    day_on: date
    station_id: int
    check_ins: list[CheckIn] = field(default_factory=list)
    count: ParcelCount | None = None
    photos: list[Photo] = field(default_factory=list)
    opening: OpeningTold | None = None


def home(
    session: Session,
    *,
    person: Person,
    county: County,
    now: datetime,
    standards: Sequence[Standard],
) -> list[StationToday]:
    """Every station a keeper keeps, with what is done and what is to be done today."""
    kept = stations_kept_by(session, person, now)
    if not kept:
        return []
    today = beijing_day(now)
    found = standings(
        session,
        county=county,
        on=today,
        standards=standards,
        seen_by=EVERYBODY,  # of the keeper's own
        station_ids=[station.id for station in kept],
    )
    by_id = {standing.station.id: standing for standing in found}
    ids = list(by_id)
    business = from_rounds(session, station_ids=ids, now=now)
    better = better_photos(session, station_ids=ids, now=now)
    asked = questions_today(session, station_ids=ids)
    sent = _sent_lately(session, county=county.code, station_ids=ids, today=today)
    # A closed station has no standing and no tasks any more.
    return [
        _today(
            by_id[one.id],
            sent[one.id],
            today,
            business.get(one.id, FromRounds()),
            better=better.get(one.id, ()),
            asked=asked.get(one.id, ()),
        )
        for one in kept
        if one.id in by_id
    ]


@dataclass
class _Sent:
    """What was sent of one station for today, what of it stands for something, and its counts."""

    sign: Sign | None = None
    check_in: CheckIn | None = None
    counts: list[ParcelCount] = field(default_factory=list)
    photos: int = 0
    missing: int = 0
    """Photos of any day that were announced and have not arrived."""
    opening: OpeningTold | None = None
    taken: set[str] = field(default_factory=set)
    """Subjects photographed today, without photos that do not open or are older ones sent again."""


# Built once: building them anew takes longer than answering them.
_IDS = sa.bindparam("ids", type_=sa.Integer(), expanding=True)
_COUNTY = sa.bindparam("county", type_=sa.String())
_TODAY = sa.bindparam("today", type_=sa.Date())
_SIGNS = sa.select(Sign).where(Sign.station_id.in_(_IDS), Sign.state.in_(LIVE_STATES))
_CHECK_INS = (
    sa.select(CheckIn)
    .where(CheckIn.county == _COUNTY, CheckIn.station_id.in_(_IDS), CheckIn.day_on == _TODAY)
    .order_by(CheckIn.occurred_at.desc())
)
_COUNTS = (
    sa.select(ParcelCount)
    .where(
        ParcelCount.county == _COUNTY,
        ParcelCount.station_id.in_(_IDS),
        ParcelCount.day_on > sa.bindparam("since", type_=sa.Date()),
        ParcelCount.day_on <= _TODAY,
        ParcelCount.holds(),
    )
    .order_by(ParcelCount.day_on.desc())
)
_PHOTOS = sa.select(Photo.id, Photo.station_id, Photo.subject, Photo.day_on, Photo.state).where(
    Photo.county == _COUNTY,
    Photo.station_id.in_(_IDS),
    Photo.subject != Subject.CLAUSE,
    (Photo.day_on == _TODAY) | (Photo.state == PhotoState.ANNOUNCED),
    ~Inspection.is_secret(Photo.event_id),
)


def _sent_lately(
    session: Session, *, county: str, station_ids: Sequence[int], today: date
) -> dict[int, _Sent]:
    """The same of every one of these stations; six queries for all."""
    found = {station_id: _Sent() for station_id in station_ids}
    asked = {
        "county": county,
        "ids": list(station_ids),
        "today": today,
        "since": today - PHONES_COUNT_BACK,
    }
    for sign in session.scalars(_SIGNS, {"ids": asked["ids"]}):
        found[sign.station_id].sign = sign
    for check_in in session.scalars(_CHECK_INS, asked):
        found[check_in.station_id].check_in = check_in  # the first of the day comes last
    for count in session.scalars(_COUNTS, asked):
        found[count.station_id].counts.append(count)
    told = openings_told(session, county=county, station_ids=station_ids, since=today, until=today)
    for one in told.values():
        found[one.station_id].opening = one
    photos = plain_rows(session, _PHOTOS, asked).all()
    older = reused(session, [photo.id for photo in photos if photo.day_on == today])
    for photo in photos:
        here = found[photo.station_id]
        here.missing += photo.state is PhotoState.ANNOUNCED
        if photo.day_on == today:
            here.photos += 1
            shut = photo.state is PhotoState.UNREADABLE
            if not shut and photo.id not in older and photo.subject != Subject.MEND:
                here.taken.add(photo.subject)
    return found


def _today(
    standing: Standing,
    sent: _Sent,
    today: date,
    business: FromRounds,
    *,
    better: Sequence[BetterPhoto],
    asked: Sequence[IntegritySignal],
) -> StationToday:
    """One station's day; what an inspection asked to be mended is not asked a second time."""
    mended = {one.rule_code for one in business.mends}
    findings = [finding for finding in standing.findings if finding.code not in mended]
    count = next((one for one in sent.counts if one.day_on == today), None)
    todo = (
        check_in_task(done=sent.check_in is not None),
        count_task(done=count is not None),
        *tasks_from_rounds(business),
        *tasks_from_findings(findings, sent.taken, better),
        *map(question_task, asked),
    )
    return StationToday(
        station=standing.station,
        township_name=standing.township_name,
        sign=sent.sign,
        status=standing.status if standing.assessed else None,
        fails=tuple(standing.fails),
        todo=todo,
        check_in=sent.check_in,
        count=count,
        counts=tuple(sent.counts),
        photos=sent.photos,
        missing_photos=sent.missing,
        opening=sent.opening,
    )


def history(
    session: Session, *, person: Person, before: date | None, now: datetime
) -> tuple[list[StationDay], date | None]:
    """What a keeper's stations sent, newest day first; the second value goes on as `before`.

    A page spans thirty days; days without anything are left out.
    """
    until = before or beijing_day(now) + timedelta(days=1)
    since = until - timedelta(days=DAYS_PER_PAGE)
    kept = sa.select(Keeping.station_id).where(
        Keeping.person_id == person.id, Keeping.until_at.is_(None)
    )
    days: dict[tuple[date, int], StationDay] = {}

    def day(day_on: date, station_id: int) -> StationDay:
        return days.setdefault((day_on, station_id), StationDay(day_on, station_id))

    for check_in in session.scalars(
        sa.select(CheckIn)
        .where(
            CheckIn.county == person.county,
            CheckIn.station_id.in_(kept),
            CheckIn.day_on >= since,
            CheckIn.day_on < until,
        )
        .order_by(CheckIn.occurred_at)
    ):
        day(check_in.day_on, check_in.station_id).check_ins.append(check_in)
    for count in session.scalars(
        sa.select(ParcelCount).where(
            ParcelCount.county == person.county,
            ParcelCount.station_id.in_(kept),
            ParcelCount.day_on >= since,
            ParcelCount.day_on < until,
            ParcelCount.holds(),
        )
    ):
        day(count.day_on, count.station_id).count = count
    mine = session.scalars(kept).all()
    told = openings_told(
        session,
        county=person.county,
        station_ids=mine,
        since=since,
        until=until - timedelta(days=1),
    )
    for one in told.values():
        day(one.day_on, one.station_id).opening = one
    for photo in session.scalars(
        sa.select(Photo)
        .where(
            Photo.county == person.county,
            Photo.station_id.in_(kept),
            Photo.day_on >= since,
            Photo.day_on < until,
            ~Inspection.is_secret(Photo.event_id),
        )
        .order_by(Photo.taken_at, Photo.id)
    ):
        day(photo.day_on, photo.station_id).photos.append(photo)
    pages = sorted(days.values(), key=lambda one: (-one.day_on.toordinal(), one.station_id))
    older = _anything_before(session, person, kept, since)
    return pages, since if older else None


def _anything_before(session: Session, person: Person, kept: sa.Select[int], day: date) -> bool:
    """Whether there is a further page."""
    return any(
        session.scalar(
            sa.select(
                sa.select(noun.id)
                .where(noun.county == person.county, noun.station_id.in_(kept), noun.day_on < day)
                .exists()
            )
        )
        for noun in (CheckIn, ParcelCount, Photo)
    )
