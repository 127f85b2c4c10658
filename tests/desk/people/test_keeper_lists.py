import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_sign_in

DeskOf = Callable[[Person], Desk]
LIST = "乡镇,村,站长姓名,手机号\n杜家村镇,舍科村,高翠平,13900002222\n鹅城镇,,周建国,\n"


def sent(desk: Desk, text: str) -> Any:
    answer = desk.post("/people/list", file=(BytesIO(text.encode()), "站长.csv"))
    return desk.client.get(answer.location) if answer.status_code == 303 else answer


def test_a_list_of_keepers_is_previewed_entered_and_its_people_get_slips_in_one_file(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    shown = sent(desk, LIST)
    page = shown.get_data(as_text=True)
    assert "新增 <b" in page
    where = re.search(r'action="/desk(/people/list/\w+)"', page).group(1)
    mark = re.search(r'name="mark" value="(\w+)"', page).group(1)

    told = desk.done(where, mark=mark, file="站长.csv")
    assert "名单已录入：新增 2 行" in told
    assert "4 人还没有绑手机" in told
    make_sign_in(session, cast.li)
    session.commit()
    _see_the_import(desk)
    answer = desk.post("/people/slips", township="")

    assert answer.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(answer.get_data()) as paper:
        pages = [one.get_textpage().get_text_bounded() for one in paper]
    assert len(pages) == 2  # a pile for each township
    assert {"高翠平", "舍科村快递便民服务点"} <= set(
        re.findall(r"高翠平|舍科村快递便民服务点", pages[1])
    )
    assert "老李" not in "".join(pages)
    again = desk.post("/people/slips", township="")
    if again.status_code == 303:
        again = desk.client.get(again.location)
    assert "都已经发过纸条" in text_of(again)


def _see_the_import(desk: Desk) -> None:
    """A list can be taken back whole; what that would do is said line by line."""
    where = re.search(r"/desk(/people/list/imports/\d+)", desk.get("/people/list").text)
    assert where is not None
    page = text_of(desk.get(where.group(1)))
    assert "撤回这张名单（退回 2 行）" in page
    assert "高翠平不再任舍科村快递便民服务点站长" in page
    assert desk.get(where.group(1).replace("people", "operators")).status_code == 404


def test_a_list_taken_back_is_gone_and_stays_told(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    page = sent(desk, LIST).get_data(as_text=True)
    action = re.search(r'action="/desk(/people/list/\w+)"', page)
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert action
    assert mark
    desk.done(action.group(1), mark=mark.group(1), file="站长.csv")
    told = desk.done("/people/list/imports/1/undo")

    assert "撤回完成：退回 2 行" in told
    assert "已撤回" in text_of(desk.get("/people/list"))
    assert "高翠平" not in text_of(desk.get("/people"))
    assert "撤回站长名单“站长.csv”：退回2行" in text_of(desk.get("/history"))
    twice = desk.shown("/people/list/imports/1/undo")
    assert "已经撤回过了" in text_of(twice) or "撤回这张名单。" in text_of(twice)


def test_a_township_officer_prints_slips_for_the_own_township_alone(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.officer).get("/people/unbound"))

    assert "老李" not in page
    assert "1 站还没有站长" in page


@pytest.mark.parametrize("text", ["姓名不对\n1\n", "乡镇,村\n杜家村镇,舍科村\n"])
def test_a_file_that_is_no_list_is_refused_in_words(cast: Cast, desk_of: DeskOf, text: str) -> None:
    assert "没有找到“站长姓名”这一列" in text_of(sent(desk_of(cast.office), text))


def test_a_list_with_faults_comes_back_marked_and_is_read_again_when_mended(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    page = sent(desk, "乡镇,村,站长姓名\n杜家村镇,舍科村,高翠平\n鹅城镇,没有的村,周建国\n")
    [where] = re.findall(
        r'href="/desk(/people/list/\w+/marked.xlsx[^"]*)"', page.get_data(as_text=True)
    )

    book = openpyxl.load_workbook(BytesIO(desk.get(where.replace("&amp;", "&")).get_data()))

    [head, good, wrong] = list(book["名单"].values)
    assert head == ("乡镇", "村", "站长姓名", "问题")
    assert good[:3] == ("杜家村镇", "舍科村", "高翠平")
    assert not good[3]
    assert "没有的村" in str(wrong[3])
    book["名单"]["B3"] = "马家沟村"
    out = BytesIO()
    book.save(out)
    again = desk.post("/people/list", file=(BytesIO(out.getvalue()), "站长-问题.xlsx"))
    told = text_of(desk.client.get(again.location))
    assert "确认录入" in told
    assert "这些列不认识" not in told
