"""Takes in what a keeper asks for, and what they take back; the register stays as it is."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.models.station import Station
from server.policy.hours import hours_text, parse_hours
from server.policy.masking import masked_text
from server.services.common import history
from server.services.common.phone_items import RequestEntry
from server.services.people.people import keepers_of
from server.services.requests.actions import RequestAction

_CHOSEN = re.compile(r"\d{1,2}:\d\d-\d{1,2}:\d\d(?:，(?:周日|周六、周日)休息)?")
"""As the phone writes what was chosen from its lists."""


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

    Earlier by when it was asked: what another phone asked before and sent after waits no more
    itself. What another keeper of the station asked for is not undone by this one, until that
    keeper keeps it no more. Raises Invalid request-incomplete, request-nothing-new,
    hours-unreadable; Conflict request-decided where nothing waits that could be taken back,
    request-of-another.
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
    if earlier is not None:
        _refuse_anothers(session, earlier, station, by=by, now=now)
    newer = earlier is not None and earlier.asked_at > event.occurred_at
    if entry.taken_back:
        _take_back(session, None if newer else earlier, by=by, now=now)
        return
    _refuse_empty(about, entry, station)
    if earlier is not None and not newer:
        earlier.state, earlier.decided_at = RequestState.REPLACED, now
        session.flush()
    session.add(
        KeeperRequest(
            id=event.id,
            county=station.county,
            station_id=station.id,
            person_id=by.id,
            about=about,
            state=RequestState.REPLACED if newer else RequestState.WAITING,
            decided_at=now if newer else None,
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
        summary=f"站长提出：{told_for_long(about, _wish(about, entry))}",
        reason=masked_text(entry.note.strip()),
    )


def told_for_long(about: RequestAbout, wish: str) -> str:
    """The same for the history, which keeps nobody's number: the request itself has it, sealed."""
    return said(about, masked_text(wish) if about is RequestAbout.HANDOVER else wish)


def understood(wish: str) -> str:
    """The week that a keeper's own words are understood as; "" where they say no more than it."""
    if _CHOSEN.fullmatch(wish):
        return ""
    try:
        week = hours_text(parse_hours(wish))
    except Invalid:
        return ""
    return "" if week == wish else week


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


def _refuse_anothers(
    session: Session, earlier: KeeperRequest, station: Station, *, by: Person, now: datetime
) -> None:
    """Raise where the wish that waits is of somebody else who keeps the station as well."""
    if earlier.person_id == by.id:
        return
    for one in keepers_of(session, station_id=station.id, now=now):
        if one.id == earlier.person_id:
            raise Conflict(
                "request-of-another",
                f"{one.name}已经提了“{said(earlier.about, earlier.wish)}”，县里还没办。"
                f"请和{one.name}商量：由他改提或者收回，或者等县里办了再提。",
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
        summary=f"站长收回：{told_for_long(earlier.about, earlier.wish)}",
    )
