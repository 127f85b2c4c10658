"""Two inspectors at one station: the second is named, signs, and stands under the same hash."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Inspection
from server.models.person import Person, Role
from server.papers.inspection_copy import copy_sheet
from server.services.inspections.freezing import frozen_is_whole
from tests.api.rounds import SIGNATURE, inspection, visit_of
from tests.factories import Cast, make_person

Call = Callable[..., Any]
OWN = [[[10, 10], [90, 40]], [[30, 60], [200, 160]]]


@pytest.fixture
def second(session: Session, cast: Cast) -> Person:
    person = make_person(session, cast.county, "赵督导", role=Role.INSPECTOR)
    session.commit()
    return person


def test_the_second_inspector_stands_in_record_paper_and_hash(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, second: Person,
    standards: Any,
) -> None:  # fmt: skip
    sent = inspection(
        cast.c1,
        visit_of(session, campaign, cast.c1),
        second_inspector_id=second.id,
        second_signature=OWN,
    )
    [answer] = hand_in(cast.wang, sent)
    assert answer["result"] == "ok"

    copy = call(cast.wang, f"/rounds/inspections/{sent['id']}")
    assert (copy["inspector_name"], copy["second_name"]) == ("王督导", "赵督导")
    assert copy["signatures"]["second"].startswith("M10 10")
    one = session.query(Inspection).one()
    sheet = copy_sheet(session, inspection=one, standards=standards)
    assert ("督导员", "王督导、赵督导") in sheet.head
    assert [one.label for one in sheet.drawn] == ["督导员签名", "一同督导的签名", "站长签名"]
    assert frozen_is_whole(session, one)
    one.second_signature = SIGNATURE
    assert not frozen_is_whole(session, one)
    one.second_signature, one.second_inspector_id = OWN, cast.office.id
    assert not frozen_is_whole(session, one)


def test_a_record_of_one_inspector_keeps_the_bytes_it_always_had(
    session: Session, cast: Cast, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.c1)
    hand_in(cast.wang, sent)

    one = session.query(Inspection).one()
    assert (one.second_inspector_id, one.second_signature) == (None, None)
    assert one.as_signed is not None
    assert "second_inspector" not in one.as_signed
    [again] = hand_in(cast.wang, sent)
    assert again["result"] == "same"
    assert call(cast.wang, f"/rounds/inspections/{sent['id']}")["second_name"] == ""


@pytest.mark.parametrize("who", ["wang", "li", "outsider"])
def test_only_another_inspector_of_the_county_is_a_second_one(
    cast: Cast, hand_in: Call, who: str
) -> None:
    person = getattr(cast, who)

    [answer] = hand_in(
        cast.wang, inspection(cast.c1, second_inspector_id=person.id, second_signature=OWN)
    )

    assert (answer["result"], answer["code"]) == ("invalid", "second-inspector-unknown")


def test_who_is_named_as_the_second_signs(cast: Cast, hand_in: Call, second: Person) -> None:
    [answer] = hand_in(cast.wang, inspection(cast.c1, second_inspector_id=second.id))

    assert (answer["result"], answer["code"]) == ("invalid", "signature-missing")
    assert "一同督导的人还没有签名" in answer["message"]


def test_the_package_names_those_who_may_sign_beside_me(
    session: Session, cast: Cast, campaign: Campaign, call: Call, second: Person
) -> None:
    gone = make_person(session, cast.county, "调走了", role=Role.INSPECTOR)
    gone.active = False
    session.commit()

    for path in (f"/rounds/{campaign.id}/package", f"/rounds/stations/{cast.c1.id}/package"):
        names = [one["name"] for one in call(cast.wang, path)["colleagues"]]
        assert names[0] == "赵督导"
        assert set(names) >= {"赵督导", "县办"}
        assert not {"王督导", "调走了", "李福来", "外县"} & set(names)
