"""Hides other people in what is handed to one of them: their names, and numbers to call."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Operator
from server.models.organisation import TaskForceHead
from server.models.person import Person
from server.models.station import Station
from server.policy.masking import HIDDEN

ANOTHER = "〔别人〕"
SHORTEST_NAME = 2
BETWEEN = r"[ \-\u00a0\u3000–—－]?"
"""What people write between two digits of a number."""
# A mobile number, or one of a house with its area code; never a part of a hash or an id.
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:(?:\+|00)?86{BETWEEN})?1[3-9](?:{BETWEEN}[0-9]){{9}}"
    rf"|0[0-9]{{2,3}}{BETWEEN}[0-9]{{7,8}})(?![0-9A-Za-z])"
)
_COUNTRY = re.compile(r"(?:00)?86(?=1[0-9]{10}\Z)")


def digits_of(text: str) -> str:
    """The digits of a number, however it was written; without China's 86 before a mobile one."""
    return _COUNTRY.sub("", re.sub(r"\D", "", text), count=1)


@dataclass(frozen=True, slots=True)
class Others:
    """Everybody else of a county, by name; `own` are the person's name and number's digits."""

    names: frozenset[str]
    own: frozenset[str]
    longest: int

    def hidden_in(self, value: Any) -> Any:
        """A value as JSON holds it, with what is others' covered in all its texts."""
        if isinstance(value, str):
            return self._of_text(value)
        if isinstance(value, dict):
            return {key: self.hidden_in(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.hidden_in(one) for one in value]
        return value

    def _of_text(self, text: str) -> str:
        text = _NUMBER.sub(lambda one: one[0] if digits_of(one[0]) in self.own else HIDDEN, text)
        told: list[str] = []
        at = 0
        while at < len(text):
            found = self._name_at(text, at)
            told.append((found if found in self.own else ANOTHER) if found else text[at])
            at += len(found) or 1
        return "".join(told)

    def _name_at(self, text: str, at: int) -> str:
        """The longest known name that begins here, the own one too; empty where none does."""
        for length in range(min(self.longest, len(text) - at), SHORTEST_NAME - 1, -1):
            if (some := text[at : at + length]) in self.names or some in self.own:
                return some
        return ""


def others_of(session: Session, person: Person) -> Others:
    """Whoever else the county knows by name: accounts, heads of stations, of firms, of the 专班."""
    said: Iterable[str] = (
        name
        for column in (Person.name, Station.head_name, Operator.contact_name, TaskForceHead.name)
        for name in session.scalars(
            sa.select(column).where(column.class_.county == person.county, column != "").distinct()
        )
    )
    own = {person.name, digits_of(person.phone or "")} - {""}
    names = frozenset(one for one in said if len(one) >= SHORTEST_NAME) - own
    return Others(names, frozenset(own), max(map(len, names | own), default=0))
