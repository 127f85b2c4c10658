"""What a keeper asks of the office arrives once, and its answer comes back on the home."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.request import KeeperRequest
from server.services.requests.deciding import refuse_request
from tests.api.events import batch, item
from tests.factories import Cast


def test_a_request_is_kept_once_and_answered_on_the_home(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:
    headers = signed_in(cast.li)

    def ask(**payload: Any) -> dict[str, Any]:
        return item("request", cast.c1.id, payload)

    def post(sent: dict[str, Any]) -> dict[str, Any]:
        answer = client.post("/api/v1/sync", json=batch(sent), headers=headers)
        [found] = answer.json["results"]
        return dict(found)

    first = ask(about="hours", hours="7:00-19:00", note="天黑得早")
    assert [post(first)["result"], post(first)["result"]] == ["ok", "same"]
    assert post(ask(about="hours", hours="看心情"))["code"] == "hours-unreadable"
    assert post(ask(about="a new phone"))["message"] == "这种请求服务器还不认识。请更新手机页面。"

    def told() -> dict[str, Any]:
        [found] = client.get("/api/v1/keeper/home", headers=headers).json["requests"]
        return dict(found)

    assert (told()["state"], told()["said"], told()["answer"]) == (
        "waiting", "改营业时间（7:00-19:00）", "",
    )  # fmt: skip
    request = session.get_one(KeeperRequest, UUID(first["id"]))
    refuse_request(
        session, request=request, by=cast.office, now=clock.now(), answer="镇上统一到六点。"
    )
    session.commit()
    assert (told()["state"], told()["answer"]) == ("refused", "镇上统一到六点。")
    other = client.get("/api/v1/keeper/home", headers=signed_in(cast.zhao)).json
    assert other["requests"] == []


def test_hours_in_own_words_come_back_with_the_week_that_they_mean(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
) -> None:
    headers = signed_in(cast.li)
    sent = item("request", cast.c1.id, {"about": "hours", "hours": "每天8点到6点，周日不开门"})

    client.post("/api/v1/sync", json=batch(sent), headers=headers)

    [told] = client.get("/api/v1/keeper/home", headers=headers).json["requests"]
    assert told["said"] == ("改营业时间（每天8点到6点，周日不开门，认成周一至周六 08:00-18:00）")
