"""Hours of one doing of several are not those of the house: 取件时间 beside 寄件时间, 门诊时间."""

import re
from collections.abc import Sequence
from itertools import pairwise

from server.policy.hours.days import DAY_KINDS
from server.policy.hours.times import refuse
from server.policy.hours.titles import TIME_WORD, one_of_several
from server.policy.hours.tokens import Token, served_at
from server.policy.hours.turns import AT_ROW

_TIMES = {"time", "fours", "allday"}

_ONLY_ON = re.compile(
    rf"{AT_ROW}[每逢]*(?:农历|阴历)?(?:[单双][号日]?|[初逢][一二三四五六七八九十、]{{2,6}})"
    r"(?:开门|营业|开店|开放|有人)[。!]?(?=\n|\Z)"
)
_OF_PARCELS = re.compile("快递|驿站|代收|包裹|邮站|寄递")
_DELIVERED = re.compile(f"(?:派送|派件|投递|送件|配送){TIME_WORD}")
_OF_ANOTHER = re.compile(
    "(?:书屋|阅览室?|活动室|村医|医生|大夫|医师|银行|信用社|药[店房]|诊所|卫生[室所院]|医务室|村委会?|村部|大队|食堂|理发|看病"
    f"|接诊|门诊|坐诊|维修|修理|加工|借阅|客服)(?:营业|开放|开门|在[店岗]|上班|办公|服务|工作|业务|办理)*{TIME_WORD}"
)


def refuse_only_on(plain: str) -> None:
    """单号开门 beside times that are told of no days: only then, or then as well?"""
    if found := _ONLY_ON.search(plain):
        refuse(
            f"“{found.group()}”看不清是只有那些天开门，还是天天开门",
            words=found.group(),
            advice="请写“单号 8:00-17:00”或“每天 8:00-17:00”",
        )


def of_another_house(rows: Sequence[str]) -> str:
    """A title of hours on a parcel house's board that are somebody else's; "" for none.

    卫生室营业时间 under 张湾村快递驿站 may be the doctor's hours alone; 派送时间 are the carrier's.
    """
    titled = [row for row in rows if _OF_ANOTHER.search(row)]
    if titled and any(_OF_PARCELS.search(row) for row in rows if row not in titled):
        return titled[0]
    return next(filter(_DELIVERED.search, rows), "")


def refuse_two_kinds(words: Sequence[Token]) -> None:
    """Hours for picking up beside hours for sending are not the hours of the station."""
    kinds = {served_at(word.text) for word in words if word.kind == "label"}
    titles = [word.text for word in words if word.kind == "title"]
    if traded := one_of_several(titles, labelled=bool(kinds)):
        refuse(f"“{traded}”是其中一样的时间，这里只登记开门的时间", words=traded)
    if not any(word.kind in DAY_KINDS for word in words) and (other := _another_title(words)):
        refuse(f"“{other}”是另一样的时间，这里只登记开门的时间", words=other)
    if not kinds:
        return
    said = [w.kind for w in words if w.kind in {"label", "title", "bare", *DAY_KINDS, *_TIMES}]
    if len(kinds) > 1 or "title" in said or said[0] != "label" or said.count("label") == len(said):
        shown = "”“".join(sorted(kinds))
        refuse(f"“{shown}”的时间另外写着，这里只登记开门的时间", words="、".join(sorted(kinds)))


def _another_title(words: Sequence[Token]) -> str:
    """The second of two different titles each of which has times of its own; else ""."""
    timed: list[str] = []
    for word in words:
        if word.kind == "title":
            timed.append(word.text.strip(": "))
        elif word.kind in _TIMES and timed and timed[-1]:
            timed.append("")
    titles = [title for title, after in pairwise(timed) if title and not after]
    return next((title for title in titles[1:] if title != titles[0]), "")
