"""Rounds of inspection opened by the verb itself, and which stations they drew."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.inspection import (
    Campaign,
    Visit,
)
from server.models.station import Station
from server.policy.rounds.sampling import SampleKind
from server.services.rounds import campaigns
from tests.factories import NOW, Cast

JULY = {"period": "2023-07", "opens_on": date(2023, 7, 3), "due_on": date(2023, 7, 31)}


def open_round(session: Session, cast: Cast, standards: Any, **fields: Any) -> Campaign:
    values: dict[str, Any] = {
        "name": "7月督导",
        "sample": SampleKind.ALL,
        "assignments": {cast.township.code: cast.wang.id},
        **JULY,
    } | fields
    return campaigns.open_campaign(
        session, county=cast.county, by=cast.office, now=NOW, standards=standards, **values
    )


def drawn(session: Session, campaign: Campaign) -> list[str]:
    return [
        code or ""
        for code in session.scalars(
            select(Station.code)
            .join(Visit, Visit.station_id == Station.id)
            .where(Visit.campaign_id == campaign.id)
            .order_by(Station.code)
        )
    ]
