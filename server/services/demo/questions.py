"""Gives the demonstration a handful of odd stations, and questions at every step of their way."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.county import County
from server.models.phone_event import PhoneEvent
from server.models.signal import IntegritySignal
from server.policy.standard.facts import Level
from server.services.common.phone_items import AnswerEntry
from server.services.demo.cast import Character, DemoCast, Member
from server.services.demo.days import phone_event
from server.services.demo.month import Habit
from server.services.signals.questions import answer, look_for_signals, settle_signal

SEEN_ON_THE_PHONE = "C0002"  # one of the two phones that a visitor may try


def habits_of(cast: DemoCast) -> Mapping[int, Habit]:
    """Which stations are odd, and how; a county with few of them has fewer odd ones."""
    plain = [
        one
        for one in cast.members
        if one.sign is not None
        and one.station.level is Level.VILLAGE_POINT
        and one.station.latitude is not None
        and one.station.code not in ("C0001", SEEN_ON_THE_PHONE)
        and one.character is not Character.GAP
    ]
    odd = {
        one.station.id: Habit(away_back=3)
        for one in cast.members
        if one.station.code == SEEN_ON_THE_PHONE
    }
    # Far enough apart for several townships; copying needs a neighbour.
    chosen = plain[2::5]
    kinds = (
        Habit(same_count=15),
        Habit(one_place=True),
        Habit(minutes_slow=95),
        Habit(slip_back=4),
    )
    odd |= {one.station.id: habit for one, habit in zip(chosen, kinds, strict=False)}
    if len(plain) > 5:
        odd[plain[5].station.id] = Habit(counts_of=plain[4].station.id)
        odd[plain[4].station.id] = Habit(counts_of=plain[4].station.id)
    return odd


def ask_and_answer(
    session: Session, cast: DemoCast, *, county: County, on: date, now: datetime
) -> None:
    """Look for the first time; one keeper answers, and the office settles a few."""
    raised = {one.kind: one for one in look_for_signals(session, county=county, on=on, now=now)}
    members = {one.station.id: one for one in cast.members}
    yesterday = datetime.combine(on - timedelta(days=1), time(17, 20), BEIJING)
    if slow := raised.get("clock_drift"):
        _say(session, slow, members, "手机时间被孩子调过，已经改成自动了", yesterday)
        settle_signal(
            session,
            signal=slow,
            decision="explained",
            reason="打电话核实过，时间已改好",
            by=cast.office,
            now=now,
        )
    if slip := raised.get("weekday_out_of_line"):
        _say(session, slip, members, "多打了一个0，实际是十几件", yesterday)
    if frozen := raised.get("frozen_position"):
        settle_signal(
            session,
            signal=frozen,
            decision="doubtful",
            reason="电话没人接，下次督导时看一看手机",
            by=cast.office,
            now=now,
        )


def _say(
    session: Session,
    signal: IntegritySignal,
    members: Mapping[int, Member],
    text: str,
    at: datetime,
) -> None:
    """The keeper's answer, as the own phone would have sent it."""
    member = members[signal.station_id]
    rng = random.Random(f"{signal.county}-answer-{signal.kind}")
    event = phone_event(
        member, AnswerEntry(signal.id, text), at=at, day=at.date(), seq=990, rng=rng
    )
    session.execute(sa.insert(PhoneEvent), [event])
    answer(
        session,
        signal_id=signal.id,
        station=member.station,
        text=text,
        event_id=event["id"],
        by=member.keeper,
        now=at,
    )
