"""The short way of a batch and the long one: the same answers, the same rows, whatever comes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from server.commits import Commits
from server.http import clock
from server.models.person import Person, SignIn
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from server.writers import WaitedTooLong
from tests.api.events import batch, check_in, count, item, note, photo
from tests.api.ways import told_by, ways
from tests.factories import Cast, make_keeping, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]


def rows(session: Session) -> list[list[dict[str, Any]]]:
    """All that a batch leaves behind but the moment and the phone's own ids, in order of arrival."""

    def plain(one: Any) -> dict[str, Any]:
        left_out = {
            "id",
            "event_id",
            "received_at",
            "content_sha256",
            "sha256",
            "_sa_instance_state",
        }
        return {name: value for name, value in vars(one).items() if name not in left_out}

    found = []
    for noun in (PhoneEvent, CheckIn, ParcelCount, Photo):
        of_noun = session.query(noun).all()
        for one in of_noun:
            session.refresh(one)
        found.append(sorted(map(plain, of_noun), key=repr))
    return found


def test_both_ways_answer_and_keep_the_same(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    """Twenty kinds of records: right, wrong, foreign, between keepings, with photos, twice."""
    token = token_of(make_sign(session, cast.c1))
    # Given back and just now taken again: all that follows was done between.
    make_keeping(session, cast.li, cast.c2, until_at=clock.now() - timedelta(days=2))
    make_keeping(session, cast.li, cast.c2, from_at=clock.now() - timedelta(minutes=1))
    at = {"latitude": 38.3567, "longitude": 111.9403, "accuracy_m": 12, "fix_age_s": 3}
    days = [(clock.today() - timedelta(days=ago)).isoformat() for ago in range(5)]
    moment = (clock.now() - timedelta(minutes=3)).isoformat()

    def sent() -> list[Any]:
        first = check_in(cast.c1.id, f"https://kd.example.cn/s/{token}", position=at)
        every = [
            first, check_in(cast.c1.id, "C0001", method="typed"),
            check_in(cast.c1.id, "nonsense"), check_in(cast.xz1.id, "X0001"),
            check_in(cast.c2.id, "C0002", method="typed"), first,
            count(cast.c1.id, day_on=days[1], by_brand={"中通": 2}), count(cast.c1.id, received=-1),
            count(cast.c1.id, day_on=days[2], sent=100_000), item("opening", cast.c1.id, {"opening": "early"}),
            note(cast.c1.id, photo(b"one", taken_at=moment),
                 photo(b"two", subject="shelves", notes=None, taken_at=moment)),
            note(cast.c1.id), note(cast.c1.id, photo(b"", size=0)),
            check_in(cast.c1.id, token, clock_offset_ms=-40 * 86_400_000),
        ]  # fmt: skip
        return [one | {"device_at": moment} for one in every]

    def handed_in(*, short: bool) -> Any:
        with ways(client.application, short=short) as taken:
            answer = client.post("/api/v1/sync", json=batch(*sent()), headers=headers)
        body: Any = answer.json
        for one in body["results"]:
            one.pop("id")
        assert len(body.pop("need_photos")) == 2
        said = datetime.fromisoformat(body.pop("server_now"))
        assert clock.now() - said < timedelta(minutes=1)
        kept = rows(session)
        for noun in (Photo, CheckIn, ParcelCount, PhoneEvent):
            session.query(noun).delete()
        return taken, (answer.status_code, told_by(answer), body, kept)

    ways_taken, short = handed_in(short=True)
    _, long = handed_in(short=False)

    assert ways_taken == []
    assert short == long
    assert {one["result"] for one in short[2]["results"]} == {"ok", "same", "invalid"}
    assert [len(kept) for kept in short[3]] == [6, 3, 1, 2]


@pytest.mark.parametrize(
    "why",
    [
        "again",
        "stranger",
        "inspector",
        "html",
        "odd number",
        "foreign plate",
        "a visit",
        "no length",
    ],
)
def test_whatever_is_unusual_goes_the_long_way_and_is_told_so_by_it(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers, why: str
) -> None:
    headers = signed_in(cast.wang if why == "inspector" else cast.li)
    other = token_of(make_sign(session, cast.c2))
    one = check_in(cast.c1.id, other if why == "foreign plate" else "C0001", method="typed")
    if why == "odd number":
        one["station_id"] = "1"
    if why == "a visit":
        one = item("inspection", cast.c1.id, {})
    if why == "stranger":
        headers = {"Authorization": "Bearer x"}
    how: dict[str, Any] = {"content_type": "text/html" if why == "html" else "application/json"}
    if why == "no length":
        how["environ_overrides"] = {"CONTENT_LENGTH": ""}
    body = json.dumps(batch(one))
    if why == "again":
        assert client.post("/api/v1/sync", data=body, headers=headers, **how).status_code == 200

    with ways(client.application, short=True) as taken:
        short = client.post("/api/v1/sync", data=body, headers=headers, **how)
    with ways(client.application, short=False):
        long = client.post("/api/v1/sync", data=body, headers=headers, **how)

    assert taken == ["long"]
    told: Any = short.json
    told_long: Any = long.json
    for moment in ("server_now", "request_id"):
        told.pop(moment, None)
        told_long.pop(moment, None)
    assert (short.status_code, told) == (long.status_code, told_long)


def test_the_short_way_is_logged_and_counted_and_notes_the_sign_of_life(
    client: FlaskClient, session: Session, cast: Cast, headers: dict[str, str]
) -> None:
    client.application.config["LOG_REQUESTS"] = True
    before = session.query(SignIn).filter_by(person_id=cast.li.id).one().seen_at
    with ways(client.application, short=True) as taken, capture_logs() as logs:
        told = client.post(
            "/api/v1/sync", json=batch(check_in(cast.c1.id, "C0001")),
            headers=headers | {"X-Request-ID": "a-phones-own-id"},
        )  # fmt: skip

    assert (taken, told.status_code) == ([], 200)
    assert told.headers["X-Request-ID"] == "a-phones-own-id"
    [line] = [one for one in logs if one["event"] == "request"]
    assert (line["rule"], line["status"], line["method"]) == ("/api/v1/sync", 200, "POST")
    assert structlog.contextvars.get_contextvars()["request_id"] == "a-phones-own-id"
    counted = client.get("/metrics").get_data(as_text=True)
    assert 'czt_requests_total{method="POST",rule="/api/v1/sync",status="200"} 1.0' in counted
    assert 'czt_sync_results_total{code="",result="ok"} 1.0' in counted
    assert session.query(SignIn).filter_by(person_id=cast.li.id).one().seen_at > before


def test_who_waits_in_vain_for_the_lock_waits_once_and_is_told_when_to_come_again(
    client: FlaskClient, cast: Cast, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_vain(*_: Any) -> Any:
        raise WaitedTooLong("database is locked")

    monkeypatch.setattr(Commits, "write", in_vain)
    with ways(client.application, short=True) as taken:
        told = client.post(
            "/api/v1/sync", json=batch(check_in(cast.c1.id, "C0001")), headers=headers
        )

    assert taken == []
    body: Any = told.json
    assert (told.status_code, body["code"], told.headers["Retry-After"]) == (503, "busy", "5")


def test_a_foreign_name_goes_the_long_way_and_is_refused(
    client: FlaskClient, cast: Cast, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "TRUSTED_HOSTS", ["kd.example.cn"])
    body = batch(check_in(cast.c1.id, "C0001"))
    for host, status in (("evil.example", 400), ("kd.example.cn", 200)):
        told = client.post("/api/v1/sync", json=body, headers=headers, base_url=f"http://{host}/")
        assert told.status_code == status
