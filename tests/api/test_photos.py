"""A photo's way: announced, received once, looked at by the worker, shown to who may see."""

import io
import signal
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.apart.opener import shared_opener
from server.media.blobs import FolderStore
from server.models.job import Job
from server.models.killed_try import KilledTry
from server.models.person import Person
from server.models.phone_event import Photo, PhotoState
from server.services.people.sign_ins import revoke_devices
from server.services.review.examination import examine_photo
from server.services.upkeep.killed_tries import KilledTries
from tests.api.events import announce, batch, jpeg, photo, put
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.killing import killed_while_asked
from tests.queries import queries_of

Headers = Callable[[Person], dict[str, str]]


@pytest.fixture
def headers(cast: Cast, signed_in: Headers) -> dict[str, str]:
    return signed_in(cast.li)


def test_a_photo_is_received_once_with_a_receipt_of_its_hash(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)

    first = put(client, headers, sent["id"], content)
    second = put(client, headers, sent["id"], content)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == {"id": sent["id"], "sha256": sent["sha256"], "state": "kept"}
    assert blobs.stat(sent["sha256"]) is not None
    jobs = session.scalars(select(Job).where(Job.kind == "examine_photo")).all()
    assert [job.args for job in jobs] == [{"photo_id": sent["id"]}]


def test_no_pixel_is_decoded_at_the_door_and_bytes_that_killed_a_look_are_refused_there(
    client: FlaskClient, app: Flask, session: Session, cast: Cast, blobs: FolderStore,
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    contents = [jpeg(), jpeg(2), jpeg(3)]
    first, bad, again = photo(contents[0]), photo(contents[1]), photo(contents[1])
    announce(client, headers, cast.c1.id, first, bad, again)
    with monkeypatch.context() as nobody_opens, queries_of(app) as said:
        nobody_opens.setattr(shared_opener(), "ask", None)
        answers = [put(client, headers, first["id"], contents[0])]
        writing = [one.split()[0] for one in said if one.startswith(("INSERT", "UPDATE"))]
        assert writing == ["UPDATE", "INSERT", "UPDATE"]
        assert len(said) <= 7, said  # two look-ups and three writes, each with its BEGIN
        answers.append(put(client, headers, bad["id"], contents[1]))
    assert [one.status_code for one in answers] == [201, 201]
    examine_photo(session, blobs, UUID(first["id"]), clock.now())
    pid = shared_opener().idle[-1].pid
    assert pid is not None

    with app.app_context(), killed_while_asked(pid, signal.SIGSEGV):
        examine_photo(session, blobs, UUID(bad["id"]), clock.now())
    session.commit()
    with app.app_context():
        memory = shared_opener().memory()
    assert isinstance(memory, KilledTries)
    assert memory.writing is not None
    memory.writing.join()
    refused = put(client, headers, again["id"], contents[1])

    kept = session.get_one(Photo, UUID(bad["id"]))
    assert kept.state is PhotoState.UNREADABLE
    assert "请用手机直接再拍一张" in kept.quality["complaints"][0]
    assert session.scalars(select(KilledTry.why)).all() == ["crashed"]
    assert (refused.status_code, refused.json["code"]) == (422, "photo-set-aside")
    assert "没有收下" in refused.json["detail"]
    assert session.get_one(Photo, UUID(again["id"])).state is PhotoState.ANNOUNCED
    lost = f"/api/v1/photos/{again['id']}/withdrawn"
    assert client.post(lost, json={"reason": "refused"}, headers=headers).status_code == 200


@ON_SQLITE
def test_a_photo_that_lost_its_end_before_it_was_announced_is_refused_at_the_door(
    client: FlaskClient, cast: Cast, blobs: FolderStore, headers: dict[str, str]
) -> None:
    image, png, webp = Image.new("RGB", (900, 700), (90, 120, 80)), io.BytesIO(), io.BytesIO()
    image.save(png, "PNG")
    image.save(webp, "WEBP", lossless=True)
    cut = [whole[: len(whole) * 2 // 3] for whole in (jpeg(), png.getvalue(), webp.getvalue())]
    sent = [photo(content) for content in cut]
    announce(client, headers, cast.c1.id, *sent)

    for one, content in zip(sent, cut, strict=True):
        answer = put(client, headers, one["id"], content)
        assert (answer.status_code, answer.json["code"]) == (422, "photo-truncated")
    assert list(blobs.blob_keys()) == []


def test_a_phone_revoked_while_its_photo_travels_keeps_the_photo(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    whole = FolderStore.put

    def meanwhile(store: FolderStore, given: bytes, **more: str) -> str:
        revoke_devices(session, person=cast.li, by=cast.office, now=clock.now())
        session.commit()
        return whole(store, given, **more)

    monkeypatch.setattr(FolderStore, "put", meanwhile)
    answer = put(client, headers, sent["id"], content)

    assert (answer.status_code, answer.json["code"]) == (401, "sign-in-needed")
    assert session.get_one(Photo, UUID(sent["id"])).state == PhotoState.ANNOUNCED


def test_a_received_photo_is_not_asked_for_any_more(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    answer = client.post("/api/v1/sync", json=batch(), headers=headers)

    assert answer.json["need_photos"] == []


def test_bytes_that_changed_on_the_way_are_not_kept(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)

    answer = put(client, headers, sent["id"], content[:-100], **{"X-SHA256": sent["sha256"]})

    assert (answer.status_code, answer.json["code"]) == (422, "hash-differs")
    assert session.get_one(Photo, UUID(sent["id"])).state is PhotoState.ANNOUNCED
    assert list(blobs.blob_keys()) == []


def test_another_picture_under_the_announced_id_is_a_conflict(
    client: FlaskClient, cast: Cast, blobs: FolderStore, headers: dict[str, str]
) -> None:
    sent = photo(jpeg(10))
    announce(client, headers, cast.c1.id, sent)

    answer = put(client, headers, sent["id"], jpeg(20))

    assert (answer.status_code, answer.json["code"]) == (409, "photo-differs")
    assert list(blobs.blob_keys()) == []


def test_a_full_store_asks_the_phone_to_keep_its_photo_and_come_back(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    blobs.root.parent.mkdir(exist_ok=True)
    blobs.root.write_text("a file where the folder should be")

    answer = put(client, headers, sent["id"], content)

    assert (answer.status_code, answer.json["code"]) == (503, "store-failed")
    assert answer.headers["Retry-After"] == "60"
    assert session.get_one(Photo, UUID(sent["id"])).state is PhotoState.ANNOUNCED


def test_an_unannounced_photo_waits_for_its_event(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = put(client, headers, str(uuid4()), jpeg())

    assert (answer.status_code, answer.json["code"]) == (404, "photo-not-announced")


def test_nobody_sends_a_photo_into_somebody_elses_event(
    client: FlaskClient, cast: Cast, headers: dict[str, str], signed_in: Headers
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)

    answer = put(client, signed_in(cast.zhao), sent["id"], content)

    assert answer.status_code == 404


def test_a_photo_can_be_seen_before_the_worker_came_by(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    content = jpeg(side=1200)
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    thumb = client.get(f"/api/v1/keeper/photos/{sent['id']}/thumb", headers=headers)

    assert (thumb.status_code, thumb.content_type) == (200, "image/jpeg")
    assert max(Image.open(io.BytesIO(thumb.data)).size) == 320
    assert "private" in thumb.headers["Cache-Control"]


def test_the_worker_measures_a_photo_and_says_what_to_do_better(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
) -> None:
    content = jpeg(side=400)
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    examine_photo(session, blobs, UUID(sent["id"]), clock.now())
    examine_photo(session, blobs, UUID(sent["id"]), clock.now())  # a job may run twice

    kept = session.get_one(Photo, UUID(sent["id"]))
    assert (kept.state, kept.width_px, kept.height_px) == (PhotoState.EXAMINED, 400, 300)
    assert len(kept.phash or "") == 64
    history = client.get("/api/v1/keeper/history", headers=headers).json
    [line] = history["days"][0]["photos"]
    assert line["has_thumb"] is True
    assert "照片太小" in line["complaints"][0]


def test_the_same_bytes_at_two_stations_are_stamped_each_for_its_own(
    client: FlaskClient, cast: Cast, headers: dict[str, str], signed_in: Headers
) -> None:
    content = jpeg(side=1200)
    here, there = photo(content), photo(content)
    zhao = signed_in(cast.zhao)
    announce(client, headers, cast.c1.id, here)
    put(client, headers, here["id"], content)
    announce(client, zhao, cast.c2.id, there)
    put(client, zhao, there["id"], content)

    first = client.get(f"/api/v1/keeper/photos/{here['id']}/view", headers=headers)
    second = client.get(f"/api/v1/keeper/photos/{there['id']}/view", headers=zhao)

    assert first.status_code == second.status_code == 200
    assert first.data != second.data


def test_shown_photos_carry_no_data_of_the_phone(
    client: FlaskClient, cast: Cast, headers: dict[str, str]
) -> None:
    image = Image.new("RGB", (1200, 900), (90, 120, 80))
    exif = image.getexif()
    exif[0x0110] = "SECRET-PHONE-7"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    content = file.getvalue()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    view = client.get(f"/api/v1/keeper/photos/{sent['id']}/view", headers=headers)

    assert b"SECRET-PHONE-7" in content
    assert b"SECRET-PHONE-7" not in view.data
