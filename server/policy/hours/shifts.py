"""Shifts of one service: 早班 8:00-12:00 晚班 14:00-18:00 is open in both.

Whose name stands beside a shift, and a shift alone, is left to the grammar, which refuses it.
"""

import re

_SHIFT = re.compile(
    r"(?P<named>早|白|上午|中|晚|夜|下午)(?:班|市|档|段)(?:营业)?(?:时间)?[: ]*"
    r"(?P<half>[早晚中上下][上午晨间]?)?(?=\d)"
)
_OTHER = re.compile("(?<!值)班|值班(?!电话)")
_ORDER = (("早", "白", "上午"), ("中",), ("晚", "夜", "下午"))
_AT_ONCE = re.compile(r"-(\d[\d:点半]*)[ ,;、\n]*\1(?=-)")
"""7:00-13:00 13:00-20:00: whoever hands over does not close."""


def joined_shifts(plain: str) -> str:
    """A spelt text without the names of its shifts, where they are of one day and in order."""
    found = list(_SHIFT.finditer(plain))
    ranks = [next(n for n, names in enumerate(_ORDER) if one["named"] in names) for one in found]
    whole = len(found) > 1 and ranks == sorted(set(ranks)) and ranks[0] == 0
    if not whole or ranks[-1] != len(_ORDER) - 1 or len(_OTHER.findall(plain)) > len(found):
        return plain
    return _AT_ONCE.sub("", _SHIFT.sub(lambda one: one["half"] or "", plain))
