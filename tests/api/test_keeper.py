"""The keeper's home and history."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.rectification import RectificationStep
from server.models.statement import Statement
from server.services.review.decisions import decide
from tests.api.events import batch, check_in, count, jpeg, note, now_text, photo
from tests.api.rounds import open_round, visit_of
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    make_inspection,
    make_keeping,
    make_rectification,
    make_sign,
    token_of,
)
from tests.reviews import ask_double, ask_sign, make_photo

Headers = Callable[[Person], dict[str, str]]


@pytest.fixture
def headers(cast: Cast, signed_in: Headers) -> dict[str, str]:
    return signed_in(cast.li)


def home(client: FlaskClient, headers: dict[str, str]) -> Any:
    answer = client.get("/api/v1/keeper/home", headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def tasks(station: dict[str, Any]) -> dict[str, bool]:
    return {task["key"]: task["done"] for task in station["todo"]}


def test_home_says_what_is_to_do_today(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    answer = home(client, headers)

    [station] = answer["stations"]
    assert station["code"] == "C0001"
    assert station["township_name"] == "鹅城镇"
    assert station["hours_lines"] == ["周一至周日 08:00–18:00"]
    assert tasks(station)["check_in"] is tasks(station)["count"] is False
    assert answer["county"]["hotline"] == "0350-1234567"
    assert answer["today"] == clock.today().isoformat()


def test_home_names_the_months_whose_counts_need_a_reason(
    client: FlaskClient, cast: Cast, headers: dict[str, str], session: Session
) -> None:
    before = clock.today().replace(day=1) - timedelta(days=1)
    for month_on in (before.replace(day=1), before.replace(day=1, year=before.year - 1)):
        session.add(
            MonthApproval(
                county=cast.county.code,
                month_on=month_on,
                figures={},
                figures_sha256="0" * 64,
                approved_at=NOW,
                approved_by=cast.office.id,
            )
        )

    assert home(client, headers)["approved_months"] == [before.replace(day=1).isoformat()]


def test_what_is_done_is_ticked_off(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    sent = batch(
        check_in(cast.c1.id, "C0001"),
        count(cast.c1.id, received=12),
        note(cast.c1.id, photo(jpeg(), subject="signboard")),
    )
    client.post("/api/v1/sync", json=sent, headers=headers)

    [station] = home(client, headers)["stations"]

    done = tasks(station)
    assert done["check_in"] is done["count"] is done["photo:signboard"] is True
    assert station["today"]["count"]["received"] == 12
    assert station["today"]["check_in"]["method"] == "typed"
    assert (station["today"]["photos"], station["missing_photos"]) == (1, 1)


def test_home_asks_for_the_photos_that_would_settle_a_clause(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    [station] = home(client, headers)["stations"]

    asked = [task for task in station["todo"] if task["kind"] == "photo"]
    assert {"interior", "shelves", "scanner", "hours_board"} <= {t["subject"] for t in asked}
    shelves = next(task for task in asked if task["subject"] == "shelves")
    assert shelves["clause"] == "四（2）"


def test_home_shows_the_failed_clause_with_what_mends_it(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    session.add(
        Statement(
            county="140926",
            station_id=cast.c1.id,
            fact="barcode_scanner",
            value=False,
            word="inspector",
            observed_on=clock.today(),
            said_at=clock.now(),
            person_id=cast.wang.id,
        )
    )

    [station] = home(client, headers)["stations"]

    assert station["status"] == {"code": "fails", "label": "不达标"}
    [fail] = station["fails"]
    assert (fail["clause"], fail["code"]) == ("四（2）", "A3-42c")
    assert "巴枪" in fail["mend"]
    assert "mend:A3-42c" in tasks(station)


def test_home_knows_the_own_plate_so_that_it_can_be_checked_offline(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    sign = make_sign(session, cast.c1)

    [station] = home(client, headers)["stations"]

    assert station["plate_token"] == token_of(sign)


def test_a_keeper_of_two_stations_sees_both(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    make_keeping(session, cast.li, cast.c2)

    assert [one["code"] for one in home(client, headers)["stations"]] == ["C0001", "C0002"]


def test_a_closed_station_asks_for_nothing(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    cast.c1.closed_on = clock.today() - timedelta(days=1)

    assert home(client, headers)["stations"] == []


def test_history_goes_back_page_by_page(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    for days in (0, 3, 40):
        at = now_text(-timedelta(days=days))
        client.post(
            "/api/v1/sync", json=batch(check_in(cast.c1.id, "C0001", device_at=at)), headers=headers
        )

    first = client.get("/api/v1/keeper/history", headers=headers).json
    second = client.get(
        "/api/v1/keeper/history", query_string={"before": first["next"]}, headers=headers
    ).json

    today = clock.today()
    assert [day["day_on"] for day in first["days"]] == [
        today.isoformat(),
        (today - timedelta(days=3)).isoformat(),
    ]
    assert [day["day_on"] for day in second["days"]] == [(today - timedelta(days=40)).isoformat()]
    assert second["next"] is None


def test_history_shows_the_count_that_holds(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    early = count(cast.c1.id, received=1, device_at=now_text(-timedelta(minutes=5)))
    client.post("/api/v1/sync", json=batch(early, count(cast.c1.id, received=2)), headers=headers)

    [day] = client.get("/api/v1/keeper/history", headers=headers).json["days"]

    assert (day["count"]["version"], day["count"]["received"]) == (2, 2)


def test_history_says_kindly_which_photo_was_an_older_one(
    client: FlaskClient, cast: Cast, headers: dict[str, str], session: Session
) -> None:
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (3, 0))
    item = ask_double(session, later, earlier)
    decide(session, item=item, decision="same_picture", by=cast.office, now=NOW)
    until = (later.day_on + timedelta(days=1)).isoformat()

    days = client.get(f"/api/v1/keeper/history?before={until}", headers=headers).json["days"]

    [[new], [old]] = [day["photos"] for day in days]
    assert (new["id"], old["reused"]) == (str(later.id), "")
    assert "照片是同一张，这次就不算了。请到站里再拍一张" in new["reused"]


def test_a_keeper_reads_who_looked_at_a_photo_and_what_they_found(
    call: Any, cast: Cast, session: Session, standards: Any
) -> None:
    sign, board, mended, again = (make_photo(session, cast.c1, days_ago=n) for n in range(4))
    decide(
        session, item=ask_sign(session, cast.c1, sign), decision="unclear", by=cast.office, now=NOW
    )
    visit = visit_of(session, open_round(session, cast, standards), cast.c1)
    mend = make_rectification(session, make_inspection(session, visit, cast.wang.id), TODAY)
    for action, shown, by in (
        ("answered", again, cast.li), ("returned", None, cast.officer),
        ("answered", mended, cast.li), ("accepted", None, cast.wang),
    ):  # fmt: skip
        session.add(
            RectificationStep(
                rectification_id=mend.id, action=action, at=NOW, person_id=by.id,
                photo_id=shown.id if shown else None,
            )
        )  # fmt: skip
        session.flush()
    session.commit()

    until = (sign.day_on + timedelta(days=1)).isoformat()
    days = call(cast.li, f"/keeper/history?before={until}")["days"]
    looked = {one["id"]: one["looked"] for day in days for one in day["photos"]}

    found = [looked[str(one.id)] for one in (sign, board, mended, again)]
    assert [one and (one["by"], one["found"]) for one in found] == [
        ("县里", "看不清"), None, ("督导员", "改好了"), ("乡镇", "退回来了，要重拍"),
    ]  # fmt: skip
