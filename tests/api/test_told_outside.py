"""What keepers send is told to the county's receivers, whichever way it is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.http import clock
from server.models.webhook import WebhookState
from server.services.days.count_versions import DayCounts
from server.services.webhooks.endpoints import set_state
from tests.api.events import check_in, count, results
from tests.factories import Cast
from tests.services.webhooks.world import messages, receiver

Send = Callable[..., Any]


def told(engine: Engine) -> list[tuple[str, int | None]]:
    return [(one["type"], one["data"].get("version")) for one in messages(engine)]


def test_a_batch_is_told_of_record_by_record_or_together_and_what_is_refused_is_not(
    engine: Engine, session: Session, cast: Cast, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = receiver(session, cast.county, cast.office).endpoint
    session.commit()
    batch = [check_in(cast.c1.id, "C0001"), count(cast.c1.id), count(cast.c1.id, received=-1)]
    assert results(send(*batch)) == ["ok", "ok", "invalid"]
    assert results(send(*batch)) == ["same", "same", "invalid"]
    assert told(engine) == [("check_in.accepted", None), ("count.accepted", 1)]

    real = DayCounts.write

    def breaks_once(counts: DayCounts) -> None:
        monkeypatch.setattr(DayCounts, "write", real)
        real(counts)
        raise LookupError  # all of it is undone, and kept one by one

    monkeypatch.setattr(DayCounts, "write", breaks_once)
    earlier = (clock.now() - timedelta(minutes=9)).isoformat()
    late = count(cast.c1.id, received=7, device_at=earlier)
    assert results(send(late)) == ["ok"]
    assert told(engine)[2:] == [("count.accepted", 2), ("count.accepted", 1)]
    moved, new = messages(engine)[2:]
    assert moved["data"]["event"] == batch[1]["id"]
    assert (new["data"]["event"], new["data"]["received"]) == (late["id"], 7)

    set_state(
        session, endpoint=here, state=WebhookState.ENDED, by=cast.office, now=clock.now(),
        reason="平台停用",
    )  # fmt: skip
    session.commit()
    assert results(send(check_in(cast.c1.id, "C0001"))) == ["ok"]
    assert len(told(engine)) == 4
