from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.services.photo_requests import draw_requests
from tests.api.rounds import days_from_now, open_round
from tests.desk.conftest import ON_SQLITE, Desk, text_of
from tests.desk.rounds import COUNTER, Held, hold, inspected
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_results_are_told_per_township_clause_and_station(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get(f"/rounds/{held.campaign.id}/results"))

    assert "全县 4 1 0 0 0 3 0 0 1 0 0" in page
    assert "四（2） 接待台席 — 1 —" in page or "四（2） 接待台席 0 1 —" in page
    assert "四（2）接待台席" in page


def test_what_went_up_stays_and_what_changed_since_is_named(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}"

    bare = desk.post(f"{where}/report", reported_to=" ")
    first = desk.done(f"{where}/report", reported_to="县政府办公室")
    same = desk.post(f"{where}/report", reported_to="县政府办公室")
    inspected(client, session, cast, held.campaign, cast.c2)
    live = text_of(desk.get(f"{where}/results"))
    without = desk.post(f"{where}/report", reported_to="县政府办公室")
    second = desk.done(f"{where}/report", reported_to="县政府办公室", because="补查一站")
    old = text_of(desk.get(f"{where}/reports/1"))

    assert (bare.status_code, same.status_code, without.status_code) == (422, 409, 422)
    assert "与上报时一致" in first
    assert "上报以后有 1 处变化" in live
    assert "C0002 杨家山村快递便民服务点：报告里是待查，现在是已查" in live
    assert "第 2 版" in second
    assert "原因：补查一站" in second
    assert "这是旧版" in old
    assert "全县 4 1 " in old
    assert desk.get(f"{where}/reports/3").status_code == 404


def test_november_stands_beside_july_clause_by_clause(
    client: FlaskClient, session: Session, held: Held, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    later = open_round(session, cast, standards, name="复查", opens_on=days_from_now(0))
    inspected(client, session, cast, later, cast.c1)
    desk, where = desk_of(cast.office), f"/rounds/{later.id}/results"

    page = text_of(desk.get(where))
    alone = text_of(desk.get(f"{where}?earlier=0"))
    book = load_workbook(BytesIO(desk.get(f"{where}.xlsx").data))
    pdf = desk.get(f"{where}.pdf")

    assert "两轮都查过 1 站" in page
    assert "四（2） 接待台席 1 — — — —" in page
    assert "两轮都查过" not in alone
    assert {"全县", "乡镇"} <= set(book.sheetnames)
    assert pdf.data.startswith(b"%PDF")
    assert held.rectification.rule_code == COUNTER


def test_photo_requests_tell_who_was_asked_and_who_answers(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    cast.county.options = {"photo_request_percent": 100}
    for day, now in ((yesterday, clock.now() - timedelta(days=1)), (clock.today(), clock.now())):
        draw_requests(session, county=cast.county, on=day, now=now, seed="抽")
    desk = desk_of(cast.office)

    today = text_of(desk.get("/photo-requests"))
    before = text_of(desk.get(f"/photo-requests?on={yesterday.isoformat()}"))
    theirs = text_of(desk_of(cast.officer).get("/photo-requests"))

    assert "抽签码 抽" in today
    assert "等到今天结束" in today
    assert "合计 2 0／2" in today
    assert "没有回应" in before
    assert "马家沟" not in theirs
