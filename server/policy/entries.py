"""What people put into a box without saying anything, and telephones that nobody can dial."""

import re
import unicodedata

from server.plain_text import bare_text

_NOTHING = re.compile(
    "无|没有|暂[无缺]|空[白缺]?|缺|待(?:定|补充?|填|核实)|未[定知]|不(?:详|清楚|知道)|[同如]上|同[左前下]"
    "|见上|略|某某|x{2,4}|none|null|nil|nan|n/?a|tbd"
)
SHORTEST_INNER = 3
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_DIALLED = re.compile(
    rf"1[3-9]\d{{9}}|{_AREA}\d{{7,8}}|[2-9]\d{{4,7}}|[48]00\d{{7}}|(?:{_AREA})?(?:1\d{{4}}|1\d{{2}}"
    r"|9[56]\d{3,4})|11\d{4}|1010\d{4}"
)
_INNER = re.compile(r"((?:0\d{2,3}[\s-]*)?[2-8]\d{6,7})-(\d{1,6})")
"""0350-6521234-801: an extension behind a dash. With one or two digits it may be another number."""
_BESIDE = re.compile(
    r"(?i)^(?:(?:联系|固定|办公)?电话|座机|手机号?码?|tel)[.:\s]*(?=[+(\d])"
    r"|\s*(?:\((?:手机)?(?:微信同号|同微信)\)|[,;。、]+)$"
)
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}|\+?86(?:10|[2-9]\d)\d{7,9}")


def says_nothing(text: str) -> bool:
    """Whether a filled-in cell names nobody and nothing: 待定, 同上, 无, /, ——, 0, N/A.

    Offices fill empty cells so; kept as a name or a number it would count as one.
    """
    bare = bare_text(text).casefold().strip("()[]<>")
    if _NOTHING.fullmatch(bare):
        return True
    return bool(text.strip()) and not any(
        unicodedata.category(sign)[0] in "LN" and sign != "0" for sign in bare
    )


_LOST = re.compile("[?\ufffd□]")


def lost_sign(text: str) -> str:
    """The sign that a lossy save put for a character (宋?姐), or that doubts one; else ""."""
    found = _LOST.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else ""


def amiss_in_name(text: str) -> str:
    """What tells that a written name is nobody's, in Chinese, without a full stop; else ""."""
    if says_nothing(text):
        return f"写的“{text}”没有说是谁"
    if lost := lost_sign(text):
        return f"写的“{text}”里有“{lost}”，像是转存时坏了的字，请照原件写"
    if digits := re.search(r"\d[\d -]{3,}\d", unicodedata.normalize("NFKC", text)):
        return f"里有一串数字“{digits[0]}”，电话请写到电话那一格"
    return ""


def several_named(text: str) -> bool:
    """Whether a cell for one brand or enterprise names more: 中通、韵达; 中通/韵达."""
    parts = re.split(r"[、,;/|+&\n]|和|及|与", unicodedata.normalize("NFKC", text))
    return sum(bool(one.strip()) for one in parts) > 1


def telephone(text: str) -> str:
    """One number as people dial it: 13903500001 for +86 139 0350 0001, 0350-6521234转801.

    Raises ValueError with what is wrong, in Chinese and without a full stop.
    """
    plain = re.sub("[‐‑‒–—―−－]+", "-", unicodedata.normalize("NFKC", text)).strip()
    plain = re.sub(r"(?<=\d{3})\.(?=\d{3})", "-", _BESIDE.sub("", plain))
    plain = re.sub(r"(?i)\s*(?:转|分机号?|ext\.?|#)\s*:?\s*(?=\d{1,6}$)", "转", plain)
    plain = re.sub(r"^\((\+?\d{2,4})\)\s*-?\s*(?=\d)", r"\1-", plain)
    if _has_several(plain):
        raise ValueError(f"“{text}”里不止一个号码，只能留一个")
    if inner := _INNER.fullmatch(plain):
        if len(inner[2]) < SHORTEST_INNER:
            raise ValueError(f"“{text}”末尾看不清是不是分机，分机请写成{inner[1]}转{inner[2]}")
        plain = f"{inner[1]}转{inner[2]}"
    number, to, extension = plain.partition("转")
    if not re.fullmatch(r"\+?\d[\d\s-]{1,18}\d", number, re.ASCII) or (
        to and not re.fullmatch(r"\d{1,6}", extension, re.ASCII)
    ):
        raise ValueError(f"“{text}”不像电话号码")
    digits = re.sub(r"[\s-]", "", number)
    if mobile := re.fullmatch(r"(?:\+?86|0086|0)?(1[3-9]\d{9})", digits):
        return mobile[1] + plain[len(number) :]
    if landline := re.fullmatch(rf"({_AREA})(\d{{7,8}})", digits):
        return f"{landline[1]}-{landline[2]}{plain[len(number) :]}"
    if _DIALLED.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return plain
    if short := re.fullmatch(r"(?:\+86)?(1[3-9]\d+)", digits):
        raise ValueError(f"“{text}”有{len(short[1])}位数字，手机号应是11位")
    raise ValueError(f"“{text}”不像电话号码（座机要带区号，如0350-6521234）")


def _has_several(plain: str) -> bool:
    """Whether more than one number stands there: 13903500001/13903500002, 12305或0350-6521234."""
    apart = [re.sub(r"\D", "", part) for part in re.split("[/、,;]|和|或", plain)]
    whole = [re.sub(r"\D", "", part) for part in re.split(r"[/、,;\s]|和|或", plain)]
    return sum(len(one) >= 3 for one in apart) > 1 or sum(len(one) >= 7 for one in whole) > 1


def amiss_in_telephone(text: str) -> str:
    """What is wrong with a written telephone, in Chinese, without a full stop; else ""."""
    try:
        telephone(text)
    except ValueError as wrong:
        return str(wrong)
    return ""
