"""Receivers, and what a county's outbox holds."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.models.webhook import WebhookEvent, WebhookWay
from server.sealed_text import key_ring
from server.services.webhooks.endpoints import KINDS, Made, Whither, add_endpoint
from tests.factories import NOW

RINGS = key_ring([b"7" * 32])
EVERYTHING = [one.value for one in KINDS]


def receiver(session: Session, county: County, by: Person, **given: Any) -> Made:
    """A receiver of everything that has just been added."""
    values: dict[str, Any] = {
        "name": "市大数据局", "way": WebhookWay.PUSH, "url": "https://hooks.example.cn/in",
        "kinds": EVERYTHING, "whither": Whither(), "ring": RINGS, "by": by, "now": NOW,
    }  # fmt: skip
    return add_endpoint(session, county=county, **(values | given))


def messages(engine: Engine) -> list[dict[str, Any]]:
    """What is committed, as others see it."""
    with Session(engine) as other:
        rows = other.scalars(sa.select(WebhookEvent.body).order_by(WebhookEvent.id)).all()
    return [json.loads(one) for one in rows]
