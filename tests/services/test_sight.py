"""Every service that takes `seen_by`, held before people who may not see."""

from typing import Any, get_args

import pytest
from sqlalchemy.orm import Session

from server.models.person import Role
from server.services.people.scope import EVERYBODY, Everybody
from tests.factories import Cast, make_person
from tests.house.signatures import taking
from tests.services.sights import LOOKS, Look
from tests.services.world import World, make_world


@pytest.fixture
def world(session: Session, cast: Cast, standards: Any) -> World:
    return make_world(session, cast, standards)


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
