"""Whom keepers call: the townships' office telephones that a county makes public, else its own.

Only what the office writes here for everybody to see; nobody's own telephone (personal data).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County, Division
from server.models.person import Person
from server.plain_text import bare_text, narrow_text
from server.policy.entries import telephone
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, save_choices
from server.services.county.counties import townships, with_stations

INVALID = "telephone-invalid"
_BARS = re.compile(r"[|｜]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
COUNTY = "县里"


class Telephone(NamedTuple):
    """A number that anybody may call, and whose it is (鹅城镇, 县里); empty where there is none."""

    number: str
    of: str


class CountyTelephones(NamedTuple):
    """A county's public numbers, for phones that do not know yet where they belong."""

    name: str
    hotline: str
    townships: tuple[Telephone, ...]


def telephones_of(county: County) -> dict[str, str]:
    """The townships' public numbers, by the township's code."""
    kept: Mapping[str, str] = county.options.get("telephones", {})
    return dict(kept)


def lines_of(county: County, places: Sequence[Division]) -> list[str]:
    """As the office types them: 鹅城镇｜0350-6521234."""
    kept = telephones_of(county)
    return [f"{one.name}｜{kept[one.code]}" for one in places if one.code in kept]


def telephones_shown(lines: Iterable[str]) -> list[Shown]:
    """The numbers as seals and the history tell them."""
    return [Shown("telephones", "乡镇电话", "\n".join(lines) or "没有")]


def telephone_for(
    session: Session, county: County, township_codes: Iterable[str | None]
) -> Telephone:
    """Whom to call from these townships: the first that has a number, else the county's hotline."""
    kept = telephones_of(county)
    code = next((one for one in township_codes if one in kept), None)
    township = session.get(Division, code) if code else None
    if code and township is not None:
        return Telephone(kept[code], township.name)
    return Telephone(county.hotline, COUNTY if county.hotline else "")


def public_telephones(session: Session) -> list[CountyTelephones]:
    """Every county of this house with its hotline and the numbers it has made public."""
    found = []
    for county in with_stations(session):
        kept = telephones_of(county)
        places = [one for one in townships(session, county.code) if one.code in kept]
        numbers = tuple(Telephone(kept[one.code], one.name) for one in places)
        found.append(CountyTelephones(county.name, county.hotline, numbers))
    return found


def edit_telephones(
    session: Session,
    *,
    county: County,
    lines: Iterable[str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Put these lines in the place of the county's public numbers; what changed, in words.

    Raises Invalid telephone-invalid, reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    places = townships(session, county.code)
    wished = _read(lines, places)
    told = [f"{one.name}｜{wished[one.code]}" for one in places if one.code in wished]
    return save_choices(
        session,
        county=county,
        held=telephones_shown(lines_of(county, places)),
        wished=telephones_shown(told),
        options={"telephones": wished},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
    )


def _read(lines: Iterable[str], places: Sequence[Division]) -> dict[str, str]:
    named = {bare_text(name): one.code for one in places for name in (one.name, one.short_name)}
    found: dict[str, str] = {}
    for raw in lines:
        line = narrow_text(raw)
        if not line:
            continue
        name, *rest = _BARS.split(line, maxsplit=1)
        code = named.get(bare_text(name))
        if code is None:
            raise _invalid(f"没有“{name[:20]}”这个乡镇。请照“鹅城镇｜0350-6521234”写，一行一个。")
        typed = "".join(rest)
        try:
            number = re.sub(r"\s+", "", telephone(typed))
        except ValueError as odd:
            raise _invalid(f"{name}的电话“{typed[:20]}”看不懂：{odd}。") from odd
        if _MOBILE.match(number):
            raise _invalid(f"{name}写的是手机号。这里的电话谁都看得到，请写办公电话。")
        if found.get(code, number) != number:
            raise _invalid(f"{name}写了两个电话，请只留一个。")
        found[code] = number
    return found


def _invalid(sentence: str) -> Invalid:
    return Invalid(INVALID, sentence, fields={"telephones": sentence})
