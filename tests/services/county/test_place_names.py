"""A name cut short is a place only where it can be no other one."""

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.county import DivisionLevel
from server.services.county.place_names import Places
from tests.factories import Cast, make_village


def test_a_bare_name_that_a_village_and_a_community_share_is_asked_about(
    session: Session, cast: Cast
) -> None:
    for number, name in ((71, "东关村"), (72, "东关社区")):
        make_village(session, "140926", f"1409261002{number}", name)
    places = Places(session, "140926")

    assert places.find("东关村", level=DivisionLevel.VILLAGE).short_name == "东关村"
    assert places.find("马家沟", level=DivisionLevel.VILLAGE).short_name == "马家沟村"
    with pytest.raises(Conflict, match="“东关”不止一处"):
        places.find("东关", level=DivisionLevel.VILLAGE)
