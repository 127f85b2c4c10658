"""Plain functions that put one believable thing into the database, with defaults for the rest."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models.county import County, Division, DivisionKind, DivisionLevel, Operator
from server.models.inspection import (
    Inspection,
    InspectionOutcome,
    Visit,
)
from server.models.person import BindCode, Keeping, Person, Role, SignIn, SignInKind
from server.models.phone_event import EventKind, PhoneEvent
from server.models.rectification import Rectification, RectificationState
from server.models.sign import Sign, SignEvent, SignState
from server.models.station import Station
from server.policy.plan.nouns import Programme
from server.policy.standard.facts import Level, Ownership
from tests.agreeing import agree

# A Wednesday afternoon in July in Beijing: the month of the inspections.
NOW = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)
TODAY = date(2023, 7, 5)
LONG_AGO = datetime(2023, 4, 11, 1, 0, tzinfo=UTC)
RING = (("k1", bytes.fromhex("5a" * 32)),)
TEXT_KEYS = (b"7" * 32,)
"""What seals telephones, accounts and secrets in the tests' databases."""
PASSWORD = "jingle-2023"
EVERY_DAY = [[[1, 2, 3, 4, 5, 6, 7], "08:00", "18:00"]]


def make_county(
    session: Session, code: str = "140926", name: str = "静乐县", **fields: Any
) -> County:
    values: dict[str, Any] = {
        "province": "山西省",
        "prefecture": "忻州市",
        "divisions_source": "国家统计局 2023",
        "standard_id": "shanxi-2023-trial" if code.startswith("14") else None,
        "hotline": "0350-1234567",
        "created_at": LONG_AGO,
    }
    county = County(code=code, name=name, **(values | fields))
    session.add(county)
    session.flush()
    return county


def make_plan(session: Session, county: County) -> Programme:
    """The county's newest shipped plan, entered with its targets and milestones as set-up does."""
    from server.policy.plan.reading import programme_of, programmes_in
    from server.services.programme.programmes import bring_programme

    plan = programme_of(programmes_in(), county.code)
    assert plan is not None
    bring_programme(session, county=county, programme=plan, now=LONG_AGO, by=None)
    return plan


def make_township(
    session: Session, county: County | str = "140926", code: str = "140926100", name: str = "鹅城镇"
) -> Division:
    return _division(session, county, code, name, DivisionLevel.TOWNSHIP)


def make_village(
    session: Session,
    county: County | str = "140926",
    code: str = "140926100205",
    name: str = "马家沟村",
) -> Division:
    return _division(session, county, code, name, DivisionLevel.VILLAGE)


def _division(
    session: Session, county: County | str, code: str, name: str, level: DivisionLevel
) -> Division:
    county_code = county if isinstance(county, str) else county.code
    kind = DivisionKind.VILLAGE_COMMITTEE
    if level == DivisionLevel.TOWNSHIP:
        kind = DivisionKind.TOWN if name.endswith("镇") else DivisionKind.TOWNSHIP
    division = Division(
        code=code,
        county=county_code,
        level=level,
        kind=kind,
        parent=county_code if level == DivisionLevel.TOWNSHIP else code[:9],
        name=f"{name}委会" if level == DivisionLevel.VILLAGE else name,
        short_name=name,
        valid_from=date(2023, 1, 1),
    )
    session.add(division)
    session.flush()
    return division


def make_operator(
    session: Session, county: County | str = "140926", name: str = "山西壹公里快递有限公司"
) -> Operator:
    code = county if isinstance(county, str) else county.code
    operator = Operator(county=code, name=name)
    session.add(operator)
    session.flush()
    return operator


def make_station(
    session: Session,
    county: County | str = "140926",
    code: str | None = "C0001",
    name: str = "马家沟村快递便民服务点",
    **fields: Any,
) -> Station:
    """A station; its level follows from its number unless given."""
    county_code = county if isinstance(county, str) else county.code
    township = (code or "").startswith("XZ")
    values: dict[str, Any] = {
        "level": Level.TOWNSHIP_STATION if township else Level.VILLAGE_POINT,
        "ownership": Ownership.COOPERATIVE,
        "coop_modes": ["commerce_coop"],
        "address": "村委会旁",
        "head_name": "李福来",
        "head_phone": "13800001234",
        "hours": EVERY_DAY,
        "services": ["posting", "delivery"],
        "latitude": 38.3558,
        "longitude": 111.9403,
        "opened_on": date(2023, 5, 1),
        "filed_on": date(2023, 5, 8),
        "filed_name": name,
        "filing_number": "14092620230001",
        "created_at": LONG_AGO,
    }
    station = Station(county=county_code, code=code, name=name, **(values | fields))
    session.add(station)
    session.flush()
    return station


def make_person(
    session: Session,
    county: County | str = "140926",
    name: str = "老李",
    role: Role = Role.KEEPER,
    **fields: Any,
) -> Person:
    code = county if isinstance(county, str) else county.code
    person = Person(county=code, name=name, role=role, **({"created_at": LONG_AGO} | fields))
    session.add(person)
    session.flush()
    return person


def make_keeping(
    session: Session,
    person: Person,
    station: Station,
    from_at: datetime = LONG_AGO,
    until_at: datetime | None = None,
) -> Keeping:
    keeping = Keeping(
        person_id=person.id, station_id=station.id, from_at=from_at, until_at=until_at
    )
    session.add(keeping)
    session.flush()
    return keeping


def make_sign(session: Session, station: Station, state: SignState = SignState.MOUNTED) -> Sign:
    """The next plate of a station."""
    from server.media.paper.qr import new_qr_id

    plates = select(func.count()).select_from(Sign).where(Sign.station_id == station.id)
    sign = Sign(
        county=station.county,
        station_id=station.id,
        plate_no=session.scalar(plates) + 1,
        qr_id=new_qr_id(),
        state=state,
        made_at=LONG_AGO,
    )
    session.add(sign)
    session.flush()
    session.add(SignEvent(sign_id=sign.id, state=state, at=LONG_AGO))
    session.flush()
    return sign


def token_of(sign: Sign, ring: Any = RING) -> str:
    """The fifteen characters printed on a plate."""
    from server.media.paper.qr import sign_token

    return sign_token(ring, sign.county, sign.qr_id, sign.plate_no)


def make_bind_code(
    session: Session, person: Person, code: str = "K7QX2M38", now: datetime = NOW
) -> str:
    """A bind code as it would stand on the slip; good for 72 hours from `now`."""
    session.add(
        BindCode(
            person_id=person.id,
            code_sha256=hashlib.sha256(code.encode()).hexdigest(),
            made_at=now,
            expires_at=now + timedelta(hours=72),
        )
    )
    session.flush()
    return f"{code[:4]}-{code[4:]}"


@dataclass(frozen=True)
class Pass:
    """What a signed-in device holds."""

    token: str
    csrf: str

    @property
    def headers(self) -> dict[str, str]:
        """What a phone sends with every request."""
        return {"Authorization": f"Bearer {self.token}"}


def make_sign_in(
    session: Session,
    person: Person,
    kind: SignInKind = SignInKind.PHONE,
    device_id: str = "phone-1",
) -> Pass:
    """A sign-in that outlives every test."""
    held = Pass(token=secrets.token_urlsafe(32), csrf=secrets.token_urlsafe(16))
    session.add(
        SignIn(
            person_id=person.id,
            kind=kind,
            token_sha256=hashlib.sha256(held.token.encode()).hexdigest(),
            csrf=held.csrf if kind == SignInKind.DESK else None,
            device_id=device_id if kind == SignInKind.PHONE else None,
            made_at=LONG_AGO,
            # A desk left alone asks again; no test's clock comes to the end of this patience.
            seen_at=datetime(2098, 1, 1, tzinfo=UTC) if kind == SignInKind.DESK else LONG_AGO,
            expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        )
    )
    session.flush()
    return held


@dataclass(frozen=True)
class Cast:
    """The people and places of every story: 老李 keeps C0001, 小赵 the next village's C0002."""

    county: County
    other_county: County
    township: Division
    other_township: Division
    c1: Station
    c2: Station
    xz1: Station
    c3: Station  # in the other township, where 镇干 works
    foreign: Station  # C0001 of 西平县
    li: Person
    zhao: Person
    wang: Person
    office: Person
    officer: Person
    outsider: Person


def make_cast(session: Session, *, asked: bool = True) -> Cast:
    """静乐县 with 鹅城镇 and 杜家村镇, 西平县 beside it, four stations and six people.

    With `asked` the keepers have agreed to everything long ago; else nobody has said anything.
    """
    county = make_county(session)
    xiping = make_county(
        session, "411721", "西平县", province="河南省", prefecture="驻马店市", hotline=""
    )
    echeng = make_township(session)
    dujia = make_township(session, code="140926101", name="杜家村镇")
    make_village(session)
    make_village(session, code="140926100206", name="杨家山村")
    make_village(session, code="140926101201", name="舍科村")
    wugouying = make_township(session, xiping, "411721101", "五沟营镇")
    make_village(session, xiping, "411721101201", "寇店村")
    operator = make_operator(session)
    here: dict[str, Any] = {"township_code": echeng.code, "operator_id": operator.id}
    c1 = make_station(session, village_code="140926100205", **here)
    c2 = make_station(
        session,
        code="C0002",
        name="杨家山村快递便民服务点",
        village_code="140926100206",
        head_name="赵小妹",
        **here,
    )
    xz1 = make_station(session, code="XZ0001", name="鹅城镇快递综合服务站", **here)
    c3 = make_station(
        session,
        code="C0003",
        name="舍科村快递便民服务点",
        township_code=dujia.code,
        village_code="140926101201",
    )
    foreign = make_station(
        session,
        xiping,
        "C0001",
        "寇店村快递便民服务点",
        township_code=wugouying.code,
        village_code="411721101201",
    )
    li = make_person(session)
    zhao = make_person(session, name="小赵")
    make_keeping(session, li, c1)
    make_keeping(session, zhao, c2)
    for keeper in (li, zhao) if asked else ():
        agree(session, keeper, at=LONG_AGO)
    return Cast(
        county=county,
        other_county=xiping,
        township=echeng,
        other_township=dujia,
        c1=c1,
        c2=c2,
        xz1=xz1,
        c3=c3,
        foreign=foreign,
        li=li,
        zhao=zhao,
        wang=make_person(session, name="王督导", role=Role.INSPECTOR),
        office=make_person(session, name="县办", role=Role.COUNTY_OFFICE, login="xian"),
        officer=make_person(
            session,
            name="镇干",
            role=Role.TOWNSHIP_OFFICER,
            township_code=dujia.code,
            login="zhen",
        ),
        outsider=make_person(session, xiping, name="外县", role=Role.COUNTY_OFFICE, login="xiping"),
    )


def make_inspection(session: Session, visit: Visit, inspector_id: int, **fields: Any) -> Inspection:
    """A visit as the receipt would have left it, for lists and deadlines."""
    key = uuid4()
    at = fields.pop("at", NOW)
    values: dict[str, Any] = {
        "outcome": InspectionOutcome.SIGNED,
        "status": "meets",
        "fails": 0,
        "findings": [],
        "keeper_findings": [],
        "answers": {},
        "standards": [],
    } | fields
    session.add(
        PhoneEvent(
            id=key, kind=EventKind.INSPECTION, county=visit.county, station_id=visit.station_id,
            person_id=inspector_id, device_id="phone-1", payload={}, content_sha256="0" * 64,
            result="ok", day_on=at.date(), occurred_at=at, time_verified=True, device_at=at,
            received_at=at,
        )
    )  # fmt: skip
    inspection = Inspection(
        id=key, county=visit.county, visit_id=visit.id, station_id=visit.station_id,
        inspector_id=inspector_id, version=1, arrived_at=at, finished_at=at, time_verified=True,
        day_on=at.date(), received_at=at, method="typed", frozen_sha256="0" * 64,
        content_sha256="0" * 64, **values,
    )  # fmt: skip
    session.add(inspection)
    session.flush()
    return inspection


def make_rectification(
    session: Session, inspection: Inspection, due_on: date, **fields: Any
) -> Rectification:
    values: dict[str, Any] = {"state": RectificationState.OPEN, "rule_code": "A3-42b"} | fields
    one = Rectification(
        county=inspection.county, station_id=inspection.station_id, inspection_id=inspection.id,
        standard_id="shanxi-2023-trial", clause="四（2）", title="货架", why="没有货架",
        what_to_do="放一组货架，拍照上报", opened_at=NOW, due_on=due_on, **values,
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one
