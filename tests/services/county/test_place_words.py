from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import Division, DivisionKind, DivisionLevel
from server.policy.standard.facts import Level
from server.services.common.seals import seal
from server.services.county.place_words import (
    edit_place_words,
    place_words,
    place_words_shown,
    station_name,
)
from server.services.registry.sheet_imports import plan_import
from server.services.registry.stations import add_station
from tests.factories import NOW, Cast, make_village


def place(kind: DivisionKind, name: str, level: DivisionLevel = DivisionLevel.VILLAGE) -> Division:
    return Division(kind=kind, level=level, name=name, short_name=name)


def edit(session: Session, cast: Cast, given: dict[str, str], **more: Any) -> Any:
    values: dict[str, Any] = {
        "county": cast.county, "given": given, "by": cast.office, "now": NOW, "reason": "会议定",
    }  # fmt: skip
    return edit_place_words(session, **(values | more))


@pytest.mark.parametrize(
    ("kind", "level", "name", "without", "within"),
    [
        (DivisionKind.RESIDENTS_COMMITTEE, DivisionLevel.VILLAGE, "东风居委会",
         "东风居委会快递便民服务点", "东风社区快递便民服务点"),
        (DivisionKind.RESIDENTS_COMMITTEE, DivisionLevel.VILLAGE, "东风社区",
         "东风社区快递便民服务点", "东风社区快递便民服务点"),
        (DivisionKind.FARM, DivisionLevel.TOWNSHIP, "老王坡农场",
         "老王坡农场快递综合服务站", "老王坡农场快递服务站"),
        (DivisionKind.VILLAGE_COMMITTEE, DivisionLevel.VILLAGE, "马家沟村",
         "马家沟村快递便民服务点", "马家沟村快递便民服务点"),
    ],
)  # fmt: skip
def test_a_place_without_a_wording_in_the_standard_is_called_as_the_county_says(
    session: Session, cast: Cast, kind: DivisionKind, level: DivisionLevel, name: str,
    without: str, within: str,
) -> None:  # fmt: skip
    station = Level.VILLAGE_POINT if level is DivisionLevel.VILLAGE else Level.TOWNSHIP_STATION
    assert station_name(cast.county, station, place(kind, name, level)) == without
    edit(
        session, cast,
        {"residents": "地名社区快递便民服务点", "township_farm": "地名快递服务站"},
    )  # fmt: skip
    assert station_name(cast.county, station, place(kind, name, level)) == within


def test_new_stations_take_the_wording_in_form_and_table_and_old_ones_keep_their_names(
    session: Session, cast: Cast
) -> None:
    village = make_village(session, code="140926100301", name="东风居委会")
    village.kind = DivisionKind.RESIDENTS_COMMITTEE
    edit(session, cast, {"residents": "地名社区快递便民服务点"})

    table = "乡镇,村\n鹅城镇,东风居委会\n".encode()
    [row] = plan_import(session, county=cast.county, content=table, filename="a.csv", now=NOW).rows
    made = add_station(
        session, county=cast.county, level=Level.VILLAGE_POINT, by=cast.office, now=NOW,
        village_code=village.code,
    )  # fmt: skip

    assert row.name == made.name == "东风社区快递便民服务点"
    assert cast.c1.name == "马家沟村快递便民服务点"


def test_a_wording_needs_the_place_once_and_a_reason_and_no_colleague_is_overwritten(
    session: Session, cast: Cast
) -> None:
    for text in ("社区快递便民服务点", "地名地名快递", "地名" + "长" * 40):
        with pytest.raises(Invalid) as refused:
            edit(session, cast, {"residents": text})
        assert refused.value.code == "place-words-invalid"
    with pytest.raises(Invalid) as unexplained:
        edit(session, cast, {"residents": "地名社区驿站"}, reason=" ")
    assert unexplained.value.code == "reason-needed"
    before = seal(place_words_shown(place_words(cast.county)))
    edit(session, cast, {"residents": "地名社区驿站"})
    with pytest.raises(Conflict) as meanwhile:
        edit(session, cast, {"residents": "地名快递点"}, seal=before)
    assert meanwhile.value.code == "county-changed-meanwhile"
    assert place_words(cast.county)["residents"] == "地名社区驿站"
