"""Which questions about parcel counts rest on counts that have been corrected since."""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.signal import IntegritySignal
from server.policy.signals.look import whole_month


def corrected(session: Session, signals: Collection[IntegritySignal]) -> list[IntegritySignal]:
    """Those of these whose day, or a day of whose month, got another version of its count.

    Only what came in after the question was raised; where a question names other stations
    (copied from whom), theirs count too. One query, none without signals.
    """
    if not signals:
        return []
    stations = {number for one in signals for number in _stations(one)}
    rows: list[tuple[int, date, datetime]] = [
        (station_id, day, at)
        for station_id, day, at in session.execute(
            sa.select(ParcelCount.station_id, ParcelCount.day_on, PhoneEvent.received_at)
            .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
            .where(
                ParcelCount.station_id.in_(stations),
                ParcelCount.day_on >= min(_first_day(one) for one in signals),
                ParcelCount.version > 1,
                PhoneEvent.received_at > min(one.raised_at for one in signals),
            )
        )
    ]
    return [
        one
        for one in signals
        if any(
            station_id in _stations(one) and at > one.raised_at and _about(one, day)
            for station_id, day, at in rows
        )
    ]


def _stations(signal: IntegritySignal) -> set[int]:
    return {signal.station_id, *signal.measured.get("stations", ())}


def _first_day(signal: IntegritySignal) -> date:
    return date.fromisoformat(f"{signal.about[:7]}-01")


def _about(signal: IntegritySignal, day: date) -> bool:
    length = len("2023-07") if whole_month(signal.about) else len("2023-07-03")
    return signal.about[:length] == day.isoformat()[:length]
