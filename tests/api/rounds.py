"""Makes rounds and what inspectors' phones send of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Visit
from server.models.rectification import Rectification
from server.models.station import Station
from server.policy.rounds.sampling import SampleKind
from server.services.rounds.campaigns import open_campaign
from tests.api.events import item, now_text
from tests.factories import Cast

Call = Callable[..., Any]
SIGNATURE = [[[20, 100], [60, 40], [120, 160]], [[200, 40], [200, 160]], [[160, 90], [260, 90]]]
ON_SITE = (
    "A3-1a",
    "A3-1b",
    "A3-22a",
    "A3-22b",
    "A3-23c",
    "A3-3a",
    "A3-3b",
    "A3-41a",
    "A3-42a",
    "A3-42b",
    "A3-42c",
    "A3-42f",
)


def open_round(
    session: Session, cast: Cast, standards: Sequence[Any], name: str = "11月督导", **fields: Any
) -> Campaign:
    """A round of every station of 静乐县, from today for ten days, 王督导 in 鹅城镇."""
    today = clock.today()
    values: dict[str, Any] = {
        "period": today.strftime("%Y-%m"),
        "opens_on": today - timedelta(days=1),
        "due_on": today + timedelta(days=10),
        "sample": SampleKind.ALL,
    } | fields
    if "assignments" not in values:
        values["assignments"] = {cast.township.code: cast.wang.id}
    campaign = open_campaign(
        session,
        county=cast.county,
        name=name,
        by=cast.office,
        now=clock.now(),
        standards=standards,
        **values,
    )
    session.commit()
    return campaign


def visit_of(session: Session, campaign: Campaign, station: Station) -> Visit:
    return session.scalars(
        select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == station.id)
    ).one()


def taps(station: Station, failing: Sequence[str] = (), **extra: Any) -> list[dict[str, Any]]:
    """Every clause tapped; what is listed in `failing` is not met."""
    return [
        {
            "rule": rule,
            "verdict": "fail" if rule in failing else "pass",
            "values": {"sign_text": station.name} if rule == "A3-22a" else {},
            "note": "现场没有" if rule in failing else "",
        }
        | extra.get(rule, {})
        for rule in ON_SITE
    ]


def inspection(
    station: Station, visit: Visit | None = None, failing: Sequence[str] = (), **payload: Any
) -> dict[str, Any]:
    """A signed visit as the phone sends it."""
    own = {name: payload.pop(name) for name in ("id", "device_at", "photos") if name in payload}
    body = {
        "visit_id": visit.id if visit else None,
        "arrived_at": now_text(timedelta(minutes=-20)),
        "finished_at": now_text(timedelta(minutes=-1)),
        "method": "typed",
        "text": station.code,
        "position": {"latitude": 38.3567, "longitude": 111.9403, "accuracy_m": 9},
        "answers": taps(station, failing),
        "outcome": "signed",
        "outcome_note": "",
        "keeper_name": "李福来",
        "inspector_signature": SIGNATURE,
        "keeper_signature": SIGNATURE,
        "amends_id": None,
        "amended_because": "",
    } | payload
    return item("inspection", station.id, body, **own)


def days_from_now(days: int) -> date:
    return clock.today() + timedelta(days=days)


def mend(rectification: Rectification, *photos: dict[str, Any], note: str = "") -> dict[str, Any]:
    return item(
        "rectification",
        rectification.station_id,
        {"rectification_id": rectification.id, "note": note},
        photos=list(photos),
    )


def failed(session: Session, cast: Cast, campaign: Campaign, hand_in: Call) -> Rectification:
    hand_in(
        cast.wang,
        inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"]),
    )
    return session.scalars(select(Rectification)).one()
