"""Open data for other systems: by token alone, page by page, whole while rows are added."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.history import HistoryLine
from server.models.inspection import Counted, InspectionOutcome, Visit
from server.models.open_data import ReadTokenDay
from server.models.phone_event import PhoneEvent
from server.services.opendata.tables import TABLES
from server.services.opendata.tokens import issue_token, revoke_token
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_inspection
from tests.services.opendata.lived import event, live

Read = Callable[..., Any]


@pytest.fixture
def now() -> datetime:
    return clock.now()


def token(session: Session, cast: Cast, now: datetime, **of: Any) -> tuple[int, dict[str, str]]:
    """A token's id and the header that shows it."""
    row, secret = issue_token(
        session, by=cast.office, system="县数据平台", holder="数据局王科长", now=now,
        **({"kinds": list(TABLES), "township_code": None, "operator_id": None,
            "until_on": clock.today()} | of),
    )  # fmt: skip
    session.commit()
    return row.id, {"Authorization": f"Bearer {secret}"}


def test_every_row_comes_once_while_rows_are_added_between_the_pages(
    client: FlaskClient, session: Session, cast: Cast, now: datetime
) -> None:
    _, header = token(session, cast, now)
    began = now - timedelta(hours=2)
    for number in range(1, 12):  # three of each moment: the id decides within one
        at = began + timedelta(minutes=number // 3)
        session.add(event(cast.c1, cast.li, 100 - number, at=at))
    session.commit()
    got: list[str] = []
    cursor, added = "", 200
    while True:
        told = client.get(
            "/api/open/v1/events", query_string={"limit": 3, "cursor": cursor}, headers=header
        )
        assert told.status_code == 200
        got += [row["event_id"] for row in told.json["rows"]]
        for at in (began - timedelta(hours=1), now - timedelta(minutes=90), now):
            added += 1  # before all, among the rest, and too young to be told
            session.add(event(cast.c1, cast.li, added, at=at))
        session.commit()
        cursor = told.json["next"]
        if not told.json["more"]:
            break

    stood = {str(UUID(int=number)) for number in range(89, 100)}
    assert len(got) == len(set(got))
    assert stood <= set(got)
    later = client.get("/api/open/v1/events", query_string={"cursor": cursor}, headers=header)
    assert not set(got) & {row["event_id"] for row in later.json["rows"]}
    young = session.scalars(select(PhoneEvent.id).where(PhoneEvent.received_at == now)).all()
    assert young
    assert not {str(one) for one in young} & set(got)


@ON_SQLITE
def test_nobody_learns_from_the_records_that_there_was_a_secret_visit(
    client: FlaskClient, session: Session, cast: Cast, now: datetime
) -> None:
    """The station's firm reads them as well, before the keeper knows of anything."""
    _, header = token(session, cast, now)
    visit = Visit(county=cast.county.code, station_id=cast.c1.id)
    secret, open_one = (
        make_inspection(session, visit, cast.wang.id, outcome=how, counted=counted)
        for how, counted in (
            (InspectionOutcome.COVERT, Counted.APART),
            (InspectionOutcome.SIGNED, Counted.YES),
        )
    )
    session.commit()

    for kind in ("events", "findings"):
        told = client.get(f"/api/open/v1/{kind}", headers=header).text
        assert str(secret.id) not in told, kind
    assert str(open_one.id) in client.get("/api/open/v1/events", headers=header).text


@ON_SQLITE
def test_only_of_records_that_never_change_a_reader_is_told_to_go_on_later(
    client: FlaskClient,
) -> None:
    shapes = client.get("/api/v1/openapi.json").json["components"]["schemas"]
    said = {
        name: shapes[f"Open{name.title()}Page"]["properties"]["more"]["description"]
        for name in TABLES
    }
    assert {name for name in said if "留到以后" in said[name]} == {"events"}


@ON_SQLITE
def test_a_token_opens_its_own_part_and_kinds_until_it_is_over(
    client: FlaskClient, session: Session, cast: Cast, now: datetime
) -> None:
    live(session, cast)
    _, whole = token(session, cast, now)
    _, town = token(session, cast, now, township_code=cast.other_township.code)
    _, firm = token(session, cast, now, operator_id=cast.c1.operator_id, kinds=["stations"])
    ended_id, ended = token(session, cast, now)
    _, over = token(session, cast, now - timedelta(days=3), until_on=clock.today() - timedelta(2))
    revoke_token(session, by=cast.office, token_id=ended_id, reason="系统下线", now=now)
    session.commit()

    def codes(kind: str, header: dict[str, str], **asked: Any) -> list[str]:
        told = client.get(f"/api/open/v1/{kind}", query_string=asked, headers=header)
        assert told.status_code == 200, told.json
        text = told.get_data(as_text=True)
        for personal in ("李福来", "13800001234", "13800000000", "李长生", "手机甲"):
            assert personal not in text
        assert all(list(row) == [one.name for one in TABLES[kind].columns]
                   for row in told.json["rows"])  # fmt: skip
        return sorted({row["station_code"] for row in told.json["rows"]})

    for kind in TABLES:
        everywhere = ["C0001", "C0002", "C0003", "XZ0001"]
        assert codes(kind, whole) == (everywhere if kind == "stations" else ["C0001", "C0003"])
        assert codes(kind, town) == ["C0003"]
        assert codes(kind, whole, station="C0001") == ["C0001"]
        assert codes(kind, whole, township=[cast.other_township.code]) == ["C0003"]
    assert codes("stations", firm) == ["C0001", "C0002", "XZ0001"]
    assert codes("counts", whole, since="2023-07-12", until="2023-07-12") == ["C0001"]
    assert codes("subsidies", whole, since="2023-07-05", until="2023-07-05")
    assert not codes("subsidies", whole, since="2023-07-06")
    for header, status, code in (
        ({}, 401, "read-token-needed"),
        (ended, 401, "read-token-needed"),
        (over, 401, "read-token-needed"),
        (firm, 403, "read-token-kind"),
    ):
        told = client.get("/api/open/v1/counts", headers=header)
        assert (told.status_code, told.json["code"]) == (status, code)
    lines = session.scalars(select(HistoryLine.summary).where(HistoryLine.action.like("read-%")))
    assert any("县数据平台" in one and "停用" in one for one in lines)


@ON_SQLITE
def test_what_has_not_changed_is_not_sent_again_and_bad_questions_are_refused_in_words(
    client: FlaskClient, session: Session, cast: Cast, now: datetime
) -> None:
    live(session, cast)
    token_id, header = token(session, cast, now)
    first = client.get("/api/open/v1/stations?limit=2", headers=header)
    again = {"If-None-Match": first.headers["ETag"]} | header
    assert client.get("/api/open/v1/stations?limit=2", headers=again).status_code == 304
    cast.c1.address = "搬到村口"
    session.commit()
    changed = client.get("/api/open/v1/stations?limit=2", headers=again)
    assert changed.status_code == 200
    [use] = session.scalars(select(ReadTokenDay).where(ReadTokenDay.token_id == token_id))
    assert (use.kind, use.requests, use.rows, use.day_on) == ("stations", 3, 4, clock.today())

    cursor = first.json["next"]
    for bad in (cursor[:-2], cursor + "x", "x", "啊"):
        told = client.get("/api/open/v1/stations", query_string={"cursor": bad}, headers=header)
        assert (told.status_code, told.json["code"]) == (400, "cursor-unreadable")
        assert "从头读" in told.json["detail"]
    for path in (f"counts?cursor={cursor}", f"stations?station=C0001&cursor={cursor}"):
        told = client.get(f"/api/open/v1/{path}", headers=header)
        assert (told.status_code, told.json["code"]) == (400, "cursor-unreadable")
    for path in (
        "stations?township_code=140926101",
        "stations?since=2023-07-05",
        "counts?since=2023-07-06&until=2023-07-05",
        "counts?since=7月5日",
        "counts?limit=1001",
        "counts?township=411721100",
        "counts?township=",
        "events?station=C1",
    ):
        told = client.get(f"/api/open/v1/{path}", headers=header)
        assert told.status_code == 422, path
        assert told.json["detail"]
    assert client.get("/api/open/v1/people", headers=header).status_code == 404
    point = changed.json["rows"][0]
    assert (point["latitude"], point["opened_on"]) == (38.3558, date(2023, 5, 1).isoformat())
