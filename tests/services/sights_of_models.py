"""What the services about model stations show of C0001, for the list in sights.py."""

from collections.abc import Callable
from typing import Any

from server.models.showcase import ModelStation
from server.services.registry.showcase import model_stations
from tests.factories import NOW, TODAY
from tests.services.world import World


def models_shown(world: World, seen_by: dict[str, Any]) -> int:
    """How many models are seen once C0001 is one."""
    attempt = world.session.begin_nested()
    try:
        world.session.add(
            ModelStation(
                county=world.county.code, station_id=world.c1.id, chosen_on=TODAY, reason="好",
                standing="达标", chosen_at=NOW,
            )
        )  # fmt: skip
        world.session.flush()
        return len(model_stations(world.session, **seen_by))
    finally:
        attempt.rollback()


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "registry.showcase.model_stations": models_shown,
}
