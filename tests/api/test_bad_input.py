"""Whatever cannot be right gets a clear Chinese sentence, the right status, and changes nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.sign import SignState
from tests.api.events import batch, check_in, count
from tests.api.refusals import refused, refused_item
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (-1, "count-negative"),
        (10**9, "count-too-large"),
        (100_000, "count-too-large"),
        ("十二", "item-unreadable"),
        ("", "item-unreadable"),
        (1.5, "item-unreadable"),
        (None, "item-unreadable"),
        (True, "item-unreadable"),
        ([12], "item-unreadable"),
        (10**30, "count-too-large"),
    ],
)
def test_counts_that_cannot_be(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    received: Any,
    code: str,
) -> None:
    unchanged()

    answer = client.post(
        "/api/v1/sync", json=batch(count(cast.c1.id, received=received)), headers=headers
    )

    item = refused_item(answer, code)
    assert item["fields"] == ["payload.received"]
    assert "收到" in item["message"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sent": 3, "agri_sent": 4}, "agri-more-than-sent"),
        ({"by_brand": {"圆通": 99}}, "brands-more-than-all"),
        ({"by_brand": {"圆通": -1}}, "count-too-large"),
        ({"day_on": (clock.today() + timedelta(days=1)).isoformat()}, "day-in-future"),
        ({"day_on": "2019-01-01"}, "day-too-old"),
        ({"day_on": "7月5日"}, "item-unreadable"),
        ({"day_on": "2023-02-30"}, "item-unreadable"),
        ({"reason": "好" * 201}, "item-unreadable"),
    ],
)
def test_count_forms_that_cannot_be(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    fields: dict[str, Any],
    code: str,
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(cast.c1.id, **fields)), headers=headers)

    refused_item(answer, code)


def plates(session: Session, cast: Cast) -> dict[str, str]:
    """Scanned texts that open nothing, by the code of the refusal."""
    genuine = token_of(make_sign(session, cast.xz1))
    return {
        "forged": genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        "foreign": token_of(make_sign(session, cast.foreign)),
        "retired": token_of(make_sign(session, cast.c1, SignState.REPLACED)),
        "elsewhere": genuine,
        "web page": "https://example.com/win-a-prize",
        "unknown number": "C9999",
        "empty": "   ",
        "foreign number": "411721-C0001",
    }


@pytest.mark.parametrize(
    ("plate", "code"),
    [
        ("forged", "sign-unknown"),
        ("foreign", "sign-foreign"),
        ("retired", "sign-retired"),
        ("elsewhere", "plate-of-another-station"),
        ("web page", "sign-unknown"),
        ("unknown number", "sign-unknown"),
        ("empty", "scan-empty"),
        ("foreign number", "sign-foreign"),
    ],
)
def test_plates_that_open_nothing(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    plate: str,
    code: str,
) -> None:
    text = plates(session, cast)[plate]
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(check_in(cast.c1.id, text)), headers=headers)

    refused_item(answer, code)


@pytest.mark.parametrize("station", ["c2", "c3", "foreign", "none"])
def test_stations_of_others_take_nothing(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    station: str,
) -> None:
    station_id = 10**12 if station == "none" else getattr(cast, station).id
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(station_id)), headers=headers)

    refused_item(answer, "station-not-yours")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "delete_everything"},
        {"payload": "text"},
        {"payload": None},
        {"device_at": "yesterday"},
        {"device_at": "0001-01-01T00:00:00+14:00"},
        {"photos": "none"},
        {"station_id": "C0001"},
        {"id": "../../etc"},
    ],
)
def test_items_that_cannot_be_read(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    change: dict[str, Any],
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(cast.c1.id) | change), headers=headers)

    refused_item(answer, "item-unreadable")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json at all", 400, "bad-request"),
        (b"", 422, "form-invalid"),
        (b"[]", 422, "form-invalid"),
        (b"{}", 422, "form-invalid"),
        (b'{"items": 7}', 422, "form-invalid"),
        (json.dumps(batch(*[{"id": "x"}] * 21)).encode(), 422, "form-invalid"),
        (json.dumps(batch() | {"items": [{"no": "id"}]}).encode(), 422, "form-invalid"),
        (b"\xff\xfe\x00", 400, "bad-request"),
        (b'{"a":' * 50_000, 400, "bad-request"),
    ],
    ids=["text", "empty", "list", "nothing", "number", "21 items", "no id", "bytes", "deep"],
)
def test_envelopes_that_cannot_be_read(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    body: bytes,
    status: int,
    code: str,
) -> None:
    unchanged()

    answer = client.post(
        "/api/v1/sync", data=body, content_type="application/json", headers=headers
    )

    refused(answer, status, code)


def test_a_body_that_does_not_claim_to_be_json(
    client: FlaskClient, cast: Cast, headers: dict[str, str], unchanged: Callable[[], None]
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", data="received=12", headers=headers)

    refused(answer, 415, "not-json")


@pytest.mark.parametrize("code", ["", "12", "ABCD-EFGH", "一二三四", "A" * 41, None, 7])
def test_bind_codes_that_are_none(
    client: FlaskClient, cast: Cast, unchanged: Callable[[], None], code: Any
) -> None:
    unchanged()

    answer = client.post("/api/v1/session/bind", json={"code": code, "device_id": "device-0001"})

    if answer.status_code == 422:
        refused(answer, 422, "form-invalid")
    else:
        refused(answer, 404, "bind-code-unknown")


def test_an_inspector_hears_what_is_wrong_with_a_plate(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Headers,
    unchanged: Callable[[], None],
) -> None:
    wang, texts = signed_in(cast.wang), plates(session, cast)
    unchanged()

    for plate, status, code in (
        ("forged", 404, "sign-unknown"),
        ("foreign", 403, "sign-foreign"),
        ("retired", 409, "sign-retired"),
        ("empty", 422, "scan-empty"),
    ):
        answer = client.get(
            "/api/v1/inspector/scan", query_string={"text": texts[plate]}, headers=wang
        )
        refused(answer, status, code)


@pytest.mark.parametrize(
    "body", [b'{"device_id":' + b"9" * 20_000 + b"}", b"[" * 100_000], ids=["digits", "brackets"]
)
def test_json_that_no_reader_can_read_is_a_bad_request_and_not_our_fault(
    client: FlaskClient, headers: dict[str, str], unchanged: Callable[[], None], body: bytes
) -> None:
    unchanged()

    answer = client.post(
        "/api/v1/sync", data=body, content_type="application/json", headers=headers
    )

    refused(answer, 400, "bad-request")


@pytest.mark.parametrize("before", ["0001-01-01", "9999-12-31", "1899-12-31"])
def test_a_history_before_the_calendar_is_refused(
    client: FlaskClient, headers: dict[str, str], before: str
) -> None:
    answer = client.get(f"/api/v1/keeper/history?before={before}", headers=headers)

    refused(answer, 422, "form-invalid")


def test_a_batch_of_the_wrong_shape_is_explained_in_chinese(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer: Any = client.post("/api/v1/sync", json=[1], headers=headers)

    refused(answer, 422, "form-invalid")
    assert answer.json["fields"] == {
        "json": {"_schema": ["这里的内容看不懂。请更新手机页面后再交。"]}
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/sync"), ("PUT", "/api/v1/photos/00000000-0000-4000-8000-000000000000")],
)
def test_a_refused_body_is_read_to_its_end_so_that_the_answer_arrives(
    client: FlaskClient, headers: dict[str, str], method: str, path: str
) -> None:
    body = BytesIO(b"\xff" * 17_000_000)

    answer = client.open(
        path, method=method, headers=headers, input_stream=body, content_length=17_000_000
    )

    assert answer.status_code in {404, 413}
    assert body.read() == b""
