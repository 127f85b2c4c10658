"""Thirty days of the demonstration's check-ins and counts, honest ones and a few odd ones."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent
from server.models.station import Station
from server.policy.distance import distance_m
from server.policy.standard.facts import Level
from server.services.common.phone_items import CheckInEntry, CountEntry, Position
from server.services.demo.cast import DemoCast, Member
from server.services.demo.days import moment_at, phone_event

DAYS = 30


@dataclass(frozen=True, slots=True)
class Habit:
    """What is odd about one station's month, for 异常提示 to ask about; days are counted back."""

    same_count: int | None = None
    counts_of: int | None = None  # the same numbers as another station, by its id
    slip_back: int | None = None  # on this day ten times as many
    away_back: int | None = None  # on this day the check-in came from 2.4 km away
    one_place: bool = False
    minutes_slow: int = 0


NOTHING_ODD = Habit()


def live_the_month(
    session: Session,
    cast: DemoCast,
    *,
    on: date,
    rng: random.Random,
    habits: Mapping[int, Habit] = MappingProxyType({}),
) -> None:
    """Thirty days of check-ins and counts up to yesterday, with the gaps that real life has.

    On the 31st it is a day more: some of last month is always there. `habits` are odd ones, by
    station; all others are honest.
    """
    said: dict[tuple[int, date], CountEntry] = {}
    events: list[dict[str, Any]] = []
    check_ins: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    for member in cast.members:
        diligence = rng.choice([0.97, 0.93, 0.9, 0.8, 0.6])
        usual = 110 if member.station.level == Level.TOWNSHIP_STATION else 14
        usual = max(3, int(usual * rng.uniform(0.5, 1.6)))
        seq = 0
        habit = habits.get(member.station.id, NOTHING_ODD)
        for back in range(max(DAYS, on.day), 0, -1):
            day = on - timedelta(days=back)
            if rng.random() > diligence and habit is NOTHING_ODD:
                continue
            if member.sign is not None:
                seq += 1
                event, row = _check_in(member, day, seq, rng, habit, away=back == habit.away_back)
                events.append(event)
                check_ins.append(row)
            seq += 1
            entry = _counted(member, day, usual, rng, habit, slip=back == habit.slip_back)
            entry = said.get((habit.counts_of or 0, day), entry)
            said[member.station.id, day] = entry
            event, row = _count(member, entry, seq, rng)
            events.append(event)
            counts.append(row)
    session.execute(sa.insert(PhoneEvent), events)
    session.execute(sa.insert(CheckIn), check_ins)
    session.execute(sa.insert(ParcelCount), counts)


def _check_in(
    member: Member,
    day: date,
    seq: int,
    rng: random.Random,
    habit: Habit = NOTHING_ODD,
    *,
    away: bool = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    station, sign = member.station, member.sign
    at = moment_at(day, 8, rng)
    position = None
    if station.latitude is not None and station.longitude is not None and rng.random() < 0.9:
        wander = 0.0 if habit.one_place else 0.0003
        position = Position(
            round(station.latitude + rng.gauss(0, wander) + (0.0216 if away else 0), 6),
            round(station.longitude + rng.gauss(0, wander), 6),
            round(rng.uniform(6, 60), 1),
            round(rng.uniform(0, 8), 1),
        )
    typed = rng.random() < 0.08
    entry = CheckInEntry("typed" if typed else "scan", station.code or "", position)
    event = phone_event(member, entry, at=at, day=day, seq=seq, rng=rng)
    if habit.minutes_slow:
        event["device_at"] = at - timedelta(minutes=habit.minutes_slow)
        event["clock_offset_ms"] = habit.minutes_slow * 60_000
    row = {
        **_common(event),
        "occurred_at": at,
        "time_verified": True,
        "method": entry.method,
        "sign_id": sign.id if sign else None,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "fix_age_s": position.fix_age_s if position else None,
        "distance_m": _distance(station, position),
    }
    return event, row


def _distance(station: Station, position: Position | None) -> float | None:
    if position is None or station.latitude is None or station.longitude is None:
        return None
    away = distance_m(position.latitude, position.longitude, station.latitude, station.longitude)
    return round(away, 1)


def _counted(
    member: Member,
    day: date,
    usual: int,
    rng: random.Random,
    habit: Habit = NOTHING_ODD,
    *,
    slip: bool = False,
) -> CountEntry:
    """What the keeper counted that day."""
    busy = 1.25 if day.isoweekday() in {1, 2} else 0.8 if day.isoweekday() == 7 else 1.0
    received = max(0, round(rng.gauss(usual * busy, usual * 0.22)))
    received = (habit.same_count or received) * (10 if slip else 1)
    sent = max(0, round(rng.gauss(usual * 0.14, usual * 0.08)))
    agri = rng.randint(0, sent) if "agri_outbound" in member.station.services else 0
    return CountEntry(day, received, sent, agri, rng.randint(0, max(1, received // 6)))


def _count(
    member: Member, entry: CountEntry, seq: int, rng: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    at = moment_at(entry.day_on, 18, rng)
    event = phone_event(member, entry, at=at, day=entry.day_on, seq=seq, rng=rng)
    row = {
        **_common(event),
        "version": 1,
        "received": entry.received,
        "sent": entry.sent,
        "agri_sent": entry.agri_sent,
        "on_hand": entry.on_hand,
        "by_brand": {},
        "reason": "",
        "entered_at": at,
    }
    return event, row


def _common(event: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "county", "station_id", "person_id", "day_on", "demo")
    return {name: event[name] for name in names}
