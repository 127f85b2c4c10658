"""What is odd about a visit as it was recorded: marks beside the record, never a reason to lose it.

None of this stands in a plan; how far and how short are the county's thresholds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.calendar import full_day_text
from server.labelled import Labelled
from server.policy.distance import far_text
from server.policy.rounds.frozen import FrozenMark, FrozenPresence, FrozenSpot
from server.policy.rounds.strokes import Stroke, looks_signed


class Mark(Labelled):
    """The kinds of marks, with what a list calls them."""

    TIME_UNVERIFIED = "time_unverified", "时间未核实"
    BEFORE_ROUND = "before_round", "早于本轮"
    AFTER_ROUND = "after_round", "晚于本轮结束"
    FAR = "far", "离站点远"
    SHORT = "short", "在站时间短"
    UNPLACED = "unplaced", "没有定位"
    UNFINISHED = "unfinished", "签名像是没写完"
    DOOR_UNSEEN = "door_unseen", "锁门没拍门口"
    DOOR_UNTOLD = "door_untold", "锁门没写情况"


OFF_ROUND = frozenset({Mark.BEFORE_ROUND, Mark.AFTER_ROUND})
PRESENCE = frozenset({Mark.FAR, Mark.SHORT, Mark.UNPLACED})
OF_SIGNING = frozenset({Mark.UNFINISHED})
DOOR = frozenset({Mark.DOOR_UNSEEN, Mark.DOOR_UNTOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSeen:
    """A visit as recorded; `opens_on` and `ended_on` are its round's days, None outside a round.

    `ended_on` is the day on which the office had ended the round when the record came. `word` is
    what was written of a locked door, `door_photos` how many pictures came along.
    """

    closed_door: bool
    arrived_at: datetime
    finished_at: datetime
    time_verified: bool
    day_on: date
    opens_on: date | None
    ended_on: date | None
    presence: FrozenPresence
    inspector_strokes: Sequence[Stroke]
    keeper_strokes: Sequence[Stroke]
    witness: str
    word: str
    door_photos: int


def minutes_on_site(arrived_at: datetime, finished_at: datetime, *, verified: bool) -> int | None:
    """Whole minutes from arrival to departure; None where the times cannot be trusted."""
    if not verified or finished_at < arrived_at:
        return None
    return int((finished_at - arrived_at).total_seconds() // 60)


def surely_m(spot: FrozenSpot) -> float | None:
    """How far from the registered place at least: the distance less what the fix may be off."""
    if spot["distance_m"] is None:
        return None
    return max(spot["distance_m"] - (spot["accuracy_m"] or 0), 0.0)


def marks_of(seen: VisitSeen, *, far_m: int, short_minutes: int) -> list[FrozenMark]:
    """Every mark of a visit with its sentence, in the order of `Mark`."""
    return [{"code": mark.value, "text": text} for mark, text in _marks(seen, far_m, short_minutes)]


def _marks(seen: VisitSeen, far_m: int, short_minutes: int) -> Iterator[tuple[Mark, str]]:
    if seen.finished_at < seen.arrived_at:
        yield Mark.TIME_UNVERIFIED, "离开的时间早于到达，在站多久不知道"
    elif not seen.time_verified:
        yield Mark.TIME_UNVERIFIED, "手机的时间没有核实，在站多久不知道"
    if seen.opens_on and seen.day_on < seen.opens_on:
        yield Mark.BEFORE_ROUND, f"本轮{full_day_text(seen.opens_on)}才开始"
    if seen.ended_on and seen.day_on > seen.ended_on:
        yield Mark.AFTER_ROUND, f"本轮{full_day_text(seen.ended_on)}已经结束"
    yield from _presence(seen, far_m, short_minutes)
    unfinished = [
        who
        for who, strokes, excused in (
            ("督导员", seen.inspector_strokes, ""),
            ("站长", seen.keeper_strokes, seen.witness),
        )
        if strokes and not excused and not looks_signed(strokes)
    ]
    if unfinished:
        yield Mark.UNFINISHED, f"{'、'.join(unfinished)}的签名像是没写完"
    if seen.closed_door and not seen.door_photos:
        yield Mark.DOOR_UNSEEN, "记的是锁门，没有拍门口的照片"
    if seen.closed_door and not seen.word.strip():
        yield Mark.DOOR_UNTOLD, "记的是锁门，没有写一句情况"


def _presence(seen: VisitSeen, far_m: int, short_minutes: int) -> Iterator[tuple[Mark, str]]:
    why = seen.presence["why"]
    told = f"。督导员写：{why}" if why else "。没有写原因"
    spots = (("到站", seen.presence["arrived"]), ("签字", seen.presence["signed"]))
    far = [
        f"{when}时离登记位置至少{far_text(metres)}"
        for when, spot in spots
        if (metres := surely_m(spot)) is not None and metres > far_m
    ]
    if far:
        yield Mark.FAR, f"{'，'.join(far)}，超过{far_text(far_m)}{told}"
    minutes = minutes_on_site(seen.arrived_at, seen.finished_at, verified=seen.time_verified)
    if not seen.closed_door and minutes is not None and minutes < short_minutes:
        yield Mark.SHORT, f"在站{minutes}分钟，不到{short_minutes}分钟{told}"
    if not any(spot["placed"] for _, spot in spots):
        yield Mark.UNPLACED, "手机没有给出位置，离站点多远不知道"
