"""A round with one inspected station, as the pages of the inspection show it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import (
    Campaign,
    Counted,
    Disagreement,
    DoubleRecord,
    Inspection,
    Visit,
)
from server.models.person import Person
from server.models.rectification import Rectification
from server.models.station import Station
from server.services.mending.rectifications import answer
from tests.api.events import batch, id_of
from tests.api.rounds import inspection, open_round, visit_of
from tests.factories import Cast, make_inspection, make_sign_in
from tests.keepers_days import photographed

COUNTER = "A3-42a"  # 接待台席: what 老李's photo of the inside says he has


@dataclass
class Held:
    """C0001 after 王督导's visit: no counter, although 老李's photo said so."""

    campaign: Campaign
    visit: Visit
    inspection: Inspection
    rectification: Rectification
    disagreement: Disagreement


def send(client: FlaskClient, session: Session, by: Person, *items: dict[str, Any]) -> Any:
    """What a phone sends, taken in; every item must be."""
    held = make_sign_in(session, by, device_id=f"phone-{by.id}")
    answer_ = client.post(
        "/api/v1/sync",
        data=json.dumps(batch(*items)),
        content_type="application/json",
        headers=held.headers,
    )
    results = json.loads(answer_.data)["results"]
    assert [one["result"] for one in results] == ["ok"] * len(items), results
    return results


def inspected(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    campaign: Campaign,
    station: Station,
    failing: Sequence[str] = (),
    **payload: Any,
) -> Inspection:
    """王督导's signed visit."""
    sent = inspection(station, visit_of(session, campaign, station), failing, **payload)
    send(client, session, cast.wang, sent)
    return session.get_one(Inspection, id_of(sent))


def hold(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    """Open a round and inspect C0001."""
    photographed(session, blobs, cast.c1, cast.li)
    campaign = open_round(session, cast, standards)
    found = inspected(client, session, cast, campaign, cast.c1, [COUNTER])
    return Held(
        campaign,
        visit_of(session, campaign, cast.c1),
        found,
        session.scalars(select(Rectification)).one(),
        session.scalars(select(Disagreement)).one(),
    )


def show_mended(
    session: Session, blobs: FolderStore, station: Station, keeper: Person, one: Rectification
) -> None:
    """The keeper's photo, as its phone would hand it in."""
    photo = photographed(session, blobs, station, keeper)
    answer(
        session,
        rectification_id=one.id,
        station=station,
        photo_ids=[photo.id],
        note="台席摆好了",
        by=keeper,
        now=clock.now(),
    )
    session.commit()


def second_record(session: Session, first: Inspection, **fields: Any) -> DoubleRecord:
    """A second record of the same visit by the same inspector, as it waits for the office."""
    assert first.visit_id is not None
    visit = session.get_one(Visit, first.visit_id)
    second = make_inspection(
        session, visit, first.inspector_id, counted=Counted.WAITS, withheld=[], **fields
    )
    double = DoubleRecord(
        county=first.county,
        station_id=first.station_id,
        inspection_id=second.id,
        beside_id=first.id,
        opened_at=second.received_at,
    )
    session.add(double)
    session.flush()
    return double


def seen_at(desk: Any, where: str) -> dict[str, str]:
    """What a round's page of results sends along of the figures that it shows."""
    shown = desk.get(f"{where}/results").get_data(as_text=True)
    return {"figures": shown.split('name="figures" value="')[1].split('"')[0]}
