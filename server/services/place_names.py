"""Finds the township or village that a document, a spreadsheet or a person means by a name."""

import re
import unicodedata

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models.county import Division, DivisionAlias, DivisionLevel
from server.services.divisions import short_name


def find_division(
    session: Session,
    county_code: str,
    name: str,
    *,
    level: DivisionLevel | None = None,
    parent: str | None = None,
) -> Division:
    """The county's division of this code, name, short name or alias, within `parent` if given.

    A village may be written with its township before it (鹅城镇马家沟村). Raises NotFound
    division-unknown, Conflict division-ambiguous.
    """
    plain = plain_name(name)
    found = _named(session, county_code, plain, level, parent)
    if not found and level != DivisionLevel.TOWNSHIP and parent is None:
        found = _with_township(session, county_code, plain)
    if not found:
        raise NotFound(
            "division-unknown",
            f"区划表里没有“{name.strip()}”。请核对名称，或先给它登记一个别名。",
        )
    if len(found) > 1:
        places = "、".join(f"{one.name}（{one.code}）" for one in found[:4])
        raise Conflict(
            "division-ambiguous",
            f"“{name.strip()}”不止一处：{places}。请写明乡镇，或直接写区划代码。",
        )
    return found[0]


def plain_name(text: str) -> str:
    """A name without blanks and in one width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _named(
    session: Session,
    county_code: str,
    plain: str,
    level: DivisionLevel | None,
    parent: str | None,
) -> list[Division]:
    aliased = select(DivisionAlias.division_code).where(
        DivisionAlias.county == county_code, DivisionAlias.alias.in_([plain, short_name(plain)])
    )
    query = (
        select(Division)
        .where(
            Division.county == county_code,
            Division.withdrawn_on.is_(None),
            or_(
                Division.code == plain,
                Division.name == plain,
                Division.short_name.in_([plain, short_name(plain)]),
                Division.code.in_(aliased),
            ),
        )
        .order_by(Division.code)
    )
    if level is not None:
        query = query.where(Division.level == level)
    if parent is not None:
        query = query.where(Division.parent == parent)
    found = list(session.scalars(query))
    exact = [one for one in found if plain in {one.code, one.name}]
    return exact or found


def _with_township(session: Session, county_code: str, plain: str) -> list[Division]:
    """Try 乡镇名 + 村名 written together."""
    for end in range(2, len(plain) - 1):
        townships = _named(session, county_code, plain[:end], DivisionLevel.TOWNSHIP, None)
        if len(townships) == 1:
            village = _named(
                session, county_code, plain[end:], DivisionLevel.VILLAGE, townships[0].code
            )
            if village:
                return village
    return []
