"""The demonstration's requests of keepers: two that wait for the office, one that was answered."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.phone_event import PhoneEvent
from server.models.request import KeeperRequest, RequestAbout
from server.policy.standard.facts import Level
from server.services.common.phone_items import RequestEntry
from server.services.demo.cast import Character, DemoCast, Member
from server.services.demo.days import phone_event
from server.services.requests.deciding import refuse_request
from server.services.requests.taking import take_request

SEEN_ON_THE_PHONE = "C0001"  # one of the two phones that a visitor may try
REFUSED_BECAUSE = "字还看得清，先用着。年底统一换牌子，第一批就有您站上的。"


def ask_for_things(session: Session, cast: DemoCast, *, now: datetime) -> None:
    """Hours that wait, a lost plate that waits, and a worn plate of the first phone, answered."""
    plain = [
        one
        for one in cast.members
        if one.sign is not None
        and one.station.level is Level.VILLAGE_POINT
        and one.character is Character.WAITING
        and one.station.code != SEEN_ON_THE_PHONE
    ]
    wishes = (
        RequestEntry(RequestAbout.HOURS, hours="7:30-19:30", note="收麦子了，大家下地回来晚"),
        RequestEntry(RequestAbout.PLATE_LOST, note="刮大风，牌子找不见了"),
    )
    for days, (member, wish) in enumerate(zip(plain, wishes, strict=False), start=1):
        _ask(session, member, wish, at=now - timedelta(days=days, hours=2))
    for member in cast.members:
        if member.station.code == SEEN_ON_THE_PHONE and member.sign is not None:
            worn = RequestEntry(RequestAbout.PLATE_BROKEN, note="字晒得发白了")
            asked = _ask(session, member, worn, at=now - timedelta(days=3))
            refuse_request(
                session, request=asked, by=cast.office, now=now - timedelta(days=2),
                answer=REFUSED_BECAUSE,
            )  # fmt: skip


def _ask(session: Session, member: Member, wish: RequestEntry, *, at: datetime) -> KeeperRequest:
    """As the keeper's own phone would have asked."""
    rng = random.Random(f"{member.station.county}-{member.station.code}-{wish.about}")
    row = phone_event(member, wish, at=at, day=beijing_day(at), seq=980, rng=rng)
    row["received_at"] = at
    session.execute(sa.insert(PhoneEvent), [row])
    event = session.get_one(PhoneEvent, row["id"])
    take_request(session, event=event, station=member.station, entry=wish, by=member.keeper, now=at)
    return session.get_one(KeeperRequest, event.id)
