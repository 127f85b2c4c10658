"""Nobody stops the house with a large body: it is measured, read and refused without the lock."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from miniapp_api.lenient import Lenient
from server.commits import Commits
from server.http import clock, database
from server.models.person import SignIn
from tests.api.events import count, item, now_text
from tests.api.rounds import inspection
from tests.databases import ON_SQLITE
from tests.factories import Cast

Locks = list[str]


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    """Each time somebody asks for the write lock."""
    taken: Locks = []
    for of, name in ((database, "begin_write"), (Commits, "write")):
        real = getattr(of, name)

        def told(*given: Any, real: Any = real) -> Any:
            taken.append("lock")
            return real(*given)

        monkeypatch.setattr(of, name, told)
    return taken


def sent(client: FlaskClient, headers: dict[str, str], **batch: Any) -> Any:
    body = {"device_id": "phone-1", "client_now": now_text(), "items": []} | batch
    return client.post("/api/v1/sync", json=body, headers=headers)


@ON_SQLITE
@pytest.mark.parametrize("items", [[1] * 300_000, [[]] * 200_000, [{}] * 200_000, "x" * 900_000])
def test_a_batch_of_a_million_things_is_measured_and_takes_no_lock(
    client: FlaskClient, headers: dict[str, str], locks: Locks, items: Any
) -> None:
    answer = sent(client, headers, items=items)

    assert answer.status_code == 422
    assert len(answer.data) < 1000
    assert locks == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "payload", "words"),
    [
        ("inspection", {"answers": [{}] * 100_000}, "条款太多了"),
        ("parcel_count", {"by_brand": {f"牌{n}": -1 for n in range(50_000)}}, "最多分30个品牌"),
    ],
)
def test_a_long_list_inside_one_record_is_refused_by_its_length_alone(
    client: FlaskClient, cast: Cast, headers: dict[str, str], kind: str,
    payload: dict[str, Any], words: str,
) -> None:  # fmt: skip
    good = count(cast.c1.id)
    whole = inspection(cast.c1) if kind == "inspection" else count(cast.c1.id)
    whole["payload"] |= payload
    many = item("photo_note", cast.c1.id, {"note": ""}, photos=[{}] * 20_000)

    [long, photos, kept] = sent(client, headers, items=[whole, many, good]).json["results"]

    assert (long["result"], kept["result"]) == ("invalid", "ok")
    assert words in long["message"]
    assert (photos["message"], photos["fields"]) == ("一次最多40张照片。", ["photos"])


@ON_SQLITE
def test_of_many_wrong_places_a_few_are_told(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    wrong = item("photo_note", cast.c1.id, {"note": ""}, photos=[{}] * 40)  # five places each

    [answer] = sent(client, headers, items=[wrong]).json["results"]

    assert len(answer["fields"]) == 20


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/sync", 1024 * 1024),
        ("/api/v1/session/bind", 16 * 1024),
        ("/api/v1/self-checks", 64 * 1024),
    ],
)
def test_json_has_limits_of_its_own_and_says_so(
    client: FlaskClient, headers: dict[str, str], locks: Locks, path: str, most: int
) -> None:
    body = json.dumps({"items": "x" * most})

    answer = client.post(path, data=body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
    limit = "1 MB" if most >= 1024**2 else f"{most // 1024} KB"
    assert answer.json["detail"] == f"一次发来的内容太多了（上限 {limit}）。请分几次交。"
    assert locks == []


def test_a_phone_switched_off_while_its_batch_was_read_hands_in_nothing(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str],
    just_before_the_lock: Callable[..., None], unchanged: Callable[[], None],
) -> None:  # fmt: skip
    unchanged()

    def switched_off() -> None:
        """Somebody says 停用."""
        session.query(SignIn).update({"revoked_at": clock.now()})
        session.commit()

    just_before_the_lock(switched_off)
    answer = sent(client, headers, items=[count(cast.c1.id)])

    assert (answer.status_code, answer.json["code"]) == (401, "sign-in-needed")


@ON_SQLITE
@pytest.mark.parametrize("path", ["/api/v1/photos/{id}/withdrawn", "/desk/stations/new"])
def test_who_may_not_write_takes_no_lock_and_who_is_signed_out_meanwhile_may_not(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str], locks: Locks,
    monkeypatch: pytest.MonkeyPatch, path: str,
) -> None:  # fmt: skip
    path = path.format(id=uuid4())

    stranger = client.post(path, json={"reason": "lost"})

    assert (stranger.status_code in (401, 303), locks) == (True, [])
    if path.startswith("/api"):
        assert client.post(path, json={"reason": "lost"}, headers=headers).status_code == 404
        assert locks == ["lock"]
        real = database.begin_write

        def meanwhile(held: Session) -> None:
            session.query(SignIn).update({"revoked_at": clock.now()})
            session.commit()
            real(held)

        monkeypatch.setattr(database, "begin_write", meanwhile)
        assert client.post(path, json={"reason": "lost"}, headers=headers).status_code == 401


def test_every_list_that_a_phone_sends_is_measured_before_it_is_gone_into() -> None:
    def schemas(of: type[Schema]) -> Iterator[type[Schema]]:
        for one in of.__subclasses__():
            yield one
            yield from schemas(one)

    unmeasured = [
        f"{schema.__name__}.{name}"
        for schema in schemas(Lenient)
        for name, field in schema().fields.items()
        if type(field) in (fields.List, fields.Tuple, fields.Raw)
        or (type(field) is fields.Dict and (field.value_field or field.key_field))
    ]
    assert unmeasured == []
