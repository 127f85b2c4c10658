"""What a spreadsheet shows for a number: a day, only a month, a time, leading zeros, or the digits.

Number formats as in ECMA-376 part 1, 18.8.30; those without a code are the ones of Chinese offices.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from server.media.sheets.book import TOO_LONG_NUMBER, Cell, NoValue, cell_of, too_large

FULL_DAY, MONTH, MONTH_DAY, TIME = "yyyy-m-d", "yyyy-m", "m-d", "h:mm"
_BUILT_IN = {
    **dict.fromkeys((9, 10), "0%"),
    **dict.fromkeys((14, 15, 22, 30, 31), FULL_DAY),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), MONTH),
    **dict.fromkeys((16, 28, 29, 51, 53, 54, 58), MONTH_DAY),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), TIME),
}
MOST_STYLES = 65_500  # a spreadsheet program takes 65,490
LONGEST_FORMAT = 255  # characters of a number format, as a spreadsheet program takes
_TOO_STYLED = (
    "文件里的单元格样式太多，不像站点表。请新建一张表，只把文字和数字复制过去（只粘数值）再上传。"
)
_LITERAL = r'(?:"[^"]*"|\\.)*'
_PADDED = re.compile(rf"({_LITERAL})(0+)({_LITERAL})")
_LAST_DAY = 2_958_465  # 9999-12-31


class Format(NamedTuple):
    """How numbers of one style are shown; `parts` of "ymdhs" that a date's format shows.

    A `struck` cell has a line through it, as people cross out what is not to hold.
    """

    parts: str = ""
    before: str = ""
    width: int = 0
    after: str = ""
    percent: bool = False
    struck: bool = False


PLAIN = Format()


class Styles:
    """Collects the number format of each cell style, and which fonts strike out."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.used: list[tuple[int, int]] = []  # number format and font
        self._struck: set[int] = set()
        self._inside = False
        self._font = -1

    @property
    def formats(self) -> list[Format]:
        """How each style shows a cell."""
        return [
            format_of(number, self.codes.get(number))._replace(struck=font in self._struck)
            for number, font in self.used
        ]

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """Take an element in; raises Invalid import-too-large."""
        if tag in {"cellXfs", "cellStyleXfs", "dxfs", "cellStyles"}:
            self._inside = tag == "cellXfs"
        elif tag == "font" and not self.used:
            self._font += 1
        elif tag == "strike" and not self.used and says_yes(given):
            self._struck.add(self._font)
        elif tag == "xf" and self._inside:
            self.used.append((int(given.get("numFmtId", 0)), int(given.get("fontId", 0))))
            if len(self.used) > MOST_STYLES:
                raise too_large(_TOO_STYLED)
        elif tag == "numFmt" and not self.used:
            self.codes[int(given.get("numFmtId", 0))] = given.get("formatCode", "")[:LONGEST_FORMAT]
            if len(self.codes) > MOST_STYLES:
                raise too_large(_TOO_STYLED)


def says_yes(given: Mapping[str, str]) -> bool:
    """Whether a property of a font is set: <strike/>, and not <strike val="0"/>."""
    return given.get("val", "1").casefold() in {"1", "true", "on"}


@lru_cache(maxsize=1024)
def format_of(number: int, code: str | None) -> Format:
    """The format of a style: its number, and its code where the file gives one."""
    code = code if code is not None else _BUILT_IN.get(number, "")
    section = _first_section(code)
    if not section or section.casefold() in {"general", "@"}:
        return PLAIN
    if padded := _PADDED.fullmatch(section):
        before, zeros, after = padded.groups()
        return Format("", _said(before), len(zeros), _said(after))
    bare = re.sub(r"\[(?![hms]+\])[^\]]*\]", "", section, flags=re.IGNORECASE)
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", bare).casefold()
    bare = re.sub(r"am/pm|a/p|上午/下午|general", "", bare)
    if re.search(r"[0#?]", bare) and not re.search(r"[ymdhs]", bare):
        return Format(percent="%" in bare)
    clock = bool(re.search("[hs]", bare))
    # An m beside hours or seconds is minutes: only with a day or a year it may be a month.
    month = "m" in bare and (not clock or bool(re.search("[yd]", bare)))
    parts = (
        ("y" if re.search("[ye]", bare) else "")
        + ("m" if month else "")
        + ("d" if "d" in bare else "")
        + ("h" if clock else "")
    )
    return Format(parts) if parts else PLAIN


def shown(text: str, style: Format, *, from_1904: bool) -> Cell:
    """What stands in a cell with this number. Raises ValueError when `text` is no number."""
    value = float(text)
    if style.parts:
        return _moment(value, style.parts, from_1904=from_1904)
    if abs(value) >= 1e15:
        return NoValue(TOO_LONG_NUMBER, f"{value:.14E}")
    if style.percent:
        return f"{value * 100:.12g}%"  # as it is seen, for no column of ours counts in hundreds
    if value.is_integer():
        digits = str(abs(int(value))).rjust(style.width, "0")
        sign = "-" if value < 0 else ""
        return cell_of(f"{sign}{style.before}{digits}{style.after}")
    digits = f"{value:.15g}"  # as many digits as a spreadsheet shows
    if "e" in digits:
        digits = f"{value:.15f}".rstrip("0")
    return f"{style.before}{digits}{style.after}"


def day_of(serial: float, *, from_1904: bool) -> date | None:
    """The day of a spreadsheet's day number; None where there is no such day."""
    days = int(serial)
    if not 0 <= days <= _LAST_DAY:
        return None
    if from_1904:
        return date(1904, 1, 1) + timedelta(days)
    # The first spreadsheets took 1900 for a leap year, and all others have kept that.
    return date(1899, 12, 30 if days > 60 else 31) + timedelta(days)


def _moment(value: float, parts: str, *, from_1904: bool) -> Cell:
    """A whole day as a date; what shows less than a day as the text that is seen."""
    day = day_of(value, from_1904=from_1904)
    if parts == "h":
        minutes = round(value % 1 * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if day is None:
        return NoValue("是日期格式，可里面的数不是日期。请重新填写日期。", "####")
    if {"y", "m", "d"} <= set(parts):
        return day
    year = f"{day.year}年" if "y" in parts else ""
    month = f"{day.month}月" if "m" in parts else ""
    return year + month + (f"{day.day}日" if "d" in parts else "")


def _first_section(code: str) -> str:
    """The part of a format that positive numbers take."""
    found = re.match(r'(?:"[^"]*"|\\.|[^;"\\])*', code)
    return found[0].strip() if found else ""


def _said(literal: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", literal)
