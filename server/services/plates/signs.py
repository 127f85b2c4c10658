"""标识牌: issues plates, follows each through its life, and answers what a scan stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.media.paper.qr import new_qr_id, sign_token
from server.models.county import County
from server.models.person import Person
from server.models.sign import LIVE_STATES, Sign, SignEvent, SignState
from server.models.station import Station
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import reason_given, written
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.actions import PlateAction

Ring = Sequence[tuple[str, bytes]]

_STEPS = {
    SignState.ISSUED: {SignState.PRINTED, SignState.MOUNTED, SignState.LOST, SignState.RETIRED},
    SignState.PRINTED: {SignState.MOUNTED, SignState.LOST, SignState.RETIRED},
    SignState.MOUNTED: {SignState.LOST, SignState.RETIRED},
    SignState.LOST: {SignState.RETIRED},
    SignState.REPLACED: set(),
    SignState.RETIRED: set(),
}


@dataclass(frozen=True, slots=True)
class SignEventView:
    """One step in a plate's life, for a screen."""

    state: SignState
    label: str
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignView:
    """A plate with its life, oldest step first."""

    sign: Sign
    label: str
    events: tuple[SignEventView, ...]


def issue_sign(
    session: Session, *, station: Station, by: Person | None, now: datetime, reason: str = ""
) -> Sign:
    """Make a station's next plate.

    Raises Conflict station-closed, station-without-number, sign-live-already.
    """
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业。如要继续使用，请先恢复营业。")
    if not station.code:
        raise Conflict(
            "station-without-number", f"{station.name}还没有编号。请先发放编号，再发放标识牌。"
        )
    if live_sign(session, station.id) is not None:
        raise Conflict(
            "sign-live-already", f"{station.name}已有一块在用的标识牌。如要换新牌，请用“更换”。"
        )
    plates = session.scalar(
        select(func.coalesce(func.max(Sign.plate_no), 0)).where(Sign.station_id == station.id)
    )
    sign = Sign(
        county=station.county,
        station_id=station.id,
        plate_no=int(plates or 0) + 1,
        qr_id=new_qr_id(),
        state=SignState.ISSUED,
        made_at=now,
    )
    session.add(sign)
    session.flush()
    _note(session, sign, by=by, now=now, reason=reason)
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=PlateAction.SIGN_ISSUED,
        summary=f"发放标识牌第{sign.plate_no}块（{station.code}）",
        reason=reason,
    )
    return sign


def issue_missing_signs(
    session: Session,
    *,
    county: County,
    by: Person | None,
    now: datetime,
    seen_by: Person | Everybody,
    township_code: str | None = None,
    station_ids: Collection[int] | None = None,
) -> list[Sign]:
    """Make a plate for every open, numbered station in sight that has no live one; gives those."""
    live = select(Sign.station_id).where(Sign.state.in_(LIVE_STATES), Sign.county == county.code)
    query = (
        select(Station)
        .where(
            Station.county == county.code,
            stations_visible_to(seen_by),
            Station.code.is_not(None),
            Station.closed_on.is_(None),
            Station.id.not_in(live),
        )
        .order_by(Station.code)
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    if station_ids is not None:
        query = query.where(Station.id.in_(station_ids))
    return [
        issue_sign(session, station=station, by=by, now=now) for station in session.scalars(query)
    ]


def mark(
    session: Session,
    *,
    sign: Sign,
    state: SignState,
    by: Person | None,
    now: datetime,
    reason: str = "",
) -> Sign:
    """Note a plate's next step; the same step again changes nothing and takes no other reason.

    Raises Conflict sign-step-impossible: a plate that has ended never works again.
    """
    session.refresh(sign, with_for_update=True)  # of two at once, one waits and is told
    if state == sign.state and not reason.strip():
        return sign
    if state == sign.state:
        raise Conflict(
            "sign-step-impossible",
            f"这块标识牌已经由别人记成了“{state.label}”，您写的原因没有记下。请看经过。",
        )
    if state not in _STEPS[sign.state]:
        raise Conflict(
            "sign-step-impossible",
            f"这块标识牌{sign.state.label}，不能再改成“{state.label}”。需要新牌请用“更换”。",
        )
    old = sign.state.label
    sign.state = state
    session.flush()
    _note(session, sign, by=by, now=now, reason=reason)
    station = session.get_one(Station, sign.station_id)
    history.write(
        session,
        of=sign,
        by=by,
        at=now,
        action=PlateAction.SIGN_MARKED,
        summary=f"标识牌第{sign.plate_no}块（{station.code}）{state.label}",
        changes=[history.Change(field="sign_state", label="标识牌状态", old=old, new=state.label)],
        reason=reason,
    )
    return sign


def replace_sign(
    session: Session, *, sign: Sign, by: Person | None, now: datetime, reason: str
) -> Sign:
    """End a plate (lost ones stay 已丢失) and issue the next; the old one stops working at once.

    Raises Conflict sign-replaced-already, Invalid reason-needed.
    """
    reason = reason_given(reason, "请写明更换标识牌的原因，例如“牌面破损”。", into=SignEvent.reason)
    session.refresh(sign, with_for_update=True)
    if sign.state in {SignState.REPLACED, SignState.RETIRED}:
        raise Conflict("sign-replaced-already", f"这块标识牌{sign.state.label}，请对在用的牌操作。")
    if sign.state != SignState.LOST:
        sign.state = SignState.REPLACED
        session.flush()
        _note(session, sign, by=by, now=now, reason=reason)
    station = session.get_one(Station, sign.station_id)
    fresh = issue_sign(session, station=station, by=by, now=now, reason=reason)
    ask_to_compare(session, [station.id], now=now)
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=PlateAction.SIGN_REPLACED,
        summary=f"更换标识牌：第{sign.plate_no}块停用，换成第{fresh.plate_no}块（{station.code}）",
        reason=reason,
    )
    return fresh


def token_of(ring: Ring, sign: Sign) -> str:
    """The fifteen characters printed on a plate."""
    return sign_token(ring, sign.county, sign.qr_id, sign.plate_no)


def live_sign(session: Session, station_id: int) -> Sign | None:
    """The plate that answers scans for a station now."""
    return session.scalar(
        select(Sign).where(Sign.station_id == station_id, Sign.state.in_(LIVE_STATES))
    )


def live_signs(session: Session, *, station_ids: Collection[int]) -> dict[int, Sign]:
    """The plate in use of each of these stations that has one, by station id; one query."""
    found = select(Sign).where(Sign.station_id.in_(station_ids), Sign.state.in_(LIVE_STATES))
    return {sign.station_id: sign for sign in session.scalars(found)}


def sign_of(session: Session, *, station: Station, sign_id: int) -> Sign:
    """One of this station's plates. Raises NotFound sign-unknown."""
    sign = session.get(Sign, sign_id)
    if sign is None or sign.station_id != station.id:
        raise NotFound("sign-unknown", "没有找到这块标识牌。请回到站点页重新选择。")
    return sign


def signs_of(session: Session, station_id: int) -> list[SignView]:
    """All plates of a station, newest first."""
    signs = session.scalars(
        select(Sign).where(Sign.station_id == station_id).order_by(Sign.plate_no.desc())
    ).all()
    steps: dict[int, list[SignEventView]] = {}
    for event, name in session.execute(
        select(SignEvent, Person.name)
        .outerjoin(Person, Person.id == SignEvent.person_id)
        .where(SignEvent.sign_id.in_([sign.id for sign in signs]))
        .order_by(SignEvent.id)
    ):
        steps.setdefault(event.sign_id, []).append(
            SignEventView(event.state, event.state.label, event.at, name or "系统", event.reason)
        )
    return [SignView(sign, sign.state.label, tuple(steps.get(sign.id, ()))) for sign in signs]


def _note(session: Session, sign: Sign, *, by: Person | None, now: datetime, reason: str) -> None:
    session.add(
        SignEvent(
            sign_id=sign.id,
            state=sign.state,
            at=now,
            person_id=by.id if by else None,
            reason=written(reason, "原因", field="reason", into=SignEvent.reason),
        )
    )
    session.flush()
