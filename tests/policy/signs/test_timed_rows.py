"""Boards with a row that holds a time and says nothing of opening, and such as only seem to."""

import pytest

from server.policy.hours.timed import says_times_aside
from server.policy.signs.hours_board import board_hours
from server.policy.signs.slips import mended
from tests.policy.signs.written import at

ALL_DAY = [[[1, 2, 3, 4, 5, 6, 7], "08:30", "18:00"]]

ASIDE = """
中通韵达下午三点到货 圆通车每天上午十点到 邮政周二周五送报 县里的车每天中午到 末班车四点半 快件保管三天
超过7天不取退回 包裹超过15天未取，一律退回 生鲜当天取走 24小时监控 全天录像 始于1998年 建于1987年 百年老店
12点前下单当天发 下午四点前寄件，当天发走 每月15号交电费 医保年底前交 周六有豆腐卖 周三到鲜鱼 初一十五豆腐半价
保修半年 三年质保 七天无理由退货 元旦快乐 祝大家新年快乐 10分钟洗车 省内两天到 顺丰次日达
鸡蛋10元一板
"""
LIMITING = """
下午三点后不取件 中午到货前无人 周六下午进货关门 到货以后才取件 下午三点到货后取件 三点前没人 每月15号盘点
超过7天不开门 24小时预约 下午三点到四点 周六去送豆腐 周六没豆腐卖 每天中午接孩子 上午营业 周三来电再来
12点前取件 周日上午 晚8点 早到货先取 每天下午 15号以后开 快件下午送 下午三点送货 到货前锁门
中通下午三点取件 周六豆腐店关 每月初一十五吃斋 下午三点到站接人 三天后回来 周六只有豆腐 周五下午三点放学 超市周六停
"""


@pytest.mark.parametrize("row", ASIDE.split())
def test_a_time_that_is_none_of_opening_leaves_the_board_read(row: str) -> None:
    assert says_times_aside(mended(row))
    for top in (0, 60):
        lines = [at("8:30-18:00", 0, 30), at(row, 0, top)]
        assert board_hours(lines).as_json() == ALL_DAY


@pytest.mark.parametrize("row", LIMITING.split())
def test_a_time_that_may_limit_is_never_passed_over(row: str) -> None:
    assert not says_times_aside(mended(row))
    assert board_hours([at("8:30-18:00", 0, 30), at(row, 0, 60)]).as_json() != ALL_DAY


def test_a_doubtful_character_of_such_a_row_is_tried() -> None:
    row = at("中通下午三点到货", 0, 60)
    doubted = row.glyphs[-1]._replace(probability=0.8, others=(("取", 0.1),))
    lines = [at("8:30-18:00", 0, 30), row._replace(glyphs=(*row.glyphs[:-1], doubted))]
    assert not board_hours(lines)


@pytest.mark.parametrize("title", ["业时", "营业间：", "营业时间OPLN", "服务时"])
def test_what_glare_left_of_a_title_is_one(title: str) -> None:
    assert board_hours([at(title, 0, 0), at("8:30-18:00", 0, 30)]).as_json() == ALL_DAY


@pytest.mark.parametrize("title", ["停业时", "工作三", "工作日", "假日时间", "夏时间", "午休时间"])
def test_what_may_be_another_title_is_none(title: str) -> None:
    assert board_hours([at(title, 0, 0), at("8:30-18:00", 0, 30)]).as_json() != ALL_DAY


def test_half_a_couplet_at_the_pictures_edge_hides_nothing() -> None:
    couplet = at("福满门", 0, 0, vertical=True)._replace(cut=True)
    assert board_hours([couplet, at("8:30-18:00", 30, 30)]).as_json() == ALL_DAY
