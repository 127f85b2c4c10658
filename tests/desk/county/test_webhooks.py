"""数据推送 at the desk: added with a secret shown once, tried, stopped, and what did not arrive."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.webhook import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState
from server.services.webhooks.endpoints import secrets_of
from server.services.webhooks.sending import Answer, keep, put_in_order, take
from tests.databases import ON_SQLITE
from tests.factories import Cast, Pass
from tests.services.webhooks.world import RINGS

pytestmark = ON_SQLITE
WAITS = 'class="doing" href="/desk/webhooks?waits=1"'


@pytest.fixture
def press(client: FlaskClient, cast: Cast, at_desk: Callable[[Person], Pass]) -> Callable[..., Any]:
    csrf = at_desk(cast.office).csrf

    def press(path: str = "", **fields: Any) -> Any:
        return client.post(f"/desk/webhooks{path}", data={"csrf": csrf} | fields)

    return press


def test_a_receiver_from_its_secret_to_what_did_not_arrive(
    client: FlaskClient, session: Session, cast: Cast, press: Callable[..., Any]
) -> None:
    typed = {"name": "市大数据局", "way": "push", "kind": ["station.closed", "audit.anchor"]}
    wrong = press(**typed, url="https://10.1.2.3/hooks")
    assert (wrong.status_code, "这是内网地址" in wrong.text) == (422, True)
    assert 'value="市大数据局"' in wrong.text
    made = press(**typed, url="https://hooks.example.cn/in?key=theirs")
    shown = client.get(made.location)
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown.text)
    one = session.scalars(sa.select(WebhookEndpoint)).one()
    assert secrets_of(one, ring=RINGS, now=clock.now()) == [secret]
    where = f"/{one.id}"
    assert secret not in client.get(f"/desk/webhooks{where}").text
    assert press(**typed, url="https://hooks.example.cn/in").status_code == 409
    [line] = session.scalars(
        sa.select(HistoryLine.summary).where(HistoryLine.action == "webhook-added")
    )
    assert "hooks.example.cn" in line
    assert "theirs" not in line

    press(where, what="test")
    put_in_order(session, now=clock.now())
    session.execute(sa.update(WebhookDelivery).values(tries=99))
    taken = take(session, owner="a", now=clock.now(), ring=RINGS)
    assert taken is not None
    keep(session, taken, Answer(500, 7, said="<script>no"), now=clock.now(), chance=0)
    assert WAITS in client.get("/desk/").text
    page = client.get(f"/desk/webhooks{where}?state=dead&message={taken.uid}").text
    assert "没送到的全部重发" in page
    assert "&lt;script&gt;no" in page
    assert "<script>no" not in page
    assert 'name="seen" value="1"' in page
    for odd in ({"what": "replay", "delivery": "x"}, {"what": "drop", "seen": "2"}):
        assert press(where, **odd).status_code in (409, 422)  # never all of them instead
        assert WAITS in client.get("/desk/").text
    press(where, what="replay", delivery=taken.id)
    assert WAITS not in client.get("/desk/").text

    turned = client.get(press(where, what="rotate").location).text
    assert secret not in turned
    assert "正在换密钥" in client.get(f"/desk/webhooks{where}").text
    press(where, what="kinds", kind=["audit.anchor"])
    assert press(where, what="kinds").status_code == 422
    assert "请写明为什么取消" in press(where, what="end").text
    for deed, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        press(where, what=deed, reason="对方平台停用")
        assert one.state is WebhookState(state)
    assert press(where, what="resume").status_code == 409
    told = session.scalars(
        sa.select(HistoryLine.action).where(HistoryLine.action.like("webhook-%"))
    ).all()
    assert told == [
        "webhook-added", "webhook-replayed", "webhook-rotated", "webhook-changed",
        "webhook-paused", "webhook-resumed", "webhook-ended",
    ]  # fmt: skip
    assert session.scalar(sa.select(sa.func.count()).select_from(WebhookEvent)) == 1


def test_one_that_fetches_is_given_a_token_once(
    client: FlaskClient, session: Session, press: Callable[..., Any]
) -> None:
    made = press(name="县融媒体", way="feed", kind=["audit.anchor"])
    [token] = re.findall(r"czt_feed_[\w-]+", client.get(made.location).text)
    assert (
        client.get("/api/v1/feed", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    )
    one = session.scalars(sa.select(WebhookEndpoint)).one()
    kept = session.execute(sa.select(WebhookEndpoint.__table__)).one()
    assert token not in str(kept)
    press(f"/{one.id}", what="test")
    page = client.get(f"/desk/webhooks/{one.id}").text
    assert "对方怎么取" in page
    assert token not in page
