"""The feed of 数据推送, fetched as a county's receiver does that nobody can send anything to."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from server.http import clock
from server.models.webhook import WebhookState, WebhookWay
from server.services.webhooks.endpoints import rotate, send_test
from server.services.webhooks.sending import put_in_order
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.services.webhooks.world import RINGS, receiver

pytestmark = ON_SQLITE
OURS = {"way": WebhookWay.FEED, "url": ""}


@pytest.fixture
def told(session: Session, cast: Cast) -> Any:
    """A receiver that fetches, and three messages for it; one is another county's."""
    made = receiver(session, cast.county, cast.office, now=clock.now(), **OURS)
    other = receiver(session, cast.other_county, cast.outsider, now=clock.now(), **OURS)
    for _ in range(3):
        send_test(session, endpoint=made.endpoint, by=cast.office, now=clock.now())
    send_test(session, endpoint=other.endpoint, by=cast.outsider, now=clock.now())
    put_in_order(session, now=clock.now())
    session.commit()
    return made


def test_a_receiver_fetches_page_after_page_and_verifies_each(
    client: FlaskClient, session: Session, cast: Cast, told: Any
) -> None:
    bearer = {"Authorization": f"Bearer {told.token}"}
    after, seen = 0, []
    for _ in range(3):
        page = client.get(f"/api/v1/feed?after={after}&limit=2", headers=bearer)
        assert page.status_code == 200
        said = Webhook(told.secret).verify(page.data, dict(page.headers))
        seen += [one["seq"] for one in said["messages"]]
        after = said["next"]
    assert (seen, after, said["more"]) == ([1, 2, 3], 3, False)

    first = client.get("/api/v1/feed", headers=bearer)
    same = client.get("/api/v1/feed", headers=bearer | {"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    send_test(session, endpoint=told.endpoint, by=cast.office, now=clock.now())
    put_in_order(session, now=clock.now())
    grown = client.get("/api/v1/feed", headers=bearer | {"If-None-Match": first.headers["ETag"]})
    assert (grown.status_code, len(grown.json["messages"])) == (200, 4)

    for wrong in ("after=-1", "after=x", "limit=0", "limit=201", f"after={2**63}"):
        assert client.get(f"/api/v1/feed?{wrong}", headers=bearer).status_code == 422, wrong
    again = rotate(session, endpoint=told.endpoint, ring=RINGS, by=cast.office, now=clock.now())
    assert client.get("/api/v1/feed", headers=bearer).json["code"] == "feed-token"
    bearer = {"Authorization": f"Bearer {again.token}"}
    page = client.get("/api/v1/feed", headers=bearer)
    for secret in (told.secret, again.secret):
        assert Webhook(secret).verify(page.data, dict(page.headers))
    told.endpoint.state = WebhookState.PAUSED
    assert client.get("/api/v1/feed", headers=bearer).status_code == 403
