"""The way to a station on the phone: distances as the server reckons, the nearest first, maps."""

import json
import math

import pytest

from server.policy.distance import distance_m
from tests.app.quick import Core

JINGLE = {"latitude": 38.3559, "longitude": 111.9404}


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


@pytest.mark.parametrize(
    "other",
    [(38.3559, 111.9404), (38.36, 111.95), (37.9, 112.6), (-38.3559, -68.06), (90.0, 0.0)],
)
def test_the_phone_reckons_distances_as_the_server_does(
    core: Core, other: tuple[float, float]
) -> None:
    there = {"latitude": other[0], "longitude": other[1]}

    found = core.run(f"return metresBetween({json.dumps(JINGLE)}, {json.dumps(there)});")

    assert math.isclose(
        found, distance_m(JINGLE["latitude"], JINGLE["longitude"], *other), abs_tol=0.001
    )


def test_the_nearest_comes_first_and_places_nobody_knows_keep_their_order_at_the_end(
    core: Core,
) -> None:
    places = [
        {"name": "没位置甲", "latitude": None, "longitude": None},
        {"name": "远", "latitude": 38.5, "longitude": 111.94},
        {"name": "没位置乙"},
        {"name": "近", "latitude": 38.356, "longitude": 111.94},
    ]

    found = core.run(
        f"return nearestFirst({json.dumps(places)}, {json.dumps(JINGLE)}).map((one) => one.name);"
    )

    assert found == ["近", "远", "没位置甲", "没位置乙"]


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "很近"), (49, "很近"), (349, "约 350 米"), (970, "约 950 米"), (2440, "约 2.4 公里"),
     (18_400, "约 18 公里")],
)  # fmt: skip
def test_a_distance_is_said_no_finer_than_a_phone_knows_it(
    core: Core, metres: float, said: str
) -> None:
    assert core.run(f"return awayInWords({metres});") == said


def test_maps_are_told_which_datum_a_position_has_and_wechat_opens_none(core: Core) -> None:
    def links(system: str) -> dict[str, str]:
        found = core.run(
            f"return mapLinks({json.dumps(JINGLE)}, '马家沟村（一）', {json.dumps(system)});"
        )
        return {one["key"]: one["href"] for one in found}

    android = links("android")
    assert list(android) == ["amap", "baidu", "geo"]
    assert android["amap"].startswith("androidamap://viewMap?")
    assert "lat=38.355900&lon=111.940400&dev=1" in android["amap"]
    assert "location=38.355900,111.940400" in android["baidu"]
    assert "coord_type=wgs84" in android["baidu"]
    assert android["geo"].startswith("geo:38.355900,111.940400?q=38.355900,111.940400(%E9%A9%AC")
    assert list(links("ios")) == ["amap", "baidu"]
    assert links("ios")["amap"].startswith("iosamap://")
    assert links("") == {}
