"""Whatever an office puts above, below and between its stations: no line is lost without a word."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.media.sheets.reading import open_book
from server.services.registry.sheet_table import find_table
from tests.sheets import Tab, bordered_blanks, formula, xlsx

HEADERS = {
    "township": ["乡镇", "所属乡镇", "乡（镇）"],
    "village": ["村", "行政村", "村（社区）"],
    "head_name": ["负责人", "站长姓名", "联系人"],
    "head_phone": ["联系电话", "手机号码"],
    "": ["序号", "身份证号", ""],
}
VALUES = {"township": "鹅城镇", "head_name": "宋大姐", "head_phone": "13903500001", "": "x"}
TITLES = [["静乐县村级站点统计表"], ["单位：个"], [], ["", "", "2023年7月"]]
BETWEEN = [[], ["小计", "3"], ["合计：12个"], ["", "", "合计"], ["鹅城镇"]]
BELOW = [
    [], ["总计", 3], ["制表人：李四", "", "填表日期：2023年7月1日"], ["备注：到6月底"], ["审核人"],
    ["静乐县邮政分公司（盖章）"], ["2023年7月1日"],
]  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, list[int], int]:
    """A file, the lines of its stations, and how many of its lines hold anything."""
    keys = draw(st.permutations(list(HEADERS)))
    header = [draw(st.sampled_from(HEADERS[key])) for key in keys]
    rows: list[Sequence[Any]] = list(draw(st.lists(st.sampled_from(TITLES), max_size=3)))
    rows.append(header)
    stations = []
    for number in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 5)) == 0:
            rows.append(draw(st.sampled_from([*BETWEEN, header])))
        values = {**VALUES, "village": f"第{number}村"}
        row: list[Any] = [values[key] for key in keys]
        if draw(st.booleans()):  # a cell that nobody can read, but never the village
            place = draw(st.integers(0, len(row) - 1))
            if keys[place] != "village":
                row[place] = draw(st.sampled_from(["#N/A", formula("A1"), "\u200b", "####"]))
        rows.append(row)
        stations.append(len(rows))
    rows += draw(st.lists(st.sampled_from(BELOW), max_size=4))
    held = sum(any(str(cell).strip("\u200b") for cell in row) for row in rows)
    blanks = draw(st.sampled_from(["", bordered_blanks(len(rows) + 1, len(rows) + 30, 6)]))
    tab = Tab(
        rows,
        dimension=draw(st.sampled_from(["", "A1:B2", "A1:XFD1048576"])),
        hidden_rows=draw(st.lists(st.integers(1, len(rows)), max_size=3)),
        after=blanks,
    )
    content = xlsx(Tab([["旧"]], name="旧", state="hidden"), tab, active=1)
    return content, stations, held


@given(tables())
@settings(max_examples=200, deadline=None)
def test_no_line_is_lost_without_a_word(made: tuple[bytes, list[int], int]) -> None:
    content, stations, held = made

    table = find_table(open_book(content, "a.xlsx"))

    rows, passed = [row.line for row in table.rows], [one.line for one in table.passed]
    assert set(stations) <= set(rows)
    assert len(rows) + len(passed) == len(table.lines) == held
    assert sorted(rows + passed) == [line.number for line in table.lines]
    assert all(one.what for one in table.passed)
