"""常用备注 at the desk: written line by line, held against the standard's clauses, sealed."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.county.remarks import Remark, remarks_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def form_of(desk: Desk, remarks: str, reason: str = "督导会商定") -> dict[str, str]:
    html = desk.get("/county/remarks").get_data(as_text=True)
    [seal] = re.findall(r'name="seal" value="(\w+)"', html)
    return {"seal": seal, "remarks": remarks, "reason": reason}


def test_sentences_are_kept_with_their_clause_and_told_in_the_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    desk.done("/county/remarks", **form_of(
        desk, "四(2) | 没有巴枪。\r\n\r\n 站长不在，家里人看店。 \r\n四（2）｜没有巴枪。"
    ))  # fmt: skip

    session.expire_all()
    assert remarks_of(cast.county) == (
        Remark("没有巴枪。", "四（2）"),
        Remark("站长不在，家里人看店。"),
    )
    assert "四（2）｜没有巴枪。" in text_of(desk.get("/county/remarks"))
    assert "常用备注" in text_of(desk.get("/county"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("九十九（1）｜没有这一条", "标准里没有“九十九（1）”这一条"),
        ("四（2）｜", "只有条款号，没有话"),
        ("很" * 61, "一句最多60个字"),
        ("\n".join(f"第{n}句" for n in range(81)), "最多80句"),
    ],
)
def test_what_cannot_be_a_remark_is_said_and_the_page_keeps_what_was_typed(
    cast: Cast, desk_of: DeskOf, typed: str, sentence: str
) -> None:
    desk = desk_of(cast.office)

    answer = desk.post("/county/remarks", **form_of(desk, typed))

    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert typed.splitlines()[0] in page
    assert remarks_of(cast.county) == ()


def test_of_two_who_save_at_once_the_second_is_asked(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    late = form_of(desk, "第二个人写的")
    desk.done("/county/remarks", **form_of(desk, "第一个人写的"))

    answer = desk.post("/county/remarks", **late)

    assert answer.status_code == 409
    session.expire_all()
    assert remarks_of(cast.county) == (Remark("第一个人写的"),)
