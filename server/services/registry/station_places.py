"""Where a new station may stand: a place of the county, and one open point for each village."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import County, Division, DivisionLevel
from server.models.station import Station
from server.policy.standard.facts import Level


def places_of_new(
    session: Session,
    county: County,
    level: Level,
    township_code: str | None,
    village_code: str | None,
) -> tuple[Division | None, Division | None]:
    """The divisions a station of this level stands in, checked against the county.

    Raises Invalid division-wrong.
    """
    village = session.get(Division, village_code) if village_code else None
    if village_code and (
        village is None or village.county != county.code or village.level != DivisionLevel.VILLAGE
    ):
        raise Invalid("division-wrong", f"“{village_code}”不是本县的村。请从村名单里选择。")
    if level == Level.VILLAGE_POINT and village is None:
        raise Invalid("division-wrong", "村级快递便民服务点要写明是哪个村。请从村名单里选择。")
    if village is not None:
        township_code = village.parent
    township = session.get(Division, township_code) if township_code else None
    if township_code and (
        township is None
        or township.county != county.code
        or township.level != DivisionLevel.TOWNSHIP
    ):
        raise Invalid("division-wrong", f"“{township_code}”不是本县的乡镇。请从乡镇名单里选择。")
    if level == Level.TOWNSHIP_STATION and township is None:
        raise Invalid("division-wrong", "乡镇快递综合服务站要写明是哪个乡镇。请从名单里选择。")
    return township, village


def refuse_second_point(session: Session, village: Division) -> None:
    """Raise Conflict village-has-point where a village has an open point already."""
    # Whoever adds a point to the same village waits here on PostgreSQL until the first is entered.
    session.execute(
        select(Division.code).where(Division.code == village.code).with_for_update(key_share=True)
    )
    other = session.scalar(
        select(Station.name).where(
            Station.village_code == village.code,
            Station.level == Level.VILLAGE_POINT,
            Station.closed_on.is_(None),
        )
    )
    if other is not None:
        raise Conflict(
            "village-has-point",
            f"{village.short_name}已经有站点“{other}”。请修改原来的站点，或先把它停业。",
        )
