"""The demonstration's people and its stations' register entries; all of it marked as such."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.county import County, Operator
from server.models.person import Keeping, Person, Role
from server.models.sign import Sign, SignState
from server.models.station import Station
from server.policy.standard.facts import Level, Ownership
from server.services.common import history
from server.services.county.counties import townships
from server.services.demo.consents import agree_at_first
from server.services.people.actions import PeopleAction
from server.services.people.people import add_person
from server.services.plates import numbers, signs
from server.services.registry.actions import RegistryAction

HOTLINE = "0350-0000000（演示）"
LEFT_WITHOUT_NUMBER = 2  # so that the office can try issuing
SPREAD = {"140926": (38.36, 111.94)}  # the county seat, roughly; other counties stay unplaced
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "福来", "秀英", "建国", "桂兰", "志强", "玉梅", "海生", "春花", "满仓", "翠平", "有才",
    "爱莲", "保平", "银花", "振华", "巧云",
)  # fmt: skip
_VENUES = ("村委会", "便民超市", "农资店", "卫生室旁", "老学校")
_HOURS = (
    [[[1, 2, 3, 4, 5, 6, 7], "08:00", "18:00"]],
    [[[1, 2, 3, 4, 5, 6, 7], "08:30", "19:00"]],
    [[[1, 2, 3, 4, 5], "08:00", "18:00"], [[6, 7], "09:00", "16:00"]],
    [[[1, 2, 3, 4, 5, 6, 7], "08:00", "12:00"], [[1, 2, 3, 4, 5, 6, 7], "14:00", "18:30"]],
)


class Character(StrEnum):
    """What a demonstration station is there to show."""

    MET = "met"  # an inspector has confirmed everything
    WAITING = "waiting"  # all is answered, nobody has been there to confirm
    GAP = "gap"  # some things nobody has said anything of
    SMALL = "small"  # a township station of 9 m²
    NO_BOARD = "no_board"  # no hours board at the door
    NO_SHELVES = "no_shelves"
    UNFILED = "unfiled"  # opened long ago, not filed
    LATE = "late"  # filed, but after the 20 days


_ROUND = (
    Character.MET, Character.WAITING, Character.WAITING, Character.MET, Character.GAP,
    Character.WAITING, Character.LATE, Character.MET, Character.NO_BOARD, Character.WAITING,
    Character.GAP, Character.MET, Character.UNFILED, Character.WAITING, Character.NO_SHELVES,
)  # fmt: skip
_FIXED = {
    "XZ0001": Character.MET,
    "XZ0003": Character.SMALL,
    "XZ0007": Character.SMALL,
    "C0001": Character.WAITING,
    "C0002": Character.NO_BOARD,
    "C0003": Character.MET,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One demonstration station with its keeper, its plate, and what it shows."""

    station: Station
    keeper: Person
    sign: Sign | None
    character: Character


@dataclass(frozen=True, slots=True)
class DemoCast:
    """The office, the inspector, and every station's keeper."""

    office: Person
    inspector: Person
    members: tuple[Member, ...]
    began: datetime


def make_cast(
    session: Session, *, county: County, stations: Sequence[Station], on: date, rng: random.Random
) -> DemoCast:
    """People, numbers, plates, and believable register entries, dated half a year back."""
    began = datetime.combine(on - timedelta(days=200), time(9), BEIJING).astimezone(UTC)
    county.demo = True
    county.hotline = county.hotline or HOTLINE
    office = add_person(
        session, county=county, name="县办", role=Role.COUNTY_OFFICE, by=None, now=began,
        login=free_login(session, "xian"), demo=True,
    )  # fmt: skip
    places = townships(session, county.code, targets_only=True)
    if places:
        add_person(
            session, county=county, name="乡镇专干", role=Role.TOWNSHIP_OFFICER, by=office,
            now=began, township_code=places[0].code, login=free_login(session, "zhen"), demo=True,
        )  # fmt: skip
    inspector = add_person(
        session, county=county, name="王督导", role=Role.INSPECTOR, by=office, now=began, demo=True
    )
    to_number = stations[: max(len(stations) - LEFT_WITHOUT_NUMBER, 0)]
    numbers.issue_missing_codes(
        session,
        county=county,
        by=office,
        now=began,
        seen_by=office,
        station_ids=[station.id for station in to_number],
    )
    plates = _plates(session, county=county, office=office, began=began, rng=rng)
    names = _keeper_names(rng)
    operators = _operators(session, county, stations)
    rounds = dict.fromkeys(Level, 0)
    members = []
    for station in stations:
        turn = rounds[station.level]
        rounds[station.level] += 1
        character = _FIXED.get(station.code or "", _ROUND[turn % len(_ROUND)])
        keeper = _keeper(session, station, next(names), office, began)
        _enter(station, keeper, character, operators, on=on, rng=rng)
        members.append(Member(station, keeper, plates.get(station.id), character))
    session.flush()
    for member in members:
        history.write(
            session,
            of=member.station,
            by=office,
            at=began,
            action=RegistryAction.STATION_EDITED,
            summary="填写站点资料（演示数据）",
        )
    return DemoCast(office, inspector, tuple(members), began)


def _operators(session: Session, county: County, stations: Sequence[Station]) -> dict[int, str]:
    """The plan's operators; a county whose plan names none gets one that says it is for show."""
    query = select(Operator.id, Operator.name).where(Operator.county == county.code)
    known = {one.id: one.name for one in session.execute(query)}
    if not known:
        shown = Operator(county=county.code, name="演示快递企业（演示数据）")
        session.add(shown)
        session.flush()
        known = {shown.id: shown.name}
        for station in stations:
            station.operator_id = shown.id
    return known


def free_login(session: Session, login: str) -> str | None:
    """A sign-in name belongs to one person of the whole installation."""
    taken = session.scalar(select(Person.id).where(Person.login == login))
    return None if taken else login


def _plates(
    session: Session, *, county: County, office: Person, began: datetime, rng: random.Random
) -> dict[int, Sign]:
    """Plates for all numbered stations, mostly mounted; one was lost and replaced."""
    made = signs.issue_missing_signs(session, county=county, by=office, now=began, seen_by=office)
    plates = {}
    for place, sign in enumerate(made):
        state = SignState.MOUNTED if rng.random() < 0.85 else SignState.PRINTED
        signs.mark(session, sign=sign, state=state, by=office, now=began + timedelta(days=9))
        if place == 8:
            lost = began + timedelta(days=40)
            signs.mark(
                session, sign=sign, state=SignState.LOST, by=office, now=lost, reason="大风刮落"
            )
            sign = signs.replace_sign(  # noqa: PLW2901 - the new plate takes the old one's place
                session, sign=sign, by=office, now=lost + timedelta(days=3), reason="补发"
            )
        plates[sign.station_id] = sign
    return plates


def _keeper_names(rng: random.Random) -> Iterator[str]:
    """Endless names; the first two are those of every story."""
    every = [surname + given for surname in _SURNAMES for given in _GIVEN]
    rng.shuffle(every)
    yield from every
    yield from (f"{name}（二）" for name in every)


def _keeper(
    session: Session, station: Station, name: str, office: Person, began: datetime
) -> Person:
    name = {"C0001": "老李", "C0002": "小赵"}.get(station.code or "", name)
    keeper = Person(
        county=station.county,
        name=name,
        role=Role.KEEPER,
        active=True,
        demo=True,
        created_at=began,
    )
    session.add(keeper)
    session.flush()
    session.add(Keeping(person_id=keeper.id, station_id=station.id, from_at=began))
    agree_at_first(session, keeper, at=began)
    history.write(
        session,
        of=station,
        by=office,
        at=began,
        action=PeopleAction.KEEPER_APPOINTED,
        summary=f"{name}任{station.name}站长",
    )
    return keeper


def _enter(
    station: Station,
    keeper: Person,
    character: Character,
    operators: dict[int, str],
    *,
    on: date,
    rng: random.Random,
) -> None:
    """Fill in the register; phone numbers are of the kind that nobody has."""
    township = station.level == Level.TOWNSHIP_STATION
    station.demo = True
    station.ownership = (
        Ownership.SELF_OPERATED if township and rng.random() < 0.3 else Ownership.COOPERATIVE
    )
    station.coop_modes = ["commerce_coop"] if rng.random() < 0.4 else ["postal_coop"]
    station.opener = operators.get(station.operator_id or 0, "")
    station.head_name = keeper.name
    station.head_phone = f"1380000{rng.randint(1000, 9999)}"
    station.venue = rng.choice(_VENUES)
    station.address = f"{station.venue}（演示地址）"
    station.hours = rng.choice(_HOURS)
    station.services = ["posting", "delivery", *(["agri_outbound"] if rng.random() < 0.3 else [])]
    if station.county in SPREAD:
        latitude, longitude = SPREAD[station.county]
        station.latitude = round(latitude + rng.uniform(-0.16, 0.16), 6)
        station.longitude = round(longitude + rng.uniform(-0.2, 0.2), 6)
    station.opened_on = on - timedelta(days=rng.randint(160, 190))
    if character == Character.UNFILED:
        return
    days = rng.randint(24, 32) if character == Character.LATE else rng.randint(4, 18)
    station.filed_on = station.opened_on + timedelta(days=days)
    station.filed_name = station.name
    station.filing_number = f"演示{station.opened_on.year}{station.id:05}"
