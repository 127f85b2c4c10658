"""Imports a table of stations: looked at outside the write lock, carried out in few statements."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.media.apart.tables import open_book
from server.media.sheets.book import column_name
from server.media.sheets.writing import Foot, write_marked
from server.models.county import County, Division
from server.models.person import Person
from server.models.sheet_import import SheetImport
from server.models.statement import Statement
from server.models.station import IssuedCode, Station
from server.policy.standard.facts import Level, Word
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.office_lists import MARKED
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import cut
from server.services.plates.numbers import GIVEN_BEFORE, take_codes
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import FIELDS, as_json, store, stored
from server.services.registry.filing_register import follow_register
from server.services.registry.lapsing import lapse_with_many
from server.services.registry.sheet_asks import asks_of
from server.services.registry.sheet_columns import AREA, FLAGS
from server.services.registry.sheet_passed import accounted
from server.services.registry.sheet_rows import Importing, Planned
from server.services.registry.sheet_table import Table, find_table
from server.services.registry.stations import SHOWN_OUTSIDE
from server.services.standing.statements import Saying, take_down

REASON = "表格导入"
ACTIONS = ("wrong", "new", "changed", "same")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What importing one line would do; `errors` is empty unless the action is wrong."""

    line: int
    action: str  # one of ACTIONS
    name: str
    errors: tuple[str, ...]
    changes: tuple[history.Change, ...]
    station_id: int | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the register was when a file was held against it."""

    versions: Mapping[int, int]
    newest_word: int
    newest_code: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A whole file looked at: what a person is shown, and what importing it will do."""

    table: Table
    planned: Sequence[Planned]
    rows: Sequence[ImportRow]
    seen: Seen
    file_name: str
    file_sha256: str
    asks: tuple[str, ...] = ()  # what a person has to look at once before it is imported

    def count(self, action: str) -> int:
        """How many lines have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def ok(self) -> bool:
        """True when the file may be imported."""
        return self.count("wrong") == 0

    @property
    def accounted(self) -> str:
        """Every line of the file in a sentence: how many were read, came in, did not, and why."""
        return accounted(len(self.rows), self.table.passed)

    @property
    def facts(self) -> tuple[str, ...]:
        """The judged facts among the file's columns, which become the desk's word."""
        return tuple(key for key in (AREA, *FLAGS) if key in self.table.columns)

    @property
    def mark(self) -> str:
        """What was shown, as a hash: an import that would do anything else does not carry it."""
        told = [
            [row.line, row.action, row.station_id, row.errors, row.changes] for row in self.rows
        ]
        said = json.dumps([self.table.sheet, *told, *self.asks], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def plan_import(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    now: datetime,
    hold: Callable[[Sequence[Planned]], None] | None = None,
    sheet_name: str = "",
) -> ImportPlan:
    """Look at a file and say, line by line, what importing it would do; changes nothing.

    `sheet_name` is which of several sheets to read. `hold` may find more wrong with the lines than
    an office's import would. A fixed number of queries for any number of lines. Raises Invalid
    import-empty, import-headers, import-not-a-table, import-has-password, import-too-large,
    import-too-many-rows.
    """
    table = find_table(open_book(content, filename), sheet_name=sheet_name)
    seen = _seen(session, county.code)
    importing = Importing(session, county, now, table.columns)
    planned = importing.plan(table.rows)
    if hold is not None:
        hold(planned)
    if unread := importing.unread_stages:
        note = (
            f"“建设情况”这一列有{len(unread)}行（第{unread[0]}行起）写的不是系统里的说法，没有读；"
            "建设情况由验收来定。"
        )
        table = replace(table, notes=(*table.notes, note))
    return ImportPlan(
        table=table,
        planned=planned,
        rows=[
            ImportRow(
                line=one.line,
                action=one.action,
                name=one.name,
                errors=tuple(_errors(one)),
                changes=tuple(one.changes),
                station_id=one.station_id,
                hidden=one.hidden,
            )
            for one in planned
        ],
        seen=seen,
        file_name=filename,
        file_sha256=hashlib.sha256(content).hexdigest(),
        asks=tuple(asks_of(session, county.code, table, planned)),
    )


def enter_import(
    session: Session,
    plan: ImportPlan,
    *,
    county: County,
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
    on: date,
) -> SheetImport:
    """Import a planned file whole, or not at all; facts rest on the desk's word as of `on`.

    To be called in a writing transaction of its own, for a plan made before it. Raises Invalid
    import-has-errors; Conflict import-outdated when the register has changed since the plan.
    """
    if not plan.ok:
        first = next(row for row in plan.rows if row.errors)
        raise Invalid(
            "import-has-errors",
            f"有{plan.count('wrong')}行不对，整张表都没有导入。"
            f"第{first.line}行：{first.errors[0]}改好后再上传。",
            lines=[row.line for row in plan.rows if row.errors],
        )
    # Two imports at once: the second waits here on PostgreSQL, then finds its plan outdated.
    session.execute(
        select(County.code).where(County.code == county.code).with_for_update(key_share=True)
    )
    stations = _held(session, county.code, plan)
    deed = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RegistryAction.SHEET_IMPORTED,
        summary=f"表格导入“{plan.file_name}”：新增{plan.count('new')}站，修改"
        f"{plan.count('changed')}站，{plan.count('same')}站没有变化。{plan.accounted}",
        reason=REASON,
    )
    doing = [one for one in plan.planned if one.action != "same"]
    kept = _register(session, county, doing, stations, now=now)
    _say(session, county, doing, kept, standards=standards, by=by, now=now, on=on)
    follow_register(
        session,
        [kept[one.line].station for one in doing],
        changed={kept[one.line].station.id: set(one.values) for one in doing},
        by=by,
        now=now,
    )
    codes = {one.code: kept[one.line].station for one in doing if one.code is not None}
    take_codes(session, county=county.code, codes=codes, by=by, now=now, note=GIVEN_BEFORE)
    history.write_parts(session, deed, [_part(one, kept[one.line]) for one in doing])
    made = SheetImport(
        county=county.code,
        imported_by=by.id if by else None,
        imported_at=now,
        file_name=cut(plan.file_name, SheetImport.file_name),
        file_sha256=plan.file_sha256,
        history_id=deed.id,
        new=plan.count("new"),
        changed=plan.count("changed"),
        same=plan.count("same"),
        rows=[kept[one.line].told(one) for one in doing],
    )
    session.add(made)
    session.flush()
    return made


def marked_xlsx(plan: ImportPlan) -> bytes:
    """The file as it was read, with a column 问题 behind it and the cells in question coloured."""
    table = plan.table
    head = max((one.line for one in table.passed if one.what == "表头"), default=1)
    return write_marked(
        "站点",
        table.lines,
        head_line=head,
        said={row.line: "\n".join(row.errors) for row in plan.rows if row.errors},
        coloured={
            one.line: {fault.column for fault in one.faults if fault.column is not None}
            for one in plan.planned
            if one.faults
        },
        header=MARKED,
        foot=Foot(f"{plan.file_name}　标出问题的表", ""),
    )


@dataclass(slots=True)
class _Kept:
    """A station that is being imported, and what undoing it needs to know."""

    station: Station
    before: dict[str, Any]
    after: dict[str, Any]
    said: dict[str, int] = field(default_factory=dict)
    lapsed: list[history.Change] = field(default_factory=list)

    def told(self, one: Planned) -> dict[str, Any]:
        """As a row of `SheetImport.rows`."""
        return {
            "line": one.line,
            "station_id": self.station.id,
            "name": one.name,
            "new": one.station_id is None,
            "before": self.before,
            "after": self.after,
            "said": self.said,
            "code": one.code,
        }


def _errors(one: Planned) -> Iterable[str]:
    """Each fault with the cell it stands in, from left to right; what is wrong as a whole last."""
    placed = [fault for fault in one.faults if fault.column is not None]
    whole = [fault for fault in one.faults if fault.column is None]
    for fault in (*sorted(placed, key=lambda fault: fault.column or 0), *whole):
        cell = "" if fault.column is None else f"{column_name(fault.column)}{one.line} "
        yield cell + fault.sentence


def _seen(session: Session, county: str) -> Seen:
    """What an import is held against; read before the rest, so that it is never newer."""
    stations = session.execute(select(Station.id, Station.version).where(Station.county == county))
    versions = {key: version for key, version in stations}  # noqa: C416
    word = session.scalar(
        select(func.max(Statement.id)).where(
            Statement.county == county,
            Statement.word == Word.REVIEWER.value,
            Statement.fact.in_([AREA, *FLAGS]),
        )
    )
    code = session.scalar(select(func.max(IssuedCode.id)).where(IssuedCode.county == county))
    return Seen(versions, word or 0, code or 0)


def _held(session: Session, county: str, plan: ImportPlan) -> dict[int, Station]:
    """The county's stations, if nothing has changed since the plan; raises import-outdated."""
    villages = [
        one.village_code for one in plan.planned if one.village_code and one.action == "new"
    ]
    # Whoever adds a point to one of these villages waits here on PostgreSQL.
    session.execute(
        select(Division.code)
        .where(Division.code.in_(villages))
        .order_by(Division.code)
        .with_for_update(key_share=True)
    )
    query = select(Station).where(Station.county == county).order_by(Station.id)
    # What phones send of these stations meanwhile does not have to wait.
    held = session.scalars(query.with_for_update(key_share=True))
    stations = {station.id: station for station in held}
    if _seen(session, county) != plan.seen:
        raise Conflict(
            "import-outdated",
            "看过预览以后，有人改过登记。什么都没有导入，请看新的预览，再确认一次。",
        )
    return stations


def _register(
    session: Session,
    county: County,
    doing: Sequence[Planned],
    stations: Mapping[int, Station],
    *,
    now: datetime,
) -> dict[int, _Kept]:
    """Enter the register's fields, by the line they come from."""
    kept: dict[int, _Kept] = {}
    for one in doing:
        station = stations.get(one.station_id or 0) or Station(
            county=county.code,
            level=one.level,
            name=one.name,
            township_code=one.township_code,
            village_code=one.village_code if one.level == Level.VILLAGE_POINT else None,
            coop_modes=[],
            hours=[],
            services=[],
            serves=[],
            basis=REASON,
            created_at=now,
        )
        before = {key: as_json(stored(station, FIELDS[key])) for key in one.values}
        for key, value in one.values.items():
            store(station, FIELDS[key], value)
        after = {key: as_json(value) for key, value in one.values.items()}
        kept[one.line] = _Kept(station, before if one.station_id else {}, after)
    session.add_all(one.station for one in kept.values())
    session.flush()
    return kept


def _say(
    session: Session,
    county: County,
    doing: Sequence[Planned],
    kept: Mapping[int, _Kept],
    *,
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
    on: date,
) -> None:
    """Take down the desk's words, and what follows from new names and hours."""
    sayings = [
        (one.line, Saying(kept[one.line].station.id, fact, value, on, REASON))
        for one in doing
        for fact, value in one.facts.items()
    ]
    ids = take_down(
        session,
        [saying for _, saying in sayings],
        county=county.code,
        word=Word.REVIEWER,
        by=by,
        now=now,
    )
    for (line, saying), key in zip(sayings, ids, strict=True):
        kept[line].said[saying.fact] = key
    old = [one for one in doing if one.station_id is not None]
    shown = [one.station_id for one in old if one.station_id and SHOWN_OUTSIDE & set(one.values)]
    ask_to_compare(session, shown, now=now)
    changed = {one.station_id: one for one in old if one.station_id}
    for station_id, change in lapse_with_many(
        session,
        county=county.code,
        changed={station_id: set(one.values) for station_id, one in changed.items()},
        standards=standards,
        by=by,
        now=now,
    ):
        kept[changed[station_id].line].lapsed.append(change)


def _part(one: Planned, kept: _Kept) -> history.Part:
    changes = [*one.changes, *kept.lapsed]
    if one.station_id is None:
        summary = f"新增{one.level.label}：{one.name}"
        return history.Part(kept.station.id, RegistryAction.STATION_ADDED, summary, changes)
    summary = f"修改{'、'.join(change['label'] for change in one.changes)}"
    return history.Part(kept.station.id, RegistryAction.STATION_IMPORTED, summary, changes)
