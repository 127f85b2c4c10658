"""Scope is said aloud: every service that takes `seen_by`, held before people who may not see."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from sqlalchemy.orm import Session

import server.services
from server.models.person import Person, Role
from server.services.people.scope import EVERYBODY, Everybody
from tests.factories import (
    Cast,
    make_person,
)
from tests.services.sights import LOOKS, SIGHT_ITSELF, Look, World, make_world

# People who do not look but act or are sent; none means the house itself, or nobody.
ACTORS = {"by", "inspector"}


@pytest.fixture
def world(session: Session, cast: Cast, standards: Any) -> World:
    return make_world(session, cast, standards)


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of every service module, by module and name."""
    for module in pkgutil.walk_packages(server.services.__path__, "server.services."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(one) and one.__module__ == module.name:
                yield f"{module.name.removeprefix('server.services.')}.{name}", one


def taking(wanted: str) -> Iterator[tuple[str, inspect.Parameter, inspect.Signature]]:
    for name, one in services():
        signature = inspect.signature(one)
        for parameter in signature.parameters.values():
            kinds = get_args(parameter.annotation) or (parameter.annotation,)
            if wanted == parameter.name or (wanted == "a person" and Person in kinds):
                yield name, parameter, signature


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


def test_stations_that_may_be_left_out_only_narrow_a_sight() -> None:
    alone = [
        f"{name}({parameter})"
        for name, parameter, signature in taking("station_ids")
        if "seen_by" not in signature.parameters
        and (
            parameter.default is not parameter.empty or type(None) in get_args(parameter.annotation)
        )
    ]

    assert alone == []


def test_every_service_that_takes_a_viewer_is_held_before_viewers_here() -> None:
    named = {name for name, _, _ in taking("seen_by") if not name.split(".")[-1].startswith("_")}

    assert named - SIGHT_ITSELF == set(LOOKS)


def test_a_township_officer_sees_only_the_own_township_in_every_service(
    session: Session, world: World, cast: Cast
) -> None:
    own = make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )
    may_be_everybody = {
        name for name, one, _ in taking("seen_by") if Everybody in get_args(one.annotation)
    }
    wrong = []
    for name, look in LOOKS.items():

        def seen(seen_by: Any, look: Look = look) -> int:
            return look(world, {"seen_by": seen_by})

        whole = [cast.office, own, *([EVERYBODY] if name in may_be_everybody else [])]
        if not all(seen(one) for one in whole):
            wrong.append(f"{name}: hidden from those who may see it {[seen(one) for one in whole]}")
        if found := [seen(one) for one in (cast.officer, cast.outsider) if seen(one)]:
            wrong.append(f"{name}: shown to those who may not {found}")

    assert wrong == []
