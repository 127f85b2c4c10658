"""Lines that an office did not mean as they would come in, and a word for each that does not."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.services.common.office_lists import read_list
from server.services.county.operator_lists import plan_operators
from server.services.registry.keeper_lists import COLUMNS, NAME
from server.services.registry.sheet_imports import plan_import
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.services.registry.office import HEAD, SONG, WANG, ZHANG, look
from tests.sheets import Tab, xlsx

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    "line",
    [
        ["鹅城镇", "", "合计1个"],  # 负责人 of the 乡镇站, unless it is a sum
        ["鹅城镇", "小计", "1"],
        ["合计", "381个村", "12人"],
        ["", "", "总计：2个"],
    ],
)
def test_a_sum_in_any_column_that_is_read_changes_no_station(
    session: Session, house: Cast, line: list[Any]
) -> None:
    plan = look(session, house, xlsx(Tab([HEAD, SONG, line])))

    assert [(row.line, row.action) for row in plan.rows] == [(2, "new")]
    assert [(one.line, one.what) for one in plan.table.passed] == [(1, "表头"), (3, "合计")]


@pytest.mark.parametrize("where", [["合计", *ZHANG], ["汇总", *ZHANG]])
def test_a_station_is_not_passed_over_for_a_word_beside_it(
    session: Session, house: Cast, where: list[Any]
) -> None:
    plan = look(session, house, xlsx(Tab([["备注", *HEAD], ["", *SONG], where])))

    assert [row.line for row in plan.rows] == [2, 3]


def test_a_village_left_out_is_asked_before_the_townships_station_is_changed(
    session: Session, house: Cast
) -> None:
    bare = ["鹅城镇", "", "王五", "13903500009", "", ""]
    head = ["级别", *HEAD]
    [ask] = look(session, house, xlsx(Tab([HEAD, SONG, bare]))).asks

    assert ask.startswith("第3行（鹅城镇快递综合服务站）没有写村，当作乡镇站导入")
    assert look(session, house, xlsx(Tab([head, ["", *SONG], ["乡镇站", *bare]]))).asks == ()
    [ask] = look(session, house, xlsx(Tab([HEAD, SONG, ["鹅城镇"], ["鹅城镇"]]))).asks
    assert ask == "第3–4行只写了乡镇，没有导入。要是漏写了村，请补上再上传。"


def test_sheets_at_which_nobody_looked_and_those_not_understood_are_named(
    session: Session, house: Cast
) -> None:
    many = [Tab([HEAD, [*SONG[:2], f"第{number}人"]], name=f"表{number}") for number in range(33)]
    plan = look(session, house, xlsx(*many, active=32))

    assert plan.table.sheet == "表32", "the one that is seen on opening, wherever it stands"
    assert "后面的3张（“表29”、“表30”、“表31”）没有看" in plan.asks[1]
    chosen = plan_import(
        session, county=house.county, content=xlsx(*many), filename="a.xlsx", now=NOW,
        sheet_name="表31",
    )  # fmt: skip
    assert chosen.table.sheet == "表31"
    other = Tab([["名称", "地点"], ["王家村点", "王家村"]], name="乙")
    notes = look(session, house, xlsx(Tab([HEAD, SONG], name="甲"), other)).table.notes
    assert "工作表“乙”里没有认出站点的表头，一行都没有读。" in notes


def test_every_line_is_accounted_for_in_a_sentence(session: Session, house: Cast) -> None:
    lines = [["七月"], HEAD, SONG, WANG, ["合计", "2个"], ["备注：到月底"], HEAD]
    plan = look(session, house, xlsx(Tab(lines)))

    assert plan.accounted == (
        "表里有字的7行：2行是站点，5行没有导入（表头上面的字1行、表头1行、合计1行、备注1行、又是表头1行）"
    )


def test_a_list_passes_over_its_headers_and_takes_no_sum_for_a_name(
    session: Session, house: Cast
) -> None:
    head = ["企业名称", "联系人", "电话"]
    rows = [head, ["甲公司", "张", "13800000001"], head, ["合计"], ["制表人：张三"], ["注：暂无"]]
    plan = plan_operators(session, county=house.county, content=xlsx(Tab(rows)), filename="a.xlsx")

    assert [(row.line, row.action) for row in plan.rows] == [
        (2, "new"), (4, "wrong"), (5, "wrong"), (6, "wrong"),
    ]  # fmt: skip
    assert "“合计”是合计，不是企业名称" in plan.rows[1].errors[0]
    assert plan.list.left_out == "表里另有1行不是名单，没有读。"


def test_a_list_names_hidden_columns_and_sheets_that_were_not_read(session: Session) -> None:
    rows = [["编号", "站长姓名", "手机"], ["C0001", "王五", "13800000009"]]
    content = xlsx(Tab(rows, hidden_columns=[2]), Tab([["说明"], ["王六"]], name="乙"))
    notes = read_list(content, "a.xlsx", columns=COLUMNS, needs=NAME).notes

    assert "“手机”这几列在表里是隐藏的，也读进来了，请核对。" in notes
    assert "工作表“乙”的表头对不上，一行都没有读。" in notes
