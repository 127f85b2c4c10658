"""Keepers from the office's own list: looked at row by row, then entered and appointed together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid, Problem
from server.models.county import County, DivisionLevel
from server.models.person import Keeping, Person, Role
from server.models.sheet_import import ListKind
from server.models.station import Station
from server.plain_text import narrow_text
from server.policy.entries import amiss_in_name, amiss_in_telephone, telephone
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.list_imports import keep_list
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, ListRow, read_list
from server.services.county.place_names import Places
from server.services.people.actions import PeopleAction
from server.services.plates.numbers import code_written

CODE, TOWNSHIP, VILLAGE, NAME, PHONE = "code", "township", "village", "name", "phone"
COLUMNS = (
    ListColumn(CODE, "编号", "站点编号 标识牌编号", "有编号就写编号，如 C0001；没有就写乡镇和村"),
    ListColumn(TOWNSHIP, "乡镇", "所属乡镇 所在乡镇 乡镇名称 乡镇街道", "名称或9位代码"),
    ListColumn(
        VILLAGE, "村", "行政村 所在村 所属村 村名 建制村 村名称", "空着就是这个乡镇的乡镇站"
    ),
    ListColumn(NAME, "站长姓名", "姓名 站长 负责人 负责人姓名 村级站长 联系人", "必填，一行一个人"),
    ListColumn(
        PHONE, "手机号", "电话 联系电话 手机 手机号码 电话号码 站长电话 联系方式", "站长自己的手机"
    ),
)
ACTIONS = ("wrong", "new", "appoint", "phone", "same")
"""Refused; a new person; somebody known, appointed here; another telephone; nothing to do."""


@dataclass(frozen=True, slots=True)
class KeeperRow:
    """What entering one line would do; `told` is a word to it that refuses nothing."""

    line: int
    action: str  # one of ACTIONS
    name: str
    phone: str
    station_id: int | None
    station: str
    errors: tuple[str, ...] = ()
    told: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeeperPlan(ListPlan[KeeperRow]):
    """A whole list of keepers looked at."""

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each would do."""
        return [
            [row.line, row.action, row.name, row.phone, row.station_id, row.person_id, row.errors]
            for row in self.rows
        ]


def keeper_template() -> bytes:
    """An empty list with our headers."""
    return list_template(
        "站长", COLUMNS, ("一行一个站长", "一个站有几位站长就写几行；一位站长管几个站也写几行。")
    )


def plan_keepers(session: Session, *, county: County, content: bytes, filename: str) -> KeeperPlan:
    """Say line by line what entering a list of keepers would do; changes nothing, four queries.

    Raises what `read_list` raises.
    """
    found = read_list(content, filename, columns=COLUMNS, needs=NAME)
    looking = _Looking(session, county)
    return KeeperPlan(found, looking.rows(found.rows))


def enter_keepers(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    mark: str,
    by: Person | None,
    now: datetime,
) -> KeeperPlan:
    """Enter and appoint every keeper of a list whose preview carried `mark`; all or none.

    Raises Invalid import-has-errors; Conflict import-outdated when the list would now do something
    else than was shown.
    """
    one_list_at_a_time(session, county)
    plan = plan_keepers(session, county=county, content=content, filename=filename)
    plan.refuse_unless_shown(mark)
    deed = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=PeopleAction.KEEPERS_ENTERED,
        summary=f"按名单“{filename}”录入站长：新增{plan.count('new')}行，"
        f"指定{plan.count('appoint')}行，改电话{plan.count('phone')}行",
    )
    people = _people(session, county, plan.rows, now=now)
    parts, kept = [], []
    for row in plan.rows:
        if row.action == "same" or row.station_id is None:
            continue
        person = people[row.person_id or _who(row)]
        before, keeping = person.phone or "", None
        if row.action == "phone":
            person.phone = row.phone
            text = f"{person.name}的电话改了"
        else:
            keeping = Keeping(person_id=person.id, station_id=row.station_id, from_at=now)
            session.add(keeping)
            text = f"{person.name}任{row.station}站长"
        kept.append((row, person, keeping, before))
        parts.append(history.Part(row.station_id, PeopleAction.KEEPER_APPOINTED, text, ()))
    session.flush()
    history.write_parts(session, deed, parts)
    keep_list(
        session,
        county=county,
        kind=ListKind.KEEPERS,
        by=by,
        now=now,
        file=(filename, content),
        deed=deed,
        counts=(plan.count("new"), plan.count("appoint") + plan.count("phone"), plan.count("same")),
        rows=[
            {
                "line": row.line,
                "action": row.action,
                "name": person.name,
                "station": row.station,
                "station_id": row.station_id,
                "person_id": person.id,
                "keeping_id": keeping.id if keeping else None,
                "new": row.action == "new",
                "before": before,
                "after": person.phone or "",
            }
            for row, person, keeping, before in kept
        ],
    )
    return plan


def _who(row: KeeperRow) -> tuple[str, str]:
    """Who a new person is: without a telephone, two of one name are two people."""
    return row.name, row.phone or f"第{row.line}行"


def _people(
    session: Session, county: County, rows: Iterable[KeeperRow], *, now: datetime
) -> dict[int | tuple[str, str], Person]:
    """Everybody the rows speak of: known ones by id, new ones by name and telephone."""
    rows = list(rows)
    ids = {row.person_id for row in rows if row.person_id is not None}
    people: dict[int | tuple[str, str], Person] = {
        one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    townships: dict[int, str | None] = dict(
        session.execute(
            select(Station.id, Station.township_code).where(Station.county == county.code)
        ).all()
    )
    for row in rows:
        if row.action == "new" and _who(row) not in people:
            person = Person(
                county=county.code,
                name=row.name,
                role=Role.KEEPER,
                phone=row.phone or None,
                township_code=townships.get(row.station_id or 0),
                created_at=now,
            )
            session.add(person)
            people[_who(row)] = person
    session.flush()
    return people


class _Looking:
    """What lines are held against, read once: stations, places, keepers, and who keeps what."""

    def __init__(self, session: Session, county: County) -> None:
        self.county, self.places = county.code, Places(session, county.code)
        stations = session.scalars(select(Station).where(Station.county == county.code)).all()
        self.by_code = {one.code: one for one in stations if one.code}
        still = [one for one in stations if one.closed_on is None]
        self.points = {one.village_code: one for one in still if one.level is Level.VILLAGE_POINT}
        self.hubs: dict[str, list[Station]] = {}
        for one in still:
            if one.level is Level.TOWNSHIP_STATION:
                self.hubs.setdefault(one.township_code or "", []).append(one)
        self.people = {
            one.id: one
            for one in session.scalars(
                select(Person)
                .where(Person.county == county.code, Person.role == Role.KEEPER, Person.active)
                .order_by(Person.id)
            )
        }
        self.by_phone: dict[str, set[str]] = {}
        for person in self.people.values():
            if person.phone:
                self.by_phone.setdefault(_phone(person.phone), set()).add(person.name)
        self.keeping: dict[int, list[Person]] = {}
        for person_id, station_id in session.execute(
            select(Keeping.person_id, Keeping.station_id)
            .join(Station, Station.id == Keeping.station_id)
            .where(Station.county == county.code, Keeping.until_at.is_(None))
            .order_by(Keeping.id)
        ):
            if person_id in self.people:
                self.keeping.setdefault(station_id, []).append(self.people[person_id])

    def rows(self, lines: Sequence[ListRow]) -> list[KeeperRow]:
        """Every line as it would be entered."""
        seen: dict[tuple[int, str], int] = {}
        phones: dict[str, str] = {}
        return [self._row(line, seen, phones) for line in lines]

    def _row(
        self, line: ListRow, seen: dict[tuple[int, str], int], phones: dict[str, str]
    ) -> KeeperRow:
        name, phone = line.text(NAME).strip(), _phone(line.text(PHONE))
        errors = [*line.faults, *self._wrong_person(name, phone, phones)]
        station = None
        try:
            station = self._station(line)
        except Problem as problem:
            errors.append(problem.message)
        if station is not None and name:
            first = seen.setdefault((station.id, name), line.line)
            if first != line.line:
                errors.append(f"和第{first}行重复了：同一个站、同一个人。")
        if errors or station is None:
            where = station.name if station else ""
            return KeeperRow(
                line.line, "wrong", name, phone, station.id if station else None, where,
                errors=tuple(errors),
            )  # fmt: skip
        return self._planned(line.line, station, name, phone)

    def _wrong_person(self, name: str, phone: str, phones: dict[str, str]) -> list[str]:
        """What is amiss with a name and a telephone; `phones` tells whose the list said it is."""
        wrong = []
        theirs = name in self.by_phone.get(phone, set())  # kept before there were these rules
        if not name:
            wrong.append("没有写站长姓名。")
        elif len(name) > 40:
            wrong.append("站长姓名超过40个字。")
        elif amiss := amiss_in_name(name):
            wrong.append(f"站长姓名{amiss}。")
        elif not theirs and re.search("[、,，/;；&]", name):
            wrong.append(f"站长姓名“{name}”像是不止一个人，请一个人写一行。")
        if phone and not theirs and (odd := amiss_in_telephone(phone)):
            wrong.append(f"{odd}。")
        elif phone and name:
            if phones.setdefault(phone, name) != name:
                wrong.append(
                    f"手机号{phone}在表里又写成了{phones[phone]}的，一个号码只能是一个人的。"
                )
            if others := self.by_phone.get(phone, set()) - {name}:
                wrong.append(
                    f"手机号{phone}登记的是{'、'.join(sorted(others))}的，请核对姓名或号码。"
                )
        return wrong

    def _planned(self, line: int, station: Station, name: str, phone: str) -> KeeperRow:
        """What a good line does."""
        here = self.keeping.get(station.id, [])
        others = [one.name for one in here if one.name != name]
        told = f"这个站现在的站长{'、'.join(others)}仍在任" if others else ""

        def row(action: str, person: Person | None = None, also: str = "") -> KeeperRow:
            return KeeperRow(
                line, action, name, phone, station.id, station.name,
                told="；".join(one for one in (told, also) if one),
                person_id=person.id if person else None,
            )  # fmt: skip

        for one in here:
            if one.name == name:
                same = not phone or _phone(one.phone or "") == phone
                return row("same" if same else "phone", one)
        known = [
            one
            for one in self.people.values()
            if one.name == name and phone and _phone(one.phone or "") == phone
        ]
        if known:
            return row("appoint", known[0], "县里已有这个人，再管一个站")
        namesakes = [one for one in self.people.values() if one.name == name]
        also = "县里已有同名的站长，电话不同，按另一个人新增" if namesakes else ""
        return row("new", None, also)

    def _station(self, line: ListRow) -> Station:
        """Which station a line means; raises Invalid station-unmatched, and as Places.find does."""
        township, village = line.text(TOWNSHIP), line.text(VILLAGE)
        if code := code_written(line.text(CODE), self.county):
            found = self.by_code.get(code)
            if found is None:
                raise Invalid("station-unmatched", f"没有编号为“{code}”的站点。")
            if found.closed_on is not None:
                raise Invalid("station-unmatched", f"{code} {found.name}已经停业。")
            self._refuse_elsewhere(found, township, village)
            return found
        if not township and not village:
            raise Invalid("station-unmatched", "没有写编号，也没有写乡镇和村。")
        parent = None
        if township:
            parent = self.places.find(township, level=DivisionLevel.TOWNSHIP).code
        if village:
            place = self.places.find(village, level=DivisionLevel.VILLAGE, parent=parent)
            point = self.points.get(place.code)
            if point is None:
                raise Invalid("station-unmatched", f"{place.short_name}还没有登记站点。")
            return point
        hubs = self.hubs.get(parent or "", [])
        if len(hubs) != 1:
            why = "有几个乡镇站，请写编号" if hubs else "还没有登记乡镇站"
            raise Invalid("station-unmatched", f"{township}{why}。")
        return hubs[0]

    def _refuse_elsewhere(self, found: Station, township: str, village: str) -> None:
        """A number and a place in one line that are not one station's: a row that slipped."""
        parent = None
        if township:
            parent = self.places.find(township, level=DivisionLevel.TOWNSHIP).code
        place = village and self.places.find(village, level=DivisionLevel.VILLAGE, parent=parent)
        # A township's station stands in some village, and a list may say in which.
        elsewhere = place and found.village_code and place.code != found.village_code
        if elsewhere or (parent and found.township_code != parent):
            raise Invalid(
                "station-unmatched",
                f"编号{found.code}是{found.name}的，这一行写的是{township}{village}，对不上。"
                "请核对是不是错了行。",
            )


def _phone(text: str) -> str:
    try:
        return telephone(text)
    except ValueError:  # told of by `_wrong_person`; what was kept before is compared all the same
        return narrow_text(text)
