"""What was kept before there was a rule stays until somebody changes it; other fields are saved."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import Operator
from server.models.person import Person
from server.services.county.operator_lists import plan_operators
from server.services.county.operators import edit_operator
from server.services.county.settings import edit_county
from server.services.people.people import edit_person
from server.services.registry.keeper_lists import plan_keepers
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.services.registry.office import look
from tests.sheets import Tab, xlsx

pytestmark = ON_SQLITE
OLD = "0350-652123"
"""A number of six digits, kept when any digits would do."""


def test_a_station_s_other_fields_are_saved_beside_an_old_number(
    session: Session, cast: Cast
) -> None:
    cast.c1.head_phone, cast.c1.head_name = OLD, "/"
    session.flush()

    def edit(**changes: str) -> None:
        edit_station(
            session, station=cast.c1, changes=changes, standards=(), by=cast.office, now=NOW,
            reason="现场核实",
        )  # fmt: skip

    edit(head_phone=OLD, head_name="/", address="村口")
    assert (cast.c1.address, cast.c1.head_phone) == ("村口", OLD)
    with pytest.raises(Invalid, match="0350-652124"):
        edit(head_phone="0350-652124")


def test_a_table_that_says_an_old_number_again_is_imported(session: Session, cast: Cast) -> None:
    cast.c1.head_phone = OLD
    session.flush()
    head = ["编号", "负责人电话", "地址"]

    [same] = look(session, cast, xlsx(Tab([head, [cast.c1.code, OLD, "村口"]]))).rows
    [other] = look(session, cast, xlsx(Tab([head, [cast.c1.code, "0350-652124", "村口"]]))).rows

    assert [one["label"] for one in same.changes] == ["地址"]
    assert other.action == "wrong"


def test_an_enterprise_and_a_person_keep_an_old_number(session: Session, cast: Cast) -> None:
    firm = session.get_one(Operator, cast.c1.operator_id)
    firm.contact_phone = OLD
    keeper = session.scalars(select(Person).where(Person.role == "keeper")).first()
    assert keeper is not None
    keeper.phone = OLD
    session.flush()

    edit_operator(
        session, operator=firm, given={"name": firm.name, "contact_phone": OLD, "address": "街口"},
        by=cast.office, now=NOW,
    )  # fmt: skip
    edit_person(
        session, person=keeper, changes={"name": "王小明", "phone": OLD}, by=cast.office, now=NOW
    )

    assert (firm.address, firm.contact_phone) == ("街口", OLD)
    assert (keeper.name, keeper.phone) == ("王小明", OLD)
    text = f"企业名称,电话,地址\n{firm.name},{OLD},街尾\n"
    [row] = plan_operators(
        session, county=cast.county, content=text.encode(), filename="企业.csv"
    ).rows
    assert (row.action, row.errors) == ("changed", ())
    text = f"编号,站长姓名,手机号\n{cast.c1.code},王小明,{OLD}\n"
    [line] = plan_keepers(
        session, county=cast.county, content=text.encode(), filename="站长.csv"
    ).rows
    assert line.errors == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0350-6521234（工作日 9:00—17:00）", "0350-6521234（工作日 9:00—17:00）"),
        ("0350.6521234(办公室)", "0350-6521234(办公室)"), ("12305（24小时）", "12305（24小时）"),
    ],
)  # fmt: skip
def test_a_hotline_may_say_when_somebody_answers(
    session: Session, cast: Cast, standards: Any, typed: str, kept: str
) -> None:
    edit_county(
        session, county=cast.county, changes={"hotline": typed}, by=cast.office, now=NOW,
        reason="县专班会议决定", standards=standards,
    )  # fmt: skip

    assert cast.county.hotline == kept


def test_a_hotline_of_two_numbers_is_refused(session: Session, cast: Cast, standards: Any) -> None:
    with pytest.raises(Invalid, match="服务热线"):
        edit_county(
            session, county=cast.county, changes={"hotline": "0350-6521234（或6521235）"},
            by=cast.office, now=NOW, reason="县专班会议决定", standards=standards,
        )  # fmt: skip
