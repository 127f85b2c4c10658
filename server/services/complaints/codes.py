"""Numbers and 查询码 of complaints: what opens one to whoever made it, and to nobody else.

A number is 投2607-48213: the month, and five digits by chance, so that it tells nobody how many
complaints there were. The 查询码 follows from the form that was sent and the house's secret, so
that a form sent twice over a bad line gets the same receipt; only its keyed hash is kept.
"""

import hmac
import re
import secrets
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.complaint import Complaint
from server.plain_text import narrow_text

DIGITS = 6
_NUMBER = re.compile(r"(?:投|TS|T)?\D{0,2}(\d{4})\D{0,2}(\d{5,9})", re.IGNORECASE)


def keyed(secret: str, purpose: str, text: str) -> str:
    """A hash that nobody makes without the house's secret; each purpose has a key of its own."""
    key = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def code_of_form(secret: str, form: str) -> str:
    """The six digits that belong to a form."""
    return f"{int(keyed(secret, 'complaint-code', form), 16) % 10**DIGITS:0{DIGITS}d}"


def fresh_code() -> str:
    """Six digits by chance, for a complaint that the office wrote down."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def hash_of_code(secret: str, number: str, code: str) -> str:
    """What is kept of a code."""
    return keyed(secret, "complaint-opens", f"{number}|{code}")


def network_of_day(secret: str, day: date, source: str) -> str:
    """What is kept of the network that a complaint came from: not the address, and a day long."""
    return keyed(secret, f"complaint-network-{day.isoformat()}", source)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def fresh_number(session: Session, day: date) -> str:
    """A number that nobody has; a month with very many gets longer ones.

    Raises Conflict arrived-meanwhile after very many tries.
    """
    for turn in range(60):
        digits = 5 + turn // 20
        found = f"投{day:%y%m}-{secrets.randbelow(10**digits):0{digits}d}"
        known = session.scalar(sa.select(Complaint.id).where(Complaint.number == found))
        if known is None:
            return found
    raise Conflict("arrived-meanwhile", "没有编上号，请再交一次。")


def number_read(text: str) -> str:
    """A number as it is kept, from what somebody typed: 2607 48213, 投2607－48213; else ""."""
    found = _NUMBER.fullmatch(re.sub(r"\s+", "", narrow_text(text)))
    return f"投{found[1]}-{found[2]}" if found else ""


def code_read(text: str) -> str:
    """A code as six digits, from what somebody typed; else ""."""
    digits = re.sub(r"[\s-]+", "", narrow_text(text))
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""
