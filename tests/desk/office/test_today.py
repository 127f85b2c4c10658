"""今天要办: the first page tells what waits, the menu says the same, and each leads to its list."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.models.person import Person, Role
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person
from tests.services.world import make_world

DeskOf = Callable[[Person], Desk]


def test_the_first_page_and_the_menu_tell_the_same_numbers(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    make_world(session, cast, standards)
    session.commit()
    desk = desk_of(cast.office)

    answer = desk.get("/")

    page, words = answer.get_data(as_text=True), text_of(answer)
    assert "分歧等裁定 1 条" in words
    assert "备份要处理，请把下面的话告诉管服务器的技术人员： 还没有设置备份" in words
    menu = {
        part: int(number)
        for part, number in re.findall(r'data-menu-count="(\w+)"[^>]*>(\d+)<', page)
    }
    assert menu["desk_disagreements"] == 3  # 分歧, 重复记录 and 核算不一致 stand under one word
    for part, href in (("desk_reviews", "/reviews"), ("desk_signals", "/signals")):
        assert menu[part] == 1
        assert f'href="/desk{href}"' in page
    assert re.findall(r'data-menu-count="\w+"', desk.get("/help").get_data(as_text=True))


def test_an_old_address_of_the_board_leads_to_the_board(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/?status=fails&q=%E9%A9%AC")

    assert (answer.status_code, answer.location) == (302, "/desk/board?status=fails&q=%E9%A9%AC")


def test_nothing_to_do_is_said_kindly(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    clerk = make_person(session, name="企业", role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    session.commit()

    words = text_of(desk_of(clerk).get("/"))

    assert "今天没有等着您办的事" in words
    assert "整改逾期没交 0" in words
    assert "没绑手机" not in words
    assert "备份" not in words


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.TOWNSHIP_OFFICER, "您的账号还没有写上乡镇，所以看不到站点"),
        (Role.BUREAU, "您的账号还没有写上成员单位"),
        (Role.AUDITOR, "审计账号只能查看和下载，到2098年12月31日为止，没有要办的事"),
    ],
)
def test_an_account_without_a_part_hears_what_it_can_do_and_who_gives_it_one(
    session: Session, cast: Cast, desk_of: DeskOf, role: Role, said: str
) -> None:
    until = date(2098, 12, 31) if role is Role.AUDITOR else None
    who = make_person(session, name="新来的", role=role, until_on=until)
    session.commit()

    words = text_of(desk_of(who).get("/"))

    assert said in words
    assert "账号和职责由县专班办公室（县办）分派，电话 0350-1234567。" in words
    assert "今天没有等着您办的事" not in words


def test_the_menu_says_that_it_counts_deeds(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    make_world(session, cast, standards)
    session.commit()

    answer = desk_of(cast.office).get("/")

    assert "同一件有两样事要办，就算两次。" in text_of(answer)
    badge = re.search(
        r'data-menu-count="desk_matters" title="([^"]+)"', answer.get_data(as_text=True)
    )
    assert badge is not None
    assert badge[1].endswith("就算两次")
