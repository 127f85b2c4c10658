"""Writes who changed what, when and why, and reads it back as a person would tell it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.models.person import Person
from server.models.station import Station

ACTIONS = {
    "county-set-up": "建县",
    "divisions-changed": "区划变更",
    "county-edited": "修改县设置",
    "alias-added": "登记别名",
    "plan-decided": "方案口径决定",
    "station-added": "新增站点",
    "station-edited": "修改站点",
    "station-closed": "撤销站点",
    "station-reopened": "恢复站点",
    "sheet-imported": "表格导入",
    "sheet-import-undone": "撤回表格导入",
    "station-imported": "按表格修改站点",
    "station-put-back": "退回表格导入前",
    "station-removed": "移除导入的站点",
    "statement-said": "核查登记",
    "code-issued": "发放编号",
    "sign-issued": "发放标识牌",
    "sign-marked": "标识牌状态",
    "sign-replaced": "更换标识牌",
    "person-added": "新增人员",
    "person-edited": "修改人员",
    "person-switched": "停用或启用人员",
    "keeper-appointed": "指定站长",
    "keeper-dismissed": "站长离任",
    "bind-code-made": "发绑定码",
    "phone-bound": "绑定手机",
    "phones-revoked": "停用手机",
    "count-merged": "件数多人上报",
    "photo-withdrawn": "照片不会来了",
    "count-corrected": "更正件数",
    "month-approved": "核准月度件数",
    "unsent-imported": "导入手机存出的文件",
    "round-opened": "开一轮督导",
    "round-assigned": "分派督导员",
    "round-closed": "结束一轮督导",
    "round-reported": "上报督导结果",
    "visit-withdrawn": "撤出本轮督导",
    "inspection-received": "督导检查",
    "inspection-amended": "更正督导记录",
    "inspection-answered": "站长答复督导记录",
    "notice-issued": "发整改通知书",
    "photos-asked": "抽查拍照",
    "rectification-answered": "整改答复",
    "rectification-accepted": "整改验收",
    "rectification-returned": "整改退回",
    "rectification-withdrawn": "整改撤销",
    "rectification-escalated": "整改催办",
    "disagreement-settled": "两种说法的裁定",
    "review-decided": "照片核查",
    "signal-answered": "站长说明",
    "signal-settled": "处理异常提示",
}


DEEDS = frozenset(("sheet-imported", "sheet-import-undone"))
"""What is done to many stations at once: one line, with a part for each station."""


class Change(TypedDict):
    """One field's way from old to new, both as text for people."""

    field: str
    label: str
    old: str
    new: str


class Part(NamedTuple):
    """What a larger deed did to one station."""

    station_id: int
    action: str
    summary: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Line:
    """One change as a screen shows it; `who` is 系统 where no person stands behind it."""

    id: int
    at: datetime
    who: str
    action: str
    action_label: str
    summary: str
    changes: tuple[Change, ...]
    reason: str
    station_id: int | None
    station: str


def change(field: str, label: str, old: str, new: str) -> Change | None:
    """One field's change; None when nothing changed."""
    return None if old == new else Change(field=field, label=label, old=old, new=new)


def write(
    session: Session,
    *,
    county: str,
    station_id: int | None,
    by: Person | None,
    at: datetime,
    action: str,
    summary: str,
    changes: Iterable[Change] = (),
    reason: str = "",
) -> HistoryLine:
    """Append one line; long text is cut to what the column holds, for history never fails."""
    kept: list[Any] = [dict(one) for one in changes]
    line = HistoryLine(
        county=county,
        station_id=station_id,
        person_id=by.id if by else None,
        at=at,
        action=action,
        summary=summary[:400],
        changes=kept,
        reason=reason.strip()[:400],
    )
    session.add(line)
    session.flush()
    return line


def write_parts(session: Session, deed: HistoryLine, parts: Iterable[Part]) -> None:
    """Append the parts of one deed, all with its person, moment and reason, in one statement."""
    rows = [
        {
            "county": deed.county,
            "station_id": part.station_id,
            "part_of_id": deed.id,
            "person_id": deed.person_id,
            "at": deed.at,
            "action": part.action,
            "summary": part.summary[:400],
            "changes": [dict(one) for one in part.changes],
            "reason": deed.reason,
        }
        for part in parts
    ]
    if rows:
        session.execute(sa.insert(HistoryLine), rows)


def parts_of(
    session: Session, *, county: str, ids: Collection[int], most: int
) -> dict[int, list[Line]]:
    """The parts of some lines, in the order in which they were written, `most` for each."""
    place = (
        sa.func.row_number()
        .over(partition_by=HistoryLine.part_of_id, order_by=HistoryLine.id)
        .label("place")
    )
    ranked = (
        select(HistoryLine.id, place)
        .where(HistoryLine.county == county, HistoryLine.part_of_id.in_(ids))
        .subquery()
    )
    chosen = select(ranked.c.id).where(ranked.c.place <= most)
    found: dict[int, list[Line]] = {}
    query = _told().where(HistoryLine.id.in_(chosen)).order_by(HistoryLine.id)
    for line, name, code, station in session.execute(query):
        found.setdefault(line.part_of_id or 0, []).append(_line(line, name, code, station))
    return found


def lines(
    session: Session,
    *,
    county: str,
    station_id: int | None = None,
    action: str | None = None,
    person_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Line]:
    """The county's or one station's history, newest first; page on with the last line's id.

    Asked for a county without an `action`, the parts of a larger deed stay folded in its line.
    `person_id` 0 asks for what the system did by itself; `since` and `until` are half-open.
    """
    query = _told().where(HistoryLine.county == county).order_by(HistoryLine.id.desc()).limit(limit)
    if station_id is None and action is None:
        query = query.where(HistoryLine.part_of_id.is_(None))
    if station_id is not None:
        query = query.where(HistoryLine.station_id == station_id)
    if action is not None:
        query = query.where(HistoryLine.action == action)
    if person_id is not None:
        query = query.where(HistoryLine.person_id == (person_id or None))
    if since is not None:
        query = query.where(HistoryLine.at >= since)
    if until is not None:
        query = query.where(HistoryLine.at < until)
    if before is not None:
        query = query.where(HistoryLine.id < before)
    return [_line(line, name, code, at) for line, name, code, at in session.execute(query)]


def _told() -> sa.Select[HistoryLine, str, str | None, str]:
    """Lines with the names that a screen shows beside them."""
    return (
        select(HistoryLine, Person.name, Station.code, Station.name)
        .outerjoin(Person, Person.id == HistoryLine.person_id)
        .outerjoin(Station, Station.id == HistoryLine.station_id)
    )


def _line(line: HistoryLine, who: str | None, code: str | None, station: str | None) -> Line:
    return Line(
        id=line.id,
        at=line.at,
        who=who or "系统",
        action=line.action,
        action_label=ACTIONS.get(line.action, line.action),
        summary=line.summary,
        changes=tuple(line.changes),
        reason=line.reason,
        station_id=line.station_id if station else None,
        station=" ".join(part for part in (code, station) if part),
    )


def people_in(session: Session, *, county: str) -> list[tuple[int, str]]:
    """Everybody who ever changed something in a county, by name."""
    query = (
        select(Person.id, Person.name)
        .where(
            Person.id.in_(
                select(HistoryLine.person_id)
                .where(HistoryLine.county == county, HistoryLine.person_id.is_not(None))
                .distinct()
            )
        )
        .order_by(Person.name, Person.id)
    )
    return [(person_id, name) for person_id, name in session.execute(query)]
