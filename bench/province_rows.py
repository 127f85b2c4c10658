"""Makes a province's rows inside PostgreSQL, each like one that people sent."""

import csv
import lzma
from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from bench.desk_pages import PASSWORD
from server.db import Base, table_of, writing
from server.models.county import Division, DivisionLevel
from server.models.person import Keeping, Person, Role, SignIn
from server.models.phone_event import CheckIn, EventKind, ParcelCount, PhoneEvent
from server.models.station import Stage, Station
from server.policy.standard.facts import Level
from server.schema import upgrade
from server.services.county.divisions import DivisionRow
from server.services.people.passwords import set_password
from server.services.programme.set_up import set_up_county
from server.services.programme.snapshots import end_of
from server.settings import ROOT
from tests.factories import make_keeping, make_person, make_sign_in

PROVINCE = "14"
STANDARD = "shanxi-2023-trial"
DAYS = 366
MANY = 28
"""As many stations again and again: 620,000, as the whole country has villages."""


def divisions() -> dict[str, list[DivisionRow]]:
    """The rows of each county of the province, its prefecture and itself before its places."""
    with lzma.open(ROOT / "data" / "divisions-2023.csv.xz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"].startswith(PROVINCE)]
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
        )  # fmt: skip
        session.add(station)
        keeper = make_person(session, largest, name="站长")
        keeping = make_keeping(session, keeper, station)
        make_sign_in(session, keeper)
        sign_in = session.scalars(sa.select(SignIn)).one()
        officer = make_person(session, largest, name="县办", role=Role.COUNTY_OFFICE, login="bench")
        set_password(session, person=officer, password=PASSWORD)
        _events(session, station, keeper, today)
        session.flush()
        ids = station.id, keeper.id, keeping.id, sign_in.id
    with engine.begin() as connection:
        fast(connection)
        _stations(connection, ids)
    return largest


def _events(session: Session, station: Station, keeper: Person, today: date) -> None:
    """The two events that all others are like."""
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
            day_on=today, occurred_at=at, time_verified=True, method="scan",
        )
    )  # fmt: skip
    session.add(
        ParcelCount(
            id=UUID(int=2), county=station.county, station_id=station.id, person_id=keeper.id,
            day_on=today, version=1, received=12, sent=3, agri_sent=1, on_hand=0, entered_at=at,
        )
    )  # fmt: skip


def fast(connection: Connection) -> None:
    """What we make ourselves need not be looked up row by row."""
    connection.exec_driver_sql("SET session_replication_role = replica")
    connection.exec_driver_sql("SET work_mem = '256MB'")
    connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")


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


def fill(engine: Engine, today: date) -> int:
    """A check-in or a count for each station and day of a year; how many of both."""
    grown = [table_of(one) for one in (PhoneEvent, CheckIn, ParcelCount)]
    day = "(CAST(:today AS date) - back.day)"
    at = f"({day} + time '02:00') AT TIME ZONE 'UTC'"
    shared = {
        "id": "('00000000-0000-4000-8000-' "
        "|| lpad(to_hex(stations.id * 1000 + back.day), 12, '0'))::uuid",
        "county": "stations.county", "station_id": "stations.id",
        "person_id": "100000 + stations.id", "day_on": day,
        **dict.fromkeys(("occurred_at", "device_at", "received_at", "entered_at"), at),
        "received": "5 + (stations.id + back.day) % 40",
    }  # fmt: skip
    with engine.begin() as connection:
        fast(connection)
        for table in grown:
            for index in table.indexes:
                index.drop(connection)
        for half, noun in enumerate((CheckIn, ParcelCount)):
            own = f"00000000-0000-0000-0000-{half + 1:012}"
            source = f"stations CROSS JOIN generate_series(1, {DAYS}) back(day)"
            where = (
                f"WHERE stations.village_code IS NOT NULL AND (stations.id + back.day) % 2 = {half}"
            )
            for one in (PhoneEvent, noun):
                connection.execute(like(one, own, source, shared, where), {"today": today})
        for table in grown:
            for index in table.indexes:
                index.create(connection)
        number = connection.scalar(
            sa.select(sa.select(sa.func.count()).select_from(CheckIn).scalar_subquery()
                      + sa.select(sa.func.count()).select_from(ParcelCount).scalar_subquery())
        )  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return number or 0


def multiply(engine: Engine) -> int:
    """As many stations as the country has villages, in counties that nobody asks about."""
    with engine.begin() as connection:
        fast(connection)
        columns = [c.name for c in table_of(Station).columns if c.name not in {"id", "county"}]
        names = ", ".join(columns)
        connection.execute(
            sa.text(
                f"INSERT INTO stations (county, {names}) SELECT "
                "lpad((800000 + n * 1000 + dense_rank() OVER (ORDER BY county))::text, 6, '0'), "
                f"{names} FROM stations, generate_series(1, {MANY - 1}) n"
            )
        )
        number = connection.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE stations")
    return number
