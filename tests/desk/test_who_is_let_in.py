"""Who is no longer let in gets the sign-in page or 401 on every route, and nothing else."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.http.guards import GUARDS
from server.models.history import HistoryLine
from server.models.person import Person, Role, SignIn
from server.models.station import Station
from tests.bodies import make_auditor
from tests.desk.conftest import Desk, text_of
from tests.desk.role_matrix import MATRIX
from tests.factories import LONG_AGO, Cast, make_person

# The guard asks the same of both engines; every page of them runs in test_scope.py.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
DeskOf = Callable[[Person], Desk]
# A row that the database has at once for every way of being out.
WAYS = ("revoked", "switched off", "expired", "past the last day")


def put_out(session: Session, person: Person, way: str) -> None:
    """Take a signed-in person's sign-in away, in one of the ways."""
    sign_in = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).one()
    if way == "revoked":
        sign_in.revoked_at = LONG_AGO
    elif way == "switched off":
        person.active = False
    elif way == "expired":
        sign_in.expires_at = LONG_AGO
    else:
        person.until_on = clock.today() - timedelta(days=1)
    session.commit()


def address(rule: str) -> str:
    """A rule as an address of something that may be there."""
    rule = re.sub(r"<int:\w+>", "1", rule)
    rule = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", rule)
    rule = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule)
    return re.sub(r"<(?:\w+:)?\w+>", "x", rule)


@pytest.mark.parametrize("way", WAYS)
def test_every_desk_page_sends_them_to_sign_in(
    session: Session, cast: Cast, desk_of: DeskOf, way: str
) -> None:
    person = make_auditor(session) if way == "past the last day" else cast.office
    desk = desk_of(person)
    assert desk.get("/account").status_code == 200
    put_out(session, person, way)

    let_in = []
    for route in MATRIX:
        method, rule = route.split(" ", 1)
        answer = desk.client.open(address(rule), method=method, data={"csrf": desk.held.csrf})
        if answer.status_code not in (302, 303) or "/desk/sign-in" not in answer.location:
            let_in.append((route, answer.status_code))

    assert let_in == []


@pytest.mark.parametrize("way", WAYS)
def test_every_route_of_the_phones_answers_401(
    app: Flask,
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
    way: str,
) -> None:
    headers = signed_in(cast.wang)
    assert client.get("/api/v1/rounds/mine", headers=headers).status_code == 200
    put_out(session, cast.wang, way)

    guarded = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if (guard := GUARDS.get(rule.endpoint.partition(".")[0])) and guard.door == "phone"
    ]
    assert len(guarded) > 20
    let_in = [
        (method, rule)
        for method, rule in guarded
        if client.open(address(rule), method=method, headers=headers).status_code != 401
    ]
    assert let_in == []


def test_an_auditors_last_day_ends_at_midnight_in_beijing(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(make_auditor(session, until_on=date(2023, 12, 31)))
    session.commit()
    last = datetime(2023, 12, 31, 15, 59, 59, tzinfo=UTC)

    monkeypatch.setattr(clock, "now", lambda: last)
    assert desk.get("/").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: last + timedelta(seconds=1))
    assert "/desk/sign-in" in desk.client.get("/desk/").location


def test_an_inspector_of_one_township_gets_that_one_alone_on_the_phone(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:
    own = make_person(
        session, name="鹅城督导", role=Role.INSPECTOR, township_code=cast.township.code
    )
    headers = signed_in(own)

    def asked(station: Station) -> list[int]:
        where = f"/api/v1/rounds/stations/{station.id}/package"
        return [client.get(where, headers=headers).status_code]

    listed = client.get("/api/v1/inspector/stations", headers=headers).get_data(as_text=True)
    assert ("马家沟村" in listed, "舍科村" in listed) == (True, False)
    assert (asked(cast.c1), asked(cast.c3), asked(cast.foreign)) == ([200], [404], [404])


def taken(session: Session) -> list[Any]:
    lines = select(HistoryLine.summary).where(HistoryLine.action == "file-taken")
    return list(session.scalars(lines.order_by(HistoryLine.id)))


def test_what_an_auditor_takes_stands_in_the_history_with_its_rows(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(make_auditor(session))

    book = desk.get("/months.xlsx")
    rows = sum(
        max(sum(any(c is not None for c in row) for row in sheet.values) - 1, 0)
        for sheet in load_workbook(BytesIO(book.data))
    )

    [line] = taken(session)
    assert line.startswith("审计（审计（只读））下载")
    assert f".xlsx：{rows}行，SHA-256 " in line
    assert rows > 0
    assert line in text_of(desk.get("/history"))
    desk.get("/")  # a page is no file
    desk_of(cast.office).get("/months.xlsx")  # and the office's own are not written down
    assert taken(session) == [line]


def test_what_an_auditor_asks_for_in_parts_comes_whole_and_is_told_of(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(make_auditor(session))

    for wanted in ("bytes=0-", "bytes=0-99", "bytes=-5"):
        answer = desk.client.get("/desk/months.xlsx", headers={"Range": wanted})
        assert (answer.status_code, answer.data[:2]) == (200, b"PK")

    assert len(taken(session)) == 3


def test_an_auditor_writes_nothing_but_the_own_account(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(make_auditor(session))

    for path in ("/county", "/plan/decide", "/people", "/stations/new", "/import/apply"):
        refused = desk.post(path, hotline="0350-1")
        assert refused.status_code == 403
        assert "审计账号只能查看和下载，不能登记或修改" in text_of(refused), path
    assert desk.post("/account/devices/1/end").status_code == 303
    assert cast.county.hotline == "0350-1234567"
