"""How somebody was at the station, in the words of pages and papers; else it is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.models.inspection import Inspection
from server.models.phone_event import ScanMethod
from server.policy.distance import far_text
from server.policy.rounds.frozen import FrozenMark, FrozenSpot
from server.policy.rounds.marks import Mark
from server.policy.signals.facts import long_text

UNKNOWN = "不知道"
PLATES: Mapping[str, str] = {
    **ScanMethod.labels(),
    "number": ScanMethod.TYPED.label,
    "none": "没有扫牌子，从名单进",
}
CLOCKS: Mapping[str, str] = {
    "heard": "时间刚和服务器对过",
    "kept": "时间按上次对的算",
    "unknown": "时间没有对过",
}


@dataclass(frozen=True, slots=True)
class PresenceTold:
    """One visit's presence in words, ready for a screen or paper."""

    arrived: str
    signed: str
    stayed: str
    plate: str
    why: str


def presence_told(inspection: Inspection) -> PresenceTold:
    """The presence of a record; an older one tells its distance at arrival and how it was read."""
    presence = inspection.presence
    minutes = inspection.minutes
    stayed = UNKNOWN if minutes is None else long_text(minutes) if minutes else "不到1分钟"
    if presence is None:
        metres = inspection.distance_m
        return PresenceTold(
            arrived="没有定位" if metres is None else f"离登记位置约{far_text(metres)}",
            signed=UNKNOWN,
            stayed=stayed,
            plate=PLATES.get(inspection.method, UNKNOWN),
            why="",
        )
    return PresenceTold(
        arrived=_spot_text(presence["arrived"]),
        signed=_spot_text(presence["signed"]),
        stayed=stayed,
        plate=PLATES.get(presence["plate"], UNKNOWN),
        why=presence["why"],
    )


def marks_told(inspection: Inspection) -> list[FrozenMark]:
    """The marks as kept; of records older than marks only what their time says."""
    return marks_kept(inspection.marks, time_verified=inspection.time_verified)


def marks_kept(kept: list[FrozenMark] | None, *, time_verified: bool) -> list[FrozenMark]:
    """The same from the columns of a list."""
    if kept is not None:
        return kept
    if time_verified:
        return []
    return [{"code": Mark.TIME_UNVERIFIED.value, "text": "手机的时间没有核实，在站多久不知道"}]


def mark_labels(marks: Iterable[FrozenMark]) -> list[str]:
    """What a list calls them."""
    return [Mark(one["code"]).label for one in marks]


def _spot_text(spot: FrozenSpot) -> str:
    if spot["placed"] is None:
        return UNKNOWN
    if not spot["placed"]:
        told = ["没有定位"]
    elif spot["distance_m"] is None:
        told = ["有定位，站点没有登记位置"]
    else:
        error = f"（误差{far_text(spot['accuracy_m'])}）" if spot["accuracy_m"] else ""
        told = [f"离登记位置约{far_text(spot['distance_m'])}{error}"]
    if spot["online"] is not None:
        told.append("有网" if spot["online"] else "没网")
    if spot["clock"] is not None:
        told.append(CLOCKS.get(spot["clock"], UNKNOWN))
    return "，".join(told)
