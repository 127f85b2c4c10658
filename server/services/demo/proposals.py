"""The demonstration's proposals: two that wait for the office, one returned, one accepted."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person, Role
from server.models.station import Station
from server.services.demo.cast import DemoCast
from server.services.registry.proposal_decisions import accept_proposal, return_proposal
from server.services.registry.proposals import propose_edit

_ASKED = (
    ({"hours": "8:30-18:30"}, "站长来电：夏天早上八点半开门"),
    ({"head_name": "张有才", "venue": "便民超市"}, "7月起换了负责人，搬到超市里"),
    ({"address": "村口"}, "原来的门牌没了"),
    ({"venue": "党群服务中心"}, "搬进了党群服务中心"),
)
RETURNED, ACCEPTED = 2, 3  # which of them
RETURNED_BECAUSE = "“村口”太笼统，请写清楚在谁家旁边，再提一次。"


def propose_some(session: Session, cast: DemoCast, *, county: County, now: datetime) -> None:
    """Let the township officer propose, and the office decide the older two."""
    officer = session.scalar(
        select(Person).where(
            Person.county == county.code, Person.role == Role.TOWNSHIP_OFFICER, Person.demo
        )
    )
    if officer is None:
        return
    stations = session.scalars(
        select(Station)
        .where(Station.township_code == officer.township_code, Station.closed_on.is_(None))
        .order_by(Station.code.is_(None), Station.code, Station.id)
        .limit(len(_ASKED))
    ).all()
    for number, (station, (changes, reason)) in enumerate(zip(stations, _ASKED, strict=False)):
        asked_at = now - timedelta(days=number + 1, hours=3)
        made = propose_edit(
            session, station=station, changes=changes, by=officer, now=asked_at, reason=reason
        )
        if made is None:
            continue
        later = asked_at + timedelta(hours=20)
        if number == RETURNED:
            return_proposal(
                session, county=county, proposal=made, seen=None, by=cast.office, now=later,
                because=RETURNED_BECAUSE,
            )  # fmt: skip
        elif number == ACCEPTED:
            accept_proposal(
                session, county=county, proposal=made, seen=None, by=cast.office, now=later,
                closing=lambda *_: 0,
            )  # fmt: skip
