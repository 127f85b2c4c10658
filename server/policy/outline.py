"""A county's own outline from GeoJSON: looked at ring by ring, and brought to WGS-84.

GCJ-02 shifts what maps for the public in China show by some hundred metres; its forward formula is
known from the maps' own software and inverted here by a few steps (below 1e-7 degrees, 1 cm).
"""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from server.errors import Invalid
from server.labelled import Labelled

MOST_POINTS, MOST_RINGS, MOST_DEPTH = 20_000, 500, 12
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""Degrees between which the whole country lies."""
_AXIS, _FLAT = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 uses it

Ring = list[list[float]]
"""[longitude, latitude] degrees, the last point is the first again."""


class Datum(Labelled):
    """In which coordinates a file is; CGCS2000 lies within a decimetre of WGS-84."""

    WGS84 = "wgs84", "WGS-84 或 CGCS2000"
    GCJ02 = "gcj02", "GCJ-02（火星坐标）"


def outline_of(content: bytes, datum: Datum) -> list[Ring]:
    """The rings of every polygon of a GeoJSON file in WGS-84, to five decimals (about a metre).

    Raises Invalid outline-wrong with what is the matter.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise _wrong("文件不是 GeoJSON，读不出来。请让制图的人导出 GeoJSON 格式。") from problem
    rings: list[Ring] = []
    points = 0
    for raw in _rings(document, 0):
        points += len(raw) if isinstance(raw, list) else 0
        if points > MOST_POINTS or len(rings) >= MOST_RINGS:
            raise _wrong(f"轮廓太细，超过{MOST_POINTS}个点。请让制图的人简化以后再传。")
        rings.append(_ring(raw, datum))
    if not rings:
        raise _wrong("文件里没有面（Polygon），画不出轮廓。请换一个文件。")
    return rings


def wgs_from_gcj(longitude: float, latitude: float) -> tuple[float, float]:
    """A GCJ-02 point's place in WGS-84."""
    east, north = longitude, latitude
    for _ in range(6):
        there = gcj_from_wgs(east, north)
        east, north = east + longitude - there[0], north + latitude - there[1]
    return east, north


def gcj_from_wgs(longitude: float, latitude: float) -> tuple[float, float]:
    """Where a WGS-84 point lies on a map in GCJ-02."""
    x, y = longitude - 105.0, latitude - 35.0
    root = math.sqrt(abs(x))
    wave = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
        + (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
        + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
        + (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
        + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    )  # fmt: skip
    phi = math.radians(latitude)
    magic = 1 - _FLAT * math.sin(phi) ** 2
    north_degrees = north * 180 / ((_AXIS * (1 - _FLAT)) / (magic * math.sqrt(magic)) * math.pi)
    east_degrees = east * 180 / (_AXIS / math.sqrt(magic) * math.cos(phi) * math.pi)
    return longitude + east_degrees, latitude + north_degrees


def _rings(part: Any, depth: int) -> Iterator[Any]:
    """The raw rings of whatever GeoJSON object this is."""
    if not isinstance(part, dict) or depth > MOST_DEPTH:
        raise _wrong("文件里有看不懂的内容，不是 GeoJSON 的面。请换一个文件。")
    match part.get("type"):
        case "FeatureCollection":
            inner = _listed(part.get("features"))
        case "GeometryCollection":
            inner = _listed(part.get("geometries"))
        case "Feature":
            inner = [] if part.get("geometry") is None else [part["geometry"]]
        case "Polygon":
            yield from _listed(part.get("coordinates"))
            return
        case "MultiPolygon":
            for polygon in _listed(part.get("coordinates")):
                yield from _listed(polygon)
            return
        case _:
            raise _wrong("文件里有点或线，轮廓只收面（Polygon）。请去掉以后再传。")
    for one in inner:
        yield from _rings(one, depth + 1)


def _listed(part: Any) -> list[Any]:
    if not isinstance(part, list):
        raise _wrong("文件里有看不懂的内容，不是 GeoJSON 的面。请换一个文件。")
    return part


def _ring(raw: Any, datum: Datum) -> Ring:
    points = _listed(raw)
    if len(points) < 4 or points[0] != points[-1]:
        raise _wrong("有一圈轮廓没有首尾相接。请让制图的人检查以后再传。")
    change: Callable[[float, float], tuple[float, float]] = (
        wgs_from_gcj if datum is Datum.GCJ02 else lambda east, north: (east, north)
    )
    ring = []
    for point in points:
        east, north = _place(point)
        moved = change(east, north)
        ring.append([round(moved[0], 5), round(moved[1], 5)])
    return ring


def _place(point: Any) -> tuple[float, float]:
    """A point's longitude and latitude; further numbers (heights) are passed over."""
    pair = _listed(point)[:2]
    if len(pair) < 2 or not all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in pair
    ):
        raise _wrong("有的点不是“经度、纬度”两个数。请让制图的人检查以后再传。")
    east, north = float(pair[0]), float(pair[1])
    if not (WEST <= east <= EAST and SOUTH <= north <= NORTH):
        raise _wrong(
            f"有的点不在中国范围里（{east:g}，{north:g}）。请核对坐标是不是经纬度、先经后纬。"
        )
    return east, north


def _no_number(_text: str) -> float:
    raise ValueError("no number")


def _wrong(sentence: str) -> Invalid:
    return Invalid("outline-wrong", sentence, fields={"outline": sentence})
