"""Files of open data: asked for at the desk, made by a job, kept for some days, then deleted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import beijing_day
from server.db import writing
from server.errors import Invalid, NotFound
from server.media.blobs import BlobStore, StoreFailed
from server.models.blob_columns import times_named
from server.models.county import County, Division
from server.models.job import Job, JobState
from server.models.open_data import ExportForm, ExportState, OpenExport
from server.models.person import Person
from server.models.station import Station
from server.services.common import history
from server.services.opendata.actions import OpenDataAction
from server.services.opendata.reading import Wanted, check_wanted, table_named
from server.services.people.scope import stations_visible_to

JOB = "make_export"
KEPT_DAYS = 7
MOST_UNFINISHED = 3
SHOWN = 50
UNFINISHED = (ExportState.WAITING, ExportState.WORKING)


@dataclass(frozen=True, slots=True)
class ExportView:
    """One file as its list shows it."""

    row: OpenExport
    label: str
    townships: Sequence[str]
    state: ExportState

    @property
    def percent(self) -> int:
        """How much of the records has been read, of a hundred."""
        all_rows = self.row.rows_all or 0
        return min(100, self.row.rows_done * 100 // all_rows) if all_rows else 0


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made: how many lines, of which moment, under which name, and its bytes."""

    lines: int
    as_of: datetime
    name: str
    sha256: str
    size: int


def sight_of(person: Person) -> str:
    """What a person sees of the county, as one text: it changes when that does."""
    return f"{person.role}/{person.township_code or ''}/{person.operator_id or ''}"


def wanted_of(row: OpenExport) -> Wanted:
    """Which rows a file is of."""
    return Wanted(townships=row.townships, since_on=row.since_on, until_on=row.until_on)


def ask_for_export(
    session: Session, *, by: Person, kind: str, form: ExportForm, wanted: Wanted, now: datetime
) -> OpenExport:
    """Have a file made; it is in the list at once.

    Raises `NotFound` (open-data-unknown), `Invalid` (open-data-days, open-data-township,
    export-too-many).
    """
    table = table_named(kind)
    check_wanted(table, wanted)
    unknown = set(wanted.townships) - {code for code, _ in townships_of(session, by)}
    if unknown:
        raise Invalid("open-data-township", "有的乡镇不在您能看的范围里。请重新勾选乡镇。")
    waiting = session.scalar(
        sa.select(sa.func.count())
        .select_from(OpenExport)
        .outerjoin(Job, Job.id == OpenExport.job_id)
        .where(
            OpenExport.made_by == by.id,
            OpenExport.state.in_(UNFINISHED),
            sa.or_(Job.state.is_(None), Job.state != JobState.DEAD),
        )
    )
    if (waiting or 0) >= MOST_UNFINISHED:
        raise Invalid(
            "export-too-many",
            f"您已经有{waiting}份文件在排队。请等它们做好，或取消一份，再申请新的。",
        )
    row = OpenExport(
        county=by.county,
        kind=kind,
        form=form,
        townships=sorted(wanted.townships),
        since_on=wanted.since_on,
        until_on=wanted.until_on,
        made_by=by.id,
        made_at=now,
        sight=sight_of(by),
        state=ExportState.WAITING,
    )
    session.add(row)
    session.flush()
    row.job_id = jobs.enqueue(session, JOB, {"export_id": row.id}, now=now, max_attempts=3)
    session.flush()
    return row


def townships_of(session: Session, person: Person) -> list[tuple[str, str]]:
    """The townships with a station that a person sees, with their names."""
    rows = session.execute(
        sa.select(Division.code, Division.name)
        .join(Station, Station.township_code == Division.code)
        .where(stations_visible_to(person))
        .distinct()
        .order_by(Division.code)
    )
    return [(code, name) for code, name in rows]


def begin_work(engine: Engine, export_id: int, *, rows_all: int) -> bool:
    """Note that a file is being made now; False where nobody wants it any more."""
    return _set_unfinished(
        engine, export_id, state=ExportState.WORKING, rows_done=0, rows_all=rows_all
    )


def tell_progress(engine: Engine, export_id: int, *, rows_done: int) -> bool:
    """Note how far it is, in a transaction of its own; False where nobody wants it any more."""
    return _set_unfinished(engine, export_id, rows_done=rows_done)


def _set_unfinished(engine: Engine, export_id: int, **values: object) -> bool:
    with writing(engine) as session:
        changed = session.execute(
            sa.update(OpenExport)
            .where(OpenExport.id == export_id, OpenExport.state.in_(UNFINISHED))
            .values(values)
            .returning(OpenExport.id)
        )
        return changed.one_or_none() is not None


def keep_made(session: Session, export_id: int, made: Made, *, now: datetime) -> None:
    """Write down a file that was made; one that was cancelled meanwhile is left as it is."""
    row = session.get_one(OpenExport, export_id, with_for_update=True)
    if row.state not in UNFINISHED:
        return
    row.state, row.ended_at = ExportState.READY, now
    row.lines, row.as_of, row.file_name = made.lines, made.as_of, made.name
    row.rows_done = row.rows_all or 0
    row.file_sha256, row.file_bytes = made.sha256, made.size
    row.keep_until_on = beijing_day(now) + timedelta(days=KEPT_DAYS)
    history.write(
        session,
        of=session.get_one(County, row.county),
        by=session.get_one(Person, row.made_by),
        at=now,
        action=OpenDataAction.EXPORT_MADE,
        summary=f"导出{made.name}：{made.lines}行，{made.size}字节，SHA-256 {made.sha256}",
    )


def leave_unmade(session: Session, export_id: int, *, now: datetime) -> None:
    """Note that a file will not be made: it was cancelled, or its maker sees another part now."""
    session.execute(
        sa.update(OpenExport)
        .where(OpenExport.id == export_id, OpenExport.state.in_(UNFINISHED))
        .values(state=ExportState.CANCELLED, ended_at=now)
    )


def exports_of(session: Session, *, person: Person, today: date) -> list[ExportView]:
    """The newest files that somebody asked for; those made under another sight are left out."""
    rows = session.execute(
        sa.select(OpenExport, Job.state)
        .outerjoin(Job, Job.id == OpenExport.job_id)
        .where(OpenExport.made_by == person.id, OpenExport.sight == sight_of(person))
        .order_by(OpenExport.id.desc())
        .limit(SHOWN)
    ).all()
    codes = {code for row, _ in rows for code in row.townships}
    names: dict[str, str] = dict(
        session.execute(
            sa.select(Division.code, Division.name).where(Division.code.in_(codes))
        ).all()
    )
    return [
        ExportView(
            row,
            table_named(row.kind).label,
            [names.get(code, code) for code in row.townships],
            _state(row, job, today),
        )
        for row, job in rows
    ]


def _state(row: OpenExport, job: JobState | None, today: date) -> ExportState:
    if row.state in UNFINISHED and job is JobState.DEAD:
        return ExportState.FAILED
    over = row.keep_until_on is not None and row.keep_until_on < today
    return ExportState.GONE if row.state is ExportState.READY and over else row.state


def export_of(session: Session, *, person: Person, export_id: int) -> OpenExport:
    """A file that somebody asked for, of what that person still sees.

    Raises `NotFound` (export-unknown).
    """
    row = session.scalars(
        sa.select(OpenExport).where(
            OpenExport.id == export_id,
            OpenExport.made_by == person.id,
            OpenExport.sight == sight_of(person),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("export-unknown", "没有找到这份文件。请返回“数据导出”重新选择。")
    return row


def ready_file(session: Session, *, person: Person, export_id: int, today: date) -> OpenExport:
    """A file that can be taken. Raises `NotFound` (export-unknown, export-gone)."""
    row = export_of(session, person=person, export_id=export_id)
    if row.file_sha256 is None or _state(row, None, today) is not ExportState.READY:
        raise NotFound(
            "export-gone", "这份文件还没有做好，或者已经删除了。请返回“数据导出”重新申请。"
        )
    return row


def drop_export(session: Session, *, person: Person, export_id: int, now: datetime) -> ExportState:
    """Cancel a file that is not made yet, or delete one that is; what it is now.

    Raises `NotFound` (export-unknown).
    """
    row = export_of(session, person=person, export_id=export_id)
    session.refresh(row, with_for_update=True)
    if row.state in UNFINISHED:
        row.state, row.ended_at = ExportState.CANCELLED, now
    elif row.state is ExportState.READY:
        row.state, row.keep_until_on = ExportState.GONE, beijing_day(now) - timedelta(days=1)
    session.flush()
    return row.state


def note_resumed(
    session: Session, *, by: Person, row: OpenExport, first: int, last: int, now: datetime
) -> None:
    """Write that a person took a part of a file, from its first to its last byte."""
    history.write(
        session,
        of=session.get_one(County, by.county),
        by=by,
        at=now,
        action=OpenDataAction.EXPORT_RESUMED,
        summary=f"{by.name}（{by.role.label}）续传{row.file_name}：第{first}到{last}字节，"
        f"全文SHA-256 {row.file_sha256}",
    )


def delete_over(engine: Engine, blobs: BlobStore, *, today: date) -> None:
    """Delete the bytes of files whose last day is over, unless something else names them too.

    Each is noted by itself; a crash before that does no harm, for nobody is given such a file, and
    deleting again is no error. One that its store does not delete waits, and its StoreFailed is
    raised when the others are gone.
    """
    over = (OpenExport.keep_until_on < today) & OpenExport.file_sha256.is_not(None)
    with Session(engine) as session:
        found = session.scalars(sa.select(OpenExport.file_sha256).where(over)).all()
    failed: StoreFailed | None = None
    for sha256, times in Counter(one for one in found if one is not None).items():
        try:
            with Session(engine) as session:
                if times_named(session, sha256) == times:
                    blobs.delete(sha256)
        except StoreFailed as trouble:
            failed = failed or trouble
            continue
        with writing(engine) as session:
            session.execute(
                sa.update(OpenExport)
                .where(over, OpenExport.file_sha256 == sha256)
                .values(state=ExportState.GONE, file_sha256=None)
            )
    if failed is not None:
        raise failed
