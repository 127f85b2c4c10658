"""Chores that are done county by county: what came round puts in a job for each of them.

So a county's night is one short transaction, none waits for the others' or is lost with them, and
several workers share them. Cities and provinces (上级) have no stations: of all this only a chain
is theirs, for they have a history.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import beijing_day
from server.db import writing
from server.errors import Problem
from server.media.blobs import BlobStore
from server.models.county import County
from server.policy.plan.nouns import Programme
from server.policy.standard.standards import Standard

log = structlog.get_logger()


class Shop(Protocol):
    """What of the worker's Workshop this needs."""

    @property
    def engine(self) -> Engine: ...  # noqa: D102
    @property
    def blobs(self) -> BlobStore: ...  # noqa: D102
    @property
    def standards(self) -> tuple[Standard, ...]: ...  # noqa: D102
    @property
    def programmes(self) -> Iterable[Programme]: ...  # noqa: D102
    @property
    def font_dir(self) -> Path | None: ...  # noqa: D102


Record = Callable[[Session], None]
Begin = Callable[[Shop, Mapping[str, Any], datetime], Record]
OfCounty = Callable[[Shop, str, date, datetime], Record]
"""Begins a chore for the county of a code, on the day on which it came round."""
Write = Callable[[Session, County, datetime], object]
"""What is done for a county under the write lock."""
Make = Callable[[Session, Shop, str, datetime], Record]
"""Typesets the paper of a key; what it gives back keeps it."""
A_RUN = 50
"""So many papers of a county are made before everybody else has had a turn."""
EVERY = (1 << 31) - 1


class Waiting(Protocol):
    """Finds a county's things without a paper: their keys as text, in order, behind `after`."""

    def __call__(  # noqa: D102
        self, session: Session, *, county: str, after: str | None, most: int
    ) -> list[str]: ...


def each_county(kind: str, begin: OfCounty, *, areas_too: bool = False) -> Begin:
    """Without a county in its arguments a job of this kind puts in one for each; with it, does it.

    The day goes with them: a county whose turn comes after midnight still knows of which night.
    With `areas_too` it is done for cities and provinces as well.
    """

    def one(shop: Shop, args: Mapping[str, Any], now: datetime) -> Record:
        return begin(shop, args["county"], date.fromisoformat(args["on"]), now)

    return split_by_county(kind, one, areas_too=areas_too)


def split_by_county(kind: str, one: Begin, *, areas_too: bool = False) -> Begin:
    """The same for a chore that reads more than county and day from its arguments."""

    def split(shop: Shop, args: Mapping[str, Any], now: datetime) -> Record:
        from server.services.county.counties import counties_here, with_stations

        if "county" in args:
            return one(shop, args, now)
        with Session(shop.engine) as session:
            every = counties_here(session) if areas_too else with_stations(session)
            codes = [county.code for county in every]
        on = beijing_day(now).isoformat()

        def put_in(session: Session) -> None:
            for code in codes:
                jobs.enqueue(session, kind, {"county": code, "on": on}, now=now)

        return put_in

    return split


def in_runs(kind: str, waiting: Waiting, make: Make) -> Begin:
    """A county's papers in short runs: where more wait, the next run stands behind all other jobs.

    Each is made without the write lock and kept in a transaction of its own. One that cannot be
    made is passed over until the next night, `check` says so (services/mending/papers_behind.py),
    and the rest go on. One that hangs ends its run with it, perhaps the whole process: the run's
    next try gives each paper a job of its own (`only`), so that it hangs alone. Runs of a day that
    is over end: the next night has begun by itself.
    """

    def run(shop: Shop, args: Mapping[str, Any], now: datetime) -> Record:
        code, on = args["county"], args["on"]
        if beijing_day(now).isoformat() != on:
            return lambda _session: None
        only = args.get("only")
        with Session(shop.engine) as session:
            most = A_RUN if only is None else EVERY
            keys = waiting(session, county=code, after=args.get("after"), most=most)
        if only is not None:
            keys = [key for key in keys if key == only]  # it may have been made meanwhile
        apart = only is None and args.get(jobs.ATTEMPT, 1) > 1
        for key in () if apart else keys:
            _make_one(shop, make, key, now, kind=kind, county=code)

        def go_on(session: Session) -> None:
            for key in keys if apart else ():
                alone = {"county": code, "on": on, "only": key}
                jobs.enqueue(session, kind, alone, now=now, max_attempts=2)
            if only is None and len(keys) == A_RUN:
                more = {"county": code, "on": on, "after": keys[-1]}
                jobs.enqueue(session, kind, more, now=now)

        return go_on

    return split_by_county(kind, run)


def _make_one(shop: Shop, make: Make, key: str, now: datetime, *, kind: str, county: str) -> None:
    try:
        with Session(shop.engine) as session:
            keep = make(session, shop, key, now)
        with writing(shop.engine) as session:
            keep(session)
    except OperationalError:  # the database's trouble, not the paper's: the run comes again
        raise
    except Exception:
        log.exception("paper not made", kind=kind, county=county, of=key)


def only_writing(load: Callable[[], Write]) -> OfCounty:
    """A chore without a slow part; `load` gives the verb, before the lock is taken."""

    def begin(_shop: Shop, code: str, _on: date, now: datetime) -> Record:
        write = load()

        def record(session: Session) -> None:
            write(session, session.get_one(County, code), now)

        return record

    return begin


def write_down_the_day(shop: Shop, code: str, on: date, now: datetime) -> Record:
    """Write down what every station was at the end of the day before `on`.

    A night that was missed is not made up for: what stood then cannot be known any more. A county
    whose turn comes when `on` is over as well has missed it, as all have when no worker ran.
    """
    from server.services.programme.snapshots import end_of, keep, look

    day = on - timedelta(days=1)
    if beijing_day(now) != on:
        log.warning("day not written down", county=code, day=str(day), problem="a day too late")
        return lambda _session: None
    with Session(shop.engine) as session:
        county = session.get_one(County, code)
        if county.created_at >= end_of(day):
            return lambda _session: None  # there was no such county on that day
        try:
            seen = look(
                session,
                county=county,
                on=day,
                now=now,
                standards=shop.standards,
                entered_before=end_of(day),
            )
        except Problem as problem:
            # A wrong setting of the county's own: trying again would not mend it.
            log.warning("day not written down", county=code, problem=problem.code)
            return lambda _session: None

    def record(session: Session) -> None:
        keep(session, seen, now=now)

    return record


def look_for_signals(shop: Shop, code: str, on: date, now: datetime) -> Record:
    """Ask a county's keepers about what looks odd in their last weeks."""
    from server.services.signals.questions import find, raise_new

    with Session(shop.engine) as session:
        found = find(session, county=session.get_one(County, code), on=on)

    def record(session: Session) -> None:
        raise_new(session, found=found, now=now)

    return record


def erase_complaints(shop: Shop, code: str, _on: date, now: datetime) -> Record:
    """Forget what villagers gave of their own person, once the county's days are over.

    Photos first: where the server dies in between, the next night does the rest.
    """
    from server.services.complaints.erasing import erase_complaints, forget_photos

    with Session(shop.engine) as session:
        county = session.get_one(County, code)
        stuck = forget_photos(session, shop.blobs, county=county, on=beijing_day(now))

    def record(session: Session) -> None:
        erase_complaints(session, county=session.get_one(County, code), now=now, stuck=stuck)

    return record


def erase_what_is_over(shop: Shop, code: str, _on: date, now: datetime) -> Record:
    """Erase a county's positions and photos whose time is over, each step whole by itself."""
    from server.services.retention.round import go_round

    erased = go_round(shop.engine, shop.blobs, county=code, now=now)
    if erased:
        log.info("erased what had had its time", county=code, rows=erased)
    return lambda _session: None


def verify_chain(shop: Shop, code: str, _on: date, now: datetime) -> Record:
    """Hold a county's chain against what it tells of; the desk shows what came of it."""
    from server.services.audit.checks import keep, look

    found = look(shop.engine, county=code)
    if not found.whole:
        log.error("chain does not hold", county=code, faulty=found.faulty)

    def record(session: Session) -> None:
        keep(session, found, now=now)

    return record


def anchor_the_day() -> Write:
    """Write down a county's head: from now on the day's papers bear it.

    The day is that on which it is written, also where a worker comes to it late: an anchor tells
    what stood at a moment, and no earlier one than that.
    """
    from server.services.common.chain import anchor

    return lambda session, county, now: anchor(session, county=county.code, now=now)


def remind_of_reports(shop: Shop, code: str, _on: date, now: datetime) -> Record:
    """Note down who is reminded of this month's report today, by the plan current there."""
    from server.services.programme.programmes import programme_on
    from server.services.reporting.reminders import remind

    def record(session: Session) -> None:
        county, shipped = session.get_one(County, code), tuple(shop.programmes)
        programme = programme_on(session, county=county, shipped=shipped, on=beijing_day(now))
        remind(session, county=county, programme=programme, now=now)

    return record


def escalate_rectifications() -> Write:
    """Remind keepers of deadlines, and tell township and county what is late."""
    from server.services.mending.lists import escalate

    return lambda session, county, now: escalate(session, county=county, now=now)


def escalate_matters() -> Write:
    """Tell which problem's day is near, which is late, and which goes to the 专班's head."""
    from server.services.matters.timers import escalate

    return lambda session, county, now: escalate(session, county=county, now=now)


def catch_up_photos() -> Write:
    """Hand over photos that came before prints and readings were made."""
    from server.services.common.reading_jobs import catch_up

    return lambda session, county, now: catch_up(session, county=county.code, now=now)


def ask_for_photos() -> Write:
    """Ask a random few stations for one photo of today."""
    from server.services.photos.requests import draw_requests

    return lambda session, county, now: draw_requests(
        session, county=county, on=beijing_day(now), now=now
    )


def records_waiting(session: Session, *, county: str, after: str | None, most: int) -> list[str]:
    """Signed records of which no paper is kept as they stand now."""
    from server.services.inspections.kept_papers import without_papers

    behind = UUID(after) if after else None
    return [str(key) for key in without_papers(session, county=county, after=behind, most=most)]


def make_record(session: Session, shop: Shop, key: str, now: datetime) -> Record:
    """Typeset a record, so that a later release changes no byte of it."""
    from server.papers.kept import record_to_keep

    return record_to_keep(
        session, inspection_id=UUID(key), standards=shop.standards, font_dir=shop.font_dir, now=now
    )


def notices_waiting(session: Session, *, county: str, after: str | None, most: int) -> list[str]:
    """Letters that were issued before papers were kept (decision 0014)."""
    from server.services.mending.notice_papers import without_papers

    behind = int(after) if after else 0
    return [str(key) for key in without_papers(session, county=county, after=behind, most=most)]


def make_notice(session: Session, shop: Shop, key: str, now: datetime) -> Record:
    """Make the files of a letter later than it was issued; they are marked as such."""
    from server.papers.issued import papers_to_keep

    return papers_to_keep(
        session, notice_id=int(key), standards=shop.standards, font_dir=shop.font_dir, now=now
    )
