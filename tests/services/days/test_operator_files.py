"""An operator's file of totals: read line by line, never dropped silently, superseded, undone."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.media.blobs import FolderStore
from server.models.county import Operator
from server.models.history import HistoryLine
from server.models.operator_total import OperatorFile, OperatorTotal
from server.models.person import Person, Role
from server.policy.reconciliation import Choice
from server.services.days.decisions import decide_many
from server.services.days.operator_file_lists import file_for, files_entered, withdraw_file
from server.services.days.operator_files import (
    TotalsPlan,
    enter_totals,
    plan_totals,
    totals_template,
)
from server.services.days.reconciliation import day_of
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, make_operator, make_person
from tests.services.days.of_june import JUNE, approve
from tests.sheets import Tab, day, formula, number, xlsx

pytestmark = ON_SQLITE
HEAD = ("编号", "站点", "乡镇", "日期", "下行", "上行", "品牌")
LATER = NOW + timedelta(hours=1)
Line = Sequence[Any]


def third(inbound: Any = 12, outbound: Any = 3, *, code: str = "C0001", brand: str = "") -> Line:
    return (code, "", "", "2023-06-03", inbound, outbound, brand)


@cache
def book(*lines: Line) -> bytes:
    """A file; the same lines give the same bytes, whatever the clock says meanwhile."""
    return xlsx(Tab([HEAD, *lines]))


def firm(session: Session, cast: Cast) -> Operator:
    return session.get_one(Operator, cast.c1.operator_id)


def planned(
    session: Session, cast: Cast, *lines: Line, by: Person | None = None, content: bytes = b""
) -> TotalsPlan:
    return plan_totals(
        session, county=cast.county, operator=firm(session, cast), month_on=JUNE,
        content=content or book(*lines), filename="6月.xlsx", now=NOW, seen_by=by or cast.office,
    )  # fmt: skip


STORES: list[FolderStore] = []


@pytest.fixture(autouse=True)
def _store(blobs: FolderStore) -> None:
    STORES[:] = [blobs]  # where files that are entered are kept


def entered(session: Session, cast: Cast, *lines: Line, by: Person | None = None) -> OperatorFile:
    _, file = enter_totals(
        session, STORES[-1], county=cast.county, operator=firm(session, cast), month_on=JUNE,
        content=book(*lines), filename="6月.xlsx", mark=planned(session, cast, *lines, by=by).mark,
        by=by or cast.office, now=NOW,
    )  # fmt: skip
    assert file is not None
    with STORES[-1].open(file.file_sha256) as kept:
        assert kept.read() == book(*lines)
    return file


def said(plan: TotalsPlan) -> list[str]:
    return [error for row in plan.rows for error in row.errors]


def held(session: Session) -> list[tuple[int, int, int, int, int]]:
    rows = session.scalars(
        select(OperatorTotal).where(OperatorTotal.current).order_by(OperatorTotal.id)
    )
    return [(one.place, one.day_on.day, one.inbound, one.outbound, one.version) for one in rows]


def test_what_could_be_another_county_another_brand_or_no_day_is_asked_about(
    session: Session, cast: Cast
) -> None:
    def told(*lines: Line) -> str:
        return " ".join(said(planned(session, cast, *lines)))

    assert "前面是“411721”，不是本县的（140926）" in told(third(code="411721-C0001"))
    twice = told(third(brand="中通"), third(brand="中通快递"), third(brand="韵达"))
    assert "第2行“中通”、第3行“中通快递”像是同一个品牌" in twice
    assert "“ZTO”" in told(third(brand="ZTO"), third(brand="zto"))
    assert told(third(brand="韵达快递"), third(brand="韵达快运")) == ""
    assert "写的2023-06-31没有这一天" in told(("C0001", "", "", "2023-06-31", 1, 1, ""))
    assert "没有设成日期格式的格子（写的是“45080”）" in told(
        ("C0001", "", "", number(45080), 1, 1, "")
    )


def test_a_brand_that_says_nothing_is_all_together_and_one_as_above_is_asked_for(
    session: Session, cast: Cast
) -> None:
    for brand in ("/", "无", "合计", "全部品牌"):
        [row] = planned(session, cast, third(brand=brand)).rows
        assert (row.action, row.brand) == ("new", "")
    assert "品牌写的“同上”要写全" in said(planned(session, cast, third(brand="同上")))[0]
    for several in ("中通、韵达", "中通/圆通", "中通和韵达"):
        [row] = planned(session, cast, third(brand=several)).rows
        assert f"品牌写的“{several}”不止一个" in row.errors[0]
    # Beside its brands a sum of them is no brand more.
    both = planned(session, cast, third(brand="中通"), third(brand="合计"))
    assert [row.action for row in both.rows] == ["wrong", "wrong"]


def test_two_numbers_in_one_cell_are_none(session: Session, cast: Cast) -> None:
    for written in ("12 15", "12\n15", "12/15", "1 234", "12²"):
        [row] = planned(session, cast, third(written)).rows
        assert row.action == "wrong"
        assert row.errors[0].startswith("“收到”写的“12") or "1 234" in row.errors[0]


def test_a_shortened_name_ends_where_its_villages_does(session: Session, cast: Cast) -> None:
    def action(name: str) -> str:
        [row] = planned(session, cast, ("", name, "", "2023-06-03", 1, 0, "")).rows
        return row.action

    assert [action(one) for one in ("马家沟村", "马家沟", "马家沟村快递")] == ["new"] * 3
    assert action("马家") == "wrong"


def test_stations_are_found_by_number_or_name_and_a_sum_is_checked_not_entered(
    session: Session, cast: Cast
) -> None:
    lines = (
        third(),
        ("", "杨家山村", "鹅城镇", day(date(2023, 6, 4)), "１,0００", "2件", ""),
        ("140926-XZ0001", "鹅城镇快递综合服务站", "", "2023年6月4日", 5, "0.0", "中通"),
        ("xz0001", "", "", "2023/6/4", 4, 1, "韵达"),
        ("", "县级中心", "", "2023-06-04", 120_000, 7, ""),
        third(),
        ("合计", "", "", "", 121_021, 13, ""),
    )
    file = entered(session, cast, *lines)
    plan = planned(session, cast, *lines)

    c1, c2, xz = cast.c1.id, cast.c2.id, cast.xz1.id
    assert held(session) == [
        (0, 4, 120_000, 7, 1),
        (c1, 3, 12, 3, 1),
        (c2, 4, 1000, 2, 1),
        (xz, 4, 5, 0, 1),
        (xz, 4, 4, 1, 1),
    ]
    assert (file.lines, file.file_sha256) == (5, plan.list.sha256)
    assert [row.action for row in plan.rows] == ["same"] * 5 + ["repeat", "total"]
    assert plan.rows[5].notes == ("和第2行一样，只算一次",)
    assert plan.fresh == {}  # the same file again enters nothing
    operator = day_of(session, station=cast.xz1, day_on=date(2023, 6, 4)).operator
    assert operator == (9, 1)
    [line] = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "operator-totals-entered")
    )
    assert "4处4天，收121021寄13" in line.summary


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (third(code="C0009"), "没有编号是“C0009”的站点"),
        (("C0001", "杨家山村", "", "2023-06-03", 1, 0, ""), "编号C0001在册的是“马家沟村"),
        (("", "王家庄", "", "2023-06-03", 1, 0, ""), "没有叫“王家庄”的站点"),
        (("", "", "", "2023-06-03", 1, 0, ""), "没有写站点编号，也没有写名称"),
        (("", "快递", "火星乡", "2023-06-03", 1, 0, ""), "区划表里没有“火星乡”"),
        (("C0001", "", "", "2023-07-03", 1, 0, ""), "2023年7月3日不在2023年6月里"),
        (("C0001", "", "", "2023-09-03", 1, 0, ""), "还没有到"),
        (("C0001", "", "", "6月3日", 1, 0, ""), "没有写是哪一年"),
        (("C0001", "", "", "", 1, 0, ""), "没有写日期"),
        (third(-3), "不能是负数"),
        (third("−3"), "不能是负数"),
        (third(12.5), "要写整数"),
        (third("十二"), "“十二”看不懂"),
        (third(100_000), "一天最多99999件"),
        (third("9" * 14), "一天最多99999件"),
        (third(12, ""), "没有写“寄出”。没有件就写0"),
        (third(formula("1/0", "#DIV/0!", "e")), "公式出了错"),
        (third(formula("E1+1")), "公式还没有算出结果"),
        (third(brand="品" * 41), "最多40个字"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words_and_keeps_the_whole_file_out(
    session: Session, cast: Cast, line: Line, told: str
) -> None:
    lines = (third(code="C0002"), line)
    plan = planned(session, cast, *lines)

    assert [row.action for row in plan.rows] == ["new", "wrong"]
    [error] = said(plan)
    assert told in error
    with pytest.raises(Invalid, match="整张名单都没有录入"):
        entered(session, cast, *lines)


def test_one_day_twice_is_refused_by_both_its_lines(session: Session, cast: Cast) -> None:
    plan = planned(session, cast, third(), third(15), third(code="C0002"))

    assert [row.action for row in plan.rows] == ["wrong", "wrong", "new"]
    first, second = said(plan)
    assert "本行收12寄3，第3行收15寄3" in first
    assert "本行收15寄3，第2行收12寄3" in second

    mixed = planned(session, cast, third(), third(4, 1, brand="中通"))
    assert ["（第2行、第3行）" in one for one in said(mixed)] == [True, True]


@pytest.mark.parametrize(
    ("code", "name", "action"),
    [
        ("c1", "", "new"), ("C-0001", "", "new"), ("140926-C0001", "", "new"),
        ("C0001", "马家沟村服务点", "new"), ("C0001", "马家沟邮政综合服务站", "new"),
        ("C0001", "马家沟", "new"), ("C0001", "东马家沟村服务点", "wrong"),
        ("C0001", "舍科村服务点", "wrong"), ("411721-C0001", "", "wrong"),
    ],
)  # fmt: skip
def test_numbers_and_names_are_known_as_enterprises_write_them(
    session: Session, cast: Cast, code: str, name: str, action: str
) -> None:
    [row] = planned(session, cast, (code, name, "", "2023-06-03", 12, 3, "")).rows

    assert row.action == action


def test_a_number_and_a_township_that_are_not_one_stations_are_asked_about(
    session: Session, cast: Cast
) -> None:
    def line(township: str) -> Line:
        return ("C0001", "", township, "2023-06-03", 12, 3, "")

    assert [row.action for row in planned(session, cast, line("鹅城镇")).rows] == ["new"]
    [told] = said(planned(session, cast, line("杜家村镇")))
    assert "不在“杜家村镇”，对不上" in told


def test_a_sum_that_does_not_come_to_its_lines_is_told(session: Session, cast: Cast) -> None:
    town = ("鹅城镇小计", "", "", "", 12, 3, "")
    lines = (third(), town, third(5, code="C0002"), ("", "", "", "合计", 18, 6, ""))
    plan = planned(session, cast, *lines)

    assert [row.action for row in plan.rows] == ["new", "total", "new", "wrong"]
    [told] = said(plan)
    assert told.startswith("合计写的是收18寄6，各行加起来是收17寄6，对不上。")


def test_hidden_rows_are_read_and_named_merged_cells_and_half_tables_refused(
    session: Session, cast: Cast
) -> None:
    rows = [HEAD, third(), third(code="C0002")]
    hidden = planned(session, cast, content=xlsx(Tab(rows, hidden_rows=[3])))
    assert hidden.count("new") == 2
    assert "第3行在表里是隐藏的" in hidden.list.notes[0]
    old = [HEAD, ("C0001", "", "", number(43252), 12, 3)]  # a day number without a day's format
    assert (
        "像是表格里没有设成日期格式的格子"
        in said(planned(session, cast, content=xlsx(Tab(old))))[0]
    )
    macintosh = [HEAD, ("C0001", "", "", day(date(2023, 6, 3), from_1904=True), 12, 3)]
    old_day = planned(session, cast, content=xlsx(Tab(macintosh), from_1904=True))
    assert old_day.rows[0].day_on == date(2023, 6, 3)
    with pytest.raises(Invalid, match="合并的单元格"):
        planned(session, cast, content=xlsx(Tab(rows, merges=["A2:A3"])))
    with pytest.raises(Invalid, match="没有找到“寄出”这一列"):
        planned(session, cast, content="编号,日期,下行\nC0001,2023-06-03,5\n".encode())
    template = planned  # the empty list has our headers, and nothing to enter
    with pytest.raises(Invalid, match="只有表头"):
        template(session, cast, content=totals_template())


def test_a_month_of_every_station_is_not_too_long(session: Session, cast: Cast) -> None:
    every = "".join(f"C0001,2023-06-03,12,3,品{n}\n" for n in range(6000))
    plan = planned(session, cast, content=f"编号,日期,下行,上行,品牌\n{every}".encode())

    assert (plan.count("new"), plan.ok) == (6000, True)


def test_a_later_file_is_the_next_version_and_what_was_shown_is_what_is_entered(
    session: Session, cast: Cast
) -> None:
    entered(session, cast, third(), third(code="C0002"))
    plan = planned(session, cast, third(10))
    [row] = plan.rows
    assert (row.action, row.notes, plan.left) == ("changed", ("原来是收12寄3",), 1)

    entered(session, cast, third(11))  # a colleague was faster
    with pytest.raises(Conflict) as outdated:
        enter_totals(
            session, STORES[-1], county=cast.county, operator=firm(session, cast), month_on=JUNE,
            content=book(third(10)), filename="6月.xlsx", mark=plan.mark, by=cast.office, now=NOW,
        )  # fmt: skip
    assert outdated.value.code == "import-outdated"
    entered(session, cast, third(10))

    c1, c2 = cast.c1.id, cast.c2.id
    assert held(session) == [(c2, 3, 12, 3, 1), (c1, 3, 10, 3, 3)]
    every = session.scalars(select(OperatorTotal).where(OperatorTotal.place == c1)).all()
    assert [(one.inbound, one.version, one.current) for one in every] == [
        (12, 1, False),
        (11, 2, False),
        (10, 3, True),
    ]


def test_an_operators_clerk_names_only_the_own_stations_and_files(
    session: Session, cast: Cast
) -> None:
    clerk = make_person(
        session, name="企业小周", role=Role.OPERATOR, operator_id=cast.c1.operator_id
    )
    other = make_person(
        session, name="别家", role=Role.OPERATOR,
        operator_id=make_operator(session, name="另一家公司").id,
    )  # fmt: skip
    assert "不归您管" in said(planned(session, cast, third(code="C0003"), by=clerk))[0]
    office = planned(session, cast, third(code="C0003"))
    assert "C0003 舍科村快递便民服务点1个站现在登记的运营企业不是" in office.notes[0]
    file = entered(session, cast, third(), by=clerk)

    def seen(person: Person) -> list[int]:
        return [one.file.id for one in files_entered(session, county="140926", seen_by=person)]

    assert file_for(session, file_id=file.id, seen_by=clerk) is file
    assert [seen(one) for one in (clerk, cast.office, other, cast.officer, cast.outsider)] == [
        [file.id], [file.id], [], [], [],
    ]  # fmt: skip


def test_a_file_is_taken_back_until_something_rests_on_it(session: Session, cast: Cast) -> None:
    entered(session, cast, third(12))
    wrong = entered(session, cast, third(99), third(code="C0002"))

    with pytest.raises(Invalid, match="为什么撤回"):
        withdraw_file(session, file=wrong, by=cast.office, now=LATER, reason=" ")
    assert withdraw_file(session, file=wrong, by=cast.office, now=LATER, reason="选错了月份") == 2
    assert held(session) == [(cast.c1.id, 3, 12, 3, 1)]  # what it had said before holds again
    with pytest.raises(Conflict, match="已经撤回过了"):
        withdraw_file(session, file=wrong, by=cast.office, now=LATER, reason="再撤")

    again = entered(session, cast, third(13))
    assert held(session) == [(cast.c1.id, 3, 13, 3, 3)]
    third_on = JUNE.replace(day=3)
    many = decide_many(
        session, county=cast.county, month_on=JUNE, choice=Choice.OPERATOR, reason="看过派件单",
        seen={(cast.c1.id, third_on): day_of(session, station=cast.c1, day_on=third_on).seen},
        by=cast.office, now=LATER,
    )  # fmt: skip
    assert many.decided == 1
    with pytest.raises(Conflict, match="有1天已经有人对过账"):
        withdraw_file(session, file=again, by=cast.office, now=LATER, reason="又错了")
    free = entered(session, cast, third(code="C0002"))
    approve(session, cast)
    with pytest.raises(Conflict, match="已经核准"):
        withdraw_file(session, file=free, by=cast.office, now=LATER, reason="核准以后")
    [first, *_] = files_entered(session, county="140926", seen_by=cast.office)
    assert (first.file.id, first.holds, first.who) == (free.id, 1, "县办")


def test_a_number_that_its_comma_divides_is_not_two(session: Session, cast: Cast) -> None:
    def read(line: str) -> list[str]:
        text = f"编号,日期,下行,上行,\n{line}\n"
        plan = plan_totals(
            session, county=cast.county, operator=firm(session, cast), month_on=JUNE,
            content=text.encode(), filename="6月.csv", now=NOW, seen_by=cast.office,
        )  # fmt: skip
        return said(plan)

    assert "数里的逗号" in read("C0001,2023-06-03,1,234,3,好")[0]
    assert read('C0001,2023-06-03,"1,234",3,好') == []  # a remark without a header is none
    assert read("C0001,2023-06-03,12,3,,,") == []
