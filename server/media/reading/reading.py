"""Read the writing in photos in a process of its own, which may crash or hang without harm.

The reading process is started when first needed and kept; it is killed when a photo takes too long
or too much memory, and that photo is set aside with its reason. Importing this module is cheap.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from server.errors import Invalid
from server.media.processes.child import Child, ChildDied, ChildMissing
from server.policy.signs.lines import Glyph, Line
from server.policy.signs.number import NumberRead
from server.policy.signs.sureness import said

LIMIT_S = 45.0
"""Seconds one photo may take; about 1.2 of processor time are usual, starting takes 1."""
MEMORY_MB = 2500
"""Address space that the reading process may claim; a photo that needs more is set aside."""

Subject = Literal["signboard", "hours_board", "any"]


class SetAside(Exception):  # noqa: N818 - the photo is set aside, nothing is wrong with the house
    """This photo could not be read by machine; `code` is slow, crashed or memory."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class ReaderBroken(Exception):  # noqa: N818 - the house is in trouble, no photo is at fault
    """The reading process does not start: models missing or damaged, or no memory for them."""

    def __init__(self) -> None:
        super().__init__(
            "识读程序起不来：模型文件不全，或者内存不够。请运行 make setup 重装依赖，并看看内存。"
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a photo of `width` × `height` pixels (upright); quads are in these pixels.

    `number` is the sign code after a closer look where one was needed; `looks` counts the passes
    over the picture, `model_s` processor seconds in the networks, `took_s` all by the clock.
    """

    width: int
    height: int
    lines: tuple[Line, ...]
    number: NumberRead | None
    looks: int
    model_s: float
    took_s: float


class Reader:
    """The reading process and the wire to it; one photo at a time, from any thread."""

    def __init__(self, *, limit_s: float = LIMIT_S, memory_mb: int = MEMORY_MB) -> None:
        self.limit_s = limit_s
        self._child = Child("server.media.reading.reading_process", memory_mb=memory_mb)
        self._one_at_a_time = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The reading process, None when there is none."""
        return self._child.pid

    def read(self, content: bytes, subject: Subject = "any") -> Reading:
        """Read one photo.

        Raises `Invalid` as `pictures.images.admit` does, and `SetAside` when the photo took too
        long, too much memory, or the process with it. The next photo is read by a fresh process.
        Raises `ReaderBroken` when there is none to be had.
        """
        with self._one_at_a_time:
            try:
                answer, _ = self._child.ask({"subject": subject}, content, limit_s=self.limit_s)
            except TimeoutError:
                raise SetAside("slow", f"识读超过{self.limit_s:g}秒，已放下。") from None
            except ChildDied:
                raise SetAside("crashed", "识读程序在这张照片上中断了，已放下。") from None
            except ChildMissing:
                raise ReaderBroken from None
            if "set_aside" in answer:
                self._child.end()
        return _reading_from(answer)

    def close(self) -> None:
        """End the reading process; the next photo starts a new one."""
        with self._one_at_a_time:
            self._child.end()


@cache
def shared_reader() -> Reader:
    """The one reader of this process."""
    return Reader()


def reading_json(reading: Reading) -> dict[str, Any]:
    """A reading ready for JSON, as technicians get it; the database keeps `pack_lines`."""
    return {
        "width": reading.width,
        "height": reading.height,
        "lines": [
            {
                "text": line.text,
                "confidence": round(said("line", line.confidence), 3),
                "quad": [list(point) for point in line.quad],
                "vertical": line.vertical,
            }
            for line in reading.lines
        ],
        "looks": reading.looks,
        "model_s": round(reading.model_s, 3),
        "took_s": round(reading.took_s, 3),
    }


def pack_lines(lines: Sequence[Line]) -> list[Any]:
    """Lines with all that their glyphs may be, for the wire."""
    return [
        [
            line.quad,
            line.vertical,
            [[*glyph[:4], *([True] if glyph.foreign else [])] for glyph in line.glyphs],
            *(marks if any(marks := (line.beside, line.cut, line.preceded, line.parted)) else ()),
        ]
        for line in lines
    ]


def unpack_lines(packed: Sequence[Any]) -> tuple[Line, ...]:
    """The reverse of `pack_lines`."""
    return tuple(
        Line(
            tuple(
                Glyph(text, sure, at, tuple((other, chance) for other, chance in others), *foreign)
                for text, sure, at, others, *foreign in glyphs
            ),
            _quad(quad),
            vertical,
            *marks,
        )
        for quad, vertical, glyphs, *marks in packed
    )


def _quad(points: Sequence[Sequence[float]]) -> Any:
    return tuple((x, y) for x, y in points)


def _reading_from(answer: dict[str, Any]) -> Reading:
    if "invalid" in answer:
        raise Invalid(answer["invalid"], answer["message"], **answer["details"])
    if "set_aside" in answer:
        raise SetAside(answer["set_aside"], "识读这张照片要用的内存太多，已放下。")
    if "bug" in answer:  # the process has told it on its standard error
        raise SetAside("crashed", "识读程序在这张照片上中断了，已放下。")
    number = answer["number"]
    return Reading(
        width=answer["width"],
        height=answer["height"],
        lines=unpack_lines(answer["lines"]),
        number=NumberRead(number[0], number[1], number[2], _quad(number[3])) if number else None,
        looks=answer["looks"],
        model_s=answer["model_s"],
        took_s=answer["took_s"],
    )
