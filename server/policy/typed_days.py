"""Days and months as people type them: the one reader for every form, table and command."""

import re
from datetime import date, datetime
from typing import Any

from server.calendar import full_day_text
from server.errors import Invalid
from server.plain_text import narrow_text

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
_TIME = r"(?:(?:\s+|T)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"
"""A time of day behind a day, as banks' and couriers' tables have it; another zone's is refused."""
_DAYS = tuple(
    re.compile(pattern + _TIME, re.ASCII)
    for pattern in (
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?",
        r"((?:19|20)\d{2})(\d{2})(\d{2})",
    )
)
_MONTHS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?份?", r"((?:19|20)\d{2})(\d{2})")
)
_HALF_DAYS = (
    (r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?份?", "只写到月，没有写是哪一天"),
    (r"\d{4}\s*年?", "只写了年，没有写是哪一天"),
    (r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", "没有写是哪一年"),
    (r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", "里的年份只写了两位，要写四位"),
    (r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}", "里的年份要写在最前面"),
    (r"[345]\d{4}(\.\d+)?", "像是表格里没有设成日期格式的格子"),
)


def read_day(raw: Any, label: str, *, latest: date | None) -> date:
    """A calendar day from 2023-05-01, 2023/5/1, 2023.5.1, 20230501, 2023年5月1日 (号) or a date.

    Raises Invalid field-invalid; a month is no day, and a year of two digits could be any.
    """
    if isinstance(raw, datetime):
        raw = raw.date()
    text = "" if isinstance(raw, date) else _plain(str(raw))
    if not isinstance(raw, date):
        parts = next((found for one in _DAYS if (found := one.fullmatch(text))), None)
        try:
            raw = date(*(int(part) for part in parts.groups()[:3])) if parts else None
        except ValueError as wrong:
            raise Invalid("field-invalid", f"“{label}”写的{text}没有这一天，请核对。") from wrong
    if raw is None:
        half = next((what for one, what in _HALF_DAYS if re.fullmatch(one, text)), None)
        if half is not None:
            raise Invalid(
                "field-invalid",
                f"“{label}”{half}（写的是“{text}”）。请写成2023-05-01这样；查不到就空着。",
            )
        wrote = f"（写的是“{text[:20]}”）" if text else ""
        raise Invalid("field-invalid", f"“{label}”应写成2023-05-01这样的日期{wrote}，请改正。")
    day: date = raw
    if day < EARLIEST or day > (latest or LATEST):
        when = "太早了" if day < EARLIEST else "还没有到" if latest else "太远了"
        raise Invalid("field-invalid", f"“{label}”写的{full_day_text(day)}{when}，请核对。")
    return day


def month_from(text: str) -> date | None:
    """The first of a month typed 2023-07, 2023.7, 202307 or 2023年7月; None for anything else."""
    plain = _plain(text)
    parts = next((found for one in _MONTHS if (found := one.fullmatch(plain))), None)
    try:
        month_on = date(int(parts[1]), int(parts[2]), 1) if parts else None
    except ValueError:
        return None
    return month_on if month_on is not None and EARLIEST <= month_on <= LATEST else None


def _plain(text: str) -> str:
    """Half width, one kind of dash, and 。 or 、 between digits as the full stop that was meant."""
    dashed = re.sub("[‐‑‒–—―−]+", "-", narrow_text(text))
    return re.sub(r"(?<=\d)[。、](?=\d)", ".", dashed)
