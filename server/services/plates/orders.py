"""Chooses which plaques to print, and says what stands on each."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.media.paper.plaques import PlaqueSheet
from server.media.paper.qr import station_url
from server.models.county import County, Division, Operator
from server.models.person import Person
from server.models.sign import LIVE_STATES, Sign, SignState
from server.models.station import Station
from server.policy.hours import hours_lines
from server.policy.standard.facts import Level
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.signs import Ring, token_of


def sheets_for(
    session: Session,
    *,
    county: County,
    ring: Ring,
    base_url: str,
    seen_by: Person | Everybody,
    township_code: str | None = None,
    station_ids: Collection[int] | None = None,
) -> list[PlaqueSheet]:
    """One sheet for each open station in sight, of a township or a selection, by place.

    Raises NotFound plaques-no-station, Conflict plaques-without-sign when a chosen station has no
    number or no live plate yet (details: stations).
    """
    chosen = _chosen(session, county, seen_by, township_code, station_ids)
    if not chosen:
        raise NotFound("plaques-no-station", "没有选中要打印的站点。请先选择站点或乡镇。")
    missing = [station.name for station, sign, _, _ in chosen if sign is None]
    if missing:
        some = "、".join(missing[:3]) + ("等" if len(missing) > 3 else "")
        raise Conflict(
            "plaques-without-sign",
            f"{some}{len(missing)}个站点还没有编号或标识牌。请先发放编号和标识牌，再打印。",
            stations=missing,
        )
    return [
        PlaqueSheet(
            name=station.name,
            number=station.code or "",
            level_label=station.level.label,
            hours=hours_lines(station.hours),
            hotline=county.hotline,
            url=station_url(base_url, token_of(ring, sign)),
            county=county.name,
            township=township,
            plate_no=sign.plate_no,
            operator=operator,
            demo=station.demo,
        )
        for station, sign, township, operator in chosen
        if sign is not None
    ]


def refuse_without_hotline(county: County) -> None:
    """The large plate says 咨询、投诉 beside its code: without a number to call it is not printed.

    Raises Conflict plaques-without-hotline.
    """
    if not county.hotline.strip():
        raise Conflict(
            "plaques-without-hotline",
            "牌子上印着“咨询、投诉”，可县里还没有填服务热线。请先到“县设置”填好电话，再打印。",
        )


def printable(
    session: Session,
    *,
    seen_by: Person | Everybody,
    station_ids: Collection[int] = (),
    township_code: str | None = None,
    only_issued: bool = False,
) -> list[Station]:
    """The open stations in sight with a number and a live plate, by number; one query.

    `station_ids` chooses some of them, none given means all; `only_issued` leaves out plates that
    have been printed before.
    """
    query = (
        select(Station)
        .join(Sign, Sign.station_id == Station.id)
        .where(
            stations_visible_to(seen_by),
            Station.closed_on.is_(None),
            Station.code.is_not(None),
            Sign.state.in_([SignState.ISSUED] if only_issued else LIVE_STATES),
        )
        .order_by(Station.code)
    )
    if station_ids:
        query = query.where(Station.id.in_(station_ids))
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    return list(session.scalars(query))


def without_plate(
    session: Session,
    *,
    county: County,
    seen_by: Person | Everybody,
    township_code: str | None = None,
    station_ids: Collection[int] | None = None,
) -> list[Station]:
    """The open stations in sight that cannot be printed yet: no number, or no live plate."""
    return [
        station
        for station, sign, _, _ in _chosen(session, county, seen_by, township_code, station_ids)
        if sign is None
    ]


def _chosen(
    session: Session,
    county: County,
    seen_by: Person | Everybody,
    township_code: str | None,
    station_ids: Collection[int] | None,
) -> Sequence[tuple[Station, Sign | None, str, str]]:
    query = (
        select(Station, Sign, Division.name, Operator.name)
        .outerjoin(Sign, (Sign.station_id == Station.id) & Sign.state.in_(LIVE_STATES))
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Operator, Operator.id == Station.operator_id)
        .where(
            Station.county == county.code,
            stations_visible_to(seen_by),
            Station.closed_on.is_(None),
            Station.level != Level.COUNTY_HUB,
        )
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    if station_ids is not None:
        query = query.where(Station.id.in_(list(station_ids)))
    return [
        (station, sign, township or "", operator or "")
        for station, sign, township, operator in session.execute(query)
    ]
