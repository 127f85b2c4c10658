"""A round of sending, from the committed deed to what stands at the receiver."""

import json
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from server.channels.webhooks.round import Courier, steady
from server.chores import HANDLERS, Workshop
from server.http import clock
from server.media.blobs import FolderStore
from server.models.job import Job, JobState
from server.models.webhook import DeliveryState, WebhookDelivery, WebhookTry
from server.sealed_text import key_ring
from server.services.registry.stations import close_station
from server.services.webhooks.endpoints import Made, Whither
from server.services.webhooks.sending import LEASE
from server.worker import Worker
from tests.channels.receiver import LOOPBACK, OK, Asked, Receiver, receiving
from tests.factories import NOW, TODAY, Cast
from tests.services.webhooks.world import RINGS, receiver


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("receiver")) as there:
        yield there


@pytest.fixture
def there(listening: Receiver) -> Receiver:
    listening.answer = lambda _asked, _socket: OK
    listening.asked.clear()
    return listening


@pytest.fixture
def made(session: Session, cast: Cast, there: Receiver) -> Made:
    """A receiver on this machine for whom the closing of C0001 waits."""
    whither = Whither((443, there.port), LOOPBACK)
    made = receiver(
        session, cast.county, cast.office, url=there.url, whither=whither, now=clock.now()
    )
    session.commit()
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=TODAY, reason="外出务工")
    session.commit()
    return made


def test_the_worker_sends_what_a_deed_told_and_the_receiver_can_verify_it(
    engine: Engine, session: Session, blobs: FolderStore, there: Receiver, made: Made
) -> None:
    courier = Courier(there.poster(), RINGS)
    worker = Worker(Workshop(engine, blobs, courier=courier), HANDLERS, periodics=())
    assert worker.do_one()
    [asked] = there.asked
    told = Webhook(made.secret).verify(asked.body, asked.headers)
    assert told["type"] == "station.closed"
    assert asked.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(asked.body)["data"]["station"]["code"] == "C0001"
    [tried] = session.scalars(sa.select(WebhookTry))
    assert (tried.status, tried.said, tried.trouble) == (200, "ok", "")
    assert session.scalars(sa.select(WebhookDelivery.state)).one() is DeliveryState.DONE
    assert not worker.do_one()


def test_one_killed_between_sending_and_noting_sends_again_under_the_same_id(
    engine: Engine, session: Session, there: Receiver, made: Made
) -> None:
    class Killed(BaseException):
        """As SIGKILL: nothing more is done."""

    def clock_until_it_is_sent() -> datetime:
        if there.asked:
            raise Killed
        return NOW

    courier = Courier(there.poster(), RINGS)
    with pytest.raises(Killed):
        courier.send_due(engine, clock_until_it_is_sent)
    assert session.scalars(sa.select(WebhookTry)).all() == []
    session.rollback()
    assert courier.send_due(engine, steady(NOW + LEASE / 2)) == 0  # whoever has it may yet live
    assert courier.send_due(engine, steady(NOW + LEASE + timedelta(seconds=1))) == 1
    first, second = there.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]


def test_one_that_is_away_holds_nobody_up_and_comes_again_by_its_own_job(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore, there: Receiver, made: Made
) -> None:
    whither = Whither((443, there.port), LOOPBACK)
    away = there.url.replace("/hooks?", "/away?")
    receiver(session, cast.county, cast.office, name="不在", url=away, whither=whither)
    for station in (cast.c2, cast.c3):
        close_station(session, station=station, by=cast.office, now=NOW, on=TODAY, reason="停业")
    session.commit()

    def answer(asked: Asked, _socket: ssl.SSLSocket) -> bytes:
        busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n"
        return busy if "/away" in asked.line else OK

    there.answer = answer
    begun = clock.now()
    workshop = Workshop(engine, blobs, courier=Courier(there.poster(), RINGS))
    record = HANDLERS["send_webhooks"].begin(workshop, {}, begun)
    session.rollback()
    assert sum("/away" in one.line for one in there.asked) == 1
    assert len(there.asked) == 4
    record(session)
    session.commit()
    due = sa.select(sa.func.min(WebhookDelivery.next_at)).where(
        WebhookDelivery.state == DeliveryState.DUE
    )
    assert session.scalar(due) is not None
    again = session.scalars(
        sa.select(Job).where(Job.kind == "send_webhooks", Job.state == JobState.DUE)
    ).all()
    assert again  # the jobs of the deeds stand there still, and one of them comes first
    lost = Courier(there.poster(), key_ring([b"8" * 32]))
    lost.send_due(engine, steady(begun + timedelta(minutes=1)))
    session.rollback()
    said = set(session.scalars(sa.select(WebhookTry.trouble)))
    assert said == {"", "这个接收方的密钥解不开，请换密钥"}
