"""How many people live in each village: dated rows of two bases, the newest of each holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import Division, DivisionLevel
from server.models.coverage import PopulationBasis, PopulationList, VillagePopulation
from server.models.person import Person
from server.policy.numerals import whole
from server.services.common import history
from server.services.common.written import named, reason_given
from server.services.coverage.actions import CoverageAction
from server.services.people.scope import Everybody, villages_visible_to

MOST = 200_000
"""No village has more; such a number is a slip of the pen, or a township's."""
STATED = (PopulationBasis.REGISTERED, PopulationBasis.RESIDENT)
"""The bases that somebody may give; the third is for figures from before they were asked for."""
Newest = Mapping[str, Mapping[PopulationBasis, VillagePopulation]]
"""The row that holds, by village and basis; where there is none nobody knows."""


@dataclass(frozen=True, slots=True)
class PopulationView:
    """One row with who entered it, and whether it is the one that holds."""

    row: VillagePopulation
    who: str
    withdrawn_who: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """One list that was entered, with its people."""

    list: PopulationList
    who: str
    withdrawn_who: str


def read_people(raw: object) -> int:
    """So many people from what was typed: 2500, 2,500, 2500人. Raises Invalid field-invalid."""
    try:
        people = whole(str(raw), "人")
    except ValueError as wrong:
        raise _wrong("people", f"人数{wrong}，如 2500；不知道就空着。") from wrong
    if people > MOST:
        raise _wrong("people", f"{people}人太多了，一个村到不了，请核对。")
    return people


def newest_populations(
    session: Session, *, county: str, on: date | None = None, villages: Iterable[str] | None = None
) -> Newest:
    """What holds for each village of a county, on a day: later counts are left out; one query."""
    query = sa.select(VillagePopulation).where(
        VillagePopulation.county == county, VillagePopulation.withdrawn_at.is_(None)
    )
    if villages is not None:
        query = query.where(VillagePopulation.village_code.in_(list(villages)))
    if on is not None:
        day = VillagePopulation.counted_on
        query = query.where(day.is_(None) | (day <= on))
    found: dict[str, dict[PopulationBasis, VillagePopulation]] = {}
    for row in sorted(session.scalars(query), key=_age):
        found.setdefault(row.village_code, {})[row.basis] = row
    return found


def populations_of(
    session: Session, *, village_code: str, seen_by: Person | Everybody
) -> list[PopulationView]:
    """Every row of a village, the newest first; those taken back too."""
    who, back = sa.orm.aliased(Person), sa.orm.aliased(Person)
    rows = session.execute(
        sa.select(VillagePopulation, who.name, back.name)
        .join(Division, Division.code == VillagePopulation.village_code)
        .outerjoin(who, who.id == VillagePopulation.recorded_by)
        .outerjoin(back, back.id == VillagePopulation.withdrawn_by)
        .where(VillagePopulation.village_code == village_code, villages_visible_to(seen_by))
    ).all()
    holding: dict[PopulationBasis, int] = {}
    for row, _, _ in sorted(rows, key=lambda one: _age(one[0])):
        if row.withdrawn_at is None:
            holding[row.basis] = row.id
    views = [
        PopulationView(row, by or "系统", undone or "", holding.get(row.basis) == row.id)
        for row, by, undone in rows
    ]
    return sorted(views, key=lambda one: _age(one.row), reverse=True)


def record_population(
    session: Session,
    *,
    village: Division,
    basis: PopulationBasis,
    people: int,
    counted_on: date,
    source: str,
    by: Person | None,
    now: datetime,
    seen: int | None = None,
) -> VillagePopulation:
    """Add one figure; what stood before stays readable.

    `seen` is the newest row's id on the form (0 for none), None is nobody's form. Raises Invalid
    field-invalid, text-too-long; Conflict population-changed-meanwhile, population-same.
    """
    if basis not in STATED:
        raise _wrong("basis", "请选择是户籍人口还是常住人口。")
    if counted_on > beijing_day(now):
        raise _wrong("counted_on", f"“统计日期”写的{full_day_text(counted_on)}还没有到，请核对。")
    source = named(source, "来源", field="source", into=VillagePopulation.source)
    if not source:
        raise _wrong("source", "请写明数字从哪里来，例如“2020年人口普查”或“村委会上报”。")
    # Whoever records for the same village waits here on PostgreSQL, then sees the first one's.
    session.execute(sa.select(Division.code).where(Division.code == village.code).with_for_update())
    held = newest_populations(session, county=village.county, villages=[village.code])
    newest = held.get(village.code, {}).get(basis)
    if seen is not None and seen != newest_seen(held.get(village.code, {})):
        raise Conflict(
            "population-changed-meanwhile",
            f"您填写的时候，别人登记过{village.short_name}的人口。"
            "您填的还没有保存，请看一下现在的数字，再保存一次。",
        )
    if newest is not None and (newest.people, newest.counted_on, newest.source) == (
        people,
        counted_on,
        source,
    ):
        raise Conflict(
            "population-same", f"{village.short_name}已经登记过同一天、同一来源的这个数，不用再记。"
        )
    row = VillagePopulation(
        county=village.county,
        village_code=village.code,
        basis=basis,
        people=people,
        counted_on=counted_on,
        source=source,
        recorded_by=by.id if by else None,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    before = told(newest) if newest else "没有登记"
    history.write(
        session,
        of=row,
        by=by,
        at=now,
        action=CoverageAction.POPULATION_RECORDED,
        summary=f"{village.short_name}{basis.label}：{told(row)}",
        changes=[
            history.Change(
                field=village.code,
                label=f"{village.short_name}{basis.label}",
                old=before,
                new=told(row),
            )
        ],
        reason=source,
    )
    return row


def withdraw_population(
    session: Session, *, row: VillagePopulation, by: Person | None, now: datetime, reason: str
) -> None:
    """Take one figure back: it stays readable and holds no more.

    Raises Conflict population-withdrawn; Invalid reason-needed.
    """
    session.refresh(row, with_for_update=True)
    if row.withdrawn_at is not None:
        raise Conflict("population-withdrawn", "这个数已经撤回过了，不用再撤一次。")
    because = reason_given(
        reason,
        "请写明为什么撤回，例如“写成了全乡的人口”。",
        into=VillagePopulation.withdrawn_because,
    )
    row.withdrawn_at, row.withdrawn_by = now, by.id if by else None
    row.withdrawn_because = because
    session.flush()
    village = session.get_one(Division, row.village_code)
    history.write(
        session,
        of=row,
        by=by,
        at=now,
        action=CoverageAction.POPULATION_WITHDRAWN,
        summary=f"撤回{village.short_name}{row.basis.label}：{told(row)}",
        reason=because,
    )


def population_of(session: Session, *, county: str, row_id: int) -> VillagePopulation:
    """One of the county's rows. Raises NotFound population-unknown."""
    row = session.get(VillagePopulation, row_id)
    if row is None or row.county != county:
        raise NotFound("population-unknown", "没有找到这个人口数。请从村的页面里重新选择。")
    return row


def village_of(session: Session, *, code: str, seen_by: Person | Everybody) -> Division:
    """One village in somebody's sight; others look as if not there. Raises NotFound."""
    found = session.scalar(
        sa.select(Division).where(
            Division.code == code,
            Division.level == DivisionLevel.VILLAGE,
            villages_visible_to(seen_by),
        )
    )
    if found is None:
        raise NotFound("village-unknown", "没有找到这个村。请从村庄覆盖里重新选择。")
    return found


def lists_entered(session: Session, *, county: str) -> list[ListView]:
    """The lists of populations that were entered, the newest first."""
    who, back = sa.orm.aliased(Person), sa.orm.aliased(Person)
    rows = session.execute(
        sa.select(PopulationList, who.name, back.name)
        .outerjoin(who, who.id == PopulationList.entered_by)
        .outerjoin(back, back.id == PopulationList.withdrawn_by)
        .where(PopulationList.county == county)
        .order_by(PopulationList.id.desc())
    )
    return [ListView(one, by or "系统", undone or "") for one, by, undone in rows]


def list_of(session: Session, *, county: str, list_id: int) -> PopulationList:
    """One of the county's lists. Raises NotFound population-list-unknown."""
    found = session.get(PopulationList, list_id)
    if found is None or found.county != county:
        raise NotFound("population-list-unknown", "没有找到这份人口名单。请返回重新选择。")
    return found


def withdraw_list(
    session: Session, *, listed: PopulationList, by: Person | None, now: datetime, reason: str
) -> int:
    """Take back every figure of a list that still stands; gives how many.

    Raises Conflict population-withdrawn; Invalid reason-needed.
    """
    session.refresh(listed, with_for_update=True)
    if listed.withdrawn_at is not None:
        raise Conflict("population-withdrawn", "这份名单已经撤回过了，不用再撤一次。")
    because = reason_given(
        reason,
        "请写明为什么撤回，例如“户籍人口当成常住人口传了”。",
        into=PopulationList.withdrawn_because,
    )
    listed.withdrawn_at, listed.withdrawn_by = now, by.id if by else None
    listed.withdrawn_because = because
    rows = session.scalars(
        sa.select(VillagePopulation)
        .where(VillagePopulation.list_id == listed.id, VillagePopulation.withdrawn_at.is_(None))
        .with_for_update()
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = now, by.id if by else None
        row.withdrawn_because = because
    session.flush()
    history.write(
        session,
        of=listed,
        by=by,
        at=now,
        action=CoverageAction.POPULATIONS_WITHDRAWN,
        summary=f"撤回人口名单“{listed.file_name}”：{len(rows)}个数",
        reason=because,
    )
    return len(rows)


def told(row: VillagePopulation) -> str:
    """A figure in words: 2500人（2020年11月1日，普查）."""
    day = full_day_text(row.counted_on) if row.counted_on else "日期没有记"
    return f"{row.people}人（{day}，{row.source}）"


def newest_seen(held: Mapping[PopulationBasis, VillagePopulation]) -> int:
    """What a village's form carries of the rows it showed: the id of the last one entered."""
    return max((row.id for row in held.values()), default=0)


def _age(row: VillagePopulation) -> tuple[date, int]:
    return (row.counted_on or date.min, row.id or 0)


def _wrong(field: str, what: str) -> Invalid:
    return Invalid("field-invalid", what, fields={field: what})
