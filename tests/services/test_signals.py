"""Integrity signals: raised once, answered by the keeper, settled by a person, never a verdict."""

from typing import Any

from sqlalchemy.orm import Session

from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.services.signals import open_counts
from tests.factories import NOW, TODAY, Cast


def raised(session: Session, station: Station, about: str = "x", **fields: Any) -> IntegritySignal:
    """A question about a station, as the nightly look would have raised it."""
    values: dict[str, Any] = {
        "kind": "too_far",
        "day_on": TODAY,
        "question": "7月3日签到的位置离站点有2.4公里。当天是在别处营业吗？",
        "measured": {"why": "离登记位置2.4公里（误差20米），超过1公里"},
        "state": SignalState.OPEN,
        "raised_at": NOW,
    }
    signal = IntegritySignal(
        county=station.county, station_id=station.id, about=about, **(values | fields)
    )
    session.add(signal)
    session.flush()
    return signal


def test_what_is_not_settled_is_counted_by_station(session: Session, cast: Cast) -> None:
    raised(session, cast.c1, "a")
    raised(session, cast.c1, "b", state=SignalState.ANSWERED)
    raised(session, cast.c2, "c", state=SignalState.SETTLED)
    raised(session, cast.foreign, "d")

    assert open_counts(session, county="140926") == {cast.c1.id: 2}
