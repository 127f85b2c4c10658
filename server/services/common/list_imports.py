"""An office's list as it was entered (keepers, operators), row by row, to be taken back."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from server.errors import Conflict, NotFound
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.sheet_import import ListKind, SheetImport
from server.services.common import history
from server.services.common.written import cut

WORDS = {
    "people": "人员",
    "bind_codes": "绑定码",
    "sign_ins": "手机或账号登录",
    "phone_events": "手机上报",
    "stations": "站点",
    "operator_terms": "乡镇服务登记",
    "operator_status_changes": "动态管理决定",
    "keepings": "站长任命",
    "filings": "备案",
}
"""What hangs on a row, in words; any other table is 别的记录."""


@dataclass(slots=True)
class LineBack:
    """What taking back one line of a list does: `back` in words, `left` what stays and why."""

    line: int
    name: str
    station_id: int | None = None
    removed: bool = False
    back: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def keep_list(
    session: Session,
    *,
    county: County,
    kind: ListKind,
    by: Person | None,
    now: datetime,
    file: tuple[str, bytes],
    deed: HistoryLine,
    counts: tuple[int, int, int],
    rows: Sequence[dict[str, Any]],
) -> SheetImport:
    """Keep what a list changed, row by row; `file` is its name and its bytes.

    `counts` are its new, changed and unchanged lines.
    """
    name, content = file
    made = SheetImport(
        county=county.code,
        kind=kind,
        imported_by=by.id if by else None,
        imported_at=now,
        file_name=cut(name, SheetImport.file_name),
        file_sha256=hashlib.sha256(content).hexdigest(),
        history_id=deed.id,
        new=counts[0],
        changed=counts[1],
        same=counts[2],
        rows=list(rows),
    )
    session.add(made)
    session.flush()
    return made


def imports_of(
    session: Session, *, county: str, kind: ListKind, most: int = 20
) -> list[tuple[SheetImport, str]]:
    """The county's newest imports of a kind, each with the name of who did it."""
    query = (
        sa.select(SheetImport, Person.name)
        .outerjoin(Person, Person.id == SheetImport.imported_by)
        .where(SheetImport.county == county, SheetImport.kind == kind)
        .order_by(SheetImport.id.desc())
        .limit(most)
    )
    return [(made, name or "系统") for made, name in session.execute(query)]


def import_of(session: Session, *, county: str, kind: ListKind, import_id: int) -> SheetImport:
    """One of the county's imports of a kind; raises NotFound import-unknown."""
    made = session.get(SheetImport, import_id)
    if made is None or made.county != county or made.kind is not kind:
        raise NotFound("import-unknown", "没有找到这次导入。请从导入记录里重新选择。")
    return made


def hold_for_undo(session: Session, made: SheetImport) -> None:
    """Lock an import that is to be taken back. Raises Conflict import-undone."""
    session.refresh(made, with_for_update=True)
    if made.undone_at is not None:
        raise Conflict("import-undone", "这次导入已经撤回过了，不用再撤一次。")


def close_undo(
    session: Session,
    made: SheetImport,
    doing: Iterable[LineBack],
    *,
    by: Person | None,
    now: datetime,
    action: history.Action,
) -> None:
    """Write down that an import was taken back, what of it, and what was left and why."""
    doing = list(doing)
    made.left = [f"第{one.line}行{one.name}：{said}" for one in doing for said in one.left]
    made.undone_at, made.undone_by = now, by.id if by else None
    back = [one for one in doing if one.back]
    deed = history.write(
        session,
        of=made,
        by=by,
        at=now,
        action=action,
        summary=f"撤回{made.kind.label}“{made.file_name}”：退回{len(back)}行，"
        f"留下{len(made.left)}处",
        changes=[
            history.Change(
                field=f"line{one.line}", label=f"第{one.line}行{one.name}", old=said, new="撤回"
            )
            for one in back
            if one.station_id is None
            for said in one.back
        ],
    )
    history.write_parts(
        session,
        deed,
        [
            history.Part(one.station_id, action, f"撤回名单：{'；'.join(one.back)}", ())
            for one in back
            if one.station_id is not None
        ],
    )


def hanging_on(
    session: Session, home: Any, ids: Collection[int], *, but: dict[str, Collection[int]]
) -> dict[int, list[str]]:
    """What in any table names these rows (`home` is their key), also in tables of later days.

    `but` names rows by table that go away with them and do not count.
    """
    found: dict[int, list[str]] = {}
    if not ids:
        return found
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if not column.references(home):
                continue
            query = sa.select(column, sa.func.count()).where(column.in_(ids)).group_by(column)
            if table.name in but:
                query = query.where(table.c.id.not_in(but[table.name]))
            for key, count in session.execute(query):
                found.setdefault(key, []).append(f"{WORDS.get(table.name, '别的记录')}{count}条")
    return found
