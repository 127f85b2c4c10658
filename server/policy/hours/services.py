"""Hours of two services on one board: 超市 7:00-22:00 快递 9:00-18:00.

Those of the parcels count. Where it is not plain which they are, nobody guesses, and two services'
hours are never joined into one day.
"""

import re
from collections.abc import Callable

from server.errors import Invalid
from server.policy.hours.harmless import is_harmless
from server.policy.hours.times import refuse
from server.policy.hours.titles import HEADED

_OTHERS = (
    "门店|超市|小卖部|商店|便利店|百货|药店|药房|售药|诊所|卫生室|(?:移动|联通|电信)?营业厅|理发店?"
    "|早餐|农资店?|村委会|麻将馆|彩票|加油站?|餐馆|饭店|图书室|农家书屋|烟酒[店行]?|五金店?|水果店"
    "|(?:便民|政务)(?:服务)?大厅|党群服务中心|(?:老年)?活动室|棋牌室|食堂|面馆|邮储"
    "|(?:自助|智能)*(?:快递|取件|自提|丰巢|菜鸟)?(?:自助|智能)*柜(?=[: 时\\d])"
)
_PARCELS = "(?:邮政)?快递(?:代收点|代收|取件|窗口|服务|点|站)?|取快递|(?:菜鸟|快递)驿站"
_COUNTER = "(?:人工)?(?:服务)?(?:柜台|窗口)|人工(?:服务)?"
_BEGINS = r"(?=(?:每天|每日|全天|上午|早|周)|\d{1,2}(?:[:点时-]|小时))"
_HEAD = re.compile(
    r"(?:(?<![^\n])|(?<=[\d点半时业件] )|(?<=[,;。]))"
    rf"(?:(?P<other>{_OTHERS})|(?P<parcels>{_PARCELS})|(?P<counter>{_COUNTER}))"
    rf"(?:(?:营业|服务|取件)?时间)?[: ]*\n?{_BEGINS}"
)
_TIMES = re.compile(r"\d[:点时]|\d-\d|小时|全天")
_ANOTHERS = re.compile(
    "(?:疫苗接种|接种|体检|门诊|就诊|坐诊|挂号|售药|存取款|办证|缴费|充值|开饭|就餐|放学|上课|培训"
    "|售票|发车|到站|集合|活动|开奖|投注|兑奖|优先)时间"
)
_OF_THE_HOUSE = re.compile("(?:门诊|就诊|坐诊)时间")
_CLINIC = re.compile("卫生[室所院站]|诊所|医务[室所]|医院|村医")
_ANOTHER_SERVICE = re.compile("时间|时段|快递|包裹|邮件|取件|驿站")
"""Beside a clinic's hours: these may be other ones, or those that are looked for."""
_OURS_ADVICE = "请只写开门取快递的时间，如“8:30-18:00”"
_TELEPHONE = re.compile(r"(?:电话|手机|联系)?[: ]*1\d{10}")
_TITLE = re.compile(r"(?:营业|服务)时间(?:表|公示)?:?")
_BY_TELEPHONE = re.compile("快递员?(?:电话|手机|热线|联系|客服|咨询)")
_CUPBOARD = re.compile(
    r"(?:(?<![^\n])|(?<=[ ,;。]))(?:全天候?|每天)?(?:24小时)?"
    r"(?:(?:门[外口]|店外|室外)?的?(?:自助|智能)*(?:快递|取件|自提|丰巢|菜鸟)?(?:自助|智能)*柜子?(?!台)"
    r"|自助取(?:件|货|快递))"
    r"[: ]*(?:24小时|全天)?(?:自助|随时)?(?:可?自?取件?|开放|服务|营业)?(?=[ ,;。\n]|$)"
)
_STAFFED = re.compile(
    rf"店[内里](?=[: ]*\d)|速递|(?:{_COUNTER})(?=(?:营业|服务)?时间|[: ]*\d)|{HEADED}|快递"
)
_COUNTER_LABEL = re.compile(rf"(?m)^(?:{_COUNTER}|店[内里])(?:(?:营业|服务)?时间)?[: ]*{_BEGINS}")


def of_parcels(plain: str, reads: Callable[[str], object]) -> str:
    """A spelt text with the hours of the parcels alone; as it is where one service is named.

    `reads` raises Invalid where a text tells no week: what is left out must be a whole one.
    """
    another = _ANOTHERS.search(plain)
    if another and not (_OF_THE_HOUSE.fullmatch(another[0]) and _alone(another)):
        words = another.group()
        refuse(f"看不懂“{words}”是不是取快递的时间", words=words, advice=_OURS_ADVICE)
    plain = _without_cupboard(plain)
    heads = list(_HEAD.finditer(plain))
    timed = [head for head in heads if _TIMES.search(plain[: head.start()])]
    others = {head["other"] for head in heads if head["other"]}
    named = any(head["parcels"] for head in heads)
    by_telephone = _BY_TELEPHONE.search(plain)
    if by_telephone and others - {"门店"} and not named:
        refuse(f"“{by_telephone.group()}”旁边写的不是快递的时间", words=by_telephone.group())
    if not timed and not (others and named):
        return plain
    ends = [*(head.start() for head in heads[1:]), len(plain)]
    said = [plain[head.end() : end].strip(" ,;。\n") for head, end in zip(heads, ends, strict=True)]
    last, *below = said[-1].split("\n") if said[-1] else ("",)
    rest = [row for row in below if not (is_harmless(row) or _TELEPHONE.fullmatch(row.strip()))]
    said[-1] = last
    # 柜台 is the parcels' only beside a cupboard for them.
    key = "counter" if any(one.endswith("柜") for one in others) else "parcels"
    ours = [text for head, text in zip(heads, said, strict=True) if head["parcels"] or head[key]]
    before = plain[: heads[0].start()].strip()
    plainly = not rest and (not before or is_harmless(before) or _TITLE.fullmatch(before))
    theirs = [text for text in said if text not in ours]
    round_the_clock = len(ours) == 1 and "全天" in ours[0]  # or as long as the shop is open?
    whole = all(_tells(text, reads) for text in theirs)
    if len(ours) != 1 or len(heads) < 2 or not plainly or round_the_clock or not whole:
        words = "、".join(dict.fromkeys(head.group(head.lastgroup or 0) for head in heads))
        refuse(f"“{words}”的时间分开写着，请只写取快递的时间", words=words)
    return ours[0]


def _alone(title: re.Match[str]) -> bool:
    """Whether it stands below the clinic's name alone, and nothing else is named that has times."""
    before, behind = title.string[: title.start()], title.string[title.end() :]
    named = _CLINIC.search(before) and not _TIMES.search(before)
    return bool(named) and not _ANOTHER_SERVICE.search(f"{before}\n{behind}")


def _tells(text: str, reads: Callable[[str], object]) -> bool:
    """Whether it is a week, or days and nothing else: 超市7:00-22:00 下午14:00-18:00 is none."""
    try:
        reads(text if _TIMES.search(text) else f"8:00-18:00,{text}")
    except Invalid:
        return False
    return True


def _without_cupboard(plain: str) -> str:
    """快递柜24小时 柜台8:00-18:00: whoever comes by night finds the cupboard, and nobody there."""
    found = [one for one in _CUPBOARD.finditer(plain) if re.search("24小时|全天", one.group())]
    if len(found) != 1:
        return plain
    left = f"{plain[: found[0].start()]}{plain[found[0].end() :]}".strip(" ,;。\n")
    if not (_TIMES.search(left) and _STAFFED.search(left)):
        return plain
    return _COUNTER_LABEL.sub("", left)
