"""The office looks at its phones: what each can do, and how late things come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.phone_event import EventKind, PhoneEvent
from server.models.station import Station
from server.services.intake.self_checks import keep_self_check
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def checked(session: Session, person: Person, device: str, **oks: Any) -> None:
    checks = [
        {"key": key, "label": {"camera": "相机", "net": "网络"}[key], "ok": ok, "detail": "说明"}
        for key, ok in oks.items()
    ]
    keep_self_check(
        session,
        person=person,
        device_id=device,
        device_label=f"{device} 微信",
        user_agent="Mozilla/5.0",
        result={"checks": checks},
        now=clock.now(),
    )


@pytest.fixture
def phones(session: Session, cast: Cast) -> None:
    checked(session, cast.li, "红米", camera=False, net=True)
    checked(session, cast.zhao, "华为", camera=None, net=True)
    checked(session, cast.wang, "小米", camera=True, net=True)


@pytest.mark.usefixtures("phones")
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", {"红米", "华为", "小米"}),
        ("?state=broken", {"红米"}),
        ("?state=open", {"华为"}),
        ("?state=fine", {"小米"}),
        ("?lacks=camera", {"红米", "华为"}),
        ("?lacks=net", set()),
        ("?q=杨家山", {"华为"}),
        ("?q=c0001", {"红米"}),
    ],
)
def test_phones_are_found_by_what_they_lack(
    cast: Cast, desk_of: DeskOf, address: str, shown: set[str]
) -> None:
    words = text_of(desk_of(cast.office).get(f"/self-checks{address}"))

    assert {name for name in ("红米", "华为", "小米") if f"{name} 微信" in words} == shown


@pytest.mark.usefixtures("phones")
def test_what_a_phone_can_do_is_said_in_words(cast: Cast, desk_of: DeskOf) -> None:
    words = text_of(desk_of(cast.office).get("/self-checks"))

    for said in ("有不行的", "不行 相机 说明", "没弄清 相机", "都能用", "能用的 2 样：相机、网络"):
        assert said in words
    assert "https://kd.example.cn/self-check" in words


def arrived(session: Session, station: Station, person: Person, late: timedelta) -> None:
    now = clock.now()
    session.add(
        PhoneEvent(
            id=uuid4(),
            kind=EventKind.CHECK_IN,
            county=station.county,
            station_id=station.id,
            person_id=person.id,
            device_id="phone-1",
            payload={},
            content_sha256="0" * 64,
            result="ok",
            day_on=clock.today(),
            occurred_at=now - late,
            time_verified=True,
            device_at=now,
            received_at=now,
        )
    )


def test_the_office_sees_how_late_things_come(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    for _ in range(3):
        arrived(session, cast.c1, cast.li, timedelta(seconds=5))
        arrived(session, cast.c1, cast.li, timedelta(days=2))
    arrived(session, cast.c3, cast.zhao, timedelta(minutes=5))

    words = text_of(desk_of(cast.office).get("/lag"))

    assert "共 7 件；一半在“10 分钟内”到，一天内到的占 57.1%" in words
    assert "3 0 0 0 0 3 0 0 6 —" in words  # 鹅城镇's row
    assert "C0001 马家沟村快递便民服务点 3／6" in words
    township = text_of(desk_of(cast.officer).get("/lag"))
    assert "共 1 件" in township
    assert "鹅城镇" not in township


def test_a_county_without_arrivals_is_told_so(cast: Cast, desk_of: DeskOf) -> None:
    assert "还没有收到手机发来的东西" in text_of(desk_of(cast.outsider).get("/lag"))
