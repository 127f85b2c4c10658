"""微信订阅消息: when one may go, how it is tried again, and how words fit an owner's template."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from server.calendar import BEIJING, beijing_day, clock_text, full_day_text
from server.money import yuan_said

QUIET_FROM, QUIET_UNTIL = time(20, 30), time(8, 0)
"""Beijing: nobody's telephone sounds in the evening or at night about shelves."""
NEWS_FOR = timedelta(days=7)
"""What is older when a person first says yes is no news: it stands in 要处理 all the same."""
UNSENT_FOR = timedelta(days=3)
PAUSES = tuple(timedelta(minutes=one) for one in (10, 30, 60, 180, 360, 720, 1440, 1440))
"""After each try that WeChat put off; some three and a half days in all."""
MOST_ALLOWED = 50
"""More permissions than so are not counted: they would last for years."""

LIMITS: Mapping[str, int] = {"thing": 20, "amount": 12, "time": 20, "date": 20}
"""Characters that WeChat takes of a field, by the field's kind."""
CUT = "…"
TODO = ("thing", "place", "at", "note")
PAID = ("thing", "amount", "at", "note")
"""What a template's fields say, by place in the owner's setting (server/wechat_settings.py)."""


class Words(NamedTuple):
    """What a message says: about what, where, when, and one sentence more; `fen` of money."""

    thing: str
    place: str
    at: datetime
    note: str
    fen: int | None = None


def quiet(now: datetime) -> bool:
    """Whether it is too late or too early in Beijing for a message."""
    here = now.astimezone(BEIJING).time()
    return here >= QUIET_FROM or here < QUIET_UNTIL


def next_try(now: datetime, tries: int) -> datetime | None:
    """When to try again what was put off after so many tries; None after the last."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def fitting(kind: str, text: str) -> str:
    """A text as a field of that kind takes it: one line, cut at a whole character."""
    line = " ".join(text.split())
    most = LIMITS[kind]
    return line if len(line) <= most else line[: most - len(CUT)] + CUT


def values(fields: Sequence[str], words: Words) -> dict[str, str]:
    """A template's fields by name; `fields` name them by place, "" leaves one out.

    Raises ValueError for more fields than there are places.
    """
    said = {
        "thing": words.thing,
        "place": words.place,
        "note": words.note,
        "amount": "" if words.fen is None else yuan_said(words.fen),
    }
    places = PAID if words.fen is not None else TODO
    if len(fields) > len(places):
        raise ValueError("more fields than places")
    found: dict[str, str] = {}
    for place, name in zip(places, fields, strict=False):
        if not name:
            continue
        kind = name.rstrip("0123456789")
        text = _moment(words.at, kind) if place == "at" else said[place]
        found[name] = fitting(kind, text) or "无"
    return found


def _moment(at: datetime, kind: str) -> str:
    day = full_day_text(beijing_day(at))
    return f"{day} {clock_text(at)}" if kind == "time" else day


def together(words: Sequence[Words]) -> Words:
    """Several for one person in one message: the first, and how many there are."""
    first = words[0]
    if len(words) == 1:
        return first
    many = f"等{len(words)}件"
    room = LIMITS["thing"] - len(many)
    thing = first.thing if len(first.thing) <= room else first.thing[: room - len(CUT)] + CUT
    fen = None if first.fen is None else sum(one.fen or 0 for one in words)
    return first._replace(thing=thing + many, fen=fen)
