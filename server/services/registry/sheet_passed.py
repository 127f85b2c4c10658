"""Tells which lines of an office's table are no stations, and what they are instead."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from server.media.sheets.book import Cell, Line
from server.plain_text import bare_text
from server.services.common.beside_rows import REMARK, SIGNED, SUMS
from server.services.registry.sheet_columns import CODE, TOWNSHIP, VILLAGE

ONLY_TOWNSHIP = "只有“乡镇”一列有字"
TOLD_AT_MOST = 60  # characters of a line that is passed over
_COUNTED = re.compile(r"[\d.,]*(?:个|行政)*[村户处点站家名人]*")


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
    said = (first, *(bare_text(cell) for cell in own.values() if isinstance(cell, str)))
    if any(map(SUMS.fullmatch, said)) and not _names_a_station(own):
        return "合计"
    for pattern, what in ((SIGNED, "落款"), (REMARK, "备注")):
        # A signature stands alone, or beside other signatures.
        if pattern.fullmatch(first) and not {CODE, VILLAGE} <= set(own) and _alone(texts, pattern):
            return what
    if len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]:
        return "列号"
    same = [headers.get(c) == bare_text(t) for c, t in line.cells.items() if isinstance(t, str)]
    if len(same) > 1 and all(same):
        return "又是表头"
    return ONLY_TOWNSHIP if set(own) == {TOWNSHIP} and VILLAGE in known else ""


def _names_a_station(own: Mapping[str, Cell]) -> bool:
    """Whether a line that says 合计 somewhere names a station all the same: a number, a village.

    381个村 beside 合计 is none.
    """
    code, village = (bare_text(str(own.get(key, ""))) for key in (CODE, VILLAGE))
    if re.search(r"[A-Za-z]\D?\d", code):
        return True
    return bool(village) and not (SUMS.fullmatch(village) or _COUNTED.fullmatch(village))


def _alone(texts: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether a line says nothing but such things, each with what was written behind it."""
    return len(texts) <= 2 or sum(bool(pattern.fullmatch(text)) for text in texts) * 2 >= len(texts)


def accounted(rows: int, passed: Collection[Passed]) -> str:
    """Every line that holds anything in a sentence: how many are stations, and what the others."""
    why = "、".join(f"{what}{n}行" for what, n in Counter(one.what for one in passed).items())
    return f"表里有字的{rows + len(passed)}行：{rows}行是站点，{len(passed)}行没有导入（{why}）"


def begins(line: Line) -> str:
    """The words of a line, as many as tell it from others."""
    texts = [cell for _, cell in sorted(line.cells.items()) if isinstance(cell, str)]
    return "　".join(" ".join(text.split()) for text in texts)[:TOLD_AT_MOST]
