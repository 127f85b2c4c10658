"""Photos that will not come: withdrawn by their phone, and kept all the same when they do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.history import HistoryLine
from server.models.phone_event import Photo, PhotoState
from server.services.photos.missing import missing_by_station, missing_of
from tests.api.events import announce, batch, jpeg, note, photo, put
from tests.factories import Cast

Headers = dict[str, str]
WHY = {"reason": "refused", "code": "photo-truncated", "note": ""}


@pytest.fixture
def withdraw(client: FlaskClient, headers: Headers) -> Callable[..., Any]:
    def post(photo_id: str, body: Any = WHY) -> Any:
        return client.post(f"/api/v1/photos/{photo_id}/withdrawn", json=body, headers=headers)

    return post


def test_a_withdrawn_photo_is_waited_for_no_longer(
    client: FlaskClient, session: Session, cast: Cast, headers: Headers, withdraw: Any
) -> None:
    sent, other = photo(jpeg(), "shelves"), photo(jpeg(90))
    announce(client, headers, cast.c1.id, sent, other)

    first, again = withdraw(sent["id"]), withdraw(sent["id"])

    assert first.json == again.json == {"id": sent["id"], "state": "withdrawn"}
    asked: Any = client.post("/api/v1/sync", json=batch(), headers=headers).json
    assert asked["need_photos"] == [other["id"]]
    assert [one.photo.id for one in missing_of(session, station=cast.c1, to=cast.office)] == [
        UUID(other["id"])
    ]
    assert (
        missing_by_station(session, county="140926", station_ids=[cast.c1.id], to=cast.office)[
            cast.c1.id
        ].photos
        == 1
    )
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "photo-withdrawn"))
    assert (line.station_id, line.person_id) == (cast.c1.id, cast.li.id)
    assert "货架" in line.summary
    assert line.reason == "照片没有被收下；photo-truncated"


def test_a_withdrawn_photo_may_still_come(
    client: FlaskClient, session: Session, cast: Cast, headers: Headers, withdraw: Any
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    withdraw(sent["id"])

    answer = put(client, headers, sent["id"], content)

    assert answer.status_code == 201
    assert session.get_one(Photo, UUID(sent["id"])).state is PhotoState.KEPT


def test_a_kept_photo_cannot_be_withdrawn(
    client: FlaskClient, session: Session, cast: Cast, headers: Headers, withdraw: Any
) -> None:
    content = jpeg()
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    answer = withdraw(sent["id"])

    assert answer.json == {"id": sent["id"], "state": "kept"}
    assert session.get_one(Photo, UUID(sent["id"])).state is PhotoState.KEPT
    assert session.scalar(select(func.count()).select_from(HistoryLine)) == 0


def test_nobody_withdraws_what_nobody_announced(withdraw: Any) -> None:
    answer = withdraw(str(uuid4()))

    assert (answer.status_code, answer.json["code"]) == (404, "photo-not-announced")


def test_a_record_sent_again_does_not_call_its_withdrawn_photo_back(
    client: FlaskClient, session: Session, cast: Cast, headers: Headers, withdraw: Any
) -> None:
    sent = photo(jpeg())
    taken = batch(note(cast.c1.id, sent))
    client.post("/api/v1/sync", json=taken, headers=headers)
    withdraw(sent["id"])

    again: Any = client.post("/api/v1/sync", json=taken, headers=headers).json

    assert again["results"][0]["result"] == "same"
    assert again["need_photos"] == []


def test_a_photo_waits_since_its_record_came(
    client: FlaskClient, session: Session, cast: Cast, headers: Headers
) -> None:
    before = clock.now()
    announce(client, headers, cast.c1.id, photo(jpeg()))

    missing = missing_by_station(
        session, county="140926", station_ids=[cast.c1.id, cast.c2.id], to=cast.office
    )

    assert set(missing) == {cast.c1.id}
    assert before <= missing[cast.c1.id].since <= clock.now()
    assert (
        missing_by_station(session, county="411721", station_ids=[cast.c1.id], to=cast.office) == {}
    )
