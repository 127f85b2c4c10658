"""Arrows and circles that an inspector draws on a photo: a layer beside it, never in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from server.labelled import Labelled

AT_MOST = 12  # on one photo
SIDE = 1000  # both sides of the picture, however long they are


class DrawingKind(Labelled):
    """What can be drawn."""

    ARROW = "arrow", "箭头"
    CIRCLE = "circle", "圈"


class FrozenDrawing(TypedDict):
    """One drawing as phones send it and records keep it; points are [x, y] in 0..1000."""

    kind: str
    start: list[int]
    end: list[int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One arrow, from its tail to its head, or one circle, from corner to corner of its box."""

    kind: DrawingKind
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def json(self) -> FrozenDrawing:
        """As it is frozen."""
        return {"kind": self.kind.value, "start": list(self.start), "end": list(self.end)}


def drawings_in(notes: Mapping[str, Any] | None) -> tuple[Drawing, ...]:
    """The drawings among a phone's notes of a photo; what cannot be one is passed over."""
    given = (notes or {}).get("drawings")
    if not isinstance(given, list):
        return ()
    found = (_drawing(one) for one in given[:AT_MOST])
    return tuple(one for one in found if one is not None)


def told(drawings: Iterable[Drawing | FrozenDrawing]) -> str:
    """How many of each: 箭头1处、圈2处; empty for none."""
    kinds = [one.kind if isinstance(one, Drawing) else DrawingKind(one["kind"]) for one in drawings]
    return "、".join(f"{kind.label}{kinds.count(kind)}处" for kind in DrawingKind if kind in kinds)


def _drawing(value: Any) -> Drawing | None:
    if not isinstance(value, Mapping):
        return None
    start, end = _point(value.get("start")), _point(value.get("end"))
    kind = value.get("kind")
    if start is None or end is None or kind not in DrawingKind.labels():
        return None
    return Drawing(DrawingKind(kind), start, end)


def _point(value: Any) -> tuple[int, int] | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    inside = [
        one
        for one in value
        if isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= SIDE
    ]
    return (inside[0], inside[1]) if len(inside) == 2 else None
