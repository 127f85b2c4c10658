"""Where in the database a person may be named: each table's texts, and its way to the county."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from server.db import Base
from server.models.person import Keeping
from server.models.phone_event import EventKind
from server.models.sealed import SealedJson, SealedText
from server.services.erasing.kept import KEPT_EVENTS, NOBODYS, TABLES
from server.services.people.others import BETWEEN, SHORTEST_NAME

NUMBER_GONE = "〔已删除〕"
LAST = 4  # digits at a number's end, which people write without a blank between
# Of a phone's records these hold no word that anybody typed of somebody else.
_WORDLESS = (EventKind.CHECK_IN, EventKind.OPENING)
# What a place, a firm, a body is called, if somebody's name too: it is renamed in its own form.
_CALLED = frozenset(
    {
        ("stations", "name"), ("stations", "filed_name"), ("operators", "name"),
        ("organisations", "name"), ("organisations", "short"),
    }
)  # fmt: skip
OWN_STEPS = frozenset({"people", "sign_ins", "person_erasures", "history"})
"""Tables with a step of their own, or none."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, and what is put in its place; `sure` where nobody else is called so.

    `longer` are names of places and others in which a name stands as a part: they stay whole.
    """

    county: str
    person_id: int
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    sure: bool
    longer: tuple[str, ...] = ()

    def left_of(self, value: Any, *, tied: bool) -> Any:
        """A value as JSON holds it without the person; the name only where it is surely theirs."""
        if isinstance(value, str):
            for text, instead in self.names_for(tied=tied).items():
                value = self._without(text, instead, value)
            for number, instead in self.numbers.items():
                value = _however_spelt(number).sub(instead, value)
            return value
        if isinstance(value, dict):
            return {key: self.left_of(one, tied=tied) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.left_of(one, tied=tied) for one in value]
        return value

    def _without(self, name: str, instead: str, value: str) -> str:
        """A text without a name; one of a single letter is known only where it stands alone."""
        if len(name) < SHORTEST_NAME:
            return instead if value.strip() == name else value
        looked_for = _longest_first(name, self.longer)
        return looked_for.sub(lambda one: instead if one[0] == name else one[0], value)

    def names_for(self, *, tied: bool) -> Mapping[str, str]:
        """Names by what replaces them, in rows that are tied to the person, and in others."""
        return self.texts if tied or self.sure else {}

    @property
    def signs(self) -> frozenset[str]:
        """What SQL looks for: a name, or the last digits of a number, however it is spelt."""
        return frozenset({*self.texts, *(one[-LAST:] for one in self.numbers)})


@lru_cache(maxsize=16)
def _however_spelt(digits: str) -> re.Pattern[str]:
    """A number with a blank or a dash between any of its digits, and no part of a longer one.

    86 before it is the country, with + or 00 or without.
    """
    return re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{BETWEEN})?{BETWEEN.join(digits)}(?![0-9])")


@lru_cache(maxsize=16)
def _longest_first(name: str, longer: tuple[str, ...]) -> re.Pattern[str]:
    """A name, and before it the longer ones that hold it: whichever begins first is found."""
    held = sorted((one for one in longer if name in one), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, (*held, name))))


def swept() -> list[sa.Table]:
    """The tables that are looked through, by name; all others have a ground or hold no person."""
    return [
        table
        for name, table in sorted(Base.metadata.tables.items())
        if name not in TABLES and name not in NOBODYS and name not in OWN_STEPS
        and list(texts_of(table))
    ]  # fmt: skip


def texts_of(table: sa.Table) -> Iterator[sa.Column[Any]]:
    """The columns of a table in which somebody's words can stand."""
    for column in table.columns:
        kind = column.type
        if column.primary_key or column.foreign_keys or isinstance(kind, sa.Enum | sa.Uuid):
            continue
        if column.name.endswith("sha256") or (table.name, column.name) in _CALLED:
            continue
        if isinstance(kind, sa.String | sa.JSON | SealedText | SealedJson):
            yield column


def here(table: sa.Table, sought: Sought) -> sa.ColumnElement[bool]:
    """Rows of the person's county, straight or through what the row belongs to."""
    if table.name == "phone_events":
        own = table.c.person_id == sought.person_id
        spoken = table.c.kind.not_in(_WORDLESS) | own
        return (table.c.county == sought.county) & table.c.kind.not_in(KEPT_EVENTS) & spoken
    if table.name == "kept_forms":
        people = Base.metadata.tables["people"]
        there = sa.select(people.c.id).where(people.c.county == sought.county)
        return table.c.person_id.in_(there)
    return _of_county(table, sought.county, hops=3)


def _of_county(table: sa.Table, county: str, hops: int) -> sa.ColumnElement[bool]:
    if "county" in table.columns:
        return table.c.county == county
    for column in table.columns:
        for key in column.foreign_keys if hops else ():
            above = key.column.table
            if above.name in ("people", "counties"):
                continue
            within = _of_county(above, county, hops - 1)
            return sa.select(sa.literal(1)).where(key.column == column, within).exists()
    return sa.false()


def tied(table: sa.Table, sought: Sought) -> sa.ColumnElement[bool]:
    """Rows that are surely about the person: named in a column, or of a station that they kept."""
    sure: list[sa.ColumnElement[bool]] = [
        column == sought.person_id
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    ]
    if "station_id" in table.columns:
        kept = sa.select(Keeping.station_id).where(Keeping.person_id == sought.person_id)
        sure.append(table.c.station_id.in_(kept))
    if table.name == "stations":
        kept = sa.select(Keeping.station_id).where(Keeping.person_id == sought.person_id)
        sure.append(table.c.id.in_(kept))
    return sa.or_(sa.false(), *sure)


def may_hold(column: sa.Column[Any], texts: Collection[str]) -> sa.ColumnElement[bool]:
    """Where SQL can tell, whether a text may stand in a column; sealed ones are opened."""
    if isinstance(column.type, SealedText):
        return column != ""
    if isinstance(column.type, SealedJson):
        return sa.true()
    plain = sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column
    spelt = {*texts}
    if isinstance(column.type, sa.JSON):  # SQLite holds JSON as Python spells it
        spelt |= {json.dumps(text)[1:-1] for text in texts}
    return sa.or_(sa.false(), *(plain.contains(text, autoescape=True) for text in sorted(spelt)))
