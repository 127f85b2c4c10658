"""各县: those above a county see its nights beside others', and nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.__main__ import main
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.http import clock
from server.http.guards import GUARDS
from server.models.county import County
from server.models.person import Person, Role
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Stage
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.services.county.areas import area_here
from server.services.office.rollup import counties_seen, together
from server.services.people.people import add_person
from server.settings import Settings
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast
from tests.queries import queries


def night(session: Session, county: str, back: int, standard: str | None, **stations: int) -> None:
    """What a night wrote down: `meets=2` are two built stations that meet the standard."""
    on = clock.today() - timedelta(days=back)
    session.add(
        SnapshotDay(
            county=county, day_on=on, taken_at=clock.now(), stations=sum(stations.values()),
            sha256="0" * 64, standard_id=standard,
        )
    )  # fmt: skip
    number = 0
    for what, many in stations.items():
        planned = what == "planned"
        for _ in range(many):
            number += 1
            session.add(
                StationSnapshot(
                    county=county, station_id=10_000 + number, from_on=on, code=f"V{number}",
                    name="站", level=Level.VILLAGE_POINT, bound=not planned, open_work=0,
                    stage=Stage.PLANNED if planned else Stage.BUILT,
                    filed=True if what == "meets" else None,
                    status=Status.NOT_ASSESSED if planned else Status(what),
                )
            )  # fmt: skip


@pytest.fixture
def viewers(session: Session, cast: Cast) -> dict[str, Person]:
    """静乐 (忻州市), 宁武 beside it, 西平 in 河南; somebody over 忻州, over 山西, over 河南."""
    session.add(
        County(
            code="140925", name="宁武县", province="山西省", prefecture="忻州市",
            divisions_source="x", created_at=NOW,
        )
    )  # fmt: skip
    session.add(
        County(
            code="140105", name="小店区", province="山西省", prefecture="太原市",
            divisions_source="x", created_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    night(session, "140926", 1, "shanxi-2023-trial", meets=3, fails=1, to_verify=2, planned=4)
    night(session, "140925", 5, "shanxi-2023-trial", meets=1, meets_open=1)
    night(session, "411721", 1, None, not_assessed=7)
    found = {}
    for code, login in (("140900", "xinzhou"), ("140000", "shanxi"), ("410000", "henan")):
        found[code] = add_person(
            session, county=area_here(session, code, now=NOW), name="省里", role=Role.VIEWER,
            by=None, now=NOW, login=login,
        )  # fmt: skip
    session.commit()
    return found


def test_a_viewer_sees_the_counties_under_the_own_city_or_province_as_their_nights_were(
    session: Session, cast: Cast, viewers: dict[str, Person]
) -> None:
    with queries(session) as asked:
        rows = {one.county.code: one for one in counties_seen(session, viewers["140900"])}
    assert list(rows) == ["140925", "140926"]
    assert len(asked) <= 5
    tally = rows["140926"].tally
    assert (tally.stations, tally.built, tally.meets, tally.fails) == (10, 6, 3, 1)
    assert (tally.to_verify, tally.not_assessed, tally.filed, tally.bound) == (2, 0, 3, 6)
    assert rows["140925"].on == clock.today() - timedelta(days=5)
    both = together(rows.values())
    assert (both.stations, both.meets, both.meets_open) == (12, 4, 1)

    # The province has a county more, of which no night has written anything down.
    province = {one.county.code: one for one in counties_seen(session, viewers["140000"])}
    assert list(province) == ["140105", "140925", "140926"]
    assert province["140105"].on is None
    assert together(province.values()) == both

    # 西平 has chosen no standard: nobody there is 达标 or not, and a demonstration counts nowhere.
    [xiping] = counties_seen(session, viewers["410000"])
    assert (xiping.tally.stations, xiping.tally.meets, xiping.assessed) == (7, None, False)
    rows["140926"].county.demo = True
    assert together(rows.values()).stations == 2

    for other in (cast.office, cast.outsider, cast.li):
        with pytest.raises(NotAllowed):
            counties_seen(session, other)


def test_the_page_says_whose_night_it_was_and_what_is_not_known(
    client: FlaskClient, cast: Cast, viewers: dict[str, Person], desk_of: Callable[[Person], Desk]
) -> None:
    desk = desk_of(viewers["140000"])
    home = client.get("/desk/")
    assert home.location == "/desk/counties"

    said = text_of(desk.get("/counties"))

    # What no night wrote down is not 0: a row's figures are all strokes.
    assert re.search(r"小店区\s+140105\s+还没有记下过(\s+—){9}\s+宁武县", said)
    assert "找站点" not in said
    assert "山西省各县" in said
    assert "宁武县" in said
    assert "停在这天" in said
    assert "小店区" in said
    assert "还没有记下过" in said
    assert "西平" not in said
    assert "今天要办" not in said
    henan = text_of(desk_of(viewers["410000"]).get("/counties"))
    assert "西平县没有选用站点标准" in henan
    assert "不达标的数" in henan


def test_a_viewer_may_open_nothing_else_and_nobody_else_opens_this(
    cast: Cast, viewers: dict[str, Person], desk_of: Callable[[Person], Desk]
) -> None:
    open_to = {
        name
        for name, guard in GUARDS.items()
        if guard.door == "desk" and Role.VIEWER in guard.roles
    }
    assert open_to == {
        "desk_counties",
        "desk_account",
        "desk_own_data",
        "desk_second_factor",
        "desk_today",
    }
    desk = desk_of(viewers["140900"])
    for path in ("/board", "/people", "/history", "/county", "/exports", f"/stations/{cast.c1.id}"):
        assert desk.get(path).status_code == 403, path
    assert desk.post("/people", name="某人", role="county_office").status_code == 403
    assert desk.get("/account").status_code == 200
    assert "我的资料" in text_of(desk.get("/account/data"))


@ON_SQLITE
def test_only_the_command_line_opens_an_account_over_counties(
    session: Session, cast: Cast, settings: Settings, desk_of: Callable[[Person], Desk],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for code, kind in (("14090", Invalid), ("140926", Invalid), ("510000", NotFound)):
        with pytest.raises(kind):
            area_here(session, code, now=NOW)
    session.add(
        County(
            code="441900", name="东莞市", province="广东省", prefecture="东莞市",
            divisions_source="x", created_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(Conflict, match="在这里是一个县"):
        area_here(session, "441900", now=NOW)
    session.commit()
    given: dict[str, Any] = {"name": "某人", "role": "viewer", "login": "moumou"}
    desk_of(cast.office).post("/people", **given)
    assert session.scalar(sa.select(sa.func.count()).where(Person.name == "某人")) == 0
    for county, role in (("140926", Role.VIEWER), ("140900", Role.COUNTY_OFFICE)):
        place = area_here(session, county, now=NOW) if county == "140900" else cast.county
        with pytest.raises(Invalid, match="invite --role viewer"):
            add_person(session, county=place, name="某人", role=role, by=None, now=NOW)

    session.rollback()
    monkeypatch.setenv("CZT_HOME", str(settings.home))
    monkeypatch.setenv("CZT_DATABASE_URL", settings.database_url)
    asked = ["invite", "--county", "140900", "--name", "市局", "--role", "viewer"]
    assert main([*asked, "--login", "shiju"]) == 0
    assert "忻州市上级查看（只读）市局" in capsys.readouterr().out
    assert main(asked) != 0
    assert main([*asked[:-1], "office", "--login", "office2"]) != 0
