"""How far two places are from each other."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

EARTH_RADIUS_M = 6_371_008.8
Spot = tuple[float, float]
"""Degrees of latitude and longitude."""
FEWEST_SPOTS = 3  # fewer say little about how far a county reaches
WELL_INSIDE_M = 20_000
NEIGHBOURS = 2  # as many beside it show that somebody works out there


def distance_m(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Metres between two WGS-84 points on a sphere (haversine; within 0.5 % of the ellipsoid)."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    across = math.radians(other_longitude - longitude)
    half = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half)))


def far_text(metres: float) -> str:
    """850米, 2.4公里."""
    return f"{round(metres)}米" if metres < 1000 else f"{round(metres / 1000, 1):g}公里"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far many places reach: their middle, and within what of it three of four lie.

    The middle is of medians, which a few wrong ones do not move.
    """

    middle: Spot
    usual_m: float

    def beyond(self, spot: Spot, held: Iterable[Spot]) -> float:
        """How many metres a place that is hardly one of them is from the middle; 0 for any other.

        Some that are `held` already beside it show that somebody does work out there.
        """
        far = distance_m(*self.middle, *spot)
        if far <= max(WELL_INSIDE_M, 2.5 * self.usual_m):
            return 0.0
        beside = sum(distance_m(*spot, *one) <= WELL_INSIDE_M for one in held)
        return 0.0 if beside >= NEIGHBOURS else far


def reach_of(spots: Sequence[Spot]) -> Reach | None:
    """How far places reach; None where too few are known to say."""
    if len(spots) < FEWEST_SPOTS:
        return None
    middle = (median(one[0] for one in spots), median(one[1] for one in spots))
    off = sorted(distance_m(*middle, *one) for one in spots)
    return Reach(middle, off[(len(off) - 1) * 3 // 4])


def metres_outside(rings: Iterable[Sequence[Sequence[float]]], spot: Spot) -> float:
    """How far a place lies outside of rings of [longitude, latitude]; nought inside.

    A ring in a ring is a hole.
    """
    latitude, longitude = spot
    north = math.radians(1) * EARTH_RADIUS_M
    east = north * math.cos(math.radians(latitude))
    inside, nearest = False, math.inf
    for ring in rings:
        placed = [((x - longitude) * east, (y - latitude) * north) for x, y in ring]
        for (x, y), (x2, y2) in pairwise(placed):
            if (y > 0) != (y2 > 0) and x - y * (x2 - x) / (y2 - y) > 0:
                inside = not inside
            long = (x2 - x) ** 2 + (y2 - y) ** 2
            along = min(1.0, max(0.0, -(x * (x2 - x) + y * (y2 - y)) / long)) if long else 0.0
            nearest = min(nearest, math.hypot(x + along * (x2 - x), y + along * (y2 - y)))
    return 0.0 if inside else nearest
