"""The short way of a photo and the long one: the same answers, the same rows, whatever comes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from server.commits import Commits
from server.http import clock
from server.media.apart.opener import software
from server.media.blobs import FolderStore
from server.models.inspection import PhotoRequest
from server.models.job import Job
from server.models.killed_try import KilledTry
from server.models.person import Person
from server.models.phone_event import Photo
from tests.api.events import announce, jpeg, photo, put
from tests.api.shares import choose, seen
from tests.api.ways import told_by, ways
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]
ITS_OWN = {"id", "event_id", "sha256", "arrived_at", "_sa_instance_state"}
RULE = "/api/v1/photos/<uuid:photo_id>"
DAY = timedelta(days=1)


@pytest.fixture
def headers(cast: Cast, signed_in: Headers) -> dict[str, str]:
    return signed_in(cast.li)


def test_both_ways_answer_and_keep_the_same(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore,
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    now, write, content = clock.now(), Commits.write, jpeg()
    session.add(
        PhotoRequest(
            county=cast.c1.county, station_id=cast.c1.id, subject="signboard", seed="0",
            asked_on=clock.today(), asked_at=now - DAY, until_at=now + DAY,
        )
    )  # fmt: skip
    session.commit()
    client.application.config["LOG_REQUESTS"] = True
    in_store: list[bool] = []

    def told(commits: Commits, do: Any) -> Any:
        in_store.append(blobs.stat(sent["sha256"]) is not None)
        return write(commits, do)

    said = []
    for short in (True, False):
        sent = photo(content)
        announce(client, headers, cast.c1.id, sent)
        with (
            ways(client.application, short=short) as taken,
            monkeypatch.context() as looked_at,
            capture_logs() as logs,
        ):
            looked_at.setattr(Commits, "write", told)
            answer = put(client, headers, sent["id"], content)
        assert taken == ([] if short else ["long"])
        body: Any = answer.json
        assert body.pop("id") == sent["id"]
        row = session.get_one(Photo, UUID(sent["id"]), populate_existing=True)
        job = session.scalars(select(Job).where(Job.kind == "examine_photo")).one()
        asked = session.scalars(select(PhotoRequest)).one()
        session.refresh(asked)
        assert (job.args, job.dedupe) == ({"photo_id": sent["id"]}, f"examine_photo:{sent['id']}")
        assert asked.photo_id == row.id
        assert row.arrived_at == asked.answered_at == job.made_at == job.run_at
        with blobs.open(sent["sha256"]) as kept:
            assert kept.read() == content
        [line] = [one for one in logs if one["event"] == "request"]
        said.append(
            (
                answer.status_code, told_by(answer), body,
                {name: one for name, one in vars(row).items() if name not in ITS_OWN | {"taken_at"}},
                (job.state, job.attempts, job.max_attempts, job.error, job.owner, job.lease_until),
                (line["rule"], line["status"], line["method"]),
            )
        )  # fmt: skip
        asked.photo_id = asked.answered_at = None
        session.execute(delete(Job))
        session.commit()
        blobs.delete(sent["sha256"])

    assert said[0] == said[1]
    assert (said[0][0], said[0][5]) == (201, (RULE, 201, "PUT"))
    assert in_store == [True], "bytes stand in the store before the row says so"
    counted = client.get("/metrics").get_data(as_text=True)
    assert f'czt_requests_total{{method="PUT",rule="{RULE}",status="201"}} 2.0' in counted
    assert 'czt_photos_received_total{answer="new"} 2.0' in counted
    assert f"czt_photo_bytes_total {2 * len(content):.1f}" in counted
    assert 'czt_arrival_lag_seconds_count{county="140926",kind="photo"} 2.0' in counted


def test_whatever_is_unusual_goes_the_long_way_and_is_told_so_by_it(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore,
    headers: dict[str, str], signed_in: Headers, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    whole, none = jpeg(), {"X-SHA256": ""}
    whole_of: dict[str, bytes] = {"empty": b"", "no picture": b"GIF89a nothing", "cut": whole[:-99]}
    how_of: dict[str, dict[str, str]] = {
        "no hash": none, "empty": none, "no picture": none, "cut": none,
        "a form": {"Content-Type": "text/html"}, "wrong hash": {"X-SHA256": "0" * 64},
        "changed": {}, "unknown": {}, "again": {}, "withdrawn": {}, "another's": {},
        "stranger": {"Authorization": "Bearer x"}, "killed": {}, "too much": {},
        "low": {}, "broken": {},
    }  # fmt: skip
    expected = {
        "no hash": 201, "a form": 201, "withdrawn": 201, "again": 200, "stranger": 401,
        "unknown": 404, "another's": 404, "changed": 409, "too much": 429, "low": 503,
        "broken": 503,
    }  # fmt: skip
    choose(session, cast)
    told = {}
    for short in (True, False):
        for why, how in how_of.items():
            content = whole_of.get(why, jpeg())
            meant = jpeg(90) if why == "changed" else content
            sent = photo(meant or whole)
            if why != "unknown":
                announce(client, headers, cast.c1.id, sent)
            if why == "again":
                assert put(client, headers, sent["id"], content).status_code == 201
            if why == "withdrawn":
                client.post(
                    f"/api/v1/photos/{sent['id']}/withdrawn",
                    json={"reason": "lost"}, headers=headers,
                )  # fmt: skip
            if why == "killed":
                session.add(
                    KilledTry(
                        sha256=sent["sha256"], software=software(), deed="look", why="slow",
                        at=clock.now(),
                    )
                )  # fmt: skip
                session.commit()
            if why == "too much":
                use = seen(cast.li.id, 30 * 1024 * 1024)
                monkeypatch.setitem(client.application.extensions, "day_use", use)
                made = session.get_one(Photo, UUID(sent["id"]))
                made.arrived_at, made.size_bytes = clock.now(), 100 * 1024 * 1024
                session.commit()
            by = signed_in(cast.zhao) if why == "another's" else headers
            with ways(client.application, short=short) as taken, monkeypatch.context() as harm:
                if why == "low":
                    harm.setattr(FolderStore, "is_low", lambda _: True)
                if why == "broken":
                    harm.setattr("server.media.blobs.os.fsync", _breaks)
                answer = put(client, by, sent["id"], content, **how)
            assert taken == ["long"], why
            body: Any = answer.json
            for own in ("id", "sha256", "request_id", "instance"):
                body.pop(own, None)
            assert answer.status_code == expected.get(why, 422), (why, body)
            state = session.scalar(select(Photo.state).where(Photo.id == UUID(sent["id"])))
            told[short, why] = (answer.status_code, told_by(answer), body, state)
            monkeypatch.undo()
            if why == "too much":
                client.application.extensions.pop("day_use", None)
                made.arrived_at, made.size_bytes = None, 1
                session.commit()

    for why in how_of:
        assert told[True, why] == told[False, why], why
    assert list(blobs.root.glob("incoming/*")) == []


def _breaks(_descriptor: int) -> None:
    raise OSError(5, "Input/output error")
