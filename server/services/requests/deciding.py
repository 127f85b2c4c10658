"""The office grants what a keeper asks for, or refuses it with a sentence that the keeper reads."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Person, Role
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.models.sign import Sign, SignState
from server.models.station import Station
from server.policy.hours import hours_text
from server.policy.masking import masked_text
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import cut, reason_given, written
from server.services.people.people import add_person, appoint_keeper, dismiss_keeper, keepers_of
from server.services.plates.signs import issue_sign, mark, replace_sign
from server.services.registry.stations import read_values, write_values
from server.services.requests.actions import RequestAction
from server.services.requests.taking import told_for_long


class Granted(NamedTuple):
    """What was done: the sentence for the office, and who is the new keeper if there is one."""

    told: str
    keeper: Person | None = None


def register_shown(
    session: Session, request: KeeperRequest, station: Station, *, now: datetime
) -> list[Shown]:
    """How what a keeper asks to change stands now, for the form and its seal."""
    match request.about:
        case RequestAbout.HOURS:
            return [Shown("hours", "营业时间", hours_text(station.hours) or "没有登记")]
        case RequestAbout.HANDOVER:
            keepers = [one.name for one in keepers_of(session, station_id=station.id, now=now)]
            return [Shown("keepers", "站长", "、".join(keepers) or "没有")]
        case _:
            return [Shown("plate", "标识牌", _plate_text(_last_plate(session, station)))]


def plate_since(session: Session, *, request: KeeperRequest, station: Station) -> Sign | None:
    """The plate that was made after its keeper asked for one: another would end it at once."""
    if request.about not in (RequestAbout.PLATE_BROKEN, RequestAbout.PLATE_LOST):
        return None
    last = _last_plate(session, station)
    return last if last is not None and last.made_at > request.asked_at else None


def grant_request(
    session: Session,
    *,
    county: County,
    request: KeeperRequest,
    by: Person,
    now: datetime,
    answer: str = "",
    seal: str | None = None,
    keeper_id: int | None = None,
    standards: Sequence[Standard] = (),
) -> Granted:
    """Do what was asked by the register's own verbs, and tell the keeper.

    `keeper_id` is which of those of the same name is to keep the station from now on; None enters
    the person that was named as a new one. `seal` is how the form saw the register. Raises Conflict
    request-decided, station-closed, request-changed-meanwhile, and what plates, register and people
    raise.
    """
    station = _held(session, request)
    if station.closed_on is not None:
        raise Conflict(
            "station-closed",
            f"{station.name}已经停业，没有什么可办的了。请点“不办”，写一句让站长知道。",
        )
    held = register_shown(session, request, station, now=now)
    refuse_if_changed(seal, held, code="request-changed-meanwhile", what="登记")
    reason = f"站长{_name(session, request)}提出{request.about.label}，{by.name}同意"
    done = Granted("")
    match request.about:
        case RequestAbout.PLATE_BROKEN | RequestAbout.PLATE_LOST:
            done = _plate(session, station, request, by=by, now=now, reason=reason)
        case RequestAbout.HOURS:
            done = _hours(
                session, station, request, by=by, now=now, reason=reason, standards=standards
            )
        case RequestAbout.HANDOVER:
            done = _handover(
                session, county, station, request, keeper_id, by=by, now=now, reason=reason
            )
    own = written(answer, "答复", field="answer", into=KeeperRequest.answer)
    _settle(session, request, RequestState.GRANTED, own or done.told, by=by, now=now)
    return done


def refuse_request(
    session: Session, *, request: KeeperRequest, by: Person, now: datetime, answer: str
) -> None:
    """Say no, and why; the register stays as it is.

    Raises Conflict request-decided; Invalid reason-needed, text-too-long.
    """
    because = reason_given(
        answer, "请写一句为什么不办，站长在手机上看得到。", field="answer", label="答复",
        into=KeeperRequest.answer,
    )  # fmt: skip
    _held(session, request)
    _settle(session, request, RequestState.REFUSED, because, by=by, now=now)


def same_named(session: Session, *, request: KeeperRequest) -> list[Person]:
    """Keepers of the county who are called as the one asked for: perhaps that very person."""
    return list(
        session.scalars(
            sa.select(Person)
            .where(
                Person.county == request.county,
                Person.role == Role.KEEPER,
                Person.active,
                Person.name == request.wish,
                Person.id != request.person_id,
            )
            .order_by(Person.id)
        )
    )


def _held(session: Session, request: KeeperRequest) -> Station:
    """The request's station, both locked, while it may be decided."""
    station = session.get_one(
        Station, request.station_id, with_for_update=True, populate_existing=True
    )
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.WAITING:
        raise Conflict(
            "request-decided",
            f"这条请求{request.state.label}，不能再办一次。请看一下现在的情况。",
        )
    return station


def _settle(
    session: Session,
    request: KeeperRequest,
    state: RequestState,
    answer: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    request.state, request.answer = state, answer
    request.decided_by, request.decided_at = by.id, now
    session.flush()
    granted = state is RequestState.GRANTED
    history.write(
        session,
        of=request,
        by=by,
        at=now,
        action=RequestAction.REQUEST_GRANTED if granted else RequestAction.REQUEST_REFUSED,
        summary=f"{state.label}：{told_for_long(request.about, request.wish)}",
        reason=cut(masked_text(answer), HistoryLine.reason),
    )


def _plate(
    session: Session,
    station: Station,
    request: KeeperRequest,
    *,
    by: Person,
    now: datetime,
    reason: str,
) -> Granted:
    """The next plate; a lost one is noted as lost, so that nobody uses it."""
    last = _last_plate(session, station)
    if last is None or last.state in (SignState.REPLACED, SignState.RETIRED):
        fresh = issue_sign(session, station=station, by=by, now=now, reason=reason)
    else:
        if request.about is RequestAbout.PLATE_LOST:
            mark(session, sign=last, state=SignState.LOST, by=by, now=now, reason=reason)
        fresh = replace_sign(session, sign=last, by=by, now=now, reason=reason)
    return Granted(
        f"新牌子（第{fresh.plate_no}块）编好了，印出来就送到站里。旧牌子扫不出来了，"
        "新牌子挂上以前，签到请输编号。"
    )


def _last_plate(session: Session, station: Station) -> Sign | None:
    return session.scalar(
        sa.select(Sign).where(Sign.station_id == station.id).order_by(Sign.plate_no.desc()).limit(1)
    )


def _plate_text(plate: Sign | None) -> str:
    if plate is None:
        return "还没有"
    made = full_day_text(beijing_day(plate.made_at))
    return f"第{plate.plate_no}块，{plate.state.label}，{made}编的"


def _hours(
    session: Session,
    station: Station,
    request: KeeperRequest,
    *,
    by: Person,
    now: datetime,
    reason: str,
    standards: Sequence[Standard],
) -> Granted:
    values = read_values(session, station.county, {"hours": request.wish}, now)
    write_values(
        session, station=station, values=values, standards=standards, by=by, now=now, reason=reason
    )
    return Granted(f"营业时间改成{hours_text(station.hours)}了。门口的营业时间牌也请照着改。")


def _handover(
    session: Session,
    county: County,
    station: Station,
    request: KeeperRequest,
    keeper_id: int | None,
    *,
    by: Person,
    now: datetime,
    reason: str,
) -> Granted:
    """The one who asks keeps the station no more, and the other does from now on."""
    old = session.get_one(Person, request.person_id)
    known = {one.id: one for one in same_named(session, request=request)}
    if keeper_id is not None and keeper_id not in known:
        raise Conflict(
            "request-changed-meanwhile",
            f"您选的那位{request.wish}已经停用或者改了名字。请看一下现在的名单，再选一次。",
        )
    fresh = known[keeper_id] if keeper_id is not None else add_person(
        session, county=county, name=request.wish, role=Role.KEEPER,
        by=by, now=now, demo=station.demo,
    )  # fmt: skip
    dismiss_keeper(session, station=station, person=old, by=by, now=now, reason=reason)
    appoint_keeper(session, station=station, person=fresh, by=by, now=now)
    return Granted(
        f"{station.name}从现在起归{fresh.name}管了。您手机里没交的记录还会接着交，谢谢您一直管着它。",
        fresh,
    )


def _name(session: Session, request: KeeperRequest) -> str:
    return session.get_one(Person, request.person_id).name
