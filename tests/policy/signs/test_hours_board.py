"""What stands on business-hours boards, as people write it and as the machine reads it."""

from typing import Any

import pytest

from server.policy.signs.hours_board import (
    BoardHours,
    board_hours,
    board_text,
    hours_in,
    looks_like_hours,
)
from server.policy.signs.lines import Line, plain_line
from tests.policy.signs.written import at

WEEK = [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("board", "rules"),
    [
        ("营业时间 8：30—20：00", [[WEEK, "08:30", "20:00"]]),
        ("上午8:00-下午6:00", [[WEEK, "08:00", "18:00"]]),
        ("早8点至晚6点", [[WEEK, "08:00", "18:00"]]),
        ("早八点半到晚六点半", [[WEEK, "08:30", "18:30"]]),
        ("8点到6点", [[WEEK, "08:00", "18:00"]]),
        ("8-18点", [[WEEK, "08:00", "18:00"]]),
        ("早八晚六", [[WEEK, "08:00", "18:00"]]),
        ("早7晚9", [[WEEK, "07:00", "21:00"]]),
        ("8AM-6PM", [[WEEK, "08:00", "18:00"]]),
        ("二十四小时营业", [[WEEK, "00:00", "24:00"]]),
        ("8:00-18:00\n午休 12:00-14:00", [[WEEK, "08:00", "12:00"], [WEEK, "14:00", "18:00"]]),
        ("08:00～次日01:00", [[WEEK, "08:00", "25:00"]]),
        ("除周日外\n8:00-18:00", [[WEEK[:6], "08:00", "18:00"]]),
        ("周日休息\n8:00-18:00", [[WEEK[:6], "08:00", "18:00"]]),
        ("0800-1800", [[WEEK, "08:00", "18:00"]]),
        ("9时30分~十八点三十分", [[WEEK, "09:30", "18:30"]]),
        ("8.00-18.00", [[WEEK, "08:00", "18:00"]]),
        ("AM8:00-PM6:00", [[WEEK, "08:00", "18:00"]]),
        ("24小时营业", [[WEEK, "00:00", "24:00"]]),
        ("00:00-24:00", [[WEEK, "00:00", "24:00"]]),
        ("營業時間：上午７：３０～晚上９：００", [[WEEK, "07:30", "21:00"]]),
        ("上午8:00-11:30\n下午2:00-6:00", [[WEEK, "08:00", "11:30"], [WEEK, "14:00", "18:00"]]),
        ("周一至周五\n7:30—17:30", [[[1, 2, 3, 4, 5], "07:30", "17:30"]]),
        ("8:00-18:00（周一至周五）", [[[1, 2, 3, 4, 5], "08:00", "18:00"]]),
        (
            "周一至周五 7:00至20:00\n周六、周日 9:00至17:00",
            [[[1, 2, 3, 4, 5], "07:00", "20:00"], [[6, 7], "09:00", "17:00"]],
        ),
        ("8:00-18:00\n周日休息", [[[1, 2, 3, 4, 5, 6], "08:00", "18:00"]]),
        ("周一至周日 8:00-18:00\n联系电话 13800001234", [[WEEK, "08:00", "18:00"]]),
    ],
)
def test_boards_are_read_into_weekly_times(board: str, rules: list[Any]) -> None:
    assert hours_in(board).as_json() == rules


@pytest.mark.parametrize(
    ("whole", "left"),
    [
        ("早8:00-晚10:30", "早8:00-晚10"),
        ("下午14:30-17:00\n上午8:00-12:00", "下午4:30-17:00\n上午8:00-12:00"),
        ("8:00AM-10:00PM", "8:00AM-1 :00PM"),
        ("8:00-19:00\n午休12:00-13:00", "8:00-19:00\n午休12:00-3:00"),
        ("农忙 6:00-20:00\n平时 8:00-18:00", "农忙 6:00-20:00"),
        ("6:00-19:00", "6:00 9:00"),
        ("8点-17点", "8点 7点"),
        ("九点到十九点", "九点到九点"),
        ("早6点-晚10点", "早6点-0点"),
        ("下午5点到凌晨2点", "5点到凌晨2点"),
        ("8:30-17:30", "8:3-17:30"),
        ("8点30分-17点30分", "8点3分-17点30分"),
        (
            "周一至周五 8:00-18:00\n周六、周日 9:00-17:00",
            "周一至周五 8:00-18:00\n周六、 9:00-17:00",
        ),
        ("周一至周五 8:00-18:00\n周六、周日 9:00-17:00", "周一至周五 8:00-18:00\n周日 9:00-17:00"),
        ("周一至周五 8:00-18:00\n周六、周日 9:00-17:00", "周五 8:00-18:00\n周六、周日 9:00-17:00"),
        ("周一至周四、周六 8:00-17:00\n周五 8:00-12:00", "周一周四 8:00-17:00\n周五 8:00-12:00"),
        (
            "周一、二、四、五 8:00-17:00\n周三 8:00-12:00",
            "周一、二、五 8:00-17:00\n周三 8:00-12:00",
        ),
        ("周六日休息\n工作日 8:00-17:30", "周六日、工作日 8:00-17:30"),
        ("双休日休息\n8:00-17:30", "双日休息\n8:00-17:30"),
        ("8:00-18:00\n周六日休", "8:00-18:00\n周六休"),
        ("工作日 8:30-17:00", "工作 8:30-17:00"),
        ("逢一四七 8:00-14:00", "逢一七 8:00-14:00"),
        ("逢五逢十 8:00-14:00", "逢十 8:00-14:00"),
        ("初一、十五 8:00-14:00", "初一、十 8:00-14:00"),
        ("AM 9:00 - PM 9:00", "AM 9:00 - PM 1:00"),
    ],
)
def test_what_a_pole_or_glare_leaves_of_a_board_is_not_taken_for_the_whole(
    whole: str, left: str
) -> None:
    assert hours_in(whole)
    assert not hours_in(left)


@pytest.mark.parametrize(
    ("read", "rules"),
    [
        ("早8:00一晚6点半", [[WEEK, "08:00", "18:30"]]),
        ("周一一周六\n9：00到21：00", [[[1, 2, 3, 4, 5, 6], "09:00", "21:00"]]),
        ("O8:3O-l8:00", [[WEEK, "08:30", "18:00"]]),
        ("8:00 18:00", [[WEEK, "08:00", "18:00"]]),
        ("07:30--18: 30", [[WEEK, "07:30", "18:30"]]),
        ("上午7:30-晚上7:00 OPEN", [[WEEK, "07:30", "19:00"]]),
        ("营业时间1牌\n24小时营业", [[WEEK, "00:00", "24:00"]]),
        ("营业时间 BUSIN'ESS HOURS\n07:00到21:00", [[WEEK, "07:00", "21:00"]]),
        ("10时一次日凌晨2时30", [[WEEK, "10:00", "26:30"]]),
        ("礼拜—-礼拜五 07:30-18:30", [[WEEK[:5], "07:30", "18:30"]]),
        ("上午6:00—- -晚上5:30", [[WEEK, "06:00", "17:30"]]),
        ("每天上午七点一 -晚六点", [[WEEK, "07:00", "18:00"]]),
        ("08:30~12:0014:30~18:00", [[WEEK, "08:30", "12:00"], [WEEK, "14:30", "18:00"]]),
        ("九点一十九点", [[WEEK, "09:00", "19:00"]]),
        ("08:0019:30", [[WEEK, "08:00", "19:30"]]),
        ("周2至周79点到17点", [[WEEK[1:], "09:00", "17:00"]]),
        ("二十四小時營業", [[WEEK, "00:00", "24:00"]]),
        ("8:00-18:0 0", [[WEEK, "08:00", "18:00"]]),
        ("8:00-18:00\n每周曰休息", [[WEEK[:6], "08:00", "18:00"]]),
        ("8:00-18:00\n周大周目休息", [[WEEK[:5], "08:00", "18:00"]]),
    ],
)
def test_the_machines_usual_slips_are_understood(read: str, rules: list[Any]) -> None:
    assert hours_in(read).as_json() == rules


def test_seasons_are_kept_apart() -> None:
    board = hours_in("夏季 7:30-20:00\n冬季 8:30-18:00")
    assert board.as_json() == [
        [WEEK, "07:30", "20:00", {"season": "summer"}],
        [WEEK, "08:30", "18:00", {"season": "winter"}],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "西庄村快递便民服务点 C0007",
        "投诉电话：12305",
        "2023年4月11日",
        "",
        "下午2:30-5:00",
        "18:00-8:00",
        "1:00-7:00",
        "周五 8:30-21:00",
    ],
)
def test_what_makes_no_whole_day_is_not_guessed(text: str) -> None:
    assert not hours_in(text)


@pytest.mark.parametrize(
    "torn",
    [
        "7:00~11：\u22ef下午13:30～19:30",
        "周~周五 8:00-18:00",
        "~周五 8:00-18:00",
        "周一至周五 8:00-18:00\n周六、周日",
        "周一至周五 周六 9:00-12:00",
        "8:00-18:00\n14:",
        "8:\n至18:00",
        "8:00-12:00\n下午",
        "8:00-\n14:00-18:00",
        "8:00\u22ef18:00",
        "上午8:00\n下午2:00",
        "00:00-18:00",
        "8:00-0:00",
        "8:00-12:00-18:00",
        "8:00-18:00 周二",
        "10点-2点",
        "8:00- 10:00",
        "10时至下午4点3",
        "八点三至十八点",
        "周——周五 8:00-18:00",
        "夏季 7:30-20:00\n8:30-18:00",
        "夏季5-10月 7:30-19:30\n冬季 8:30-17:30",
        "夏季 7:30-20:00",
    ],
)
def test_what_is_torn_leaves_the_board_unread(torn: str) -> None:
    assert not hours_in(torn)


@pytest.mark.parametrize(
    "row",
    ["雨天除外", "逢雨关门", "收割季节另行通知", "CLOSED IN SUMMER", "周曰体恩", "达雨", "周六曰"],
)
def test_a_row_that_may_limit_the_hours_and_is_not_understood_leaves_the_board_unread(
    row: str,
) -> None:
    for lines in (
        [at("营业时间", 0, 0), at("8:00-18:00", 0, 30), at(row, 0, 60)],
        [at(row, 0, 0, 12), at("8:00-18:00", 0, 30)],
        [at("8:00-18:00", 0, 30), at(row, 20, 200, 12)],
    ):
        assert not board_hours(lines)


def test_closed_days_are_taken_with_the_times_wherever_they_stand_on_the_board() -> None:
    times, closed = at("8:00-18:00", 0, 100, 40), at("周日休息", 0, 150, 20)
    above = closed._replace(quad=at("周日休息", 0, 20, 20).quad)
    far = closed._replace(quad=at("周日休息", 100, 400, 12).quad)

    for row in (closed, above, far):
        assert board_hours([at("营业时间", 0, 50, 40), times, row]).as_json() == [
            [WEEK[:6], "08:00", "18:00"]
        ]


def test_a_stain_that_hardly_looks_like_a_character_is_passed_over_and_a_limit_is_not() -> None:
    def doubtful(text: str, chance: float) -> Line:
        line = at(text, 0, 70, 20)
        return line._replace(glyphs=tuple(one._replace(probability=chance) for one in line.glyphs))

    times = at("8:00-18:00", 0, 40)
    for text, chance in (("口", 0.4), ("■", 0.3), ("1", 0.3)):
        assert board_hours([times, doubtful(text, chance)])
    for text, chance in (("休", 0.2), ("口", 0.8), ("1", 0.6), ("周三", 0.3), ("农场主", 0.2)):
        assert not board_hours([times, doubtful(text, chance)])


def test_writing_elsewhere_in_the_picture_is_not_the_boards() -> None:
    board = [at("营业时间", 0, 0, 40), at("8:00-18:00", 0, 50, 40)]
    beside: list[Line] = [
        at("ZÜRICH", 300, 400, 40),
        at("老王烧烤", 900, 300, 60),
        at("12/1/2006 2:43PM", 0, 300, 8),
        at("75LS", 0, 100, 30),
    ]

    assert board_hours([*board, *beside]).as_json() == [[WEEK, "08:00", "18:00"]]
    assert not board_hours([*board, at("老王代看", 0, 100, 40)])
    assert not board_hours([*board, at("9:00-17:00", 600, 900, 40)])


def test_two_times_on_tilted_boards_are_put_in_rows() -> None:
    left = plain_line("8:00", ((0, 0), (60, 0), (60, 20), (0, 20)))
    right = plain_line("18:00", ((100, 4), (170, 4), (170, 24), (100, 24)))
    assert board_hours([right, left]).as_json() == [[WEEK, "08:00", "18:00"]]


def test_only_lines_with_times_ask_for_a_closer_look() -> None:
    assert looks_like_hours("营业时间")
    assert looks_like_hours("8:00")
    assert not looks_like_hours("西庄村快递便民服务点")


def test_a_row_that_the_photo_lost_leaves_the_board_unread() -> None:
    days, times, lunch = (
        at("周一至周六", 0, 0),
        at("8:00-18:00", 0, 26),
        at("午休12:00-14:00", 0, 52),
    )
    rest = at("周日休息", 0, 78)
    assert board_text(board_hours([days, times, lunch, rest])) == (
        "周一至周六 08:00–12:00，14:00–18:00"
    )
    assert not board_hours([days, times, rest])
    # Rows that stand wide, all alike, and a title further off, are no gap.
    wide = [at("营业时间", 0, -34), at("周一至周六", 0, 10), at("8:00-18:00", 0, 48)]
    assert board_text(board_hours([*wide, at("周日休息", 0, 86)])) == "周一至周六 08:00–18:00"


def test_dotted_times_alone_and_slips_of_the_network_are_read() -> None:
    for text, week in [
        ("8.00—16.30", "周一至周日 08:00–16:30"),
        ("逢五、+8.30-17.30", "逢五、十 08:30–17:30"),
        ("8时30-17寸30", "周一至周日 08:30–17:30"),
        ("上午0730—下午08.15", "周一至周日 07:30–20:15"),
    ]:
        assert board_text(board_hours([at(text, 0, 0)])) == week, text
    stain = at("日", 300, 0)
    stain = stain._replace(glyphs=(stain.glyphs[0]._replace(probability=0.08),))
    assert board_hours([at("8:00-18:00", 0, 0), stain])


def test_a_telephone_with_its_area_is_no_time() -> None:
    assert looks_like_hours("0800-1800")
    assert not looks_like_hours("0351-6688123")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("8:30-18:00(12:00-13:30午体)", "8:30-18:00(12:00-13:30午休)"),
        ("8:00-18:00 周日体息", "8:00-18:00 周日休息"),
        ("周一至周六上年8:00-12:00 下年14:00-18:00", "周一至周六上午8:00-12:00 下午14:00-18:00"),
        ("8:00-18:00 保官期3天，逾期退回", "8:00-18:00 保管期3天，逾期退回"),
        ("8:00-18:00（周一至周五）\n周元日休", "8:00-18:00（周一至周五）\n周六日休"),
        ("Mon - Fri: 08:30 - 17:30\n5at: 09:00-12:00", "周一至周五8:30-17:30\n周六9:00-12:00"),
        ("营业时间：8-00~次目1：00", "营业时间：8:00-次日1:00"),
        ("逢258赶街7:00-16:00", "逢2、5、8赶街 7:00-16:00"),
        ("周1至周58:00-18:00\n周6、周79:00-17:00", "周1至周5 8:00-18:00\n周6、周7 9:00-17:00"),
        ("周1至周508:00-18:00", "周1至周5 8:00-18:00"),
        ("周一至国五 8:00-18:00", "周一至周五 8:00-18:00"),
        ("早7点30分开门\n晚7点30分关门", "7:30-19:30"),
        ("旱七点~晚九点", "早七点~晚九点"),
        ("6点丰—21点", "6点半—21点"),
        ("9:00-21:00\n周二店体", "9:00-21:00\n周二店休"),
        ("逢二、七赶圩7:00-14:00\n闲日9:00-17:00", "逢二、七赶圩7:00-14:00\n其他日子9:00-17:00"),
        # Words beside the times that say nothing of them, or say it a second time.
        ("8:00-17:30\n（中午不打烊", "8:00-17:30"),
        ("周一至周五8:00-18:00\n周六半天8:00-12:00", "周一至周五8:00-18:00\n周六8:00-12:00"),
        ("快递进村服务点\n服务时间\n08:00-20:00\n服务电话0871-", "08:00-20:00"),
        ("快递收发点\n早8点至晚8点", "8:00-20:00"),
        ("村级寄递物流服务点\n8:00-18:00", "8:00-18:00"),
        ("村邮站\n办理时间9:00-17:00\n送货电话：13987654321", "9:00-17:00"),
        ("8:00-21:00\n当日件请当日取走\n请戴好口罩", "8:00-21:00"),
        ("9:00-21:00\n放假不打烊", "9:00-21:00\n节假日照常"),
    ],
)
def test_characters_that_a_blur_takes_for_others_are_put_right(read: str, meant: str) -> None:
    assert hours_in(read).week == hours_in(meant).week is not None


@pytest.mark.parametrize(
    ("text", "tall", "read"),
    [
        ("Nousingcart", 20, True), ("Nousingcart", 38, False), ("Closed Sund", 20, False),
        ("cart 9", 20, False), ("推车乘梯", 20, False),
    ],
)  # fmt: skip
def test_small_english_beside_chinese_hides_nothing_where_the_edge_cuts_it(
    text: str, tall: int, *, read: bool
) -> None:
    hours = plain_line("五一国庆照常 9:00-18:00", ((0, 100), (300, 100), (300, 140), (0, 140)))
    below = plain_line(text, ((0, 150), (90, 150), (90, 150 + tall), (0, 150 + tall)))

    assert bool(board_hours([hours, below._replace(cut=True)])) is read


@pytest.mark.parametrize(
    "torn",
    [
        "10:00—0:00（次日）", "营业时间\n下午2:00-晚上0:00", "8:00-18:00 周五开放",
        "周1,3开门 8:00-12:00 周2, 14:00-18:00", "8:00-18:00\n营业", "周18:00-20:00",
        "周一至周五8:00-18:00\n周六半天", "卜午2:00-5:00", "9:00-21:00\n放假",
        "每月逢一、四、七赶场\n营业时间 8:00-17:00",
    ],
)  # fmt: skip
def test_what_is_left_of_such_a_row_is_no_week(torn: str) -> None:
    assert not hours_in(torn)


def test_a_digit_that_may_nearly_as_well_be_another_leaves_the_board_unread() -> None:
    line = at("7:20-19:30", 0, 0)

    def doubted(*others: tuple[str, float]) -> BoardHours:
        glyph = line.glyphs[2]._replace(probability=0.58, others=others)
        return board_hours([line._replace(glyphs=(*line.glyphs[:2], glyph, *line.glyphs[3:]))])

    assert not doubted(("3", 0.41))
    assert not doubted(("3", 0.15))
    assert doubted(("3", 0.11))
    assert doubted(("Z", 0.41))


@pytest.mark.parametrize("apart", [40, 44, 49])
def test_a_row_as_far_off_as_the_others_are_from_each_other_is_on_the_board(apart: float) -> None:
    rows = ["营业时间", "8:00-18:00", "老母亲看病去了"]
    read = board_hours([at(row, 0, apart * n) for n, row in enumerate(rows)])
    assert (read.week, read.words) == (None, "老母亲看病去了")
    passed = board_hours(
        [at(row, 0, apart * n) for n, row in enumerate([*rows[:2], "老耿头铁匠铺"])]
    )
    assert passed.aside == ("老耿头铁匠铺",)
    # Of another house, further off.
    assert board_hours([at(rows[0], 0, 0), at(rows[1], 0, 22), at("老母亲看病去了", 0, 70)])
