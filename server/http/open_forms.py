"""Forms that anybody may send without an account: handed out signed, and known when they come back.

A form carries its own name, the moment it was handed out and what it is about; nobody else's page
can make one, and what was typed on an old one is shown again with a new name.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from server.services.complaints.codes import keyed, same

_FORM = re.compile(r"([a-z0-9-]{1,40})\.([0-9]{1,11})\.([0-9a-f]{32})")


class OpenForm(NamedTuple):
    """A form as it was handed out; `name` is nobody else's."""

    name: str
    at: datetime

    def is_older(self, than: timedelta, now: datetime) -> bool:
        """Whether it was handed out longer ago, or in a time that has not come."""
        return not now - than <= self.at <= now + timedelta(minutes=5)


def hand_out(secret: str, about: str, now: datetime, name: str = "") -> str:
    """A form's signed name for a hidden field or an address; fresh unless `name` is given."""
    chosen, second = name or secrets.token_hex(12), int(now.timestamp())
    return f"{chosen}.{second}.{_sign(secret, about, chosen, second)}"


def known_form(secret: str, about: str, text: str) -> OpenForm | None:
    """The form of this signed name, if we handed it out for just this; else None."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    name, second = found[1], int(found[2])
    if not same(found[3], _sign(secret, about, name, second)):
        return None
    return OpenForm(name, datetime.fromtimestamp(second, UTC))


def _sign(secret: str, about: str, name: str, second: int) -> str:
    return keyed(secret, "open-form", f"{about}|{name}|{second}")[:32]
