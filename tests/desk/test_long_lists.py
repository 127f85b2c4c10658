"""Lists of a county with 251 stations: short pages, filters in the address, as many queries as ever."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.http import clock
from server.models.inspection import (
    Campaign,
    Disagreement,
    Inspection,
    InspectionOutcome,
    Visit,
)
from server.models.person import Person
from server.models.phone_event import EventKind, ParcelCount, PhoneEvent
from server.models.rectification import Rectification, RectificationState
from server.models.station import Station
from server.policy.standard.facts import Level
from tests.api.rounds import days_from_now, open_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
STATIONS = 251
LISTS = (
    "/rounds", "/rounds/{}", "/rounds/{}/results", "/rounds/{}/words", "/rounds/{}/draw",
    "/rectifications", "/disagreements", "/photo-requests",
)  # fmt: skip
OFFICE = (
    "/overview", "/hall", "/pace", "/map", "/board", "/months", "/reconciliation", "/filings",
    "/acceptances", "/people/unbound", "/numbers", "/coverage", "/signals",
)  # fmt: skip
CLAIM = {"verdict": "pass", "label": "符合", "word": "keeper"}
FINDING: dict[str, Any] = {
    "code": "A3-42b", "clause": "四（2）", "title": "货架", "text": "货架", "level": "shall",
    "verdict": "fail", "label": "不符合", "word": "inspector", "why": "没有货架", "since": None,
    "evidence": [], "mend": "放货架", "counts_against": True, "standard_id": "x",
}  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside, on whatever connection."""
    seen: list[str] = []

    def note(*event: Any) -> None:
        seen.append(event[2])

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def settle_in(session: Session, up_to: int, since: int = 4) -> None:
    """More village points, numbered."""
    session.add_all(
        Station(
            county="140926", code=f"C{number:04d}", name=f"第{number}村快递便民服务点",
            level=Level.VILLAGE_POINT, created_at=clock.now(), township_code="140926100",
        )
        for number in range(since, up_to)
    )  # fmt: skip
    session.flush()


def count_all(session: Session, cast: Cast, back: int) -> None:
    """A count of every station on a day so many days ago, in the office's two newest months."""
    at = clock.now() - timedelta(days=back)
    rows = [
        {
            "id": uuid4(), "county": "140926", "station_id": station_id, "person_id": cast.li.id,
            "day_on": beijing_day(at),
        }
        for station_id in session.scalars(sa.select(Station.id).where(Station.county == "140926"))
    ]  # fmt: skip
    event = {
        "kind": EventKind.PARCEL_COUNT, "device_id": "phone-1", "payload": {}, "result": "ok",
        "content_sha256": "0" * 64, "occurred_at": at, "time_verified": True, "device_at": at,
        "received_at": at, "device_seq": None, "clock_offset_ms": None,
    }  # fmt: skip
    session.execute(sa.insert(PhoneEvent), [row | event for row in rows])
    count = {"version": 1, "received": 9, "sent": 1, "agri_sent": 0, "on_hand": 0, "entered_at": at}
    session.execute(sa.insert(ParcelCount), [row | count for row in rows])


def inspect_all(session: Session, campaign: Campaign, cast: Cast) -> None:
    """Every station visited, in arrears and in dispute; the rectification of every fifth is late."""
    at, ours = clock.now(), {"county": "140926"}
    visits = session.scalars(
        sa.select(Visit)
        .where(
            Visit.campaign_id == campaign.id, ~sa.exists().where(Inspection.visit_id == Visit.id)
        )
        .order_by(Visit.station_id)
    ).all()
    keys = {visit.id: uuid4() for visit in visits}

    def write(noun: Any, row: Callable[[int, Visit], dict[str, Any]]) -> None:
        session.execute(
            sa.insert(noun),
            [
                ours | {"station_id": visit.station_id} | row(number, visit)
                for number, visit in enumerate(visits)
            ],
        )

    write(PhoneEvent, lambda _, visit: {
        "id": keys[visit.id], "kind": EventKind.INSPECTION, "person_id": cast.wang.id,
        "device_id": "phone-1", "payload": {}, "content_sha256": "0" * 64, "result": "ok",
        "day_on": at.date(), "occurred_at": at, "time_verified": True, "device_at": at,
        "received_at": at, "seq": None, "clock_offset_ms": None,
    })  # fmt: skip
    write(Inspection, lambda _, visit: {
        "id": keys[visit.id], "visit_id": visit.id, "inspector_id": cast.wang.id, "version": 1,
        "outcome": InspectionOutcome.SIGNED, "arrived_at": at, "finished_at": at,
        "time_verified": True, "day_on": at.date(), "received_at": at, "method": "typed",
        "answers": {}, "findings": [FINDING], "keeper_findings": [{**FINDING, **CLAIM}],
        "status": "fails", "fails": 1, "standards": [], "frozen_sha256": "0" * 64,
        "content_sha256": "0" * 64, "inspector_signature": [], "keeper_signature": [],
    })  # fmt: skip
    write(Rectification, lambda number, visit: {
        "inspection_id": keys[visit.id], "standard_id": "shanxi-2023-trial",
        "rule_code": "A3-42b", "clause": "四（2）", "title": "货架", "why": "没有货架",
        "what_to_do": "放一组货架", "opened_at": at, "state": RectificationState.OPEN,
        "due_on": days_from_now(-1 if number % 5 == 0 else 9),
    })  # fmt: skip
    write(Disagreement, lambda _, visit: {
        "inspection_id": keys[visit.id], "rule_code": "A3-42b", "opened_at": at,
        "keeper_says": {**FINDING, **CLAIM}, "inspector_says": FINDING,
    })  # fmt: skip
    session.commit()


@pytest.fixture
def many(session: Session, cast: Cast, standards: Any) -> Campaign:
    """251 stations in one round, each inspected."""
    settle_in(session, STATIONS)
    campaign = open_round(session, cast, standards)
    assert campaign.sample_size == STATIONS
    inspect_all(session, campaign, cast)
    return campaign


def rows_of(answer: Any) -> int:
    html = answer.get_data(as_text=True)
    return len(re.findall(r"<tr data-row>|class=\"card differing\"", html))


def next_of(answer: Any) -> str | None:
    found = re.search(r'href="/desk([^"]+)">下一页', answer.get_data(as_text=True))
    return found[1].replace("&amp;", "&") if found else None


def walked(desk: Desk, path: str) -> list[int]:
    """How many rows each page of a list has, from the first to the last."""
    sizes: list[int] = []
    where: str | None = path
    while where is not None:
        answer = desk.get(where)
        assert answer.status_code == 200
        sizes.append(rows_of(answer))
        where = next_of(answer)
    return sizes


def test_every_list_is_walked_page_by_page_without_losing_a_row(
    many: Campaign, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{many.id}"

    assert walked(desk, where) == [100, 100, 51]
    assert walked(desk, f"{where}/results") == [100, 100, 51]
    assert walked(desk, f"/rectifications?round={many.id}") == [100, 100, 51]
    assert walked(desk, f"/disagreements?round={many.id}") == [40] * 6 + [11]
    assert [len(codes) for codes in drums(desk, f"{where}/draw")] == [100, 100, 51]


def drums(desk: Desk, path: str) -> list[list[str]]:
    found: list[list[str]] = []
    where: str | None = path
    while where is not None:
        answer = desk.get(where)
        html = answer.get_data(as_text=True)
        found.append(re.findall(r'<tr><td class="code">(\w+)</td>', html))
        where = next_of(answer)
    assert len({code for page in found for code in page}) == STATIONS
    return found


def test_filters_stay_in_the_address_while_turning_pages(
    many: Campaign, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    named = desk.get(f"/rounds/{many.id}?q=第1&township={cast.township.code}")
    late = desk.get("/rectifications?state=overdue&q=货架")
    searched = desk.get("/rectifications?q=第24")
    none = desk.get("/rectifications?state=accepted")
    beyond = desk.get(f"/rounds/{many.id}?page=99")

    following = next_of(named)
    assert rows_of(named) == 100
    assert following is not None
    assert "q=%E7%AC%AC1" in following
    assert f"township={cast.township.code}" in following
    assert rows_of(desk.get(following)) == 10
    assert (rows_of(late), "51 条" in text_of(late)) == (51, True)
    assert rows_of(searched) == 11
    assert "没有这样的整改" in text_of(none)
    assert rows_of(beyond) == 51
    assert "没有办结 251 待验收 0 已逾期 51 逾期没交 51 待整改 251" in text_of(late)


def test_two_words_of_a_whole_round_come_in_pages_too(
    many: Campaign, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{many.id}/words"

    differing = [clauses_of(page) for page in pages_from(desk, where)]
    whole = desk.get(f"{where}?show=all")
    last = desk.get(f"{where}?show=all&page=42")

    assert differing == [40] * 6 + [11]
    assert (clauses_of(whole), clauses_of(last)) == (6, 4)  # the first township has 250
    assert "show=all" in (next_of(whole) or "")


def pages_from(desk: Desk, path: str) -> Iterator[Any]:
    where: str | None = path
    while where is not None:
        answer = desk.get(where)
        yield answer
        where = next_of(answer)


def clauses_of(answer: Any) -> int:
    return len(re.findall(r'<span class="clause">', answer.get_data(as_text=True)))


def test_251_stations_ask_the_database_as_often_as_four(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    inspect_all(session, campaign, cast)
    count_all(session, cast, 40)
    session.commit()
    desk = desk_of(cast.office)
    paths = [*(path.format(campaign.id) for path in LISTS), *OFFICE]
    for path in paths:
        desk.get(path)  # what is read once per process has been read
    few = {path: asked(desk, path) for path in paths}

    settle_in(session, STATIONS)
    for station_id in session.scalars(sa.select(Station.id).where(Station.name.like("第%"))):
        session.add(Visit(campaign_id=campaign.id, county="140926", station_id=station_id))
    for back in range(1, 40):
        count_all(session, cast, back)
    inspect_all(session, campaign, cast)

    assert min(few.values()) >= 5
    assert {path: asked(desk, path) for path in paths} == few


def asked(desk: Desk, path: str) -> int:
    """How many statements one page takes."""
    with counted() as seen:
        assert desk.get(path).status_code == 200
    return len(seen)
