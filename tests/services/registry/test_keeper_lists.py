from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.person import Keeping, Person, Role
from server.models.sheet_import import SheetImport
from server.services.registry.keeper_lists import (
    KeeperPlan,
    enter_keepers,
    keeper_template,
    plan_keepers,
)
from server.services.registry.keeper_undo import plan_keepers_undo, undo_keepers
from tests.factories import NOW, Cast, make_bind_code, make_person, make_station
from tests.keepers_days import sent
from tests.sheets import Tab, remark_parts, xlsx

HEAD = "乡镇,村,站长姓名,手机号\n"


def plan(session: Session, cast: Cast, text: str) -> KeeperPlan:
    return plan_keepers(session, county=cast.county, content=text.encode(), filename="站长.csv")


def enter(session: Session, cast: Cast, text: str, mark: str | None = None) -> KeeperPlan:
    return enter_keepers(
        session, county=cast.county, content=text.encode(), filename="站长.csv",
        mark=mark or plan(session, cast, text).mark, by=cast.office, now=NOW,
    )  # fmt: skip


def keepers(session: Session, station: Any) -> list[tuple[str, str | None]]:
    rows = session.execute(
        select(Person.name, Person.phone)
        .join(Keeping, Keeping.person_id == Person.id)
        .where(Keeping.station_id == station.id, Keeping.until_at.is_(None))
        .order_by(Keeping.id)
    )
    return [tuple(row) for row in rows]


def test_a_list_is_entered_whole_with_a_line_of_history_for_each_station(
    session: Session, cast: Cast
) -> None:
    cast.li.phone = "13800001111"
    session.flush()
    text = HEAD + (
        "杜家村镇,舍科村,高翠平,139 0000 2222\n"
        "鹅城镇,,周建国,13900003333\n"  # no village: the township's station
        "鹅城镇,杨家山,老李,13800001111\n"  # keeps C0001 already, now this one too
        "鹅城镇,马家沟村,老李,\n"  # nothing new
    )
    looked = plan(session, cast, text)
    assert [row.action for row in looked.rows] == ["new", "new", "appoint", "same"]
    assert "小赵仍在任" in looked.rows[2].told

    enter(session, cast, text)

    assert keepers(session, cast.c3) == [("高翠平", "13900002222")]
    assert keepers(session, cast.xz1) == [("周建国", "13900003333")]
    assert ("老李", "13800001111") in keepers(session, cast.c2)
    fresh = session.scalars(select(Person).where(Person.name == "高翠平")).one()
    assert (fresh.role, fresh.township_code) == (Role.KEEPER, cast.other_township.code)
    [deed] = session.scalars(select(HistoryLine).where(HistoryLine.action == "keepers-entered"))
    parts = session.scalars(select(HistoryLine).where(HistoryLine.part_of_id == deed.id)).all()
    assert {one.station_id for one in parts} == {cast.c3.id, cast.xz1.id, cast.c2.id}
    assert [row.action for row in plan(session, cast, text).rows] == ["same"] * 4


def test_a_list_on_two_sheets_or_a_name_with_a_lost_character_is_not_entered_in_part(
    session: Session, cast: Cast
) -> None:
    head = ["乡镇", "村", "站长姓名", "手机号"]
    first, second = ["鹅城镇", "杨家山", "宋?姐", ""], ["杜家村镇", "舍科村", "高翠平", ""]
    both = xlsx(Tab([head, first], name="鹅城镇"), Tab([head, second], name="杜家村镇"))
    with pytest.raises(Invalid, match="工作表“鹅城镇”、“杜家村镇”里都有这样的名单") as refused:
        plan_keepers(session, county=cast.county, content=both, filename="站长.xlsx")
    assert refused.value.code == "import-sheets"

    one = xlsx(
        Tab([head, first], name="鹅城镇"), Tab([head], name="空表"),
        Tab([head, second], name="去年", state="hidden"),
    )  # fmt: skip
    [row] = plan_keepers(session, county=cast.county, content=one, filename="站长.xlsx").rows
    assert "里有“?”，像是转存时坏了的字" in row.errors[0]


def test_what_hangs_on_a_cell_of_a_list_is_refused_by_its_place(
    session: Session, cast: Cast
) -> None:
    extra = remark_parts(1, D2="号码已停机")
    content = xlsx(Tab([HEAD.strip().split(","), ["鹅城镇", "杨家山", "宋大姐", "13900002222"]]),
                   extra=extra)  # fmt: skip

    looked = plan_keepers(session, county=cast.county, content=content, filename="站长.xlsx")

    assert [row.errors for row in looked.rows] == [
        ("D列有批注“号码已停机”，批注不会录入。要紧的请写进格里，再删掉批注上传。",)
    ]


def test_two_of_one_name_without_a_telephone_are_two_people(session: Session, cast: Cast) -> None:
    text = HEAD + "杜家村镇,舍科村,王芳,\n鹅城镇,杨家山村,王芳,\n"

    enter(session, cast, text)

    assert len(session.scalars(select(Person).where(Person.name == "王芳")).all()) == 2


def test_one_person_with_one_telephone_at_two_stations_is_entered_once(
    session: Session, cast: Cast
) -> None:
    text = HEAD + "杜家村镇,舍科村,王芳,13900002222\n鹅城镇,杨家山村,王芳,13900002222\n"

    enter(session, cast, text)

    [wang] = session.scalars(select(Person).where(Person.name == "王芳"))
    kept = session.scalars(select(Keeping.station_id).where(Keeping.person_id == wang.id))
    assert set(kept) == {cast.c3.id, cast.c2.id}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("杜家村镇,舍科村,,13900002222", "没有写站长姓名"),
        ("杜家村镇,没有村,高翠平,", "区划表里没有“没有村”"),
        (",,高翠平,", "没有写编号，也没有写乡镇和村"),
        ("杜家村镇,,高翠平,", "杜家村镇还没有登记乡镇站"),
        ("杜家村镇,舍科村,高翠平,微信同号", "不像电话号码"),
        ("杜家村镇,舍科村,高翠平,1390000222", "手机号应是11位"),
        ("杜家村镇,舍科村,待定,", "“待定”没有说是谁"),
        ("杜家村镇,舍科村,/,13900002222", "没有说是谁"),
        ("杜家村镇,舍科村,高翠平13900002222,", "里有一串数字"),
        ("杜家村镇,舍科村,高翠平,13900009999", "手机号13900009999登记的是别人的"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_nothing_of_the_list_is_entered(
    session: Session, cast: Cast, line: str, said: str
) -> None:
    make_person(session, name="别人", phone="13900009999")
    text = HEAD + f"鹅城镇,,周建国,13900003333\n{line}\n"
    looked = plan(session, cast, text)
    assert said in "".join(looked.rows[1].errors)

    with pytest.raises(Invalid) as refused:
        enter(session, cast, text)

    assert refused.value.code == "import-has-errors"
    assert keepers(session, cast.xz1) == []


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("C0001,鹅城镇,马家沟村,高翠平,", "new"),
        ("C0001,,,高翠平,", "new"),
        ("c1,,,高翠平,", "new"),
        ("C-0001,,,高翠平,", "new"),
        ("140926-C0001,,,高翠平,", "new"),  # as the plate has it
        (
            "XZ0001,鹅城镇,马家沟村,高翠平,",
            "new",
        ),  # the village in which a township's station stands
        ("C0001,鹅城镇,杨家山村,高翠平,", "wrong"),
        ("C0001,杜家村镇,,高翠平,", "wrong"),
    ],
)
def test_a_number_and_a_place_that_are_not_one_stations_appoint_nobody(
    session: Session, cast: Cast, line: str, action: str
) -> None:
    [row] = plan(session, cast, f"编号,乡镇,村,站长姓名,手机号\n{line}\n").rows

    assert row.action == action
    assert ("对不上" in "".join(row.errors)) is (action == "wrong")


def test_the_same_person_twice_at_a_station_and_one_number_for_two_are_refused(
    session: Session, cast: Cast
) -> None:
    text = HEAD + (
        "杜家村镇,舍科村,高翠平,13900002222\n杜家村镇,舍科村,高翠平,\n鹅城镇,,周建国,13900002222\n"
    )
    first, second, third = plan(session, cast, text).rows

    assert first.errors == ()
    assert "和第2行重复了" in second.errors[0]
    assert "一个号码只能是一个人的" in third.errors[0]


def test_what_changed_since_the_preview_is_shown_anew_and_not_entered(
    session: Session, cast: Cast
) -> None:
    text = HEAD + "杜家村镇,舍科村,高翠平,13900002222\n"
    mark = plan(session, cast, text).mark
    enter(session, cast, text)

    with pytest.raises(Conflict) as refused:
        enter(session, cast, text, mark)

    assert refused.value.code == "import-outdated"


def test_stations_are_found_by_number_and_closed_or_foreign_ones_are_not(
    session: Session, cast: Cast
) -> None:
    closed = make_station(session, code="C0009", name="旧站", closed_on=NOW.date())
    text = "编号,姓名\nc0003,高翠平\nC0009,王芳\nC0077,周建国\n"
    good, shut, none = plan(session, cast, text).rows

    assert (good.action, good.station_id) == ("new", cast.c3.id)
    assert "已经停业" in shut.errors[0]
    assert "没有编号为“C0077”" in none.errors[0]
    assert closed.id != good.station_id


def test_our_own_template_is_read_and_a_list_without_names_is_refused(
    session: Session, cast: Cast
) -> None:
    for content, code in (
        (keeper_template(), "import-empty"),
        ("村,电话\n甲,1".encode(), "import-headers"),
    ):
        with pytest.raises(Invalid) as refused:
            plan_keepers(session, county=cast.county, content=content, filename="a.xlsx")
        assert refused.value.code == code


def test_lines_and_columns_that_are_no_list_are_named(session: Session, cast: Cast) -> None:
    text = "西平县站长名单\n乡镇,村,站长姓名,手机号,民族\n杜家村镇,舍科村,高翠平,,汉\n,,,,合计\n"

    looked = plan(session, cast, text)

    assert [one.partition("行")[0] for one in looked.list.passed] == ["第1", "第4"]
    assert looked.list.ignored == ["民族"]


def test_a_list_is_taken_back_but_for_what_was_used_or_changed_since(
    session: Session, cast: Cast
) -> None:
    cast.li.phone = "13800001111"
    session.flush()
    enter(
        session, cast,
        HEAD
        + "杜家村镇,舍科村,高翠平,13900002222\n"  # nobody has used: goes, person and all
        + "鹅城镇,,周建国,13900003333\n"  # has a bind code by then: stays
        + "鹅城镇,杨家山,老李,13800001111\n"  # known, appointed here too: the appointment goes
        + "鹅城镇,马家沟村,老李,13800001111\n"  # nothing new
        + "鹅城镇,杨家山,小赵,13900004444\n"  # another telephone, changed once more since
        + "杜家村镇,舍科村,老李,13800001111\n",  # known, and reported from here since: stays
    )  # fmt: skip
    made = session.scalars(select(SheetImport)).one()
    zhou = session.scalars(select(Person).where(Person.name == "周建国")).one()
    make_bind_code(session, zhou)
    sent(session, cast.c3, cast.li, 1, (3, 1))
    cast.zhao.phone = "13900005555"
    session.flush()

    planned = plan_keepers_undo(session, made)
    assert [(one.line, bool(one.back)) for one in planned] == [
        (2, True), (3, False), (4, True), (6, False), (7, False),
    ]  # fmt: skip
    undo_keepers(session, made, by=cast.office, now=NOW)

    assert keepers(session, cast.c3) == [("老李", "13800001111")]
    assert keepers(session, cast.xz1) == [("周建国", "13900003333")]
    assert keepers(session, cast.c2) == [("小赵", "13900005555")]
    assert keepers(session, cast.c1) == [("老李", "13800001111")]
    assert session.scalars(select(Person).where(Person.name == "高翠平")).all() == []
    assert made.left == [
        "第3行周建国：已经有绑定码1条，没有移除。不用的，请在人员页停用",
        "第6行小赵：电话后来又改过，现在是13900005555，没有动",
        "第7行老李：已经在舍科村快递便民服务点用手机报过2次，没有撤回。不再任站长的，请在站点页办离任",
    ]
    told = session.scalars(
        select(HistoryLine.summary).where(HistoryLine.action == "keepers-taken-back")
    ).all()
    assert told[0] == "撤回站长名单“站长.csv”：退回2行，留下3处"
    assert "新增的人员高翠平（13900002222）移除" in told[1]
    with pytest.raises(Conflict) as refused:
        undo_keepers(session, made, by=cast.office, now=NOW)
    assert refused.value.code == "import-undone"


def test_who_stays_for_one_station_is_not_lost_with_the_other(session: Session, cast: Cast) -> None:
    enter(
        session, cast,
        HEAD + "杜家村镇,舍科村,高翠平,13900002222\n鹅城镇,,高翠平,13900002222\n",
    )  # fmt: skip
    made = session.scalars(select(SheetImport)).one()
    gone = session.scalars(select(Keeping).where(Keeping.station_id == cast.c3.id)).one()
    gone.until_at = NOW
    session.flush()

    undo_keepers(session, made, by=cast.office, now=NOW)

    assert keepers(session, cast.xz1) == []
    assert session.scalars(select(Person).where(Person.name == "高翠平")).one().active
    assert session.get_one(Keeping, gone.id).until_at is not None
    assert made.left[0].startswith("第2行高翠平：已于2023年7月5日离任")
