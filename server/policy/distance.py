"""How far two places are from each other."""

import math

EARTH_RADIUS_M = 6_371_008.8


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
