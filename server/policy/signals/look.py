"""Looks at a county's stations and asks about what seems odd: questions, never verdicts (F)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from server.policy.signals.counts import (
    flat_counts,
    operator_totals,
    round_counts,
    weekday_out_of_line,
)
from server.policy.signals.facts import Signal, StationSeen
from server.policy.signals.neighbours import copied_counts, neighbours_out_of_line
from server.policy.signals.options import KINDS, SignalOptions
from server.policy.signals.photos import lookalike_photo, photo_older_than_event, same_photo
from server.policy.signals.places import (
    frozen_position,
    impossible_speed,
    poor_position,
    shared_device,
    too_far,
)
from server.policy.signals.times import clock_drift, late_upload, only_on_inspection_days
from server.policy.signals.visits import visit_far, visit_short, visit_speed, visit_unproved

OfStation = Callable[[StationSeen, SignalOptions], Iterable[Signal]]
OfCounty = Callable[[Sequence[StationSeen], SignalOptions], Iterable[Signal]]
Beside = Callable[[Sequence[StationSeen], SignalOptions, Collection[int]], Iterable[Signal]]
"""Asks of the stations of these numbers alone, and holds them against all."""

BY_ITSELF: Mapping[str, OfStation] = {
    "too_far": too_far,
    "frozen_position": frozen_position,
    "clock_drift": clock_drift,
    "late_upload": late_upload,
    "same_photo": same_photo,
    "lookalike_photo": lookalike_photo,
    "photo_older_than_event": photo_older_than_event,
    "flat_counts": flat_counts,
    "round_counts": round_counts,
    "operator_totals": operator_totals,
    "only_on_inspection_days": only_on_inspection_days,
    "visit_far": visit_far,
    "visit_short": visit_short,
}
"""Kinds that need one station's facts only."""

TOGETHER: Mapping[str, OfCounty] = {
    "impossible_speed": impossible_speed,
    "shared_device": shared_device,
    "visit_speed": visit_speed,
    "visit_unproved": visit_unproved,
}
"""Kinds that find stations together: by who, or which phone, was at both."""

BESIDE: Mapping[str, Beside] = {
    "poor_position": poor_position,
    "copied_counts": copied_counts,
    "weekday_out_of_line": weekday_out_of_line,
    "neighbours_out_of_line": neighbours_out_of_line,
}
"""Kinds that hold a station against all others: of hundreds, where a township of forty is asked."""


def look_at(
    stations: Sequence[StationSeen], options: SignalOptions, *, township: str | None = None
) -> list[Signal]:
    """Every question about these stations, by station, then in the order of the kinds.

    The same facts give the same questions with the same `about`, whoever looks and how often. With
    a township nothing is asked of other stations: they are what its own are held against.
    """
    own = [seen for seen in stations if township in (None, seen.township)]
    asked = {seen.station for seen in own}
    found = [
        signal
        for kind, ask in BY_ITSELF.items()
        if kind not in options.off
        for seen in own
        for signal in ask(seen, options)
    ]
    found += [
        signal
        for kind, ask_together in TOGETHER.items()
        if kind not in options.off
        for signal in ask_together(stations, options)
        if signal.station in asked
    ]
    found += [
        signal
        for kind, ask_beside in BESIDE.items()
        if kind not in options.off
        for signal in ask_beside(stations, options, asked)
    ]
    place = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (one.station, place[one.kind], one.about))


def whole_month(about: str) -> bool:
    """Whether a question is about a month's pattern and not about one day, photo or way."""
    return len(about.partition(":")[0]) == len("2023-07")
