"""Tells which lines of an office's table are no stations, and what they are instead."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from server.media.sheets.book import Cell, Line
from server.plain_text import bare_text
from server.services.registry.sheet_columns import CODE, TOWNSHIP, VILLAGE

TOLD_AT_MOST = 60  # characters of a line that is passed over
_SUMS = re.compile(
    r"(?:本页|全县|全镇|全乡|以上|累计)?(?:合计|总计|小计|共计|总数|汇总)"
    r"[:：]?[（(]?[\d.,]*[个站处村家户点名人]*[)）]?"
)
_SIGNED = re.compile(
    r"(?:制表|填表|填报|统计|审核|审批|复核|经办|负责|分管领导|主管领导|单位领导|报送|汇报)"
    r"(?:人|人员|单位|部门|日期|时间|签字|签名|盖章)*(?:[（(].{0,8}[)）])?(?:[:：].*)?"
    r"|(?:日期|时间|单位|单位[（(]?盖章[)）]?|盖章|签字|签名|联系人|联系电话|电话)[:：].*"
    r"|.{0,30}[（(]?(?:盖章|公章|签章)[)）]?(?:[:：].*)?"
    r"|\d{4}[-年/.]\d{1,2}(?:[-月/.]\d{1,2}日?|月)"
)  # fmt: skip
_REMARK = re.compile(r"(?:备注|附注|注释|注|说明|填表说明|填报说明|备注说明)(?:[:：].*|\d{0,2})")


class Passed(NamedTuple):
    """A line that is no station, with what it is and how it begins."""

    line: int
    what: str
    text: str


def no_row(
    line: Line, own: Mapping[str, Cell], headers: Mapping[int, str], known: Collection[str]
) -> str:
    """What a line is that is no station; "" for a station's row. `known` are the columns read."""
    if not own:
        return "站点的各列都空着"
    texts = [bare_text(cell) for _, cell in sorted(line.cells.items()) if isinstance(cell, str)]
    first = texts[0] if texts else ""
    if _SUMS.fullmatch(first):
        return "合计"
    for pattern, what in ((_SIGNED, "落款"), (_REMARK, "备注")):
        # A signature stands alone, or beside other signatures.
        if pattern.fullmatch(first) and not {CODE, VILLAGE} <= set(own) and _alone(texts, pattern):
            return what
    if len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]:
        return "列号"
    same = [headers.get(c) == bare_text(t) for c, t in line.cells.items() if isinstance(t, str)]
    if len(same) > 1 and all(same):
        return "又是表头"
    return "只有“乡镇”一列有字" if set(own) == {TOWNSHIP} and VILLAGE in known else ""


def _alone(texts: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether a line says nothing but such things, each with what was written behind it."""
    return len(texts) <= 2 or sum(bool(pattern.fullmatch(text)) for text in texts) * 2 >= len(texts)


def begins(line: Line) -> str:
    """The words of a line, as many as tell it from others."""
    texts = [cell for _, cell in sorted(line.cells.items()) if isinstance(cell, str)]
    return "　".join(" ".join(text.split()) for text in texts)[:TOLD_AT_MOST]
