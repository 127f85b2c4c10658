"""附近别的点: running ones, the nearest first, three at most, and positions told to nobody."""

from datetime import date

from sqlalchemy.orm import Session

from server.models.station import Stage
from server.services.registry.nearby import points_near
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_station

pytestmark = ON_SQLITE


def test_the_nearest_running_points_are_told_with_their_distance_and_hours(
    session: Session, cast: Cast
) -> None:
    cast.c1.latitude, cast.c1.longitude = 38.30, 111.90
    for one in (cast.c2, cast.xz1, cast.c3):
        one.latitude = None  # nowhere on the map
    township = {"township_code": cast.township.code, "stage": Stage.BUILT, "longitude": 111.90}
    for code, latitude, more in (
        ("C0011", 38.30 + 0.0077, {}),
        ("C0012", 38.30 + 0.09, {"hours": []}),
        ("C0013", 38.30 + 0.02, {}),
        ("C0014", 38.30 + 0.2, {}),
        ("C0015", 38.30 + 0.001, {"closed_on": date(2023, 6, 1)}),
        ("C0016", 38.30 + 0.001, {"stage": Stage.PLANNED}),
        ("C0017", 38.30 + 0.001, {"demo": True}),
    ):
        make_station(session, code=code, name=code, latitude=latitude, **(township | more))

    found = points_near(session, station=cast.c1)

    assert [(one.code, one.far) for one in found] == [
        ("C0011", "856米"), ("C0013", "2.2公里"), ("C0012", "10公里"),
    ]  # fmt: skip
    assert (found[0].hours, found[2].hours) == (("周一至周日 08:00–18:00",), ())
    cast.c1.latitude = None
    assert {one.far for one in points_near(session, station=cast.c1)} == {""}
