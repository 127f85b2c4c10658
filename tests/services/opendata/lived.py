"""Rows of every kind of open data at C0001 and at C0003 of the other township."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.models.inspection import Visit
from server.models.person import Person
from server.models.phone_event import CheckIn, EventKind, ParcelCount, PhoneEvent
from server.models.station import Station
from server.models.subsidy import SubsidyEntitlement
from server.policy.plan.subsidies import PayeeKind
from server.services.programme.programmes import bring_programme
from tests.factories import NOW, Cast, make_inspection
from tests.plans import JINGLE
from tests.services.subsidies.listed import listed

FINDING: dict[str, Any] = {
    "code": "3.1", "clause": "三（一）", "title": "面积", "level": "shall", "standard": "trial",
    "verdict": "fail", "label": "不符合", "counts_against": True, "word": "inspector",
    "since": "2023-07-03", "why": "老李说不够", "mend": "", "text": "", "evidence": [],
    "contradicted_by": [], "mended_on": None,
}  # fmt: skip


def event(
    station: Station, person: Person, number: int, *, at: datetime = NOW, kind: str = "check_in"
) -> PhoneEvent:
    """One event of a phone; the number makes its id."""
    return PhoneEvent(
        id=UUID(int=number), kind=EventKind(kind), county=station.county, station_id=station.id,
        person_id=person.id, device_id="手机甲", payload={"note": "老李的电话13800000000"},
        content_sha256="0" * 64, result="ok", day_on=date(2023, 7, 1) + timedelta(number % 30),
        occurred_at=at, time_verified=True, device_at=at, received_at=at,
    )  # fmt: skip


def live(session: Session, cast: Cast) -> None:
    """A check-in, a count, an inspection and a keeper's subsidy, of either station."""
    plan = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    first, _ = listed(session, cast.c1, programme_id=plan.id, by=cast.office)
    first.payee_kind, first.payee_name = PayeeKind.KEEPER, "李长生"
    other = {
        one.key: getattr(first, one.key)
        for one in SubsidyEntitlement.__table__.columns
        if one.key != "id"
    }
    other |= {"station_id": cast.c3.id, "once_key": "x", "payee_kind": PayeeKind.OPERATOR,
              "payee_name": "某某快递有限公司"}  # fmt: skip
    session.add(SubsidyEntitlement(**other))
    for number, station in enumerate((cast.c1, cast.c3), 1):
        arrived = event(station, cast.li, number)
        counted = event(station, cast.li, number + 100, kind="parcel_count")
        session.add_all([arrived, counted])
        session.flush()
        of_station: dict[str, Any] = {
            "county": station.county, "station_id": station.id, "person_id": cast.li.id,
        }  # fmt: skip
        session.add(
            CheckIn(
                id=arrived.id, day_on=arrived.day_on, occurred_at=NOW, time_verified=True,
                method="scan", latitude=38.3, longitude=111.9, distance_m=12.345, **of_station,
            )
        )  # fmt: skip
        session.add(
            ParcelCount(
                id=counted.id, day_on=counted.day_on, version=1, received=20 + number, sent=3,
                agri_sent=1, on_hand=0, by_brand={"中通": 5}, entered_at=NOW, **of_station,
            )
        )  # fmt: skip
        seen = make_inspection(
            session, Visit(county=station.county, station_id=station.id), cast.wang.id,
            findings=[FINDING, FINDING | {"code": "3.2", "title": "货架", "verdict": "unknown"}],
        )  # fmt: skip
        seen.visit_id = None
    session.flush()
