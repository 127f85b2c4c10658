"""What people say in a table by other means than words in a cell we read."""

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from server.services.registry.sheet_imports import marked_xlsx
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_village
from tests.services.registry.office import look
from tests.sheets import Tab, xlsx

pytestmark = ON_SQLITE
HEAD = ["乡镇", "村", "负责人", "营业时间", "面积（平方米）", "货架"]
SONG = ["鹅城镇", "宋家村", "宋大姐", "8:00-18:00", "6.5", "有"]


@pytest.fixture
def house(session: Session, cast: Cast) -> Cast:
    """The cast, and one more village without a station."""
    make_village(session, code="140926100207", name="宋家村")
    return cast


def test_what_is_struck_out_is_asked_and_a_share_is_no_number(
    session: Session, house: Cast
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD)
    sheet.append(SONG)
    struck = TextBlock(InlineFont(strike=True), "张三")
    sheet["C2"] = CellRichText(struck, "李四")  # who keeps it now
    sheet["E2"], sheet["E2"].number_format = 0.12, "0%"
    sheet["F2"].font = Font(strike=True)
    file = io.BytesIO()
    book.save(file)

    [row] = look(session, house, file.getvalue()).rows

    assert [error[:2] for error in row.errors] == ["C2", "E2", "F2"]
    assert "划了删除线" in row.errors[0]
    assert "写的是“12%”" in row.errors[1]
    sheet["C2"] = CellRichText(TextBlock(InlineFont(b=True), "李"), "四")
    sheet["E2"].number_format, sheet["F2"].font = "0.00", Font(bold=True)
    file = io.BytesIO()
    book.save(file)
    assert look(session, house, file.getvalue()).ok


@pytest.mark.parametrize(
    ("header", "rest", "hours", "fine"),
    [
        ("休息日", "周日", "8:00-18:00", False), ("休息日", "无", "8:00-18:00", True),
        ("休息日", "全年无休", "8:00-18:00", True), ("休息时间", "每天12:00-14:00", "8:00-18:00", False),
        ("休息日", "周日", "8:00-18:00，周日休息", True), ("休息日", "周日", "周日8:00-18:00", False),
        ("有没有休息区", "有", "8:00-18:00", True), ("营业日期", "2023年5月1日起", "8:00-18:00", True),
        ("周末是否休息", "否", "8:00-18:00", True), ("营业日", "周一至周日", "8:00-18:00", True),
        ("营业日", "周一至周五", "8:00-18:00", False),
        ("午休", "12:00-14:00", "8:00-18:00", False), ("午休", "否", "8:00-18:00", True),
        ("午休", "12:00-14:00", "8:00-18:00，午休12:00-14:00", True),
    ],
)  # fmt: skip
def test_a_column_of_closed_days_is_not_left_out_of_the_hours(
    session: Session,
    house: Cast,
    header: str,
    rest: str,
    hours: str,
    fine: bool,  # noqa: FBT001
) -> None:
    plan = look(session, house, xlsx(Tab([[*HEAD[:4], header], [*SONG[:3], hours, rest]])))

    assert plan.ok is fine
    if not fine:
        assert f"E2 “{header}”写的“{rest}”没有算进营业时间" in plan.rows[0].errors[0]


@pytest.mark.parametrize("broken", ["瀹嬪ぇ濮愬", "宋\ufffd姐"])  # 宋大姐, stored in two ways
def test_a_word_that_was_broken_when_it_was_stored_is_nobodys_name(
    session: Session, house: Cast, broken: str
) -> None:
    plan = look(session, house, xlsx(Tab([HEAD, [*SONG[:2], broken, *SONG[3:]]])))

    assert "C2 “" in plan.rows[0].errors[0]
    assert "是乱码" in plan.rows[0].errors[0]
    assert look(session, house, xlsx(Tab([HEAD, [*SONG[:2], "濠河渚", *SONG[3:]]]))).ok


def test_what_is_hardly_meant_is_asked_of_before_the_table_is_imported(
    session: Session, house: Cast
) -> None:
    head = [*HEAD, "备注", "是否营业"]

    def asks(area: str, remark: str, runs: str) -> tuple[str, ...]:
        row = [*SONG[:4], area, SONG[5], remark, runs]
        plan = look(session, house, xlsx(Tab([head, row])))
        assert plan.ok
        return plan.asks

    assert asks("6.5", "村委会旁", "是") == ()
    [area] = asks("12000", "", "")
    assert "面积12000平方米" in area
    assert asks("6.5", "没有停业，也未撤站", "") == ()
    assert asks("6.5", "暂停营业", "") != ()
    assert asks("6.5", "房子已拆", "") != ()
    assert asks("6.5", "", "未运营") != ()
    [remark] = asks("6.5", "2023年6月已停业", "")
    assert "“备注”写的“2023年6月已停业”没有读" in remark
    head[-2] = "问题"  # a marked table that was put right
    assert asks("6.5", "C0003 已停业，请核对", "") == ()
    head[-2] = "备注"
    [runs] = asks("6.5", "", "否")
    assert "“是否营业”写的“否”没有读" in runs


def test_what_hangs_on_a_cell_is_asked_and_stays_in_the_marked_file(
    session: Session, house: Cast
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD)
    sheet.append([*SONG[:4], "没量", SONG[5]])
    sheet["C1"].comment = Comment("填负责人姓名", "县局")  # guidance in a header is nobody's word
    sheet["H2"].comment = Comment("王会计:\n此站已撤销，勿录", "王会计")
    file = io.BytesIO()
    book.save(file)

    plan = look(session, house, file.getvalue())
    again = look(session, house, marked_xlsx(plan))

    [said] = plan.asks
    assert "第2行宋家村快递便民服务点：H2 的批注“王会计:\n此站已撤销，勿录”没有读。" in said
    assert again.asks == plan.asks
