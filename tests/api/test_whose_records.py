"""Two people on one phone: what one recorded never comes in under the other's name."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import PhoneEvent
from tests.api.events import batch, check_in, count, id_of
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]


@pytest.mark.parametrize("quick", [True, False])
def test_what_another_person_recorded_on_the_phone_is_not_kept_under_this_ones_name(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers, *, quick: bool
) -> None:
    mine, theirs = count(cast.c1.id, received=3), count(cast.c1.id, received=9)
    old = check_in(cast.c1.id, "C0001", method="typed")  # an older app does not say
    mine["person_id"], theirs["person_id"] = cast.li.id, cast.li.id + 1
    body = batch(mine, theirs, old)
    if not quick:
        body["client_now"] = "2026-11-30T08:00:00+08:00"  # such a batch is read by the schemas

    answer = client.post("/api/v1/sync", json=body, headers=signed_in(cast.li)).get_json()

    assert [one["result"] for one in answer["results"]] == ["ok", "later", "ok"]
    told = answer["results"][1]
    assert told["code"] == "record-of-another"
    assert "没有记到您的名下" in told["message"]
    kept = set(session.scalars(select(PhoneEvent.id)))
    assert kept == {id_of(mine), id_of(old)}
