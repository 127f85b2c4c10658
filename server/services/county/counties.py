"""The county itself: its places, the names it also goes by, and its own settings."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import AREA, County, Division, DivisionAlias, DivisionKind, DivisionLevel
from server.models.person import Person
from server.models.station import Station
from server.plain_text import bare_text
from server.policy.standard.options import CountyOptions, options_from
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import cut
from server.services.county.actions import CountyAction
from server.services.county.place_names import find_division

__all__ = [
    "TARGET_KINDS",
    "add_alias",
    "county_of",
    "find_division",
    "full_name",
    "policy_options",
    "townships",
    "villages",
]

TARGET_KINDS = (DivisionKind.TOWN, DivisionKind.TOWNSHIP)
"""Only 乡 and 镇 carry a plan's township targets; 街道, 办事处, farms and zones do not."""


def county_of(session: Session, code: str) -> County:
    """The county of this six-digit code. Raises NotFound county-unknown."""
    county = session.get(County, code)
    if county is None:
        raise NotFound(
            "county-unknown",
            f"还没有设置代码为{code}的县。请先运行 python -m server county {code}。",
        )
    return county


def counties_here(session: Session) -> Sequence[County]:
    """Every county of this house and those above them (上级), by code: whatever has a history."""
    return session.scalars(select(County).order_by(County.code)).all()


def with_stations(session: Session) -> Sequence[County]:
    """Every county of this house, by code; not the cities and provinces, which have no stations."""
    return session.scalars(
        select(County).where(County.divisions_source != AREA).order_by(County.code)
    ).all()


def full_name(county: County) -> str:
    """省, 地 and 县 in one, without the table's place-holders (市辖区, 省直辖…)."""
    prefecture = county.prefecture
    if prefecture in {county.name, "市辖区", "县"} or "直辖县级" in prefecture:
        prefecture = ""
    return f"{county.province}{prefecture}{county.name}"


def townships(session: Session, county_code: str, *, targets_only: bool = False) -> list[Division]:
    """The county's township-level divisions by code; with `targets_only` 乡 and 镇 alone."""
    return _divisions(session, county_code, DivisionLevel.TOWNSHIP, None, targets_only)


def villages(
    session: Session, county_code: str, township_code: str | None = None
) -> list[Division]:
    """The county's (or one township's) village-level divisions by code."""
    return _divisions(session, county_code, DivisionLevel.VILLAGE, township_code, False)


def policy_options(county: County) -> CountyOptions:
    """The county's own choices in reading a standard, with the readings a person has decided on.

    Raises Invalid county-option-invalid.
    """
    return options_from({**county.options.get("policy", {}), **county.options.get("readings", {})})


def add_alias(
    session: Session,
    *,
    county: County,
    division: Division,
    alias: str,
    source: str,
    by: Person | None,
    now: datetime,
) -> DivisionAlias:
    """Let a division also be found under another spelling; entering it twice changes nothing.

    Raises Invalid alias-empty, Conflict alias-is-a-name when it is another place's own name.
    """
    plain = bare_text(alias)
    if not plain or len(plain) > 60:
        raise Invalid("alias-empty", "别名应为1至60个字，请重新填写。")
    own = select(Division.name).where(
        Division.county == county.code,
        Division.level == division.level,
        Division.parent == division.parent,
        Division.code != division.code,
        (Division.name == plain) | (Division.short_name == plain),
    )
    if (other := session.scalar(own)) is not None:
        raise Conflict(
            "alias-is-a-name", f"“{plain}”是{other}自己的名字，不能再当{division.name}的别名。"
        )
    known = session.scalar(
        select(DivisionAlias).where(
            DivisionAlias.county == county.code,
            DivisionAlias.alias == plain,
            DivisionAlias.division_code == division.code,
        )
    )
    if known is not None:
        return known
    entered = DivisionAlias(
        county=county.code,
        division_code=division.code,
        alias=plain,
        source=cut(source, DivisionAlias.source),
    )
    session.add(entered)
    session.flush()
    here = (Station.village_code == division.code) | (Station.township_code == division.code)
    for station_id in session.scalars(select(Station.id).where(here)).all():
        ask_to_compare(session, [station_id], now=now)
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=CountyAction.ALIAS_ADDED,
        summary=f"“{plain}”就是{division.name}",
        reason=source,
    )
    return entered


def _divisions(
    session: Session,
    county_code: str,
    level: DivisionLevel,
    parent: str | None,
    targets_only: bool,  # noqa: FBT001
) -> list[Division]:
    query = (
        select(Division)
        .where(
            Division.county == county_code,
            Division.level == level,
            Division.withdrawn_on.is_(None),
        )
        .order_by(Division.code)
    )
    if parent is not None:
        query = query.where(Division.parent == parent)
    if targets_only:
        query = query.where(Division.kind.in_(TARGET_KINDS))
    return list(session.scalars(query))
