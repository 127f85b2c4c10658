"""What an inspector sees of the county and of a scanned plate."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.statement import Statement
from tests.api.events import batch, check_in, count, jpeg, note, photo
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]


@pytest.fixture
def headers(cast: Cast, signed_in: Headers) -> dict[str, str]:
    return signed_in(cast.wang)


def scan(client: FlaskClient, headers: dict[str, str], text: str) -> Any:
    return client.get("/api/v1/inspector/scan", query_string={"text": text}, headers=headers)


def test_the_list_holds_the_countys_stations_and_nobody_elses(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    answer = client.get("/api/v1/inspector/stations", headers=headers)

    found = {station["id"] for station in answer.json["stations"]}
    assert found == {cast.c1.id, cast.c2.id, cast.c3.id, cast.xz1.id}


def test_the_list_can_be_narrowed(client: FlaskClient, cast: Cast, headers: dict[str, str]) -> None:
    query = {"township": cast.township.code, "q": "杨家山"}

    answer = client.get("/api/v1/inspector/stations", query_string=query, headers=headers)

    assert [station["code"] for station in answer.json["stations"]] == ["C0002"]


def test_a_scanned_plate_shows_every_clause_with_the_keepers_newest_photo(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    headers: dict[str, str],
    signed_in: Headers,
) -> None:
    sign, li, content = make_sign(session, cast.c1), signed_in(cast.li), jpeg()
    shelves = photo(content, subject="shelves")
    sent = batch(check_in(cast.c1.id, "C0001"), count(cast.c1.id, 12, 3), note(cast.c1.id, shelves))
    client.post("/api/v1/sync", json=sent, headers=li)
    client.put(
        f"/api/v1/photos/{shelves['id']}",
        data=content,
        headers=li | {"X-SHA256": hashlib.sha256(content).hexdigest()},
    )

    answer = scan(client, headers, f"https://other.example/s/{token_of(sign)}").json

    assert answer["station"]["name"] == "马家沟村快递便民服务点"
    assert answer["station"]["operator"] == "山西壹公里快递有限公司"
    assert answer["sign"] == {"plate_no": 1, "state": "mounted"}
    assert answer["counts_30d"] == {"received": 12, "sent": 3, "days": 1}
    assert answer["last_check_in"] is not None
    by_code = {finding["code"]: finding for finding in answer["findings"]}
    assert by_code["A3-42b"]["photo_id"] == shelves["id"]
    assert by_code["A3-42b"]["word_label"] == "站长"
    assert "货架" in by_code["A3-42b"]["text"]
    thumb = f"/api/v1/inspector/photos/{shelves['id']}/thumb"
    assert client.get(thumb, headers=headers).status_code == 200


def test_nine_square_metres_fail_a_township_station_and_four_a_village_point_not(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    for station, area in ((cast.xz1, "9"), (cast.c1, "4")):
        session.add(
            Statement(
                county="140926",
                station_id=station.id,
                fact="floor_area_m2",
                value=area,
                word="inspector",
                observed_on=clock.today(),
                said_at=clock.now(),
            )
        )

    township = scan(client, headers, "XZ1").json
    village = scan(client, headers, "C1").json

    failed = [f["clause"] for f in township["findings"] if f["verdict"] == "fail"]
    assert (township["status"]["label"], failed) == ("不达标", ["四（1）"])
    assert township["station"]["area"] == "9平方米（督导员）"
    assert village["status"]["code"] != "fails"


def test_a_township_officer_sees_only_the_own_township(
    client: FlaskClient, cast: Cast, signed_in: Headers
) -> None:
    officer = signed_in(cast.officer)

    listed = client.get("/api/v1/inspector/stations", headers=officer).json["stations"]

    assert [station["code"] for station in listed] == ["C0003"]
    assert scan(client, officer, "C3").status_code == 200
    assert scan(client, officer, "C1").json["code"] == "station-unknown"
