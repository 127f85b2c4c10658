"""A worker killed after the receiver has a message and before that is written down."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from server.db import open_engine, writing
from server.http import clock
from server.models.job import Job
from server.models.webhook import DeliveryState, WebhookDelivery
from server.schema import upgrade
from server.sealed_text import key_ring
from server.services.webhooks.endpoints import Whither, send_test
from server.settings import ROOT, settings_from
from tests.channels.receiver import OK, receiving
from tests.drills.house import clean_environment
from tests.drills.processes import wait_until
from tests.factories import TEXT_KEYS, make_cast
from tests.services.webhooks.world import receiver

pytestmark = pytest.mark.drill


def worker(env: dict[str, str], said: Path) -> "subprocess.Popen[bytes]":
    with said.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "server", "worker"], cwd=ROOT, env=env, stderr=out
        )


def test_a_killed_sender_s_message_goes_out_again_under_the_same_id(tmp_path: Path) -> None:
    """And by the way: what the machine's settings let out reaches the sender."""
    with receiving(tmp_path, "localhost") as there:
        own = {
            "CZT_HOME": str(tmp_path / "home"),
            "CZT_WEBHOOK_PORTS": f"443,{there.port}",
            "CZT_WEBHOOK_INTRANET": "127.0.0.1, ::1/128",
            "CZT_WEBHOOK_CA": str(there.ca),
        }
        settings = settings_from(clean_environment() | own)
        engine = open_engine(settings.database_url, TEXT_KEYS)
        upgrade(engine)
        with Session(engine, expire_on_commit=False) as session:
            cast = make_cast(session)
            made = receiver(
                session, cast.county, cast.office, url=f"https://localhost:{there.port}/in",
                whither=Whither(settings.webhook_ports, settings.webhook_intranet),
                ring=key_ring(list(settings.text_keys)), now=clock.now(),
                kinds=["station.built"],  # not the anchor that the worker may owe by the hour
            )  # fmt: skip
            send_test(session, endpoint=made.endpoint, by=cast.office, now=clock.now())
            session.commit()

        env, said = clean_environment() | own, tmp_path / "said"
        first = worker(env, said)

        def kills(_asked: object, _socket: object) -> bytes:
            first.kill()
            return OK

        there.answer = kills
        assert first.wait(60) < 0, said.read_text("utf-8")
        there.answer = lambda _asked, _socket: OK
        later_on(engine)
        second = worker(env, said)
        try:
            wait_until(lambda: state(engine) is DeliveryState.DONE, 60, "it is sent again")
        finally:
            second.terminate()
            assert second.wait(20) == 0
            engine.dispose()
    before, after = there.asked
    assert before.headers["webhook-id"] == after.headers["webhook-id"]
    assert before.body == after.body
    for asked in (before, after):
        assert Webhook(made.secret).verify(asked.body, asked.headers)["type"] == "webhook.test"


def later_on(engine: Engine) -> None:
    """As if the killed worker's leases had run out."""
    with writing(engine) as session:
        over = clock.now() - timedelta(seconds=1)
        [held] = session.execute(sa.select(WebhookDelivery.owner, WebhookDelivery.tries)).all()
        assert held.owner is not None
        assert held.tries == 1
        session.execute(sa.update(WebhookDelivery).values(lease_until=over))
        session.execute(sa.update(Job).where(Job.lease_until.is_not(None)).values(lease_until=over))


def state(engine: Engine) -> DeliveryState:
    with Session(engine) as session:
        return session.scalars(sa.select(WebhookDelivery.state)).one()
