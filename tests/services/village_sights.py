"""What the services about villages show of C0001's village, for the list in sights.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from server.errors import NotFound
from server.models.county import Division
from server.models.coverage import PopulationBasis
from server.services.coverage import changed_since, populations, serving
from server.services.registry import venues
from server.services.registry.stations import edit_station
from tests.factories import NOW, TODAY
from tests.services.world import World


def with_people(world: World, look: Callable[[], Any]) -> Any:
    """What a look shows once somebody has counted the people of C0001's village."""
    attempt = world.session.begin_nested()
    try:
        populations.record_population(
            world.session,
            village=world.session.get_one(Division, world.c1.village_code),
            basis=PopulationBasis.RESIDENT,
            people=2600,
            counted_on=TODAY,
            source="村委会",
            by=None,
            now=NOW,
        )
        return look()
    finally:
        attempt.rollback()


def village_shown(world: World, seen_by: dict[str, Any]) -> int:
    try:
        populations.village_of(world.session, code=str(world.c1.village_code), **seen_by)
    except NotFound:
        return 0
    return 1


def with_a_change(world: World, look: Callable[[], Any]) -> Any:
    """What a look shows once C0001's modes were changed."""
    attempt = world.session.begin_nested()
    try:
        edit_station(
            world.session, station=world.c1, changes={"coop_modes": ["resident_point"]}, by=None,
            now=NOW, reason="补登记", standards=(),
        )  # fmt: skip
        return look()
    finally:
        attempt.rollback()


VILLAGE_LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "coverage.changed_since.changed_since": lambda w, a: sum(
        one.id == w.c1.id
        for one in with_a_change(
            w,
            lambda: changed_since.changed_since(
                w.session, county=w.county.code, on=TODAY - timedelta(1), **a
            ),
        )
    ),
    "coverage.populations.populations_of": lambda w, a: len(
        with_people(
            w,
            lambda: populations.populations_of(w.session, village_code=w.c1.village_code, **a),
        )
    ),
    "coverage.populations.village_of": village_shown,
    "coverage.serving.villages_served": lambda w, a: sum(
        one.code == w.c1.village_code
        for one in serving.villages_served(w.session, county=w.county.code, on=TODAY, **a)
    ),
    "registry.venues.stations_by_venue": lambda w, a: sum(
        one.id == w.c1.id
        for some in venues.stations_by_venue(w.session, county=w.county, **a).values()
        for one in some
    ),
}
