"""What is done at night and after each photo: every kind of job, how it is done, and when.

A chore has two steps: `begin` does the slow part without the write lock, the `Record` it gives back
writes down what came of it. The worker calls both and keeps the second with the job's end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import county_chores as nightly
from server import jobs, safekeeping
from server import night_writes as writes
from server.calendar import beijing_day
from server.county_chores import each_county, in_runs
from server.jobs import Periodic
from server.media.blobs import BlobStore
from server.media.processes.child import START_LIMIT_S
from server.media.reading.reading import LIMIT_S as READING_LIMIT_S
from server.media.reading.reading import Reader
from server.policy.plan.nouns import Programme
from server.policy.standard.standards import Standard

if TYPE_CHECKING:  # a worker starts sooner without OpenCV
    from server.channels.webhooks.round import Courier
    from server.channels.wechat.round import Postman
    from server.services.review.lookalikes import PrintCache

log = structlog.get_logger()


@dataclass(frozen=True)
class Workshop:
    """What a handler may use besides its arguments; `standards` say what a clause is about."""

    engine: Engine
    blobs: BlobStore
    standards: tuple[Standard, ...] = ()
    reader: Reader = field(default_factory=Reader)
    font_dir: Path | None = None
    programmes: tuple[Programme, ...] = ()
    courier: "Courier | None" = None
    postman: "Postman | None" = None
    home: Path | None = None

    @cached_property
    def prints(self) -> "PrintCache":
        """The fingerprints of all photos, as far as this process has read them."""
        from server.services.review.lookalikes import PrintCache

        return PrintCache()


Record = Callable[[Session], None]
Begin = Callable[[Workshop, Mapping[str, Any], datetime], Record]


@dataclass(frozen=True)
class Handler:
    """How one kind of job is done, and how many seconds it may take."""

    begin: Begin
    limit_s: float = 60.0


def _examine_photo(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    """Measure one photo that has arrived."""
    from server.services.review.examination import look_at, record

    with Session(workshop.engine) as session:
        examined = look_at(session, workshop.blobs, UUID(args["photo_id"]), workshop.prints)

    def keep(session: Session) -> None:
        if examined is not None:
            record(session, examined, now=now)

    return keep


def _read_photo(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    """Read the sign or hours board in a photo, in a process of its own."""
    from server.services.review.readings import read_photo, record_reading

    with Session(workshop.engine) as session:
        photo_id, standards = UUID(args["photo_id"]), workshop.standards
        read = read_photo(session, workshop.blobs, photo_id, workshop.reader, standards)

    def keep(session: Session) -> None:
        if read is not None:
            record_reading(session, read, now=now, standards=standards)

    return keep


def _compare_readings(_workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    """Hold what was read at a station against the register as it is now."""
    from server.services.review.readings import compare_again

    return lambda session: compare_again(session, station_id=args["station_id"], now=now)


def _sweep_photo_store(workshop: Workshop, _args: Mapping[str, Any], now: datetime) -> Record:
    """Move aside what was stored but never got its row, because the server died in between."""
    from server.models.blob_columns import BLOB_COLUMNS, names_bytes
    from server.services.retention.blanking import delete_what_came_back

    with Session(workshop.engine) as session:
        known = [
            key
            for column in BLOB_COLUMNS
            for key in session.scalars(sa.select(column).where(names_bytes(column)).distinct())
            if key is not None
        ]
        back = delete_what_came_back(session, workshop.blobs)
    if back:
        log.info("deleted photos that a backup had brought back", photos=back)
    moved = workshop.blobs.sweep(known, now=now)
    if moved:
        log.info("photo store swept", moved=len(moved))
    return lambda _session: None


def _erase_person(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    """Go on with one erasure, each step whole by itself; what comes round puts in one for each."""
    from server.services.erasing.erasing import JOB, erased_people, note_gone
    from server.services.erasing.running import go_on, unfinished

    one = args.get("erasure_id")
    if workshop.home is not None:
        with Session(workshop.engine) as session:
            gone = erased_people(session)
        note_gone(workshop.home, gone)
    if one:
        go_on(workshop.engine, int(one), now=now)
    waiting = [] if one else unfinished(workshop.engine)

    def put_in(session: Session) -> None:
        for erasure_id in waiting:
            jobs.enqueue(session, JOB, {"erasure_id": erasure_id}, now=now)

    return put_in


def _make_export(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    """Make a file of open data that somebody asked for."""
    from server.papers.open_export import made_and_kept

    return made_and_kept(workshop.engine, workshop.blobs, args["export_id"], now=now)


def _forget_exports(workshop: Workshop, _args: Mapping[str, Any], now: datetime) -> Record:
    """Delete files of open data whose last day is over: nobody is given them any more."""
    from server.services.opendata.exports import delete_over

    delete_over(workshop.engine, workshop.blobs, today=beijing_day(now))
    return lambda _session: None


def _send_webhooks(workshop: Workshop, _args: Mapping[str, Any], now: datetime) -> Record:
    """Send what is due to receivers outside; when the next is due, another round is made."""
    from server.channels.webhooks.round import come_again, steady

    clock = steady(now)
    if workshop.courier is not None:
        workshop.courier.send_due(workshop.engine, clock)
    return lambda session: come_again(session, now=clock())


def _send_messages(workshop: Workshop, _args: Mapping[str, Any], now: datetime) -> Record:
    """Tell people in WeChat what is new for them, where the owner has a mini program."""
    if workshop.postman is not None:
        workshop.postman.go_round(workshop.engine, now)
    return lambda _session: None


def only_writing(load: Callable[[], writes.Write]) -> Begin:
    """A chore without a slow part: all that it does is done under the write lock.

    `load` gives the verb: modules are loaded before the lock, while everybody else may write.
    """

    def begin(_workshop: Workshop, _args: Mapping[str, Any], now: datetime) -> Record:
        write = load()

        def record(session: Session) -> None:
            write(session, now)

        return record

    return begin


def of_the_shop(begin: Callable[[Workshop, datetime], Record]) -> Begin:
    """A chore without arguments of its own."""
    return lambda workshop, _args, now: begin(workshop, now)


HANDLERS: dict[str, Handler] = {
    "examine_photo": Handler(_examine_photo),
    # The reader has a limit of its own, by which the photo is set aside; this one only backs it.
    "read_photo": Handler(_read_photo, limit_s=READING_LIMIT_S + START_LIMIT_S + 30),
    "compare_readings": Handler(_compare_readings),
    "catch_up_photos": Handler(
        each_county("catch_up_photos", nightly.only_writing(nightly.catch_up_photos)), limit_s=300
    ),
    "sweep_photo_store": Handler(_sweep_photo_store, limit_s=600),
    "forget_done_jobs": Handler(only_writing(writes.forget_done_jobs), limit_s=300),
    "forget_kept_forms": Handler(only_writing(writes.forget_kept_forms)),
    "erase_complaints": Handler(
        each_county("erase_complaints", nightly.erase_complaints), limit_s=300
    ),
    "erase_what_is_over": Handler(
        each_county("erase_what_is_over", nightly.erase_what_is_over), limit_s=1800
    ),
    "erase_person": Handler(_erase_person, limit_s=1800),
    "escalate_rectifications": Handler(
        each_county(
            "escalate_rectifications", nightly.only_writing(nightly.escalate_rectifications)
        ),
        limit_s=300,
    ),
    "escalate_matters": Handler(
        each_county("escalate_matters", nightly.only_writing(nightly.escalate_matters)), limit_s=300
    ),
    "ask_for_photos": Handler(
        each_county("ask_for_photos", nightly.only_writing(nightly.ask_for_photos)), limit_s=300
    ),
    "make_up_notices": Handler(
        in_runs("make_up_notices", nightly.notices_waiting, nightly.make_notice), limit_s=600
    ),
    "keep_record_papers": Handler(
        in_runs("keep_record_papers", nightly.records_waiting, nightly.make_record), limit_s=600
    ),
    "remind_of_reports": Handler(each_county("remind_of_reports", nightly.remind_of_reports)),
    "look_for_signals": Handler(
        each_county("look_for_signals", nightly.look_for_signals), limit_s=300
    ),
    "write_down_the_day": Handler(
        each_county("write_down_the_day", nightly.write_down_the_day), limit_s=600
    ),
    "make_export": Handler(_make_export, limit_s=1800),
    "forget_exports": Handler(_forget_exports, limit_s=300),
    "anchor_the_day": Handler(
        each_county("anchor_the_day", nightly.only_writing(nightly.anchor_the_day), areas_too=True)
    ),
    "send_webhooks": Handler(_send_webhooks, limit_s=180),
    "send_messages": Handler(_send_messages, limit_s=180),
    "verify_chains": Handler(
        each_county("verify_chains", nightly.verify_chain, areas_too=True), limit_s=1800
    ),
    "back_up": Handler(of_the_shop(safekeeping.back_up), limit_s=3600),
    "drill_backup": Handler(of_the_shop(safekeeping.drill_backup), limit_s=3600),
}
PERIODIC = (
    Periodic("catch_up_photos", "30 2 * * *"),
    Periodic("erase_complaints", "10 3 * * *"),
    Periodic("erase_what_is_over", "12 3 * * *"),
    Periodic("erase_person", "20 3 * * *"),
    Periodic("sweep_photo_store", "15 3 * * *"),
    Periodic("forget_done_jobs", "45 3 * * *"),
    Periodic("forget_kept_forms", "50 3 * * *"),
    Periodic("send_webhooks", "7 * * * *"),  # a net: each message has its own job
    Periodic("send_messages", "4,14,24,34,44,54 * * * *"),
    Periodic("forget_exports", "55 3 * * *"),
    Periodic("escalate_rectifications", "30 7 * * *"),
    Periodic("escalate_matters", "35 7 * * *"),
    Periodic("remind_of_reports", "40 7 * * *"),
    Periodic("ask_for_photos", "30 9 * * *"),
    Periodic("make_up_notices", "20 2 * * *"),
    Periodic("keep_record_papers", "50 2 * * *"),
    Periodic("look_for_signals", "10 4 * * *"),
    Periodic("write_down_the_day", "2 0 * * *"),
    Periodic("back_up", "20 1 * * *"),
    Periodic("drill_backup", "30 5 * * 0"),
    Periodic("verify_chains", "30 4 * * *"),
    Periodic("anchor_the_day", "0 18 * * *"),  # while people are there to print and send papers
)
