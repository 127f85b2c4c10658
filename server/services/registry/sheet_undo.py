"""Takes an import back: what nobody has changed since, station by station; the rest is named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, day_text, full_day_text
from server.db import Base
from server.models.filing import Filing, FilingStep
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.sheet_import import ListKind, SheetImport
from server.models.sign import Sign
from server.models.statement import Statement
from server.models.station import IssuedCode, Station
from server.policy.standard.facts import JUDGED, Value, Word, value_of
from server.policy.standard.standards import Standard
from server.services.common import history, list_imports
from server.services.common.reading_jobs import ask_to_compare
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import (
    FIELDS,
    Names,
    as_json,
    from_json,
    names_of,
    show,
    store,
    stored,
)
from server.services.registry.filing_register import follow_register, forget_filings
from server.services.registry.lapsing import lapse_with_many
from server.services.registry.sheet_columns import AREA, FLAGS
from server.services.registry.stations import SHOWN_OUTSIDE
from server.services.standing.statements import Saying, take_down, value_text

_HANGING = {
    "check_ins": "签到",
    "photos": "照片",
    "parcel_counts": "件数",
    "keepings": "站长",
    "signs": "标识牌",
    "issued_codes": "编号",
    "statements": "核查登记",
    "visits": "督导任务",
    "inspections": "督导记录",
    "rectifications": "整改",
    "integrity_signals": "异常提示",
    "photo_requests": "抽查拍照",
    "acceptances": "验收",
    "proposals": "提交的变更",
}
_OTHER = "别的记录"


@dataclass(slots=True)
class Undoing:
    """What undoing would do with one station: `back` as history tells it, `left` in sentences."""

    station_id: int
    name: str
    removed: bool = False
    back: list[history.Change] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    sayings: list[Saying] = field(default_factory=list)
    code: str | None = None  # a number to be taken back
    said: tuple[int, ...] = ()  # statements that go with a removed station


@dataclass(frozen=True, slots=True)
class _Since:
    """What happened to the stations of an import after it."""

    stations: Mapping[int, Station]
    touched: Mapping[int, Mapping[str, str]]  # station → field → who and when; "" for any line
    words: Mapping[tuple[int, str], Sequence[Statement]]  # the desk's, the newest first
    hanging: Mapping[int, Sequence[str]]
    plates: Collection[int]
    names: Names


def import_of(session: Session, *, county: str, import_id: int) -> SheetImport:
    """One of the county's imports; raises NotFound import-unknown."""
    return list_imports.import_of(
        session, county=county, kind=ListKind.STATIONS, import_id=import_id
    )


def imports_of(session: Session, *, county: str) -> list[tuple[SheetImport, str]]:
    """The county's newest imports of stations, each with the name of who did it."""
    return list_imports.imports_of(session, county=county, kind=ListKind.STATIONS)


def plan_undo(session: Session, made: SheetImport) -> list[Undoing]:
    """What taking an import back would put back and what it would leave; changes nothing."""
    since = _since(session, made)
    return [_new(row, since) if row["new"] else _changed(row, since) for row in made.rows]


def undo_import(
    session: Session,
    made: SheetImport,
    *,
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
) -> list[Undoing]:
    """Put back every field that nobody changed since; take out new stations with nothing on them.

    Raises Conflict import-undone.
    """
    list_imports.hold_for_undo(session, made)
    stations: dict[int, Station] = {}
    for new in (False, True):  # nothing may be hung on a station that is to go
        ids = [row["station_id"] for row in made.rows if row["new"] is new]
        lock = select(Station).where(Station.id.in_(ids)).order_by(Station.id)
        held = session.scalars(lock.with_for_update(key_share=not new))
        stations |= {station.id: station for station in held}
    doing = plan_undo(session, made)
    removed = [one for one in doing if one.removed]
    back = [one for one in doing if one.back and not one.removed]
    for one in back:
        for name, value in one.values.items():
            store(stations[one.station_id], FIELDS[name], value)
        if one.code is not None:
            stations[one.station_id].code = None
    session.flush()
    _say(session, made, back, standards=standards, by=by, now=now)
    follow_register(
        session,
        [stations[one.station_id] for one in back],
        changed={one.station_id: set(one.values) for one in back},
        by=by,
        now=now,
    )
    _take_out(session, made, doing)
    made.left = [f"{one.name}：{sentence}" for one in doing for sentence in one.left]
    made.undone_at, made.undone_by = now, by.id if by else None
    deed = history.write(
        session,
        of=made,
        by=by,
        at=now,
        action=RegistryAction.SHEET_IMPORT_UNDONE,
        summary=f"撤回表格导入“{made.file_name}”：退回{len(back)}站，移除{len(removed)}站，"
        f"留下{len(made.left)}处",
    )
    history.write_parts(session, deed, [_part(one) for one in (*back, *removed)])
    return doing


def _say(
    session: Session,
    made: SheetImport,
    back: Sequence[Undoing],
    *,
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
) -> None:
    """Restore the desk's words, and what follows from old names and hours."""
    sayings = [saying for one in back for saying in one.sayings]
    take_down(session, sayings, county=made.county, word=Word.REVIEWER, by=by, now=now)
    by_id = {one.station_id: one for one in back}
    for station_id, change in lapse_with_many(
        session,
        county=made.county,
        changed={one.station_id: set(one.values) for one in back},
        standards=standards,
        by=by,
        now=now,
    ):
        by_id[station_id].back.append(change)
    shown = [one.station_id for one in back if SHOWN_OUTSIDE & set(one.values) or one.code]
    ask_to_compare(session, shown, now=now)


def _take_out(session: Session, made: SheetImport, doing: Sequence[Undoing]) -> None:
    """Remove new stations with what the import itself said of them, and numbers it brought."""
    codes = [one.code for one in doing if one.code is not None]
    gone = [one for one in doing if one.removed]
    said = [key for one in gone for key in one.said]
    number = sa.delete(IssuedCode).where(
        IssuedCode.county == made.county, IssuedCode.code.in_(codes)
    )
    forget_filings(session, [one.station_id for one in gone])
    for statement in (
        number,
        sa.delete(Statement).where(Statement.id.in_(said)),
        sa.delete(Station).where(Station.id.in_([one.station_id for one in gone])),
    ):
        session.execute(statement.execution_options(synchronize_session="fetch"))


def _part(one: Undoing) -> history.Part:
    if one.removed:
        return history.Part(
            one.station_id, RegistryAction.STATION_REMOVED, f"移除{one.name}", one.back
        )
    summary = f"退回{'、'.join(change['label'] for change in one.back)}"
    return history.Part(one.station_id, RegistryAction.STATION_PUT_BACK, summary, one.back)


def _new(row: Mapping[str, Any], since: _Since) -> Undoing:
    """A station that the import entered: it goes, unless something hangs on it."""
    one = Undoing(row["station_id"], row["name"])
    station = since.stations.get(one.station_id)
    if station is None:
        one.left.append("已经不在登记里了")
        return one
    if who := since.touched.get(one.station_id, {}).get(""):
        one.left.append(f"{who}动过，没有移除")
    if hanging := since.hanging.get(one.station_id):
        one.left.append(f"已经有{'、'.join(hanging)}，没有移除。不用的话，请在站点页办停业")
    if not one.left:
        one.removed = True
        one.code, one.said = row["code"], tuple(row["said"].values())
        one.back = [history.Change(field="name", label="站点", old=station.name, new="")]
    return one


def _changed(row: Mapping[str, Any], since: _Since) -> Undoing:
    """A station that the import changed: each field goes back by itself."""
    one = Undoing(row["station_id"], row["name"])
    station = since.stations.get(one.station_id)
    if station is None:
        one.left.append("已经不在登记里了")
        return one
    touched = since.touched.get(one.station_id, {})
    for name, known in FIELDS.items():  # PostgreSQL keeps the order of no JSON
        if name not in row["after"]:
            continue
        after = row["after"][name]
        now = stored(station, known)
        if as_json(now) != after or name in touched:
            who = touched.get(name, "后来有人")
            one.left.append(f"“{known.label}”{who}改过，现在是“{show(known, now, since.names)}”")
            continue
        one.values[name] = from_json(known, row["before"][name])
        one.back.append(
            history.Change(
                field=name,
                label=known.label,
                old=show(known, now, since.names),
                new=show(known, one.values[name], since.names),
            )
        )
    for fact in (AREA, *FLAGS):
        if fact in row["said"]:
            _put_word_back(one, fact, row["said"][fact], since)
    if row["code"] is not None:
        _put_code_back(one, row["code"], station, since)
    return one


def _put_word_back(one: Undoing, fact: str, key: int, since: _Since) -> None:
    known = JUDGED[fact]
    words = since.words.get((one.station_id, fact), ())
    if not words or words[0].id != key:
        who = since.touched.get(one.station_id, {}).get(fact, "后来有人")
        one.left.append(f"“{known.title}”{who}另外说过，没有动")
        return
    said, before = words[0], words[1] if len(words) > 1 else None
    value: Value = value_of(known, before.value) if before else None
    note = "撤回表格导入"
    if before is not None:
        note += f"，恢复{full_day_text(before.observed_on)}说的"
    # Of the same day as what is taken back: an earlier day would not be heard any more.
    photo = before.photo_id if before else None
    one.sayings.append(Saying(one.station_id, fact, value, said.observed_on, note, photo))
    one.back.append(
        history.Change(
            field=fact,
            label=known.title,
            old=value_text(known, value_of(known, said.value)),
            new=value_text(known, value),
        )
    )


def _put_code_back(one: Undoing, code: str, station: Station, since: _Since) -> None:
    if station.code != code or one.station_id in since.plates:
        one.left.append(f"编号{code}已经做了标识牌，没有收回")
        return
    one.code = code
    one.back.append(history.Change(field="code", label="编号", old=code, new=""))


def _since(session: Session, made: SheetImport) -> _Since:
    """A fixed number of queries, however many stations there are."""
    ids = [row["station_id"] for row in made.rows]
    touched: dict[int, dict[str, str]] = {}
    lines = session.execute(
        select(HistoryLine, Person.name)
        .outerjoin(Person, Person.id == HistoryLine.person_id)
        .where(
            HistoryLine.station_id.in_(ids),
            HistoryLine.id > made.history_id,
            sa.or_(HistoryLine.part_of_id.is_(None), HistoryLine.part_of_id != made.history_id),
        )
        .order_by(HistoryLine.id)
    )
    for line, name in lines:
        who = f"{name or '系统'}{day_text(beijing_day(line.at))}"
        fields = touched.setdefault(line.station_id or 0, {})
        fields |= {"": who, **{change["field"]: who for change in line.changes}}
    words: dict[tuple[int, str], list[Statement]] = {}
    facts = {fact for row in made.rows for fact in row["said"]}
    for statement in session.scalars(
        select(Statement)
        .where(
            Statement.county == made.county,
            Statement.station_id.in_(ids),
            Statement.fact.in_(facts),
            Statement.word == Word.REVIEWER.value,
        )
        .order_by(Statement.observed_on.desc(), Statement.id.desc())
    ):
        words.setdefault((statement.station_id, statement.fact), []).append(statement)
    return _Since(
        stations={
            one.id: one for one in session.scalars(select(Station).where(Station.id.in_(ids)))
        },
        touched=touched,
        words=words,
        hanging=_hanging(session, made),
        plates=set(session.scalars(select(Sign.station_id).where(Sign.station_id.in_(ids)))),
        names=names_of(session, made.county),
    )


def _hanging(session: Session, made: SheetImport) -> dict[int, list[str]]:
    """What else names the stations that an import entered: any table, also one of later days."""
    ids = [row["station_id"] for row in made.rows if row["new"]]
    said = [key for row in made.rows for key in row["said"].values()]
    codes = [row["code"] for row in made.rows if row["code"] is not None]
    found: dict[int, list[str]] = {}
    if not ids:
        return found
    home: Any = Station.__table__.c.id
    for table in Base.metadata.sorted_tables:
        if table.name in (Filing.__tablename__, FilingStep.__tablename__):
            continue  # a person's step also stands in the history, and is seen there
        for column in table.c:
            if not column.references(home):
                continue
            query = select(column, sa.func.count()).where(column.in_(ids)).group_by(column)
            if table.name == Statement.__tablename__:
                query = query.where(table.c.id.not_in(said))
            if table.name == IssuedCode.__tablename__:
                query = query.where(table.c.code.not_in(codes))
            for station_id, count in session.execute(query):
                word = _HANGING.get(table.name, _OTHER)
                found.setdefault(station_id, []).append(f"{word}{count}条")
    return found
