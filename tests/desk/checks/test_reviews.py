"""照片核查 at the desk without a script: the question, the answers, who may, what was decided."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.checks.reviews import differing
from server.models.person import Person
from server.models.reading import ReviewDecision, ReviewItem, ReviewKind
from server.services.review.decisions import decide, withdraw
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast
from tests.reviews import ask_double, ask_hours, ask_sign, make_photo

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def decisions(session: Session, item: ReviewItem) -> list[str]:
    query = select(ReviewDecision.decision).where(ReviewDecision.item_id == item.id)
    return list(session.scalars(query.order_by(ReviewDecision.id)))


def test_a_question_shows_read_beside_registered_where_it_was_read_and_three_answers(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    item = ask_sign(session, cast.c1, number=("matches", "C0001"))

    answer = desk_of(cast.office).get("/reviews")
    page, words = answer.get_data(as_text=True), text_of(answer)

    assert "1 条还没看" in words
    assert "牌上的字和登记的一样吗？" in words
    assert "登记 马家沟村快递 便民 服务点 读到 马家沟村快递 ＿＿ 服务点" in words
    assert "<mark>便民</mark>" in page
    assert '<polygon class="differs" points="40,60 600,60 600,160 40,160"/>' in page
    assert "名称：不一致" in words
    assert "编号：相符" in words
    assert f"/desk/photos/{item.photo_id}/view" in page
    assert "1 相符 2 不符 3 看不清" in words
    assert re.search(r'data-menu-count="desk_reviews"[^>]*>1<', page)


def test_an_answer_leads_to_the_next_question_and_keeps_the_filter(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    first, second = ask_sign(session, cast.c1, minutes=1), ask_sign(session, cast.c2, minutes=2)
    ask_hours(session, cast.c1, minutes=1)
    desk = desk_of(cast.office)

    answer = desk.post(f"/reviews/{first.id}?kind=sign", decision="matches", seen="0")
    page = desk.client.get(answer.location)

    assert answer.status_code == 303
    assert "kind=sign" in answer.location
    assert "已记下：相符" in text_of(page)
    assert "杨家山村快递便民服务点" in text_of(page)
    assert f"/desk/reviews/{first.id}?kind=sign" in page.get_data(as_text=True)  # 改判刚才那条
    assert decisions(session, first) == ["matches"]
    assert decisions(session, second) == []


def test_questions_passed_over_come_again_at_the_end_of_the_line(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    ask_sign(session, cast.c1, minutes=1)
    last = ask_sign(session, cast.c2, minutes=2)
    desk = desk_of(cast.office)

    again = text_of(desk.get(f"/reviews?after={last.id}"))
    desk.post(f"/reviews/{last.id}", decision="matches")
    only = text_of(desk.get("/reviews"))

    assert "马家沟村快递便民服务点" in again
    assert "到头了" in again
    assert "到头了" not in only


def test_the_end_of_the_queue_says_so(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    item = ask_sign(session, cast.c1)
    desk = desk_of(cast.office)

    end = desk.done(f"/reviews/{item.id}", decision="unclear")

    assert "都看完了" in end
    assert "改判刚才那条" in end


def test_a_double_stands_side_by_side_with_day_station_and_subject(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    older = make_photo(session, cast.c2, "shelves", days_ago=30, person_id=cast.zhao.id)
    newer = make_photo(session, cast.c1, "interior", person_id=cast.li.id)
    ask_double(session, newer, older)

    page = text_of(desk_of(cast.office).get("/reviews"))

    assert "后拍的 C0001 马家沟村快递便民服务点 鹅城镇 接待台席 · 2023-07-05 14:30 · 老李" in page
    assert "先拍的 C0002 杨家山村快递便民服务点 鹅城镇 货架 · 2023-06-05 14:30 · 小赵" in page
    assert "两个站点 ，种类不同" in page.replace(" 种类不同", "种类不同")
    assert "1 是同一张 2 不是同一张 3 拿不准" in page


def test_a_decided_question_can_be_revised_and_shows_every_decision(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    item = ask_sign(session, cast.c1)
    first = decide(session, item=item, decision="differs", by=cast.office, now=NOW, note="少两个字")
    desk = desk_of(cast.office)

    page = text_of(desk.get(f"/reviews/{item.id}"))
    desk.post(f"/reviews/{item.id}", decision="matches", seen=str(first.id))
    listed = text_of(desk.get("/reviews/decided"))

    assert "不符 县办 2023-07-05 14:30 少两个字" in page
    assert "改判为：" in page
    assert decisions(session, item) == ["differs", "matches"]
    assert "县办 相符 C0001 马家沟村快递便民服务点" in listed


def test_whoever_comes_second_reads_who_decided_and_what(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    item = ask_sign(session, cast.c3)
    decide(session, item=item, decision="matches", by=cast.officer, now=NOW)
    desk = desk_of(cast.office)

    page = desk.post(f"/reviews/{item.id}", decision="differs", seen="0")
    told = desk.client.post(
        f"/desk/reviews/{item.id}",
        data={"csrf": desk.held.csrf, "decision": "differs", "seen": "0"},
        headers={"Accept": "application/json"},
    )

    assert (page.status_code, told.status_code) == (409, 409)
    assert "镇干刚刚核查过了，结论是“相符”" in text_of(page)
    assert told.get_json()["code"] == "review-decided-meanwhile"
    assert decisions(session, item) == ["matches"]


def test_a_script_gets_what_is_left_by_kind(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    item = ask_sign(session, cast.c1)
    ask_hours(session, cast.c1)
    ask_hours(session, cast.c3)
    desk = desk_of(cast.office)

    told = desk.client.post(
        f"/desk/reviews/{item.id}?township={cast.township.code}",
        data={"csrf": desk.held.csrf, "decision": "matches", "seen": "0"},
        headers={"Accept": "application/json"},
    ).get_json()
    part = desk.get("/reviews?part=1").get_data(as_text=True)

    assert told == {
        "said": "相符",
        "left": 1,
        "all": 2,
        "counts": {"": 1, "sign": 0, "hours": 1, "double": 0, "unread": 0},
    }
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_a_sign_nobody_read_needs_its_words_to_differ(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    item = ask_sign(session, cast.c1, name=("unreadable", ""), kind=ReviewKind.UNREAD)
    desk = desk_of(cast.office)

    bare = desk.post(f"/reviews/{item.id}", decision="differs")
    told = desk.done(f"/reviews/{item.id}", decision="differs", sign_text="马家沟快递点")

    assert bare.status_code == 422
    assert "请照着照片写下牌上的字" in text_of(bare)
    assert "已记下：不符" in told


def test_a_question_that_has_gone_can_be_read_and_not_answered(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    item = ask_sign(session, cast.c1)
    withdraw(session, county="140926", key=item.key, now=NOW)
    desk = desk_of(cast.office)

    page = desk.get(f"/reviews/{item.id}")

    assert "这个问题已经不存在了" in text_of(page)
    assert 'id="answer"' not in page.get_data(as_text=True)
    assert desk.post(f"/reviews/{item.id}", decision="matches").status_code == 409


def test_a_township_officer_answers_for_the_own_township_only(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    own, other = ask_sign(session, cast.c3), ask_sign(session, cast.c1)
    desk = desk_of(cast.officer)

    page = text_of(desk.get("/reviews"))
    refused = desk.post(f"/reviews/{other.id}", decision="matches")
    told = desk.done(f"/reviews/{own.id}", decision="matches")

    assert "1 条还没看" in page
    assert cast.c1.name not in page
    assert refused.status_code == 404
    assert "都看完了" in told
    assert cast.c1.name not in text_of(desk.get("/reviews/decided"))


def test_a_stations_page_lists_its_questions_and_what_became_of_them(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    decided, _ = ask_sign(session, cast.c1), ask_hours(session, cast.c1, minutes=5)
    decide(session, item=decided, decision="differs", by=cast.office, now=NOW)

    page = text_of(desk_of(cast.office).get(f"/stations/{cast.c1.id}"))

    assert "照片核查" in page
    assert "门头标识牌 不符 县办" in page
    assert "营业时间牌 还没看" in page


@pytest.mark.parametrize(
    ("text", "other", "found"),
    [
        ("东庄村", "西庄村", [("东", True), ("庄村", False)]),
        ("马家沟", "马家沟村", [("马家沟", False), ("＿", True)]),
        ("Ｃ０００１", "C0001", [("Ｃ０００１", False)]),
        ("", "C0001", [("＿＿＿＿＿", True)]),
    ],
)
def test_differing_letters_are_marked_and_width_is_none(
    text: str, other: str, found: list[Any]
) -> None:
    assert differing(text, other) == found


@pytest.mark.parametrize(
    "path",
    [
        "?after=99999999999999999999",
        "?before=x",
        "?kind=nonsense&township=1",
        "/decided?before=-1",
        "?after=4711",
    ],
)
def test_odd_addresses_show_the_queue(cast: Cast, desk_of: DeskOf, path: str) -> None:
    assert desk_of(cast.office).get(f"/reviews{path}").status_code == 200
