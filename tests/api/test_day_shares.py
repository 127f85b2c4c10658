"""A day's share of records and photos, and the disk's reserve: what is too much waits on the phone."""

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.media.blobs import FolderStore, StoreFailed
from server.models.person import Person
from server.models.phone_event import PhoneEvent, Photo
from server.services.intake.quotas import SETTINGS, quotas
from server.services.upkeep.readiness import STORE_WORDS, store_faults
from tests.api.events import batch, count, jpeg, note, photo
from tests.api.shares import choose, seen
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]
MB = 1024 * 1024


def send(client: FlaskClient, headers: dict[str, str], *items: dict[str, Any]) -> list[Any]:
    answer = client.post("/api/v1/sync", json=batch(*items), headers=headers)
    assert answer.status_code == 200, answer.json
    return list(answer.json["results"])


def test_records_over_the_days_share_wait_and_what_is_here_stays_here(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    choose(session, cast)
    headers, other = signed_in(cast.li), signed_in(cast.zhao)
    sent = [count(cast.c1.id, received=n) for n in range(100)]
    for start in range(0, 100, 20):
        answers = send(client, headers, *sent[start : start + 20])
        assert {one["result"] for one in answers} <= {"ok", "merged"}

    late = count(cast.c1.id, received=7)
    again, refused = send(client, headers, sent[0], late)

    assert again["result"] == "same"
    assert (refused["result"], refused["code"]) == ("later", "records-tomorrow")
    assert "100条" in refused["message"]
    assert "不会丢" in refused["message"]
    assert session.get(PhoneEvent, UUID(late["id"])) is None
    assert send(client, other, count(cast.c2.id))[0]["result"] == "ok", "each person has a share"
    choose(session, cast, records_a_day="200")
    assert send(client, headers, late)[0]["result"] in ("ok", "merged"), "nothing was lost"


def test_photos_over_the_days_share_wait_while_records_go_in(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers
) -> None:
    choose(session, cast)
    headers, contents = signed_in(cast.li), [jpeg(shade) for shade in (40, 90)]
    announced = [photo(content) for content in contents]
    send(client, headers, note(cast.c1.id, *announced))
    first = session.get_one(Photo, UUID(announced[0]["id"]))

    def put(n: int) -> Any:
        how = headers | {"Content-Type": "image/jpeg"}
        return client.put(f"/api/v1/photos/{announced[n]['id']}", data=contents[n], headers=how)

    assert put(0).status_code == 201
    first.size_bytes = 100 * MB  # as if it were a whole day's photos
    session.commit()
    client.application.extensions["day_use"] = seen(cast.li.id, 30 * MB)

    late = put(1)

    assert (late.status_code, late.json["code"]) == (429, "photos-tomorrow")
    assert 1 <= int(late.headers["Retry-After"]) <= 3600
    assert "100MB" in late.json["detail"]
    assert put(0).status_code == 200, "sent again, it costs nothing"
    assert send(client, headers, count(cast.c1.id))[0]["result"] == "ok"
    choose(session, cast, photo_mb_a_day="101")
    assert put(1).status_code == 201


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_share_that_cannot_be_is_refused(session: Session, cast: Cast) -> None:
    for typed in ("99", "20001", "", "很多", "1.5"):
        with pytest.raises(Invalid, match="一个人一天最多交几条记录"):
            choose(session, cast, records_a_day=typed)
    assert quotas(cast.county).records_a_day == 1000
    assert all(one.lowest >= 100 for one in SETTINGS.values())


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_only_the_reserve_is_left_so_photos_wait_and_records_go_in(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    signed_in: Headers,
    blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers, content = signed_in(cast.li), jpeg(70)
    announced = photo(content)
    block, blocks = 4096, 10 * 1024**3 // 4096  # a disk of 10 GB; its reserve is 500 MB

    def free(size: int) -> None:
        disk = SimpleNamespace(f_bavail=size // block, f_frsize=block, f_blocks=blocks)
        monkeypatch.setattr(os, "statvfs", lambda _: disk)

    free(499 * MB)
    assert send(client, headers, note(cast.c1.id, announced))[0]["result"] == "ok"
    how = headers | {"Content-Type": "image/jpeg"}
    path = f"/api/v1/photos/{announced['id']}"
    late = client.put(path, data=content, headers=how)

    assert (late.status_code, late.json["code"]) == (503, "store-reserve")
    assert late.headers["Retry-After"] == "600"
    assert "请不要删除" in late.json["detail"]
    assert store_faults(blobs) == [STORE_WORDS["store-reserve"]]
    free(501 * MB)
    assert client.put(path, data=content, headers=how).status_code == 201
    assert store_faults(blobs) == []
    blocks = 2 * 1024**3 // 4096  # a small disk: 5 % of it
    free(101 * MB)
    with pytest.raises(StoreFailed):
        blobs.refuse_when_low()
    free(103 * MB)
    blobs.refuse_when_low()
