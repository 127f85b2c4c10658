"""Brings a county's plan into its register: aliases, operators by township, and stations."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Problem
from server.models.county import (
    County,
    Division,
    DivisionKind,
    DivisionLevel,
    Operator,
    OperatorTerm,
)
from server.models.person import Person
from server.models.station import Station
from server.policy.plan.nouns import AllocationRow, Programme
from server.policy.plan.targets import stated
from server.policy.standard.facts import Level
from server.services.county.counties import add_alias, find_division, townships, villages
from server.services.programme.programmes import bring_programme
from server.services.registry.stations import add_station


def bring_plan(
    session: Session,
    *,
    county: County,
    programme: Programme,
    now: datetime,
    by: Person | None,
    demo: bool,
) -> list[str]:
    """Enter what the plan says of the county; what could not be matched is answered in words.

    Places that have a station already get no second one.
    """
    notes = []
    for alias, name in programme.aliases.items():
        try:
            division = find_division(session, county.code, name)
        except Problem as problem:
            notes.append(f"方案里的“{alias}”没有对上：{problem.message}")
            continue
        add_alias(
            session,
            county=county,
            division=division,
            alias=alias,
            source=f"{programme.name}写作“{alias}”",
            by=by,
            now=now,
        )
    entering = _Entering(session, county, now=now, by=by, demo=demo)
    if programme.allocation:
        for row in programme.allocation:
            notes += entering.row(row, programme)
    else:
        notes += _by_totals(entering, programme)
    if programme.standard is not None and county.standard_id is None:
        county.standard_id = programme.standard
    county.programme_id = programme.id
    bring_programme(session, county=county, programme=programme, now=now, by=by)
    session.flush()
    return notes


def make_stations_everywhere(
    session: Session, *, county: County, now: datetime, by: Person | None, demo: bool
) -> list[str]:
    """A station in every 乡镇 and a point in every village, for a county without a plan."""
    entering = _Entering(session, county, now=now, by=by, demo=demo)
    for township in townships(session, county.code, targets_only=True):
        entering.township_station(township, "本县没有方案文件，按每个乡镇一个设置", None)
    points = committees(session, county.code)
    for village in points:
        entering.village_point(village, "本县没有方案文件，按每个村一个设置", None)
    return []


def committees(
    session: Session, county_code: str, township_code: str | None = None
) -> list[Division]:
    """The villages with a 村民委员会, by code."""
    return [
        village
        for village in villages(session, county_code, township_code)
        if village.kind == DivisionKind.VILLAGE_COMMITTEE
    ]


class _Entering:
    """One run of entering stations, which knows where stations stand already."""

    def __init__(
        self, session: Session, county: County, *, now: datetime, by: Person | None, demo: bool
    ) -> None:
        self.session, self.county, self.now, self.by, self.demo = session, county, now, by, demo
        self.taken = set(
            session.execute(
                select(Station.level, Station.village_code, Station.township_code).where(
                    Station.county == county.code, Station.closed_on.is_(None)
                )
            )
        )
        self.with_hub = {
            township for level, _, township in self.taken if level == Level.TOWNSHIP_STATION
        }
        self.with_point = {village for _, village, _ in self.taken if village}

    def row(self, row: AllocationRow, programme: Programme) -> Iterable[str]:
        """One row of the plan's table: its township's station, and its first villages by code."""
        try:
            township = find_division(
                self.session, self.county.code, row.township, level=DivisionLevel.TOWNSHIP
            )
        except Problem as problem:
            return [
                f"{programme.allocation_clause}第{row.row}行“{row.township}”没有对上：{problem.message}"
            ]
        table = f"{programme.allocation_clause}第{row.row}行"
        operator = self._operator(row.operator, township, table, programme)
        if row.township_stations:
            self.township_station(township, f"{table}：{row.township}乡镇综合服务站", operator)
        chosen = committees(self.session, self.county.code, township.code)[: row.village_points]
        first = f"先按区划代码取前{row.village_points}个，请县里核对"
        basis = f"{programme.allocation_clause}未列村名，{first}"
        for village in chosen:
            self.village_point(village, basis, operator)
        short = row.village_points - len(chosen)
        if short > 0:
            return [
                f"{table}要求{row.village_points}个村级点，{township.name}只有{len(chosen)}个村。"
            ]
        return []

    def township_station(self, township: Division, basis: str, operator: Operator | None) -> None:
        """The township's station, unless it has one."""
        if township.code not in self.with_hub:
            station = add_station(
                self.session,
                county=self.county,
                level=Level.TOWNSHIP_STATION,
                by=self.by,
                now=self.now,
                township_code=township.code,
                basis=basis,
                demo=self.demo,
            )
            station.operator_id = operator.id if operator else None

    def village_point(self, village: Division, basis: str, operator: Operator | None) -> None:
        """The village's point, unless it has one."""
        if village.code not in self.with_point:
            station = add_station(
                self.session,
                county=self.county,
                level=Level.VILLAGE_POINT,
                by=self.by,
                now=self.now,
                village_code=village.code,
                basis=basis,
                demo=self.demo,
            )
            station.operator_id = operator.id if operator else None

    def _operator(
        self, name: str, township: Division, table: str, programme: Programme
    ) -> Operator | None:
        if not name:
            return None
        operator = self.session.scalar(
            select(Operator).where(Operator.county == self.county.code, Operator.name == name)
        )
        if operator is None:
            operator = Operator(county=self.county.code, name=name)
            self.session.add(operator)
            self.session.flush()
        known = self.session.scalar(
            select(OperatorTerm.id).where(
                OperatorTerm.township_code == township.code, OperatorTerm.until_on.is_(None)
            )
        )
        if known is None:
            self.session.add(
                OperatorTerm(
                    county=self.county.code,
                    township_code=township.code,
                    operator_id=operator.id,
                    from_on=programme.issued_on or beijing_day(self.now),
                    source=f"{programme.name}{table}",
                )
            )
        return operator


def _by_totals(entering: _Entering, programme: Programme) -> list[str]:
    """A plan that states totals only: all 乡镇 and all villages, where the totals say the same."""
    notes = []
    session, code = entering.session, entering.county.code
    hubs, points = townships(session, code, targets_only=True), committees(session, code)
    wanted_hubs = stated(programme, Level.TOWNSHIP_STATION)
    wanted_points = stated(programme, Level.VILLAGE_POINT)
    if wanted_hubs == len(hubs):
        for township in hubs:
            entering.township_station(
                township, f"方案目标{wanted_hubs}个，正好是全县{len(hubs)}个乡镇", None
            )
    elif wanted_hubs:
        notes.append(
            f"方案要{wanted_hubs}个乡镇站，区划表有{len(hubs)}个乡镇，对不上，请在桌面端逐个新增。"
        )
    if wanted_points == len(points):
        for village in points:
            entering.village_point(
                village, f"方案目标{wanted_points}个，正好是全县{len(points)}个村民委员会", None
            )
    elif wanted_points:
        notes.append(
            f"方案要{wanted_points}个村级点，区划表有{len(points)}个村民委员会，对不上，"
            "请在桌面端逐个新增。"
        )
    return notes
