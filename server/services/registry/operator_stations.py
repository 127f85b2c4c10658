"""Handing stations over from one operator to another, and stations that no live operator runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County, Division, Operator, OperatorStatus
from server.models.person import Person
from server.models.station import Station
from server.services.common import history
from server.services.common.seals import tick_mark
from server.services.common.written import reason_given
from server.services.people.scope import Everybody, stations_visible_to
from server.services.registry.actions import RegistryAction


@dataclass(frozen=True, slots=True)
class Unserved:
    """An open station without a live operator; `why` says so in a few words."""

    station: Station
    township: str
    operator: str
    why: str


def stations_run_by(session: Session, *, operator: Operator) -> list[tuple[Station, str]]:
    """An operator's open stations by township and number, each with its township's name."""
    rows = session.execute(
        select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(Station.operator_id == operator.id, Station.closed_on.is_(None))
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    return [(station, township or "") for station, township in rows]


def stations_unserved(session: Session, *, seen_by: Person | Everybody, on: date) -> list[Unserved]:
    """Open stations in sight whose operator is missing, suspended, gone or without a licence."""
    rows = session.execute(
        select(Station, Division.name, Operator)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Operator, Operator.id == Station.operator_id)
        .where(stations_visible_to(seen_by), Station.closed_on.is_(None))
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    return [
        Unserved(station, township or "", operator.name if operator else "", why)
        for station, township, operator in rows
        if (why := _why(operator, on))
    ]


def station_mark(station: Station) -> str:
    """What a list shows of a station, as a few characters that its tick carries."""
    return tick_mark(station.code, station.name, station.township_code, station.closed_on)


def hand_over(
    session: Session,
    *,
    county: County,
    station_ids: Iterable[int],
    giver: Operator | None,
    taker: Operator,
    on: date,
    by: Person | None,
    now: datetime,
    reason: str,
    seen: Mapping[int, str] | None = None,
) -> list[Station]:
    """Hand stations over to another enterprise, all or none; `giver` is who had them on the form.

    `seen` are the marks of what the form showed of each; None is nobody's form. Raises Invalid
    nothing-chosen, field-invalid, reason-needed; Conflict operator-not-active, operator-same,
    station-handed-over, station-changed-meanwhile; NotFound station-unknown.
    """
    wanted = set(station_ids)
    if not wanted:
        raise Invalid("nothing-chosen", "还没有选站点。请勾选后再办。")
    if taker.status is not OperatorStatus.ACTIVE:
        raise Conflict(
            "operator-not-active",
            f"{taker.name}现在是“{taker.status.label}”，不能接站点。请换一家，或先恢复它的状态。",
        )
    if giver is not None and giver.id == taker.id:
        raise Conflict("operator-same", "移交给的还是原来这家企业，请选另一家。")
    if on > beijing_day(now):
        raise Invalid("field-invalid", "“移交日期”还没有到，请核对。", fields={"on": "还没有到"})
    because = reason_given(reason, "请写明为什么移交，例如“原企业退出”。", field="why")
    held = list(
        session.scalars(
            select(Station)
            .where(Station.id.in_(wanted), Station.county == county.code)
            .order_by(Station.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(held) != len(wanted):
        raise NotFound("station-unknown", "没有找到其中一个站点。请返回列表重新选择。")
    had = giver.id if giver else None
    for one in held:
        if one.operator_id != had:
            raise Conflict(
                "station-handed-over",
                f"{one.name}现在不归{giver.name if giver else '“没有企业”'}了，可能别人刚移交过。"
                "请刷新后再选。",
            )
    other = [one for one in held if seen is not None and seen.get(one.id) != station_mark(one)]
    if other:
        now_are = "；".join(_now(one) for one in other[:5])
        raise Conflict(
            "station-changed-meanwhile",
            f"您勾选以后，有{len(other)}个站在登记簿里变了，现在是：{now_are}。还没有移交。"
            "请看过现在的，再交一次。",
        )
    old = giver.name if giver else ""
    for one in held:
        one.operator_id = taker.id
    session.flush()
    summary = f"{full_day_text(on)}起{len(held)}个站由{old or '没有企业'}移交{taker.name}"
    deed, *_ = [
        history.write(
            session,
            of=one,
            by=by,
            at=now,
            action=RegistryAction.STATIONS_HANDED_OVER,
            summary=summary,
            reason=because,
        )
        for one in (taker, giver)  # the stations' lines are parts of the taker's
        if one is not None
    ]
    change = history.Change(field="operator", label="运营企业", old=old, new=taker.name)
    history.write_parts(
        session,
        deed,
        [
            history.Part(
                one.id,
                RegistryAction.STATION_HANDED_OVER,
                f"{full_day_text(on)}起由{taker.name}运营",
                [change],
            )
            for one in held
        ],
    )
    return held


def _now(station: Station) -> str:
    closed = f"，{full_day_text(station.closed_on)}停业" if station.closed_on else ""
    return f"{station.code or '未编号'} {station.name}{closed}"


def _why(operator: Operator | None, on: date) -> str:
    if operator is None:
        return "没有登记企业"
    if operator.status is not OperatorStatus.ACTIVE:
        return f"企业{operator.status.label}"
    if operator.licence_until is not None and operator.licence_until < on:
        return "企业许可证已到期"
    return ""
