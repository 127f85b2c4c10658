"""An inspector sees what the machine read beside the keeper's newest photo."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.person import Person
from tests.api.rounds import open_round
from tests.factories import Cast, make_sign
from tests.readings import sign

Headers = Callable[[Person], dict[str, str]]
SAID = {
    "outcome": "differs",
    "label": "机器识读：不一致",
    "why": "招牌上读到的编号是C0007，登记的是C0001。",
    "check_ins": "",
    "aside": "",
}


def test_a_scanned_plate_and_the_pocket_show_the_reading(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers, standards: Any
) -> None:
    make_sign(session, cast.c1)
    photo = sign(session, cast.c1, number="C0007")
    campaign = open_round(session, cast, standards)
    wang = signed_in(cast.wang)

    scanned: Any = client.get("/api/v1/inspector/scan?text=C0001", headers=wang).json
    path = f"/api/v1/rounds/{campaign.id}/package?township={cast.township.code}"
    packed: Any = client.get(path, headers=wang).json

    [seen] = [one for one in scanned["photos"] if one["id"] == str(photo.id)]
    [station] = [one for one in packed["stations"] if one["station_id"] == cast.c1.id]
    [carried] = station["photos"]
    assert seen["reading"] == carried["reading"] == SAID
