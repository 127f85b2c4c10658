"""What villages' shops sell, do, call themselves and ask for: a row of it limits no hours.

A row counts when it is nothing but these words, each set beside the other: 手机维修, 物流代办,
理发 洗车, 请保管好取件码. They stand in `trades.txt` and, names, slogans and what is asked of
customers, in `notices.txt`; of what may limit hours (进货, 停, 休) there is none.
"""

import re
from pathlib import Path

LISTED = {
    word
    for name in ("trades.txt", "notices.txt")
    for row in Path(__file__).with_name(name).read_text("utf-8").split("\n")
    if not row.startswith("#")
    for word in row.split()
}
_WORDS = "|".join(sorted(LISTED, key=len, reverse=True))
_MARKS = "[ 、,.!:/|·+&()-]"
_TRADES = re.compile(_WORDS)
_ROW = re.compile(rf"(?:(?:{_WORDS}){_MARKS}*)+")
_SOLD = re.compile(
    r"^(?:本[店站]|小店|门店)?(?:长期|常年|大量|新到|现有)?(?:出售|代售|销售|供应|经营|主营|专营|兼营|批发|零售|代销)"
    rf"(?:各[种类式])?[: ]?(?=(?:{_WORDS}))"
)
"""本店出售饮料 is about what is sold; 本店出售 about the shop."""
_LONGEST, _SHORTEST = 24, 2


def says_trades_alone(row: str) -> bool:
    """Whether a row names nothing but what is sold or done, and where."""
    row = _SOLD.sub("", row)
    return _SHORTEST <= len(row) <= _LONGEST and _ROW.fullmatch(row) is not None


def says_goods_for_sale(row: str) -> bool:
    """Whether a row says that goods are sold here, and which: 本店出售饮料."""
    return _SOLD.match(row) is not None and says_trades_alone(row)


def unmarked(row: str) -> str:
    """A row without what stands between its words."""
    return re.sub(_MARKS, "", row)


def parted(row: str) -> tuple[list[str], str]:
    """A row's known words of trade, the longest taken first, and what is left without marks."""
    return _TRADES.findall(row), unmarked(_TRADES.sub("", row))
