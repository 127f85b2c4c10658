"""Bring what stands on signs to one spelling: width, simplified characters, no blanks or marks."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from server.policy.signs.lines import Glyph
from server.policy.standard.wording import simplified

BREAK = "\n"
"""Stands between two lines that may belong together."""
GAP = " "
"""Stands between two pieces of one line, near each other, with perhaps a character lost between."""

# Spellings that mean the same place: the Jingle plan writes 赤泥洼, the division table 赤泥窊.
_VARIANTS = {"窊": "洼", "凹": "洼"}

_TWINS = (
    "乌鸟", "己已巳", "未末", "日曰", "戊戌戍", "汩汨", "崇祟", "茶荼", "土士", "母毋", "沪泸",
    "洗冼", "兔免", "治冶", "亳毫", "汜氾", "沐沭", "徒徙",
)  # fmt: skip
"""So alike that neither the network nor a painter keeps them apart. No county of the division table
has two places that differ in nothing else (侯/候 and 栗/粟 do: they are none)."""
_TWIN_OF = {sign: frozenset(group) for group in _TWINS for sign in group}


UNKNOWN = frozenset(
    "垅硷屲礤垇塂㘵贠岺奤岕硋鲶馀坔耈氵泘鴜筸巺㯊骔㵲鐣苽玍艞犭岎仚枊埉乪甶䃥夿澬磂䌷汖栆岴洰"
    "爃嵔斢泑垷湗乢峏晹庒畓檺洖㟓艻钅溡嵠卩朩䩐浀㴩凗冸峎竂滣帲楻橖芶嗙㱔萂屽涺坢泶亁"
)
"""Characters of the division table (in 678 of its names) that the network has never seen: it reads
another one there, however clear the sign is, and that says nothing."""


def twins(one: str, other: str) -> bool:
    """Whether two characters are so alike that either may be the other: 乌 and 鸟."""
    return other in _TWIN_OF.get(one, ())


def plain(text: str) -> str:
    """Only Chinese characters, A–Z and 0–9 remain: "（静乐）ＸＺ００１ 號" → "静乐XZ001号"."""
    return "".join(_plain_character(character) for character in text)


def plain_glyphs(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The same for glyphs; what a glyph else may be is brought to the same spelling and added up.

    A glyph read as a mark stays away even where it might have been a letter.
    """
    kept = []
    for glyph in glyphs:
        text = _plain_character(glyph.text)
        if len(text) != 1:
            continue
        chances: dict[str, float] = {}
        probability = glyph.probability
        for other, chance in glyph.others:
            spelt = _plain_character(other)
            if spelt == text:
                probability += chance
            elif spelt:
                chances[spelt] = chances.get(spelt, 0.0) + chance
        kept.append(Glyph(text, min(1.0, probability), glyph.at, tuple(chances.items())))
    return kept


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character (not a mark, letter or digit)."""
    return "\u3400" <= character <= "\u9fff" or character == "〇"


def same_place(one: str, other: str) -> bool:
    """Whether two names are spelt alike once both are plain."""
    return plain(one) == plain(other)


@cache
def _plain_character(character: str) -> str:
    kept = "".join(
        part
        for part in unicodedata.normalize("NFKC", character).upper()
        if is_chinese(part) or (part.isascii() and part.isalnum())
    )
    return "".join(_VARIANTS.get(part, part) for part in simplified(kept))
