"""Reads one line of an operator's file: which station, which day, how many; or says why not."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, full_month_text
from server.errors import Conflict, Invalid, NotFound, Problem
from server.models.county import DivisionLevel
from server.models.operator_total import OperatorTotal
from server.models.person import Person
from server.models.station import Station
from server.plain_text import bare_text, narrow_text
from server.policy.entries import says_nothing, several_named
from server.policy.numerals import whole
from server.policy.reconciliation import Numbers
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common.office_lists import ListColumn, ListRow
from server.services.common.written import longest
from server.services.county.place_names import Places
from server.services.days.counts import MOST_PER_DAY
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.numbers import code_written

HUB_PER_DAY = 9_999_999  # all that a county's centre can pass in a day
COLUMNS = (
    ListColumn(
        "code",
        "站点编号",
        "编号 站号 网点编号 站点代码 标识牌编号",
        "如C0001、XZ0001；写编号最不会错",
    ),
    ListColumn(
        "name",
        "站点名称",
        "站点 站名 网点 网点名称 名称 驿站名称 驿站",
        "没有编号的写名称；县级中心写“县级中心”",
    ),
    ListColumn("township", "乡镇", "所属乡镇 所在乡镇 乡镇名称 乡镇街道", "站名有重的要写"),
    ListColumn("day_on", "日期", "业务日期 统计日期 扫描日期", "必填，如2023-06-03"),
    ListColumn(
        "inbound",
        "收到",
        "下行 下行件量 下行件数 下行量 到件 到件量 派件 派件量 投递 投递量 入库 入库量 收到件数",
        "到站的件数；没有就写0",
    ),
    ListColumn(
        "outbound",
        "寄出",
        "上行 上行件量 上行件数 上行量 揽收 揽收量 揽件 揽件量 寄件 寄件量 寄件数 寄出件数",
        "寄出的件数；没有就写0",
    ),
    ListColumn("brand", "品牌", "快递品牌 快递公司 品牌名称", "分品牌才写，一个品牌一行"),
)
HEADERS = {one.key: one.header for one in COLUMNS}
TOTAL = re.compile(r"(?P<of>.*?)(?:合计|总计|共计|小计)(?:数|件数)?:?")
_EVERY_BRAND = re.compile(rf"{TOTAL.pattern}|(?:全部|所有|各|不分)(?:快递)?(?:品牌|公司|企业)?")
_AS_ABOVE = re.compile('[同如]上|同[左前下]|见上|[〃"”]')
_BEHIND_VILLAGE = re.compile(
    "(?:村|社区|嘎查|镇|乡|街道)?(?:快递|便民|综合|服务|物流|寄递|邮政|邮快|电商|村级|驿站|站|点|$)"
)
_HUB = frozenset(
    {Level.COUNTY_HUB.label, Level.COUNTY_HUB.short, "县中心", "共配中心", "统仓共配中心"}
)


class Place(NamedTuple):
    """Where a line's parcels passed: a station, or with None the county's centre."""

    station: Station | None

    @property
    def key(self) -> int:
        """As `OperatorTotal.place` has it."""
        return self.station.id if self.station else 0

    @property
    def name(self) -> str:
        """C0001 马家沟村快递便民服务点; 县级中心."""
        if self.station is None:
            return Level.COUNTY_HUB.short
        return f"{self.station.code or '未编号'} {self.station.name}"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line as it was understood; what is missing there is told in `errors`."""

    line: int
    place: Place | None
    written: str
    day_on: date | None
    brand: str
    numbers: Numbers | None
    total: bool
    errors: tuple[str, ...]

    @property
    def key(self) -> tuple[int, date, str] | None:
        """Which figure it is: place, day and brand."""
        if self.place is None or self.day_on is None:
            return None
        return (self.place.key, self.day_on, self.brand)


class Stations:
    """A county's stations as a file may call them, as far as somebody sees them; read once."""

    def __init__(self, session: Session, county: str, seen_by: Person | Everybody) -> None:
        self._county = county
        self._by_code: dict[str, Station] = {}
        self._by_name: defaultdict[str, dict[int, Station]] = defaultdict(dict)
        self._places = Places(session, county)
        for station in session.scalars(
            sa.select(Station)
            .where(Station.county == county, stations_visible_to(seen_by))
            .order_by(Station.id)
        ):
            if station.code:
                self._by_code[station.code] = station
            for name in (station.name, station.filed_name):
                if name:
                    self._by_name[bare_text(name)][station.id] = station

    def find(self, code: str, name: str, township: str) -> Place:
        """The station of a number, or of a name with its township. Raises Invalid line-station."""
        code, name, township = (bare_text(one) for one in (code, name, township))
        if name in _HUB and not code:
            return Place(None)
        if code:
            found = self._coded(code, name)
            if not self._within({found.id: found}, township):
                raise _unknown(
                    f"编号{found.code}是{found.name}的，不在“{township}”，对不上。"
                    "请核对是不是错了行。"
                )
        else:
            found = self._named(name, township)
        return Place(None if found.level is Level.COUNTY_HUB else found)

    def _coded(self, code: str, name: str) -> Station:
        where, dash, _ = code.rpartition("-")
        if dash and where.isdecimal() and where != self._county:
            raise _unknown(
                f"编号“{code}”前面是“{where}”，不是本县的（{self._county}）。请核对是不是拿错了文件。"
            )
        station = self._by_code.get(code_written(code, self._county))
        if station is None:
            raise _unknown(f"没有编号是“{code}”的站点，或者不归您管。请核对编号。")
        own = {bare_text(one) for one in (station.name, station.filed_name) if one}
        if name and not any(name in one or one in name or _of_village(name, one) for one in own):
            raise _unknown(
                f"编号{station.code}在册的是“{station.name}”，表里名称写的是“{name}”，对不上。"
                "请核对是不是错了行。"
            )
        return station

    def _named(self, name: str, township: str) -> Station:
        if not name:
            raise _unknown("没有写站点编号，也没有写名称。")
        found = self._within(self._by_name.get(name, {}), township)
        if not found and len(name) > 1:
            begins = {
                key: station
                for full, stations in self._by_name.items()
                if full.startswith(name)
                for key, station in stations.items()
            }
            found = [one for one in self._within(begins, township) if self._meant(name, one)]
        if len(found) > 1:
            codes = "、".join(f"{one.code or '未编号'} {one.name}" for one in found[:4])
            raise _unknown(f"叫“{name}”的站点不止一个：{codes}。请写编号，或写明乡镇。")
        if not found:
            raise _unknown(f"没有叫“{name}”的站点，或者不归您管。请核对名称，最好写编号。")
        return found[0]

    def _meant(self, name: str, station: Station) -> bool:
        """Whether a shortened name ends where its village's does, and is no other village's."""
        full = next(
            one
            for one in map(bare_text, filter(None, (station.name, station.filed_name)))
            if one.startswith(name)
        )
        if not _BEHIND_VILLAGE.match(full[len(name) :]):
            return False
        try:
            village = self._places.find(
                name, level=DivisionLevel.VILLAGE, parent=station.township_code
            )
        except NotFound:
            return True
        except Conflict:
            return False
        return station.village_code in (None, village.code)

    def _within(self, stations: dict[int, Station], township: str) -> list[Station]:
        if not township:
            return list(stations.values())
        try:
            code = self._places.find(township, level=DivisionLevel.TOWNSHIP).code
        except Problem as problem:
            raise _unknown(problem.message) from problem
        return [one for one in stations.values() if one.township_code == code]


def _of_village(name: str, own: str) -> bool:
    """马家沟村服务点 for 马家沟村快递便民服务点: the same village in an enterprise's own words."""
    village = re.sub("(?:村|社区|嘎查)?(?:快递便民服务点|快递综合服务站)$", "", own)
    behind = name.removeprefix(village)
    return len(village) > 1 and behind != name and _BEHIND_VILLAGE.match(behind) is not None


def read_line(row: ListRow, stations: Stations, *, month_on: date, today: date) -> ReadLine:
    """One line of the file in types; every fault of it in words."""
    errors = list(row.faults)
    written = " ".join(text for key in ("code", "name") if (text := row.text(key).strip()))
    if total := _is_total(row):
        place, day_on, brand = None, None, ""
    else:
        place, day_on = _place(row, stations, errors), _day(row, month_on, today, errors)
        brand = _brand(row, errors)
        if len(brand) > longest(OperatorTotal.brand):
            errors.append(f"品牌写了{len(brand)}个字，最多{longest(OperatorTotal.brand)}个字。")
    most = MOST_PER_DAY if place is not None and place.station else HUB_PER_DAY
    both = [_number(row, key, most, errors) for key in ("inbound", "outbound")]
    numbers = None if None in both else Numbers(*(one or 0 for one in both))
    return ReadLine(row.line, place, written, day_on, brand, numbers, total, tuple(errors))


def _is_total(row: ListRow) -> bool:
    """Whether a line adds up others: 合计, 鹅城镇小计 stands where a station or a day would."""
    return any(
        TOTAL.fullmatch(bare_text(row.text(key))) is not None
        for key in ("code", "name", "township", "day_on")
    )


def _place(row: ListRow, stations: Stations, errors: list[str]) -> Place | None:
    try:
        return stations.find(row.text("code"), row.text("name"), row.text("township"))
    except Invalid as problem:
        errors.append(problem.message)
        return None


def _day(row: ListRow, month_on: date, today: date, errors: list[str]) -> date | None:
    raw = row.cells.get("day_on", "")
    if raw == "":
        errors.append("没有写日期。")
        return None
    try:
        day_on = read_day(raw, "日期", latest=today)
    except Invalid as problem:
        errors.append(problem.message)
        return None
    if day_on.replace(day=1) != month_on:
        errors.append(
            f"{full_day_text(day_on)}不在{full_month_text(month_on)}里。一份文件只收一个月的数。"
        )
        return None
    return day_on


def _brand(row: ListRow, errors: list[str]) -> str:
    """Which brand a line counts; "" for all together (/, 无, 合计), an error for 同上."""
    brand = narrow_text(row.text("brand"))
    if _AS_ABOVE.fullmatch(bare_text(brand)):
        errors.append(f"品牌写的“{brand}”要写全：每一行都写是哪个品牌。")
    if several_named(brand) and not _EVERY_BRAND.fullmatch(bare_text(brand)):
        errors.append(
            f"品牌写的“{brand}”不止一个。请一个品牌写一行；分不开就把品牌空着，只报合计。"
        )
    every = says_nothing(brand) or _EVERY_BRAND.fullmatch(bare_text(brand))
    return "" if every else brand


def _number(row: ListRow, key: str, most: int, errors: list[str]) -> int | None:
    """A whole number of parcels, however it was typed: １２, 1,234, 12件, 12.0."""
    label, text = HEADERS[key], row.text(key)
    if not text.strip():
        if not row.faults:  # what nobody can read there is told already
            errors.append(f"没有写“{label}”。没有件就写0。")
        return None
    try:
        number = whole(text, "件")
    except ValueError as wrong:
        errors.append(f"“{label}”{wrong}。")
        return None
    if number > most:
        errors.append(
            f"“{label}”写的是{narrow_text(text)[:12]}，一天最多{most}件。请核对是不是多打了几位。"
        )
        return None
    return number


def _unknown(sentence: str) -> Invalid:
    return Invalid("line-station", sentence)
