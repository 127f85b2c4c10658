import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Invalid
from server.policy.outline import Datum, gcj_from_wgs, outline_of, wgs_from_gcj

SQUARE = [[111.8, 38.2], [112.2, 38.2], [112.2, 38.6], [111.8, 38.6], [111.8, 38.2]]


def said(shape: Any) -> bytes:
    return json.dumps(shape).encode()


def test_every_polygon_of_a_file_is_a_ring_to_a_metre() -> None:
    hole = [[112.0, 38.3], [112.1, 38.3], [112.1, 38.4], [112.0, 38.3]]
    file = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE, hole]}},
            {"type": "Feature", "geometry": None},
            {"type": "Feature", "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[[111.123456789, 38, 900], [111.2, 38], [111.2, 38.1],
                                  [111.123456789, 38, 900]]]],
            }},
        ],
    }  # fmt: skip

    rings = outline_of(b"\xef\xbb\xbf" + said(file), Datum.WGS84)

    assert [len(one) for one in rings] == [5, 4, 4]
    assert rings[0] == SQUARE
    assert rings[2][0] == [111.12346, 38.0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是 GeoJSON"),
        (b"\x00\xff", "不是 GeoJSON"),
        (b"[" * 100_000, "不是 GeoJSON"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "不是 GeoJSON"),
        (said([]), "看不懂"),
        (said({"type": "Polygon"}), "看不懂"),
        (said({"type": "Point", "coordinates": [112, 38]}), "点或线"),
        (said({"type": "FeatureCollection", "features": []}), "没有面"),
        (said({"type": "Polygon", "coordinates": [SQUARE[:-1]]}), "首尾相接"),
        (said({"type": "Polygon", "coordinates": [[[38.2, 111.8]] * 4]}), "先经后纬"),
        (said({"type": "Polygon", "coordinates": [[["a", 1]] * 4]}), "两个数"),
        (said({"type": "Polygon", "coordinates": [[[True, True]] * 4]}), "两个数"),
        (said({"type": "Polygon", "coordinates": [SQUARE * 5000]}), "太细"),
        (said({"type": "MultiPolygon", "coordinates": [[SQUARE]] * 501}), "太细"),
    ],
)
def test_what_is_no_outline_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        outline_of(content, Datum.WGS84)
    assert why in refused.value.message


@settings(max_examples=60, deadline=None)
@given(st.floats(74, 135), st.floats(4, 53))
def test_gcj_goes_there_and_back_within_a_centimetre(east: float, north: float) -> None:
    there = gcj_from_wgs(east, north)
    back = wgs_from_gcj(*there)

    assert abs(back[0] - east) < 1e-7
    assert abs(back[1] - north) < 1e-7


def test_gcj_moves_a_place_as_maps_of_the_country_do() -> None:
    # 天安门, as published by many: WGS-84 116.391264, 39.907271 is GCJ-02 116.397502, 39.908675.
    east, north = gcj_from_wgs(116.391264, 39.907271)

    assert (round(east, 4), round(north, 4)) == (116.3975, 39.9087)
    assert outline_of(
        said({"type": "Polygon", "coordinates": [[[east, north]] * 4]}), Datum.GCJ02
    ) == [[[116.39126, 39.90727]] * 4]
