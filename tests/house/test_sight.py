"""Scope is said aloud: no service answers the whole county because a caller forgot who looks."""

from typing import get_args

from tests.house.signatures import taking
from tests.services.sights import LOOKS, SIGHT_ITSELF

# People who do not look but act or are sent; none means the house itself, or nobody.
ACTORS = {"by", "inspector"}


def test_no_service_shows_everything_because_its_caller_forgot_who_looks() -> None:
    assumed = [
        f"{name}({parameter})"
        for name, parameter, _ in (*taking("a person"), *taking("seen_by"))
        if parameter.name not in ACTORS
        and (
            parameter.default is not parameter.empty or type(None) in get_args(parameter.annotation)
        )
    ]

    assert assumed == []


def test_a_station_that_may_be_left_out_only_narrows_a_sight() -> None:
    alone = [
        f"{name}({parameter})"
        for wanted in ("station_id", "station_ids")
        for name, parameter, signature in taking(wanted)
        if "seen_by" not in signature.parameters and parameter.default is not parameter.empty
    ]

    assert alone == []


def test_every_service_that_takes_a_viewer_is_held_before_viewers() -> None:
    named = {name for name, _, _ in taking("seen_by") if not name.split(".")[-1].startswith("_")}

    assert named - SIGHT_ITSELF == set(LOOKS)
