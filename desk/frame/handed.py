"""Hands a secret made by a form to the page after it: for minutes, in this browser alone."""

from datetime import UTC, datetime, timedelta

from flask import session as cookie

from desk.frame.access import me

SHOWN_FOR = timedelta(minutes=10)
HANDED = "handed"


def hand_over(what: str, about_id: int, secret: str, *, now: datetime) -> None:
    """Give this browser a secret about somebody: in its signed cookie, in no table."""
    cookie[HANDED] = {
        "what": what,
        "about": about_id,
        "to": me().id,
        "secret": secret,
        "at": int(now.timestamp()),
    }


def handed_over(what: str, about_id: int, *, now: datetime) -> tuple[str, datetime] | None:
    """The secret and when it was made; None for another person, another purpose, or too late."""
    held = cookie.get(HANDED)
    if not held:
        return None
    made_at = datetime.fromtimestamp(held["at"], UTC)
    if not made_at <= now < made_at + SHOWN_FOR or held["to"] != me().id:
        cookie.pop(HANDED)
        return None
    if (held["what"], held["about"]) != (what, about_id):
        return None
    return held["secret"], made_at
