import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.station import Station
from server.settings import Settings
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of, token_in
from tests.factories import Cast, make_village
from tests.sheets import Tab, locked, xlsx

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def csv_of(*rows: str) -> bytes:
    return "\r\n".join(rows).encode("utf-8-sig")


def preview(desk: Desk, content: bytes, filename: str = "站点.csv") -> Any:
    """The page to which the upload leads; loading it again sends no file again."""
    sent = desk.post("/import/preview", file=(BytesIO(content), filename))
    return desk.client.get(sent.location) if sent.status_code == 303 else sent


def confirm(desk: Desk, seen: Any, **more: str) -> Any:
    """Press 确认导入 on a preview."""
    fields = ("token", "file", "mark")
    page = seen.get_data(as_text=True)
    form = {one: page.split(f'name="{one}" value="')[1].split('"')[0] for one in fields}
    return desk.post("/import/apply", **form, **more)


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Station.name).where(Station.county == "140926")))


def test_the_export_comes_back_without_a_change(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    exported = desk.get("/export.xlsx")

    page = text_of(preview(desk, exported.data, "站点.xlsx"))

    assert "filename" in exported.headers["Content-Disposition"]
    assert "没有变化 4" in page
    assert "不用导入" in page


def test_a_previewed_table_is_imported_and_the_preview_changes_nothing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_village(session, code="140926100207", name="石河村")
    desk = desk_of(cast.office)
    seen = preview(desk, csv_of("级别,乡镇,村,地址", "村级快递便民服务点,鹅城镇,石河村,戏台旁"))
    before = names(session)

    said = text_of(desk.client.get(confirm(desk, seen).location))

    assert "新增 1" in text_of(seen)
    assert "石河村快递便民服务点" not in before
    assert "新增 1 站" in said
    assert "石河村快递便民服务点" in names(session)


def test_what_is_asked_of_a_table_is_ticked_before_it_is_imported(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_village(session, code="140926100207", name="石河村")
    session.commit()
    desk = desk_of(cast.office)
    seen = preview(desk, csv_of("级别,乡镇,村,面积", "村级快递便民服务点,鹅城镇,石河村,12000"))
    assert "面积12000平方米" in text_of(seen)

    again = confirm(desk, seen)
    assert again.status_code == 409
    assert "没有错就勾选“都看过了”" in text_of(again)  # the preview once more, nothing done
    assert "面积12000平方米" in text_of(again)
    assert "石河村快递便民服务点" not in names(session)
    confirm(desk, again, sure="yes")
    assert "石河村快递便民服务点" in names(session)


def test_of_two_sheets_the_one_that_was_chosen_is_imported(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    for code, name in (("207", "石河村"), ("208", "寺坪村")):
        make_village(session, code=f"140926100{code}", name=name)
    session.commit()
    desk = desk_of(cast.office)
    head = ["乡镇", "村"]
    book = xlsx(
        Tab([head, ["鹅城镇", "石河村"]], name="一"), Tab([head, ["鹅城镇", "寺坪村"]], name="二")
    )
    first = preview(desk, book, "站点.xlsx")
    assert "一次导入一张。下面看的是“一”" in text_of(first)
    assert "sheet=%E4%BA%8C" in first.get_data(as_text=True)  # 二
    second = desk.client.get(first.request.path + "?file=站点.xlsx&sheet=二")
    assert "这次只导入“二”这一张" in text_of(second)

    confirm(desk, first, sheet="二", sure="yes")
    assert not {"石河村快递便民服务点", "寺坪村快递便民服务点"} & names(session)
    confirm(desk, second, sheet="二", sure="yes")
    assert "寺坪村快递便民服务点" in names(session)
    assert "石河村快递便民服务点" not in names(session)


def test_one_wrong_line_keeps_the_whole_table_out(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, before = desk_of(cast.office), names(session)
    table = csv_of(
        "编号,乡镇,村,营业时间", "C0001,鹅城镇,马家沟村,9:00-17:00", "C0002,没有这个镇,某村,随便"
    )

    seen = preview(desk, table)
    answer = confirm(desk, seen)

    page = text_of(seen)
    assert "有 1 行要改" in page
    assert "确认导入" not in page
    assert answer.status_code == 422
    session.refresh(cast.c1)
    assert cast.c1.hours[0][1] == "08:00"
    assert names(session) == before


def headless() -> bytes:
    return csv_of("甲,乙,丙", "1,2,3")


@pytest.mark.parametrize(
    ("content", "filename", "told"),
    [
        (b"", "a.xlsx", "空"),
        (b"PK\x03\x04 not a table", "a.xlsx", "打不开"),
        (headless(), "a.csv", "表头"),
        (locked(), "a.xlsx", "有密码"),
        (csv_of("编号,村", *["C0001,"] * 20_000), "a.csv", "5000"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(
    session: Session, cast: Cast, desk_of: DeskOf, content: bytes, filename: str, told: str
) -> None:
    before = names(session)

    answer = preview(desk_of(cast.office), content, filename)

    assert answer.status_code == 422
    assert told in text_of(answer).replace(",", "")
    assert "一个也没有动" in text_of(answer)
    assert names(session) == before


def test_no_file_is_said(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).post("/import/preview")

    assert answer.status_code == 422
    assert "还没有选文件" in text_of(answer)


def test_nobody_imports_what_somebody_else_previewed(
    session: Session, cast: Cast, desk_of: DeskOf, settings: Settings
) -> None:
    seen = preview(desk_of(cast.office), csv_of("编号,地址", "C0001,别处"))
    token = token_in(seen)

    outsider = desk_of(cast.outsider)
    answer = outsider.post("/import/apply", token=token, file="站点.csv")
    looked = outsider.get(f"/import/{token}")
    strange = desk_of(cast.office).post("/import/apply", token="../../secrets", file="a.csv")

    assert answer.status_code == 404
    assert looked.status_code == 404
    assert strange.status_code == 404
    session.refresh(cast.c1)
    assert cast.c1.address == "村委会旁"
    assert len(list((settings.home / "uploads").iterdir())) == 1


def test_the_template_opens_with_the_headers_that_import_knows(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/template.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    headers = {cell.value for cell in sheet[1]}
    assert {"编号", "乡镇", "村"} <= {str(one).rstrip("*") for one in headers if one}


def rows_in(answer: Any) -> list[str]:
    """The words of each row of a page's tables."""
    page = answer.get_data(as_text=True)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row.partition("</tr>")[0]).split())
        for row in page.split("<tr>")[2:]
    ]


WRONG = csv_of(
    "站点统计表",
    "编号,乡镇,村,地址,负责人电话,备注",
    "C0001,鹅城镇,马家沟村,戏台旁,,",
    "C0002,鹅城镇,杨家山村,学校旁,不知道,随便",
    "合计,2,,,,",
)


def test_a_preview_says_each_change_on_a_line_what_was_passed_over_and_whose_word_counts(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    content = xlsx(
        Tab(
            [
                ["编号", "地址", "负责人", "面积"],
                ["C0001", "戏台旁", "新站长", "8平米"],
                ["合计", 1],
            ],
            hidden_rows=[2],
        ),
        Tab([["x"]], name="旧", state="hidden"),
    )

    seen = preview(desk, content, "七月.xlsx")

    page = text_of(seen)
    assert "表里有字的 3 行： 1 行是站点， 2 行不是" in page
    assert "隐藏的工作表“旧”没有读" in page
    assert "第2行在表里是隐藏的" in page
    assert "面积，算 县办 今天说的，压过站长和机器识读的；督导员看过的，仍以督导员为准" in page
    lines = seen.get_data(as_text=True).split('class="from-to">')[1:]
    assert [re.sub(r"<[^>]+>", "", line.split("</div>")[0]) for line in lines] == [
        "地址：村委会旁 → 戏台旁", "负责人：李福来 → 新站长", "面积：空 → 8平方米 县办的话",
    ]  # fmt: skip
    passed = desk.get(f"/import/{token_in(seen)}?file=七月.xlsx&show=passed")
    assert rows_in(passed) == ["1 表头 编号 地址 负责人 面积", "3 合计 合计 1"]


def test_errors_can_be_looked_at_alone_and_taken_home_in_a_marked_file(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    seen = preview(desk, WRONG)

    only = desk.get(f"/import/{token_in(seen)}?file=站点.csv&show=wrong")
    marked = desk.get(f"/import/{token_in(seen)}/marked.xlsx?file=站点.csv")

    assert [row[:8] for row in rows_in(only)] == ["4 有错 杨家山"]
    assert "E4 “负责人电话”" in text_of(only)
    assert "这些列不认识，没有用：备注" in text_of(seen)
    sheet = openpyxl.load_workbook(BytesIO(marked.data)).worksheets[0]
    assert sheet["A5"].value == "合计"
    assert "不像电话号码" in str(sheet["G4"].value)
    assert sheet["E4"].fill.start_color.rgb == "FFFFD9D4"


def test_a_preview_that_is_no_longer_true_is_not_imported_but_shown_anew(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    seen = preview(desk, csv_of("编号,地址", "C0001,戏台旁"))
    cast.c1.address = "学校旁"
    session.commit()

    answer = confirm(desk, seen)

    anew = desk.client.get(answer.location)
    session.refresh(cast.c1)
    assert cast.c1.address == "学校旁"
    assert "看过预览以后，有人改过登记" in text_of(anew)
    assert "学校旁 → 戏台旁" in text_of(anew)
    assert "有人改过登记" not in text_of(seen)
    assert confirm(desk, anew).location.startswith("/desk/imports/")


def test_an_import_is_found_again_folded_in_the_history_and_taken_back(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    table = csv_of("编号,地址", "C0001,戏台旁", "C0002,庙旁")
    page = confirm(desk, preview(desk, table, "七月.csv")).location.removeprefix("/desk")

    audit, listed, one = (text_of(desk.get(path)) for path in ("/history", "/exchange", page))
    said = desk.done(f"{page}/undo")

    session.refresh(cast.c1)
    assert audit.count("戏台旁") == 0
    assert "表格导入“七月.csv”：新增0站，修改2站" in audit
    assert "C0001 马家沟村快递便民服务点 ：修改地址" in audit
    assert "七月.csv" in listed
    assert "退回 2 站，移除 0 站" in one
    assert cast.c1.address == "村委会旁"
    assert "撤回完成：退回 2 站，移除 0 站" in said
    assert "撤回这次导入（" not in said
    assert desk.post(f"{page}/undo").status_code == 303  # a second tap does no harm


def test_another_county_s_imports_are_not_there(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    page = confirm(desk, preview(desk, csv_of("编号,地址", "C0001,戏台旁"))).location
    outsider = desk_of(cast.outsider)

    path = page.removeprefix("/desk")
    assert outsider.get(path).status_code == 404
    assert outsider.post(f"{path}/undo").status_code == 404
