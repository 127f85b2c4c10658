"""Hours of two services on one board: 超市 7:00-22:00 快递 9:00-18:00.

Those of the parcels count. Where it is not plain which they are, nobody guesses, and two services'
hours are never joined into one day.
"""

import re

from server.policy.hours.harmless import is_harmless
from server.policy.hours.times import refuse

_OTHERS = (
    "门店|超市|小卖部|商店|便利店|百货|药店|药房|售药|诊所|卫生室|(?:移动|联通|电信)?营业厅|理发店?"
    "|早餐|农资店?|村委会|麻将馆|彩票|加油站?|餐馆|饭店"
)
_PARCELS = "(?:邮政)?快递(?:代收点|代收|取件|窗口|点|站)?|取快递|(?:菜鸟|快递)驿站"
_BEGINS = r"(?=(?:每天|每日|全天|上午|早|周)|\d{1,2}(?:[:点时-]|小时))"
_HEAD = re.compile(
    r"(?:(?<![^\n])|(?<=[\d点半时业] )|(?<=[,;。]))"
    rf"(?:(?P<other>{_OTHERS})|(?P<parcels>{_PARCELS}))"
    rf"(?:(?:营业|服务|取件)?时间)?[: ]*{_BEGINS}"
)
_TIMES = re.compile(r"\d[:点时]|\d-\d|小时|全天")
_TELEPHONE = re.compile(r"(?:电话|手机|联系)?[: ]*1\d{10}")


def of_parcels(plain: str) -> str:
    """A spelt text with the hours of the parcels alone; as it is where one service is named."""
    heads = list(_HEAD.finditer(plain))
    timed = [head for head in heads if _TIMES.search(plain[: head.start()])]
    if not timed:
        return plain
    ends = [*(head.start() for head in heads[1:]), len(plain)]
    said = [plain[head.end() : end] for head, end in zip(heads, ends, strict=True)]
    ours = [text for head, text in zip(heads, said, strict=True) if head["parcels"]]
    before = plain[: heads[0].start()].strip()
    last, *below = said[-1].split("\n")
    rest = [row for row in below if not (is_harmless(row) or _TELEPHONE.fullmatch(row.strip()))]
    if len(ours) != 1 or len(heads) < 2 or rest or not (is_harmless(before) or before == ""):
        words = "、".join(dict.fromkeys(head["other"] or head["parcels"] for head in heads))
        refuse(f"“{words}”的时间分开写着，请只写取快递的时间", words=words)
    return (last if ours[0] is said[-1] else ours[0]).strip(" ,;。\n")
