"""Problems that somebody brought to 静乐县, as far along their way as a test needs them."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.models.matter import Matter
from server.services.matters.handling import answer, refer
from server.services.matters.registering import register
from tests.factories import NOW, TODAY, Cast

WORDS = "快件到村三天了，打电话让自己去镇上取。"
IN_TEN_DAYS = TODAY + timedelta(days=10)


def brought(session: Session, cast: Cast, **changed: Any) -> Matter:
    """From the hotline, about C0001, registered by the county office."""
    given: dict[str, Any] = {
        "source": "hotline",
        "kind": "delivery",
        "heard_on": TODAY,
        "said_by": "刘某",
        "words": WORDS,
        "station": cast.c1,
        "by": cast.office,
        "now": NOW,
    }
    return register(session, county=cast.county, **(given | changed))


def referred(
    session: Session, cast: Cast, to: str = "", due_on: date = IN_TEN_DAYS, **changed: Any
) -> Matter:
    """With 鹅城镇, or with whom `to` says, until `due_on`."""
    matter = brought(session, cast, **changed)
    refer(
        session, matter=matter, to=to or f"township:{cast.township.code}", due_on=due_on, note="",
        by=cast.office, now=NOW,
    )  # fmt: skip
    return matter


def answered(session: Session, cast: Cast, by: Any, **changed: Any) -> Matter:
    """Referred to 鹅城镇, and answered by `by`."""
    matter = referred(session, cast, **changed)
    answer(session, matter=matter, note="已送到家。", by=by, now=NOW)
    return matter
