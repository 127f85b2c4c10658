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


@pytest.mark.parametrize(
    "row",
    [
        "打通农村寄递末端", "畅通农村物流", "人民邮政为人民", "快递到村口 方便千万家", "助力乡村振兴",
        "村村有网点 户户享便利", "小站点大民生", "共建共享", "祝大家出入平安", "祝乡亲们平安",
        "本店招学徒一名", "招店员一名", "临沭县县域商业体系建设", "夏河县电子商务进农村示范",
        "全国客服 956025", "寄县城3元起", "寄省内6元起", "发往全国10元起", "寄件到省城8元起",
        "货款当面点清，离柜概不负责", "化肥可送到地头，三袋起送", "快递到短信通知你",
        "寄北京12元起", "外省首重12元/公斤", "车别堵住大门口", "别把车停在门口", "车辆请勿停放路口",
        "三轮车不要挡住门前", "农药兽药请到里屋", "种子化肥请进店内", "烟酒在柜台",
    ],
)  # fmt: skip
def test_slogans_prices_and_requests_limit_nothing(row: str) -> None:
    assert board_hours([TIMES, at(row, 0, 60)]).as_json() == ALL_DAY


@pytest.mark.parametrize(
    "row",
    [
        "停电不开", "老人看病去了", "去县城3天", "停业3元起", "预约3元起", "寄晚上3元一件",
        "寄件周日3元起", "只寄县城3元起", "下雨县城3元起", "同口体自", "门口体目", "本周门口体目",
        "门口有人就开", "有人在门口", "到路口取件", "老人看病门口等", "车停门口才开",
        "车在门口才有人", "快递请到村委会", "快递在隔壁店里", "水果请到镇上", "烟酒请到老王家",
        "祝大家出门去了", "打通电话再来", "招到人再开", "停业欢迎新老顾客", "歇业县域商业体系",
        "暂停村村有网点户户享便利", "人民邮政为人民外出", "上庄村便民服务点休息", "共建共享没人",
    ],
)  # fmt: skip
def test_limits_like_them_are_refused(row: str) -> None:
    assert not board_hours([TIMES, at(row, 0, 60)])


def with_others(text: str, top: float, others: dict[int, tuple[float, dict[str, float]]]) -> Line:
    """A row of which some characters are in doubt: place → how sure, and what else they may be."""
    line = at(text, 0, top)
    glyphs = [
        glyph._replace(probability=others[n][0], others=tuple(others[n][1].items()))
        if n in others
        else glyph
        for n, glyph in enumerate(line.glyphs)
    ]
    return line._replace(glyphs=tuple(glyphs))


def test_a_slogan_may_hold_signs_in_doubt() -> None:
    doubts = {2: (0.5, {"蒙": 0.27}), 4: (0.63, {"入": 0.26})}
    assert board_hours([with_others("祝大家出几平安", 0, doubts), TIMES]).as_json() == ALL_DAY
    assert not board_hours([at("祝大家出门去了", 0, 0), TIMES])
    end = {6: (0.88, {"未": 0.12})}
    assert board_hours([TIMES, with_others("打通农村寄递末端", 60, end)]).as_json() == ALL_DAY
    shut = {6: (0.88, {"停": 0.12})}
    assert not board_hours([TIMES, with_others("打通农村寄递末端", 60, shut)])


def test_a_countys_programme_may_hold_a_sign_in_doubt() -> None:
    doubts = {1: (0.76, {"沐": 0.23}), 3: (0.48, {"县": 0.24})}
    row = "临沭县景域商业体系建设"
    assert board_hours([with_others(row, 0, doubts), TIMES]).as_json() == ALL_DAY
    stopped = {3: (0.48, {"停": 0.24})}
    assert not board_hours([with_others(row, 0, stopped), TIMES])
    assert not board_hours([with_others("县域商业体系建设停业", 0, {}), TIMES])
    assert not board_hours([with_others("停业县域商业体糸建没", 0, {}), TIMES])


def test_a_title_whose_first_sign_may_be_its_own_is_one() -> None:
    torn = {0: (0.54, {"言": 0.12, "营": 0.06}), 1: (0.41, {"企": 0.15}), 3: (0.56, {"同": 0.1})}
    assert board_hours([with_others("吕业时间", 0, torn), TIMES]).as_json() == ALL_DAY
    assert not board_hours([at("停业时间", 0, 0), TIMES])


def test_of_a_name_above_the_times_the_last_sign_may_be_lost() -> None:
    assert board_hours([at("中国邮", 0, 0), TIMES]).as_json() == ALL_DAY
    assert board_hours([at("菜鸟驿", 0, 0), TIMES]).as_json() == ALL_DAY
    assert not board_hours([at("今日停", 0, 0), TIMES])
    assert not board_hours([at("不开", 0, 0), TIMES])


def test_of_two_dashes_between_days_the_first_may_be_a_day() -> None:
    row = with_others("礼拜——礼拜五8:30-18:00", 0, {2: (0.88, {"一": 0.1})})
    assert board_hours([row]).as_json() == [[WEEK[:5], "08:30", "18:00"]]
    assert not board_hours([at("礼拜——礼拜五8:30-18:00", 0, 0)])


@pytest.mark.parametrize("row", ["三六九豆腐", "二五八有豆腐卖", "节日联系13812345678"])
def test_days_of_market_and_whom_to_call_on_holidays_are_asked(row: str) -> None:
    assert not board_hours([TIMES, at(row, 0, 60)])
    assert board_hours([TIMES, at("联系老付18682644998", 0, 60)]).as_json() == ALL_DAY
