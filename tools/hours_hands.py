"""What hurried hands make of hours that `tools.hours_ways` wrote; the meaning stays.

For tests: dots for a dash, 。 for a colon, 双休 for 周六、周日休息, notices that limit nothing.
"""

import re
from random import Random

NOTICES = (
    "随到随取", "微信同号", "保管期3天，逾期退回", "店主不在请打电话13800138000", "请自觉排队",
    "您已进入24小时监控区域", "尊敬的顾客：", "中国邮政储蓄银行", "农村信用社", "便民小卖部",
    "百姓大药房", "过时不候", "代收快递", "夜间请按门铃",
)  # fmt: skip
_CLOCKS = r"\d{1,2}[:：][0-5]\d"


def by_other_hands(text: str, dice: Random) -> str:
    """The same hours, written by somebody in a hurry."""
    if dice.random() < 0.3:
        text = re.sub(
            rf"({_CLOCKS}) ?[-—～~－]+ ?(?={_CLOCKS})", rf"\1{dice.choice(('……', '···'))}", text
        )
    if dice.random() < 0.3:
        text = re.sub(r"(?<!\d)(\d{1,2})[:：](?=[0-5]\d)", rf"\1{dice.choice('。’')}", text)
    if dice.random() < 0.5:
        text = re.sub(r"周六(?:、周|和周|、)[日天](?:休息|公休)(?=\n|$)", "双休", text)
    if dice.random() < 0.3:
        text = re.sub("周([一二三四五六日])(?:休息|不营业)", r"周\1闭馆", text)
    if dice.random() < 0.3:
        text = f"{dice.choice(NOTICES)}\n{text}"
    return f"{text}\n{dice.choice(NOTICES)}" if dice.random() < 0.3 else text
