"""What a bank's own words say of a payment: surely paid, surely not, or neither."""

import re

from server.labelled import Labelled

FAILED = (
    "没有付成", "没有成功", "未成功", "不成功", "未付", "失败", "退回", "退票", "退款",
    "拒绝", "拒付", "撤销", "冲正", "作废", "无效", "不符",
)  # fmt: skip
GOOD = ("成功", "已付", "完成", "已入账", "已发放")
UNSURE = ("处理中", "待", "部分", "异常", "未知", "可疑", "受理")
"""The bank itself does not know yet: such a line is neither paid nor free to be paid again."""
NO, NOTHING_SAID = re.compile("[不未没非无否]"), frozenset({"", "无", "-", "--", "/", "—"})


class Went(Labelled):
    """What the bank's words say of a payment; `UNTOLD` where it wrote none."""

    GOOD = "good", "付成了"
    FAILED = "failed", "没有付成"
    UNCLEAR = "unclear", "看不出付成没有"
    UNTOLD = "untold", "没有写结果"


def went(status: str, why: str) -> Went:
    """What a row's 结果 and 失败原因 say together; words that speak against each other are unclear.

    Only what is surely paid may be booked, and only what surely failed may be paid again.
    """
    told, reason = _told(status), _told(why)
    if reason in (Went.UNTOLD, told):
        return told
    if told is Went.FAILED:  # why may say anything but that it went well
        return Went.UNCLEAR if reason is Went.GOOD else told
    return reason if told is Went.UNTOLD and reason is Went.FAILED else Went.UNCLEAR


def _told(text: str) -> Went:
    if text in NOTHING_SAID:
        return Went.UNTOLD
    rest = text
    for word in FAILED:
        rest = rest.replace(word, "")
    failed, good = rest != text, any(word in rest for word in GOOD)
    if failed == good or any(word in rest for word in UNSURE):
        return Went.UNCLEAR
    return Went.FAILED if failed else Went.UNCLEAR if NO.search(rest) else Went.GOOD
