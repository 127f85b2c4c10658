"""Files of open data: one moment, whole, in everybody's own sight, resumed after a crash."""

import csv
import hashlib
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, PERIODIC, Workshop
from server.db import writing
from server.errors import Invalid, NotFound
from server.media.blobs import FolderStore, StoreFailed
from server.models.history import HistoryLine
from server.models.job import Job, JobState
from server.models.open_data import ExportForm, ExportState, OpenExport
from server.models.person import Person, Role
from server.models.phone_event import PhoneEvent
from server.papers import open_export
from server.papers.open_export import make_export
from server.services.common.chain import anchor
from server.services.opendata import exports
from server.services.opendata.reading import Wanted
from server.services.opendata.tables import TABLES
from server.worker import Worker
from tests.bodies import make_auditor
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person
from tests.services.opendata.lived import event, live

PERSONAL = ("李福来", "13800001234", "13800000000", "李长生", "老李", "王督导", "手机甲", "111.9,")


def asked(session: Session, by: Person, kind: str, form: str = "csv", **wanted: Any) -> OpenExport:
    row = exports.ask_for_export(
        session, by=by, kind=kind, form=ExportForm(form), wanted=Wanted(**wanted), now=NOW
    )
    session.commit()
    return row


def made(session: Session, engine: Engine, blobs: FolderStore, row: OpenExport) -> bytes:
    """Do the job of a file that was asked for; its bytes."""
    session.commit()
    record = HANDLERS["make_export"].begin(Workshop(engine, blobs), {"export_id": row.id}, NOW)
    with writing(engine) as own:
        record(own)
        job = own.get_one(Job, row.job_id)
        job.state = JobState.DONE
    session.rollback()  # look again
    session.refresh(row)
    assert row.state is ExportState.READY
    assert row.file_sha256
    with blobs.open(row.file_sha256) as file:
        return file.read()


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV above its foot."""
    table, _, _ = content.decode("utf-8-sig").partition("\r\n\r\n")
    return list(csv.DictReader(io.StringIO(table)))


def test_each_table_in_each_form_says_the_same_and_nothing_of_a_person(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    live(session, cast)
    cast.c3.latitude = cast.c3.longitude = None
    cast.c1.address = "=HYPERLINK(1)"
    session.commit()  # what happened is chained
    assert anchor(session, county=cast.county.code, now=NOW)
    wanted = {"stations": 4, "events": 6, "findings": 4, "counts": 2, "subsidies": 2}
    for kind, table in TABLES.items():
        files = {
            form: made(session, engine, blobs, asked(session, cast.office, kind, form))
            for form in ("csv", "xlsx", "geojson")
        }

        rows = rows_of(files["csv"])
        assert len(rows) == wanted[kind]
        assert list(rows[0]) == [one.label for one in table.columns]
        book = load_workbook(io.BytesIO(files["xlsx"]), read_only=True)
        head, *lines = book[table.label].values
        assert [["" if one is None else str(one) for one in line] for line in lines] == [
            [re.sub(r"^'(?==)", "", one).removesuffix(".0") for one in row.values()] for row in rows
        ]
        assert list(head) == list(rows[0])
        notes = dict(book["说明"].iter_rows(values_only=True, max_col=2))
        assert notes["数据截至"] == "2023-07-05 14:30:00"
        assert notes["存证链"].startswith("存证 2023年7月5日 序号")
        for column in table.columns:
            assert column.about in notes[column.label]
        told = json.loads(files["geojson"])
        assert told["lines"] == len(told["features"]) == len(rows)
        assert told["about"]["as_of"] == "2023-07-05T14:30:00+08:00"
        for feature in told["features"]:
            assert list(feature["properties"]) == [one.name for one in table.columns]
            place = feature["geometry"]
            if feature["properties"]["station_code"] == "C0003":
                assert place is None
            else:
                assert place == {"type": "Point", "coordinates": [111.9403, 38.3558]}
        for text in PERSONAL:
            assert text not in files["csv"].decode() + files["geojson"].decode()
    assert (
        "'=HYPERLINK(1)"
        in made(session, engine, blobs, asked(session, cast.office, "stations")).decode()
    )


@ON_SQLITE
def test_everybody_gets_the_own_part_alone(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    live(session, cast)
    people = {
        "办": cast.office,
        "镇": cast.officer,
        "审": make_auditor(session),
        "企": make_person(
            session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id, login="qy"
        ),
        "外": cast.outsider,
    }
    got = {}
    for who, person in people.items():
        for kind in ("stations", "events", "findings", "counts", "subsidies"):
            rows = rows_of(made(session, engine, blobs, asked(session, person, kind)))
            got[who, kind] = sorted({row["站点编号"] for row in rows})
    everything = {kind for _, kind in got}
    for kind in everything - {"stations"}:
        assert got["办", kind] == got["审", kind] == ["C0001", "C0003"], kind
        assert got["镇", kind] == ["C0003"], kind
        assert got["企", kind] == ["C0001"], kind
        assert got["外", kind] == [], kind
    assert got["企", "stations"] == ["C0001", "C0002", "XZ0001"]
    [row] = session.scalars(
        sa.select(OpenExport).where(OpenExport.made_by == cast.officer.id).limit(1)
    )
    assert exports.ready_file(session, person=cast.officer, export_id=row.id, today=TODAY)
    with pytest.raises(NotFound):  # another's file, and the own one after moving elsewhere
        exports.ready_file(session, person=cast.office, export_id=row.id, today=TODAY)
    cast.officer.township_code = cast.township.code
    with pytest.raises(NotFound):
        exports.ready_file(session, person=cast.officer, export_id=row.id, today=TODAY)
    with pytest.raises(Invalid):
        asked(session, cast.officer, "stations", townships=[cast.other_township.code])


def test_a_file_is_of_one_moment_and_what_comes_while_it_is_made_is_not_in_it(
    session: Session,
    engine: Engine,
    blobs: FolderStore,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.add_all([event(cast.c1, cast.li, number) for number in range(1, 31)])
    row = asked(session, cast.office, "events", since_on=None, until_on=None)
    monkeypatch.setattr(open_export, "TOLD_EVERY", 10)
    told: list[tuple[int, int]] = []
    tell = exports.tell_progress

    def also_insert(engine: Engine, export_id: int, *, rows_done: int) -> bool:
        with writing(engine) as other:  # while the reader stands at its 10th row
            other.add(event(cast.c1, cast.li, 1000 + rows_done, at=NOW - timedelta(hours=1)))
        wanted = tell(engine, export_id, rows_done=rows_done)
        with Session(engine) as seen:
            now = seen.get_one(OpenExport, export_id)
            told.append((now.rows_done, now.rows_all or 0))
        return wanted

    monkeypatch.setattr(open_export, "tell_progress", also_insert)
    content = made(session, engine, blobs, row)

    assert told == [(10, 30), (20, 30), (30, 30)]
    assert [r["记录号"] for r in rows_of(content)] == [
        f"00000000-0000-0000-0000-{number:012x}" for number in range(1, 31)
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(PhoneEvent)) == 33


@ON_SQLITE
def test_a_killed_job_is_begun_anew_and_a_cancelled_one_leaves_no_file(
    session: Session,
    engine: Engine,
    blobs: FolderStore,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.add_all([event(cast.c1, cast.li, number) for number in range(1, 31)])
    row = asked(session, cast.office, "events")
    monkeypatch.setattr(open_export, "TOLD_EVERY", 10)
    tell = exports.tell_progress

    class Killed(BaseException):
        """What kills a process leaves no time for anything."""

    def die(engine: Engine, export_id: int, *, rows_done: int) -> bool:
        assert tell(engine, export_id, rows_done=rows_done)
        raise Killed

    monkeypatch.setattr(open_export, "tell_progress", die)
    worker = Worker(Workshop(engine, blobs), lease=timedelta(seconds=-1))
    with pytest.raises(Killed):
        worker.do_one()
    session.rollback()  # look again
    session.refresh(row)
    assert (row.state, row.rows_done) == (ExportState.WORKING, 10)
    assert list(blobs.blob_keys()) == []

    monkeypatch.setattr(open_export, "tell_progress", tell)
    assert Worker(Workshop(engine, blobs)).do_one()

    session.rollback()  # look again
    session.refresh(row)
    assert (row.state, row.lines, row.rows_done) == (ExportState.READY, 30, 30)
    assert list(blobs.blob_keys()) == [row.file_sha256]
    [line] = session.scalars(sa.select(HistoryLine).where(HistoryLine.action == "open-export-made"))
    assert f"30行，{row.file_bytes}字节，SHA-256 {row.file_sha256}" in line.summary

    other = asked(session, cast.office, "events", "xlsx")

    def cancel(engine: Engine, export_id: int, *, rows_done: int) -> bool:
        with writing(engine) as own:
            exports.drop_export(own, person=cast.office, export_id=export_id, now=NOW)
        return tell(engine, export_id, rows_done=rows_done)

    monkeypatch.setattr(open_export, "tell_progress", cancel)
    assert Worker(Workshop(engine, blobs)).do_one()
    session.rollback()
    session.refresh(other)
    assert (other.state, other.file_sha256) == (ExportState.CANCELLED, None)
    assert list(blobs.blob_keys()) == [row.file_sha256]


@ON_SQLITE
def test_a_file_is_deleted_after_its_last_day_unless_another_has_the_same_bytes(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    rows = [asked(session, cast.office, "stations") for _ in range(2)]
    contents = [made(session, engine, blobs, row) for row in rows]
    assert contents[0] == contents[1]
    assert hashlib.sha256(contents[0]).hexdigest() == rows[0].file_sha256
    exports.drop_export(session, person=cast.office, export_id=rows[0].id, now=NOW)
    session.commit()

    def nightly(at: datetime) -> None:
        record = HANDLERS["forget_exports"].begin(Workshop(engine, blobs), {}, at)
        with writing(engine) as own:
            record(own)
        session.expire_all()

    assert "forget_exports" in {one.kind for one in PERIODIC}
    with pytest.raises(NotFound):
        exports.ready_file(session, person=cast.office, export_id=rows[0].id, today=TODAY)
    session.rollback()
    nightly(NOW)
    assert (rows[0].state, rows[0].file_sha256) == (ExportState.GONE, None)
    assert list(blobs.blob_keys()) == [rows[1].file_sha256]
    last = rows[1].keep_until_on
    assert last == TODAY + timedelta(days=exports.KEPT_DAYS)
    assert exports.ready_file(session, person=cast.office, export_id=rows[1].id, today=last)
    session.rollback()
    nightly(NOW + timedelta(days=exports.KEPT_DAYS + 1))
    assert list(blobs.blob_keys()) == []


@ON_SQLITE
def test_a_file_that_its_store_does_not_delete_keeps_no_other(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = [asked(session, cast.office, "stations") for _ in range(3)]
    for row in rows:
        row.state, row.file_sha256 = ExportState.READY, blobs.put(str(row.id).encode())
        row.keep_until_on = TODAY - timedelta(days=1)
    session.commit()
    stuck, delete = rows[1].file_sha256, FolderStore.delete

    def dies(store: FolderStore, key: str) -> None:
        if key == stuck:
            raise StoreFailed("store-failed", "", "pulled out")
        delete(store, key)

    monkeypatch.setattr(FolderStore, "delete", dies)
    with pytest.raises(StoreFailed):  # so the worker comes again for it
        exports.delete_over(engine, blobs, today=TODAY)
    session.expire_all()
    assert [one.file_sha256 for one in rows] == [None, stuck, None]
    assert list(blobs.blob_keys()) == [stuck]


@ON_SQLITE
def test_what_one_sheet_cannot_hold_goes_on_in_the_next_and_nothing_is_dropped(
    session: Session, engine: Engine, blobs: FolderStore, cast: Cast, tmp_path: Path
) -> None:
    session.add_all([event(cast.c1, cast.li, number) for number in range(1, 8)])
    row = asked(session, cast.office, "events", "xlsx")
    file = make_export(engine, blobs, row.id, now=NOW, most_lines=3)

    assert file
    assert file.lines == 7
    with blobs.open(file.sha256) as kept:
        book = load_workbook(io.BytesIO(kept.read()), read_only=True)
    assert book.sheetnames == ["记录", "记录 2", "记录 3", "说明"]
    sheets = [list(book[name].values) for name in book.sheetnames[:3]]
    assert [len(one) - 1 for one in sheets] == [3, 3, 1]
    assert len({line[0] for one in sheets for line in one[1:]}) == 7
    assert all(one[0] == sheets[0][0] for one in sheets)


@ON_SQLITE
def test_a_fourth_unfinished_file_waits_until_one_is_done(session: Session, cast: Cast) -> None:
    for _ in range(exports.MOST_UNFINISHED):
        last = asked(session, cast.office, "stations")
    with pytest.raises(Invalid, match="3份"):
        asked(session, cast.office, "stations")
    exports.drop_export(session, person=cast.office, export_id=last.id, now=NOW)
    assert asked(session, cast.office, "stations")
    for days in ({"since_on": TODAY}, {"until_on": TODAY}):
        with pytest.raises(Invalid, match="不分日子"):
            asked(session, cast.office, "stations", **days)
