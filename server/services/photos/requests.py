"""Looks between rounds: asks open stations, drawn or named, for one photo of today."""

import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day
from server.db import plain_rows, read_anew, table_of
from server.errors import Invalid
from server.models.county import County
from server.models.inspection import PhotoRequest
from server.models.person import Keeping, Person
from server.models.phone_event import Photo
from server.models.reading import sent_again
from server.models.station import Station
from server.policy.hours import open_on, still_opens, week_of
from server.policy.plan.targets import steps_needed
from server.policy.rounds.sampling import Candidate, SampleKind, draw, pick
from server.prepared import prepared
from server.services.common import history
from server.services.county.round_options import round_options
from server.services.people.scope import Everybody, stations_visible_to
from server.services.photos.actions import PhotosAction

ASKED_SUBJECTS = ("signboard", "hours_board", "interior", "exterior")
# How a request came about stands before its seed; the daily draw's seed stands alone.
DRAWN_BY_HAND, NAMED_BY_HAND = "加抽 ", "点名 "
BY_HAND = (DRAWN_BY_HAND, NAMED_BY_HAND)
NAMED_AT_MOST = 100
NAMED_IN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a station got that are over, and how many it answered in time."""

    asked: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered of asked; None before anything was asked."""
        return self.answered / self.asked if self.asked else None


def draw_requests(
    session: Session, *, county: County, on: date, now: datetime, seed: str | None = None
) -> list[PhotoRequest]:
    """Ask a random few of the stations that are open today; a second call the same day asks none.

    The seed is drawn at that moment, so nobody can foresee it, and kept, so anybody can repeat it.
    Stations without a keeper, closed on this weekday or asked by hand already are not asked.
    """
    _one_at_a_time(session, county)
    before = _asked_already(session, county.code, on)
    percent = round_options(county).photo_request_percent
    if percent == 0 or any(not one.seed.startswith(BY_HAND) for one in before.values()):
        return []
    stations = [
        station
        for station in session.scalars(_kept_stations(county.code, on, now))
        if station.id not in before and _may_open(station, on)
    ]
    if not stations:
        return []
    seed = seed or secrets.token_hex(8)
    return _ask(
        session, stations, size=steps_needed(len(stations), percent), seed=seed, on=on, now=now
    )


def draw_more(
    session: Session, *, county: County, count: int, by: Person, now: datetime
) -> list[PhotoRequest]:
    """Draw `count` more of the stations in this person's scope, of those still open today.

    Whoever was asked today already, has no keeper or has closed for the day is not in the drum.
    Raises Invalid photo-request-impossible where the drum does not hold so many.
    """
    _one_at_a_time(session, county)
    on = beijing_day(now)
    before = _asked_already(session, county.code, on)
    stations = [
        station
        for station in session.scalars(
            _kept_stations(county.code, on, now).where(stations_visible_to(by))
        )
        if station.id not in before and _may_still_open(station, now)
    ]
    if not 1 <= count <= len(stations):
        most = (
            f"现在最多还能抽{len(stations)}个，请改一下数量。" if stations else "今天不能再抽了。"
        )
        raise Invalid(
            "photo-request-impossible",
            f"还在营业、有站长、今天没有请过的站点有{len(stations)}个，{most}",
            fields={"count": "请改一下数量"},
        )
    seed = f"{DRAWN_BY_HAND}{secrets.token_hex(8)}"
    asked = _ask(session, stations, size=count, seed=seed, on=on, now=now)
    _remember(session, asked, by, f"从{len(stations)}个站点里再抽{len(asked)}个")
    return asked


def ask_by_name(
    session: Session,
    *,
    county: County,
    codes: Collection[str],
    by: Person,
    now: datetime,
    subject: str = "",
) -> list[PhotoRequest]:
    """Ask these stations, given by number as people type it (c7 is C0007); all of them or none.

    Without `subject` each is asked for one drawn by a recorded seed. Raises Invalid
    photo-request-impossible, naming who is not there (or out of scope), has no keeper, was asked
    today already, or has closed for the day.
    """
    _one_at_a_time(session, county)
    if subject and subject not in ASKED_SUBJECTS:
        raise _impossible("请选择要拍什么。", "subject")
    on = beijing_day(now)
    before = _asked_already(session, county.code, on)
    kept = {
        _plain(station.code): station
        for station in session.scalars(
            _kept_stations(county.code, on, now).where(stations_visible_to(by))
        )
        if station.code
    }
    wanted = list(dict.fromkeys(map(_plain, codes)))
    if not wanted or len(wanted) > NAMED_AT_MOST:
        raise _impossible(f"请写1到{NAMED_AT_MOST}个站点编号，用空格隔开，例如 C0001 C0007。")
    missing = [code for code in wanted if code not in kept]
    if missing:
        raise _impossible(f"没有找到{_listed(missing)}，或者还没有站长。请核对编号。")
    stations = [kept[code] for code in wanted]
    twice = [station.code for station in stations if station.id in before]
    if twice:
        raise _impossible(f"{_listed(twice)}今天已经请过了，一个站一天只请一次。请去掉再点。")
    closed = [station.code for station in stations if not _may_still_open(station, now)]
    if closed:
        raise _impossible(f"{_listed(closed)}今天不营业或者已经关门，请去掉再点。")
    seed = f"{NAMED_BY_HAND}{secrets.token_hex(8)}"
    asked = _ask(session, stations, size=len(stations), seed=seed, on=on, now=now, subject=subject)
    _remember(session, asked, by, f"点名{len(asked)}个站点")
    return asked


class Arrived(NamedTuple):
    """A photo whose bytes have come just now, as a statement told of it."""

    id: UUID
    county: str
    station_id: int
    subject: str
    day_on: date
    taken_at: datetime
    time_verified: bool


_requests = table_of(PhotoRequest).c
_ANSWERED = prepared(
    sa.update(table_of(PhotoRequest))
    .where(
        _requests.station_id == sa.bindparam("station"),
        _requests.subject == sa.bindparam("of"),
        _requests.asked_on == sa.bindparam("on"),
        _requests.answered_at.is_(None),
        _requests.asked_at <= sa.bindparam("taken_at"),
        (_requests.until_at > sa.bindparam("now")) | sa.bindparam("verified", type_=sa.Boolean()),
    )
    .values(photo_id=sa.bindparam("photo"), answered_at=sa.bindparam("now"))
    .returning(_requests.id)
)
_NOT_ANSWERED = (
    sa.update(table_of(PhotoRequest))
    .where(_requests.photo_id == sa.bindparam("photo"))
    .values(photo_id=None, answered_at=None)
    .returning(_requests.id)
)


def answered_by(session: Session, *, photo: Photo | Arrived, now: datetime) -> bool:
    """Whether a photo answers a request by arriving: its subject, taken after it and on its day.

    Taken by a verified clock it may arrive later: a keeper without a net did what was asked. A time
    that could not be verified counts as the time of arrival does: both lie in the day.
    """
    return _answer(
        session,
        _ANSWERED,
        station=photo.station_id,
        of=photo.subject,
        on=photo.day_on,
        taken_at=photo.taken_at,
        now=now,
        photo=photo.id,
        verified=photo.time_verified,
    )


def not_answered_by(session: Session, *, photo_id: UUID) -> bool:
    """Open again what a photo answered that turned out not to open; whether it had answered."""
    return _answer(session, _NOT_ANSWERED, photo=photo_id)


def _answer(session: Session, statement: sa.Executable, **of: Any) -> bool:
    rows = list(plain_rows(session, statement, of).scalars())
    for request_id in rows:
        read_anew(session, PhotoRequest, request_id)
    return bool(rows)


_OPEN = (
    sa.select(PhotoRequest)
    .where(
        PhotoRequest.station_id.in_(sa.bindparam("ids", expanding=True)),
        PhotoRequest.asked_on == sa.bindparam("on"),
    )
    .order_by(PhotoRequest.id)
)


def open_requests(
    session: Session, *, station_ids: Collection[int], now: datetime
) -> list[PhotoRequest]:
    """Today's requests of these stations, answered or not."""
    return list(session.scalars(_OPEN, {"ids": list(station_ids), "on": beijing_day(now)}))


def requests_on(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody
) -> list[tuple[PhotoRequest, Station]]:
    """A day's requests to the stations in sight, with these, by number."""
    return [
        (request, station)
        for request, station in session.execute(
            sa.select(PhotoRequest, Station)
            .join(Station, Station.id == PhotoRequest.station_id)
            .where(
                PhotoRequest.county == county,
                PhotoRequest.asked_on == on,
                stations_visible_to(seen_by),
            )
            .order_by(Station.code, Station.id)
        )
    ]


def rates(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    since: date,
    until: date,
    now: datetime,
) -> dict[int, Rate]:
    """The answer rate per station of requests asked from `since` to `until`, both included.

    Of the stations in sight. A request still open is left out until it is answered or its day is
    over. An answer that a person has found to be an older picture sent again is none.
    """
    honest = PhotoRequest.photo_id.is_(None) | PhotoRequest.photo_id.not_in(sent_again(county))
    asked: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for station_id, good in session.execute(
        sa.select(PhotoRequest.station_id, sa.and_(PhotoRequest.answered_at.is_not(None), honest))
        .join(Station, Station.id == PhotoRequest.station_id)
        .where(
            PhotoRequest.county == county,
            stations_visible_to(seen_by),
            PhotoRequest.asked_on >= since,
            PhotoRequest.asked_on <= until,
            sa.or_(PhotoRequest.answered_at.is_not(None), PhotoRequest.until_at <= now),
        )
    ):
        asked[station_id] += 1
        answered[station_id] += bool(good)
    return {station_id: Rate(count, answered[station_id]) for station_id, count in asked.items()}


def _ask(
    session: Session,
    stations: Sequence[Station],
    *,
    size: int,
    seed: str,
    on: date,
    now: datetime,
    subject: str = "",
) -> list[PhotoRequest]:
    """Write the requests for a draw of `size` of these stations."""
    by_key = {station.code or f"#{station.id}": station for station in stations}
    drawn = draw(
        [Candidate(key) for key in sorted(by_key)], kind=SampleKind.RANDOM, seed=seed, size=size
    )
    asked = [
        PhotoRequest(
            county=by_key[one.key].county,
            station_id=by_key[one.key].id,
            subject=subject or pick(ASKED_SUBJECTS, seed=f"{seed}|subject", key=one.key),
            seed=seed,
            asked_on=on,
            asked_at=now,
            until_at=datetime.combine(on + timedelta(days=1), time(), BEIJING),
        )
        for one in drawn
    ]
    session.add_all(asked)
    session.flush()
    return asked


def _one_at_a_time(session: Session, county: County) -> None:
    """Lock the county's row: two draws at once would ask a station twice."""
    session.scalars(
        sa.select(County.code).where(County.code == county.code).with_for_update(key_share=True)
    ).one()


def _asked_already(session: Session, county: str, on: date) -> dict[int, PhotoRequest]:
    return {
        one.station_id: one
        for one in session.scalars(
            sa.select(PhotoRequest).where(
                PhotoRequest.county == county, PhotoRequest.asked_on == on
            )
        )
    }


def _remember(session: Session, asked: Sequence[PhotoRequest], by: Person, what: str) -> None:
    history.write(
        session,
        of=session.get_one(County, asked[0].county),
        by=by,
        at=asked[0].asked_at,
        action=PhotosAction.PHOTOS_ASKED,
        summary=f"抽查拍照：{what}",
        reason=f"抽签码 {asked[0].seed}",
    )


def _plain(code: str | None) -> str:
    """A number as its letters and value, however it was typed: c7, C0007 and Ｃ０００７ are one."""
    text = unicodedata.normalize("NFKC", code or "").upper().strip()
    found = re.fullmatch(r"([A-Z]+)0*(\d{1,6})", text)
    return f"{found[1]}{found[2]:0>4}" if found else text[:20]


def _listed(codes: Iterable[str | None]) -> str:
    """Some numbers in a sentence; the first few of many."""
    every = [code or "" for code in codes]
    return "、".join(every[:NAMED_IN_WORDS]) + ("等" if len(every) > NAMED_IN_WORDS else "")


def _impossible(sentence: str, field: str = "codes") -> Invalid:
    return Invalid("photo-request-impossible", sentence, fields={field: sentence})


def _kept_stations(county: str, on: date, now: datetime) -> sa.Select[Any]:
    kept = (
        sa.select(Keeping.id)
        .where(
            Keeping.station_id == Station.id,
            Keeping.from_at <= now,
            sa.or_(Keeping.until_at.is_(None), Keeping.until_at > now),
        )
        .exists()
    )
    return sa.select(Station).where(
        Station.county == county,
        sa.or_(Station.closed_on.is_(None), Station.closed_on > on),
        kept,
    )


def _may_open(station: Station, on: date) -> bool:
    """Whether the station may be open on a day; only hours that surely say no keep it out."""
    return not station.hours or open_on(week_of(station.hours), on) is not False


def _may_still_open(station: Station, now: datetime) -> bool:
    """Whether the station has not surely closed for today yet."""
    local = now.astimezone(BEIJING)
    return not station.hours or still_opens(week_of(station.hours), local) is not False
