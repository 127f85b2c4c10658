"""今天不开门, 早关门: a record of its own, on the public page, in the history, for the signals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.services.common.openings import days_closed
from server.services.days.activity import station_days
from tests.api.events import batch, check_in, item, now_text
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]


@pytest.fixture
def send(client: FlaskClient, cast: Cast, signed_in: Headers) -> Callable[..., list[str]]:
    headers = signed_in(cast.li)

    def post(*items: dict[str, Any]) -> list[str]:
        answer = client.post("/api/v1/sync", json=batch(*items), headers=headers)
        return [one["result"] for one in answer.json["results"]]

    return post


def told(cast: Cast, opening: str, minutes_ago: int) -> dict[str, Any]:
    at = now_text(timedelta(minutes=-minutes_ago))
    return item("opening", cast.c1.id, {"opening": opening}, device_at=at)


def test_a_closed_day_stands_on_the_public_page_until_it_is_taken_back(
    client: FlaskClient, session: Session, cast: Cast, send: Callable[..., list[str]]
) -> None:
    path = f"/s/{token_of(make_sign(session, cast.c1))}"
    session.commit()
    assert "今天不开门" not in client.get(path).text

    sent = told(cast, "closed", 9)
    assert [send(sent), send(sent)] == [["ok"], ["same"]]
    assert "今天不开门" in client.get(path).text
    today = client.get(path.replace("/s/", "/api/v1/public/stations/")).json["today"]
    assert today == "今天不开门"

    send(told(cast, "early", 5))
    assert "今天早关门（" in client.get(path).text
    send(told(cast, "usual", 2))
    assert "今天不开门" not in client.get(path).text
    assert "早关门" not in client.get(path).text


def test_whoever_checks_in_afterwards_has_opened(
    session: Session, cast: Cast, send: Callable[..., list[str]]
) -> None:
    send(told(cast, "closed", 9), check_in(cast.c1.id, "C0001", device_at=now_text()))
    today = clock.today()
    assert days_closed(
        session, county=cast.c1.county, station_ids=[cast.c1.id], since=today, until=today
    ) == {cast.c1.id: set()}


def test_a_closed_day_is_no_missing_day_and_stands_in_the_histories(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Headers,
    send: Callable[..., list[str]],
) -> None:
    send(told(cast, "closed", 9))
    today = clock.today()
    assert days_closed(
        session, county=cast.c1.county, station_ids=[cast.c1.id], since=today, until=today
    ) == {cast.c1.id: {today}}
    (day,) = station_days(session, station=cast.c1, since=today, until=today)
    assert day.opening
    assert day.opening.label == "今天不开门"

    headers = signed_in(cast.li)
    (sent,) = client.get("/api/v1/keeper/history", headers=headers).json["days"]
    assert sent["opening"]["label"] == "今天不开门"
    home = client.get("/api/v1/keeper/home", headers=headers).json
    (here,) = [one for one in home["stations"] if one["id"] == cast.c1.id]
    assert here["today"]["opening"]["opening"] == "closed"


def test_another_word_is_refused(cast: Cast, send: Callable[..., list[str]]) -> None:
    assert send(told(cast, "perhaps", 1)) == ["invalid"]
