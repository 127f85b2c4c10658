import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import Operator
from server.models.history import HistoryLine
from server.models.sheet_import import SheetImport
from server.services.county.operator_lists import (
    OperatorPlan,
    enter_operators,
    operator_template,
    plan_operators,
)
from server.services.county.operator_undo import undo_operators
from tests.factories import NOW, Cast

HEAD = "企业名称,许可证号,有效期至,联系人,电话\n"


def plan(session: Session, cast: Cast, text: str) -> OperatorPlan:
    return plan_operators(session, county=cast.county, content=text.encode(), filename="企业.csv")


def enter(session: Session, cast: Cast, text: str, mark: str | None = None) -> OperatorPlan:
    return enter_operators(
        session, county=cast.county, content=text.encode(), filename="企业.csv",
        mark=mark or plan(session, cast, text).mark, by=cast.office, now=NOW,
    )  # fmt: skip


def test_new_operators_come_in_known_ones_are_filled_and_blanks_change_nothing(
    session: Session, cast: Cast
) -> None:
    held = session.get_one(Operator, cast.c1.operator_id)
    held.contact_name = "王某"
    session.flush()
    text = HEAD + f"{held.name},晋邮1,2026-12-31,,\n乡递公司,,,高某,0350-6521234\n"
    known, fresh = plan(session, cast, text).rows
    assert (known.action, fresh.action) == ("changed", "new")
    assert known.changes == ("许可证号：空 → 晋邮1", "许可证有效期至：空 → 2026-12-31")

    enter(session, cast, text)

    assert (held.licence_number, held.contact_name) == ("晋邮1", "王某")
    made = session.scalars(select(Operator).where(Operator.name == "乡递公司")).one()
    assert made.contact_phone == "0350-6521234"
    told = set(session.scalars(select(HistoryLine.action).where(HistoryLine.operator_id != 0)))
    assert told == {"operator-edited", "operator-added"}
    assert [row.action for row in plan(session, cast, text).rows] == ["same", "same"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",晋邮1,,,", "没有写企业名称"),
        ("乡递公司,晋邮1,明年底,,", "应写成2023-05-01这样的日期（写的是“明年底”）"),
        ("甲公司,,,,", "和第2行是同一家企业"),
    ],
)
def test_one_wrong_line_keeps_the_whole_list_out(
    session: Session, cast: Cast, line: str, said: str
) -> None:
    text = HEAD + f"甲公司,,,,\n{line}\n"
    assert said in plan(session, cast, text).rows[1].errors[0]
    with pytest.raises(Invalid) as refused:
        enter(session, cast, text)
    assert refused.value.code == "import-has-errors"
    assert session.scalars(select(Operator).where(Operator.name == "甲公司")).all() == []


def test_a_list_that_would_do_otherwise_than_shown_is_shown_anew(
    session: Session, cast: Cast
) -> None:
    text = HEAD + "乡递公司,,,高某,\n"
    mark = plan(session, cast, text).mark
    enter(session, cast, text)
    with pytest.raises(Conflict) as refused:
        enter(session, cast, text, mark)
    assert refused.value.code == "import-outdated"


def test_the_template_is_our_own_list(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as empty:
        plan_operators(
            session, county=cast.county, content=operator_template(), filename="模板.xlsx"
        )
    assert empty.value.code == "import-empty"


def test_a_list_is_taken_back_but_for_what_was_used_or_changed_since(
    session: Session, cast: Cast
) -> None:
    held = session.get_one(Operator, cast.c1.operator_id)
    held.contact_name = "王某"
    session.flush()
    enter(
        session, cast,
        HEAD + f"{held.name},晋邮1,2026-12-31,赵某,\n乡递公司,,,高某,0350-6521234\n村递公司,,,,\n",
    )  # fmt: skip
    used = session.scalars(select(Operator).where(Operator.name == "村递公司")).one()
    cast.c2.operator_id = used.id
    held.licence_number = "晋邮2"
    session.flush()
    made = session.scalars(select(SheetImport)).one()

    undo_operators(session, made, by=cast.office, now=NOW)

    assert (held.licence_number, held.licence_until, held.contact_name) == ("晋邮2", None, "王某")
    names = set(session.scalars(select(Operator.name).where(Operator.county == cast.county.code)))
    assert names == {held.name, "村递公司"}
    assert made.left == [
        f"第2行{held.name}：“许可证号”后来又改过，现在是“晋邮2”，没有动",
        "第4行村递公司：已经有站点1条，没有移除。不用的，请在企业页记退出",
    ]
    line = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "operators-taken-back")
    ).one()
    assert {one["label"] for one in line.changes} == {f"第2行{held.name}", "第3行乡递公司"}
    with pytest.raises(Conflict):
        undo_operators(session, made, by=cast.office, now=NOW)
