"""Takes in what a keeper asks for, and what they take back; the register stays as it is."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.models.station import Station
from server.policy.hours import hours_text, parse_hours
from server.services.common import history
from server.services.common.phone_items import RequestEntry
from server.services.requests.actions import RequestAction


def take_request(
    session: Session,
    *,
    event: PhoneEvent,
    station: Station,
    entry: RequestEntry,
    by: Person,
    now: datetime,
) -> None:
    """Keep a request of this station's keeper; an earlier one for the same waits no more.

    Raises Invalid request-incomplete, request-nothing-new, hours-unreadable; Conflict
    request-decided where nothing waits that could be taken back.
    """
    about = RequestAbout(entry.about)
    earlier = session.scalar(
        sa.select(KeeperRequest)
        .where(
            KeeperRequest.station_id == station.id,
            KeeperRequest.about == about,
            KeeperRequest.state == RequestState.WAITING,
        )
        .with_for_update()
    )
    if entry.taken_back:
        _take_back(session, earlier, by=by, now=now)
        return
    _refuse_empty(about, entry, station)
    if earlier is not None:
        earlier.state, earlier.decided_at = RequestState.REPLACED, now
        session.flush()
    session.add(
        KeeperRequest(
            id=event.id,
            county=station.county,
            station_id=station.id,
            person_id=by.id,
            about=about,
            state=RequestState.WAITING,
            wish=_wish(about, entry),
            note=entry.note.strip(),
            asked_at=event.occurred_at,
            demo=station.demo,
        )
    )
    session.flush()
    history.write(
        session,
        of=event,
        by=by,
        at=now,
        action=RequestAction.REQUEST_MADE,
        summary=f"站长提出：{said(about, _wish(about, entry))}",
        reason=entry.note.strip(),
    )


def said(about: RequestAbout, wish: str) -> str:
    """A request in a few words: 改营业时间（8:00-18:00）, 牌子丢了."""
    match about:
        case RequestAbout.HOURS:
            return f"{about.label}（{wish}）"
        case RequestAbout.HANDOVER:
            return f"{about.label}，交给{wish}"
        case _:
            return about.label


def _wish(about: RequestAbout, entry: RequestEntry) -> str:
    match about:
        case RequestAbout.HOURS:
            return entry.hours.strip()
        case RequestAbout.HANDOVER:
            return entry.name.strip()
        case _:
            return ""


def _refuse_empty(about: RequestAbout, entry: RequestEntry, station: Station) -> None:
    if about is RequestAbout.HANDOVER and not entry.name.strip():
        raise Invalid("request-incomplete", "请写上交给谁管，写他的名字。", fields=["payload.name"])
    if about is not RequestAbout.HOURS:
        return
    wished = parse_hours(entry.hours)
    if not wished:
        raise Invalid(
            "request-incomplete", "请写上想改成几点到几点，比如“8:00-18:00”。",
            fields=["payload.hours"],
        )  # fmt: skip
    if wished == station.hours:
        raise Invalid(
            "request-nothing-new",
            f"县里登记的营业时间已经是{hours_text(wished)}，不用再改了。",
            fields=["payload.hours"],
        )


def _take_back(
    session: Session, earlier: KeeperRequest | None, *, by: Person, now: datetime
) -> None:
    if earlier is None:
        raise Conflict(
            "request-decided",
            "这件事县里已经办了，或者您已经收回了。请打开“我的站”看看县里怎么说。",
        )
    earlier.state, earlier.decided_at = RequestState.WITHDRAWN, now
    session.flush()
    history.write(
        session,
        of=earlier,
        by=by,
        at=now,
        action=RequestAction.REQUEST_TAKEN_BACK,
        summary=f"站长收回：{said(earlier.about, earlier.wish)}",
    )
