"""Boards with a row that nobody understands: it is left out only where it can limit nothing."""

import pytest

from server.policy.hours import parse_hours
from server.policy.hours.harmless import is_harmless
from server.policy.hours.silent import limits_nothing
from server.policy.hours.weighed import heaviest, weighing, weight
from server.policy.signs.hours_board import board_hours
from server.policy.signs.hours_compared import compare_hours
from server.policy.signs.lines import Line
from server.policy.signs.placed import Outcome
from server.policy.signs.slips import mended
from server.settings import ROOT
from tests.policy.signs.written import at
from tools.weigh_rows import all_rows, learnt

LIMITING = " ".join(
    (ROOT / name).read_text("utf-8").split("\n", 1)[1]
    for name in ("server/policy/hours/limiting.txt", "tests/cases/hours/limiting-rows.txt")
)
WEEK = [1, 2, 3, 4, 5, 6, 7]
ALL_DAY = [[WEEK, "08:30", "18:00"]]
TIMES = at("8:30-18:00", 0, 30)


def one_doubted(text: str, top: float, sure: float, **others: float) -> Line:
    """A row of which the last character is not sure."""
    line = at(text, 0, top)
    doubted = line.glyphs[-1]._replace(probability=sure, others=tuple(others.items()))
    return line._replace(glyphs=(*line.glyphs[:-1], doubted))


@pytest.mark.parametrize("row", LIMITING.split())
def test_what_may_limit_hours_is_never_passed_over(row: str) -> None:
    assert not limits_nothing(row)


@pytest.mark.parametrize(
    "row",
    [
        "物流代办", "手机维修", "理发 洗车", "招牌米线", "专修小家电", "陈记粮油", "刘家湾村代购点",
        "种子化肥农药批零兼营", "重庆小面", "小芳美发", "幸福超市", "果乐乡", "王氏中医馆",
        "不锈钢 铝合金门窗", "家电下乡指定网点", "助农取款点", "农家土鸡蛋", "阿强电动车",
        "请带身份证", "扫码付款", "生意兴隆", "移动缴费", "供电营业点", "农机修理 补胎", "请勿靠近",
    ],
)  # fmt: skip
def test_what_a_shop_sells_and_does_limits_nothing(row: str) -> None:
    assert board_hours([at(row, 0, 0), TIMES]).as_json() == ALL_DAY
    assert board_hours([TIMES, at(row, 0, 60)]).as_json() == ALL_DAY


def listed(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").split("\n", 1)[1].split()


def test_no_row_that_limits_hours_is_passed_over_of_those_learnt_from() -> None:
    rows = listed("tools/rows/limits.txt")
    assert [row for row in rows if limits_nothing(row)] == []


def test_most_rows_are_passed_over_that_were_not_learnt_from() -> None:
    rows = [mended(row) for row in listed("tests/cases/hours/honest-rows.txt")]
    passed = [row for row in rows if limits_nothing(row) or is_harmless(row)]
    assert len(passed) >= len(rows) / 2


def test_the_weights_are_those_of_the_lists() -> None:
    weights, added = learnt(all_rows())
    kept = weighing()
    tenths = {gram: 10 * weight for gram, weight in weights.items()}
    assert {gram for gram, weight in tenths.items() if abs(weight) > 2} <= set(kept.grams)
    # Another processor may round a sum otherwise.
    assert all(abs(tenths[gram] - weight) <= 1 for gram, weight in kept.grams.items())
    assert [kept.row, kept.stretch] == pytest.approx([10 * odds for odds in added], abs=1)


def test_what_nobody_knows_is_in_doubt() -> None:
    assert weight("龘齉龘齉龘") == 0
    assert not limits_nothing("龘齉龘齉龘")
    assert not limits_nothing("龘齉粮")


@pytest.mark.parametrize(
    "row", ["老耿头铁匠铺", "云图控股复合肥", "久保田收割机配件", "骑车请戴头盔", "扫码关注公众号"]
)
def test_a_row_made_of_what_names_and_requests_are_made_of_limits_nothing(row: str) -> None:
    assert board_hours([at(row, 0, 0), TIMES]).as_json() == ALL_DAY
    assert board_hours([TIMES, at(row, 0, 60)]).as_json() == ALL_DAY
    assert not board_hours([TIMES, one_doubted(row, 60, 0.45)])


@pytest.mark.parametrize(
    "row",
    [
        "拿错了请送回来，谢谢", "自家榨菜籽油16元一斤", "省内寄件一公斤6元",
        "收件人姓名请写真名", "联系老付18682644998",
    ],
)  # fmt: skip
def test_a_light_row_may_hold_commas_prices_and_telephones(row: str) -> None:
    assert board_hours([TIMES, at(row, 0, 60)]).as_json() == ALL_DAY


def test_a_long_light_row_may_hold_a_character_in_doubt() -> None:
    row = "自家榨菜籽油"
    assert board_hours([TIMES, one_doubted(row, 60, 0.7, 由=0.1)]).as_json() == ALL_DAY
    assert not board_hours([TIMES, one_doubted(row, 60, 0.4)])
    assert not board_hours([TIMES, one_doubted(row, 60, 0.7, 休=0.1)])
    two = at("收件人姓名请写真名", 0, 60)
    torn = [g._replace(probability=0.7) if n in {4, 5} else g for n, g in enumerate(two.glyphs)]
    assert not board_hours([TIMES, two._replace(glyphs=tuple(torn))])


def test_a_row_is_passed_over_where_it_weighs_little() -> None:
    assert 0 > weight("放心件件有人管") > weight("新日电动车")
    assert board_hours([TIMES, at("新日电动车", 0, 60)]).as_json() == ALL_DAY
    assert board_hours([TIMES, at("放心件件有人管", 0, 60)]).as_json() == ALL_DAY
    assert not board_hours([TIMES, at("铁将军", 0, 60)])
    assert not board_hours([TIMES, at("如遇停电取件慢一些", 0, 60)])
    assert not board_hours([TIMES, at("周六只有豆腐", 0, 60)])


def test_what_was_passed_over_is_told() -> None:
    read = board_hours([at("老耿头铁匠铺", 0, 0), TIMES, at("放心件件有人管", 0, 60)])
    assert read.aside == ("老耿头铁匠铺", "放心件件有人管")
    told = "牌上还有“老耿头铁匠铺”、“放心件件有人管”，机器当作与时间无关。"
    same = compare_hours(read, parse_hours("8:30-18:00"))
    other = compare_hours(read, parse_hours("9:00-18:00"))
    assert (same.outcome, other.outcome) == (Outcome.MATCHES, Outcome.DIFFERS)
    assert (same.aside, other.aside) == (told, told)
    assert other.why.endswith(told)
    assert board_hours([at("手机维修 8:30-18:00", 0, 0)]).aside == ("手机维修",)
    assert board_hours([TIMES, at("中通下午三点到货", 0, 60)]).aside == ("中通下午三点到货",)


def test_what_is_understood_is_not_told_as_passed_over() -> None:
    read = board_hours([at("营业时间", 0, 0), TIMES, at("周日休息", 0, 60)])
    assert read
    assert read.aside == ()


@pytest.mark.parametrize(
    "row",
    [
        "欢迎新老顾客光临惠顾周日休息",
        "赶集去了云图控股复合肥",
        "阿强单车行关店了",
        "久保田收割机配件有事敲门",
    ],
)
def test_two_rows_read_as_one_are_no_lighter_than_the_limit_in_them(row: str) -> None:
    assert heaviest(row) > 0
    assert not limits_nothing(row)


def test_words_that_sound_like_limits_may_stand_in_a_light_row() -> None:
    for row in ("晚安牌蚊香", "春节牌白酒", "葡萄美酒夜光杯", "送人不如自用好茶"):
        assert board_hours([TIMES, at(row, 0, 60)]).as_json() == ALL_DAY, row


def test_goods_for_sale_limit_nothing_and_two_words_of_trade_may() -> None:
    assert board_hours([TIMES, at("本店出售冰棍饮料", 0, 60)]).as_json() == ALL_DAY
    for row in ("本店出售", "看牙", "等电工", "陪护"):
        assert not board_hours([TIMES, at(row, 0, 60)]), row


@pytest.mark.parametrize("row", ["免喜生活", "代缴电费手机充油", "快邁进村方便多亲", "请当面验集"])
def test_a_row_of_known_words_with_a_few_signs_misread_limits_nothing(row: str) -> None:
    line = at(row, 0, 60)
    unsure = tuple(glyph._replace(probability=0.8) for glyph in line.glyphs)
    assert board_hours([TIMES, line._replace(glyphs=unsure)]).as_json() == ALL_DAY


@pytest.mark.parametrize("row", ["同目林体", "停止服务", "本店停业", "免费保官件"])
def test_a_row_that_is_not_of_known_words_stays(row: str) -> None:
    line = at(row, 0, 60)
    unsure = tuple(glyph._replace(probability=0.8) for glyph in line.glyphs)
    assert not board_hours([TIMES, line._replace(glyphs=unsure)])


@pytest.mark.parametrize(
    "row",
    [
        "古城小贞部",
        "中国邮政石桥朋务站",
        "新安便刊店",
        "康鸣村使民驿站",
        "团结村快递便民服",
        "待时间",
        "站点服",
    ],
)
def test_a_name_with_a_sign_misread_above_the_times_is_one(row: str) -> None:
    assert board_hours([at(row, 0, 0), TIMES]).as_json() == ALL_DAY


@pytest.mark.parametrize(
    "row",
    [
        "周日不小贞部",
        "去县城服务对",
        "停服务间",
        "上庄村便民服务停",
        "止营业时间",
        "站点服务止",
        "营业时间变",
    ],
)
def test_what_may_limit_is_no_name_with_a_sign_misread(row: str) -> None:
    assert not board_hours([at(row, 0, 0), TIMES])


def test_a_row_in_doubt_counts_where_nothing_that_it_may_be_limits() -> None:
    assert (
        board_hours([TIMES, one_doubted("童装女装鞋帽批发", 60, 0.6, 友=0.3)]).as_json() == ALL_DAY
    )
    assert not board_hours([TIMES, one_doubted("童装女装鞋帽批发", 60, 0.7, 停=0.1)])


@pytest.mark.parametrize("row", ["老母亲病重", "日头下山", "做法事", "村里放炮", "机子修"])
def test_what_weighs_like_a_limit_is_not_passed_over_above_the_times(row: str) -> None:
    assert not board_hours([at(row, 0, 0), TIMES])


@pytest.mark.parametrize(
    "lines",
    [
        [one_doubted("陈记粮油", 0, 0.7), TIMES],  # not sure
        [one_doubted("陈记粮油", 0, 0.96, 停=0.02), TIMES],  # and may be a limit
        [one_doubted("手机维修", 0, 0.8, 停=0.1), TIMES],
        [at("8:30-12:00", 0, 0), at("手机维修", 0, 30), at("14:00-18:00", 0, 60)],  # whose?
        [at("手机维修", 0, 0), at("8:30-12:00", 90, 0), at("14:00-18:00", 90, 30)],
        [TIMES, at("手机维修", 0, 60), at("周日休息", 0, 90)],  # that alone rests on Sundays
        [at("周一至周五", 0, 0), at("手机维修", 0, 30), at("8:30-18:00", 0, 60)],
        [at("同目林体", 0, 0), TIMES],  # 周日休息, misread
        [at("一、四送件其他日", 0, 0), TIMES],  # of 每周一、四送件 其他日子不开
    ],
)
def test_it_is_not_left_out_where_it_may(lines: list[Line]) -> None:
    assert not board_hours(lines)


def test_a_trade_before_the_only_times_is_left_out() -> None:
    assert board_hours([at("手机维修 8:30-18:00", 0, 0)]).as_json() == ALL_DAY
    assert board_hours([at("手机维修", 0, 0), at("8:30-18:00", 120, 0)]).as_json() == ALL_DAY
    assert not board_hours([at("手机维修 8:30-18:00", 0, 0), at("8:30-12:00", 0, 30)])


def test_a_known_word_of_trade_need_not_be_quite_sure() -> None:
    assert board_hours([one_doubted("手机维修", 0, 0.8, 脩=0.1), TIMES]).as_json() == ALL_DAY
