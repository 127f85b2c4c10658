"""Makes a province's rows inside PostgreSQL, each like one that people sent."""

import csv
import lzma
import os
from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from bench.desk_pages import PASSWORD
from server.calendar import first_of_month
from server.db import Base, table_of, writing
from server.models.county import Division, DivisionLevel, Operator
from server.models.history import HistoryLine
from server.models.operator_total import OperatorFile, OperatorTotal
from server.models.person import Keeping, Person, Role, SignIn
from server.models.phone_event import (
    CheckIn,
    EventKind,
    ParcelCount,
    PhoneEvent,
    Photo,
    PhotoState,
)
from server.models.station import Stage, Station
from server.policy.standard.facts import Level
from server.schema import upgrade
from server.services.county.areas import area_here
from server.services.county.divisions import DivisionRow
from server.services.people.passwords import set_password
from server.services.programme.set_up import set_up_county
from server.services.programme.snapshots import end_of
from server.services.registry.actions import RegistryAction
from server.settings import ROOT
from tests.factories import make_keeping, make_operator, make_person, make_sign_in

PROVINCE = os.environ.get("BENCH_UNDER", "14")
"""Whose counties: 山西, or a city of it (1409) for a quick look."""
STANDARD = "shanxi-2023-trial"
DAYS = 366
EDITED = RegistryAction.STATION_EDITED.value
NIGHTS = 183
"""Nights that were written down before: of the months before that the trend is reckoned back."""
MANY = 28
"""As many stations again and again: 620,000, as the whole country has villages."""


def divisions() -> dict[str, list[DivisionRow]]:
    """The rows of each county of the province, its prefecture and itself before its places."""
    with lzma.open(ROOT / "data" / "divisions-2023.csv.xz", "rt", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if PROVINCE.startswith(row["code"]) or row["code"].startswith(PROVINCE)
        ]
    above = {row["code"]: row for row in rows if len(row["code"]) < 6}
    found: dict[str, list[DivisionRow]] = defaultdict(list)
    for row in rows:
        code = row["code"]
        if len(code) >= 6:
            if code[:6] not in found:
                heads = (above[code[:2]], above[code[:4]])
                found[code[:6]] = [DivisionRow(code=one["code"], name=one["name"]) for one in heads]
            found[code[:6]].append(DivisionRow(code=code, name=row["name"]))
    return {code: rows for code, rows in found.items() if len(rows) > 3}


def like(
    table: type[Base], own: str, source: str, made: dict[str, str], where: str = ""
) -> sa.TextClause:
    """Rows like the one whose key is `own`, one a row of `source`; `made` is what differs."""
    columns = [
        column.name
        for column in table_of(table).columns
        if column.name in made or column.name != "id"
    ]
    values = ", ".join(made.get(column, f"own.{column}") for column in columns)
    return sa.text(
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) SELECT {values} "
        f"FROM {source} CROSS JOIN (SELECT * FROM {table.__tablename__} WHERE id = '{own}') own "
        f"{where}"
    )


def build(engine: Engine, today: date, now: datetime) -> str:
    """The province with a station in every village; the county with the most of them."""
    upgrade(engine)
    places = divisions()
    with writing(engine) as session:
        for code, rows in places.items():
            made = set_up_county(session, code=code, rows=rows, programme=None, now=now)
            county = made.county
            county.standard_id, county.created_at = STANDARD, now - timedelta(days=DAYS + 30)
            session.flush()
            _operator(session, county.code, today, now)
        above = area_here(session, PROVINCE[:4].ljust(6, "0"), now=now)
        largest = max(places, key=lambda code: len(places[code]))
        village = session.scalars(
            sa.select(Division).where(
                Division.county == largest, Division.level == DivisionLevel.VILLAGE
            )
        ).first()
        assert village is not None
        station = Station(
            county=largest, level=Level.VILLAGE_POINT, stage=Stage.BUILT, code="V0000",
            name="样站", township_code=village.parent, village_code=village.code,
            created_at=now - timedelta(days=DAYS + 20), hours=[["1234567", "08:00", "18:00"]],
            latitude=37.0, longitude=111.0,
        )  # fmt: skip
        session.add(station)
        keeper = make_person(session, largest, name="站长")
        keeping = make_keeping(session, keeper, station)
        make_sign_in(session, keeper)
        sign_in = session.scalars(sa.select(SignIn)).one()
        officer = make_person(session, largest, name="县办", role=Role.COUNTY_OFFICE, login="bench")
        viewer = make_person(session, above.code, name="上级", role=Role.VIEWER, login="above")
        for person in (officer, viewer):
            set_password(session, person=person, password=PASSWORD)
        _events(session, station, keeper, today)
        session.flush()
        ids = station.id, keeper.id, keeping.id, sign_in.id
    with engine.begin() as connection:
        fast(connection)
        _stations(connection, ids)
    return largest


def _operator(session: Session, county: str, today: date, now: datetime) -> None:
    """A county's one enterprise, and the file that all its totals are of: both of one number."""
    operator = make_operator(session, county)
    session.add(
        OperatorFile(
            id=operator.id, county=county, operator_id=operator.id, month_on=first_of_month(today),
            file_name="totals.xlsx", file_sha256="0" * 64, lines=1, entered_at=now,
        )
    )  # fmt: skip


def _events(session: Session, station: Station, keeper: Person, today: date) -> None:
    """The rows that all others are like."""
    at = end_of(today - timedelta(days=1)) - timedelta(hours=14)
    for number, kind in enumerate((EventKind.CHECK_IN, EventKind.PARCEL_COUNT), 1):
        session.add(
            PhoneEvent(
                id=UUID(int=number), kind=kind, county=station.county, station_id=station.id,
                person_id=keeper.id, device_id="phone-1", device_seq=None, content_sha256="0" * 64,
                payload={"method": "scan", "text": "https://kd.example.cn/s/0123456789abcde"},
                result="ok", day_on=today, occurred_at=at, time_verified=True, device_at=at,
                clock_offset_ms=0, received_at=at,
            )
        )  # fmt: skip
    session.flush()
    session.add(
        CheckIn(
            id=UUID(int=1), county=station.county, station_id=station.id, person_id=keeper.id,
            day_on=today, occurred_at=at, time_verified=True, method="scan", latitude=37.0,
            longitude=111.0, accuracy_m=15.0, fix_age_s=2.0, distance_m=12.0,
        )
    )  # fmt: skip
    session.add(
        ParcelCount(
            id=UUID(int=2), county=station.county, station_id=station.id, person_id=keeper.id,
            day_on=today, version=1, received=12, sent=3, agri_sent=1, on_hand=0, entered_at=at,
        )
    )  # fmt: skip
    session.add(
        Photo(
            id=UUID(int=3), county=station.county, station_id=station.id, person_id=keeper.id,
            event_id=UUID(int=1), subject="signboard", state=PhotoState.EXAMINED, sha256="0" * 64,
            size_bytes=198_000, taken_at=at, time_verified=True, day_on=today, camera="camera",
            arrived_at=at, width_px=960, height_px=1280, sharpness=80.0, brightness=120.0,
            phash="0" * 64, exif={"make": "HUAWEI", "model": "CLT-AL00"},
        )
    )  # fmt: skip
    operator = session.scalars(sa.select(Operator.id).where(Operator.county == station.county))
    operator_id = operator.one()
    session.add(
        OperatorTotal(
            county=station.county, file_id=operator_id, operator_id=operator_id,
            station_id=station.id, place=station.id, month_on=first_of_month(today), day_on=today,
            inbound=12, outbound=3, version=1, current=True, file_row=1,
        )
    )  # fmt: skip
    station.operator_id = operator_id
    session.add(
        HistoryLine(
            county=station.county, station_id=station.id, at=at, action=EDITED,
            summary="修改了营业时间", reason="换了作息",
            changes=[{"field": "hours", "label": "营业时间", "old": "八点", "new": "九点"}],
        )
    )  # fmt: skip


def fast(connection: Connection) -> None:
    """What we make ourselves need not be looked up row by row."""
    for setting in (
        "session_replication_role = replica", "work_mem = '256MB'", "maintenance_work_mem = '1GB'"
    ):  # fmt: skip
        connection.exec_driver_sql(f"SET LOCAL {setting}")


def _stations(connection: Connection, ids: tuple[int, int, int, int]) -> None:
    """A station for every village, with its keeper at a phone."""
    station, keeper, keeping, sign_in = map(str, ids)
    connection.execute(
        like(
            Station, station, "divisions", {
                "county": "divisions.county", "name": "left(divisions.short_name || '站', 60)",
                "township_code": "divisions.parent", "village_code": "divisions.code",
                "code": "'V' || row_number() OVER "
                "(PARTITION BY divisions.county ORDER BY divisions.code)",
                "operator_id": "(SELECT one.id FROM operators one "
                "WHERE one.county = divisions.county)",
                "latitude": "36 + random() * 2", "longitude": "111 + random() * 2",
            }, "WHERE divisions.level = 'village'",
        )
    )  # fmt: skip
    others = f"WHERE stations.id > {station}"
    connection.execute(
        like(
            Person,
            keeper,
            "stations",
            {"id": "100000 + stations.id", "county": "stations.county"},
            others,
        )
    )
    connection.execute(
        like(
            Keeping, keeping, "stations",
            {"station_id": "stations.id", "person_id": "100000 + stations.id"}, others,
        )
    )  # fmt: skip
    connection.execute(
        like(
            SignIn, sign_in, "stations", {
                "person_id": "100000 + stations.id",
                "token_sha256": "md5(stations.id::text) || md5('x' || stations.id)",
            }, others,
        )
    )  # fmt: skip
