"""Reads station numbers with the small network that `tools/train_number_reader.py` trains.

Tried and not shipped: docs/accuracy-signs.md says what it gave. It knows 14 characters (XZC, ten
digits, any other) and looks at strips as the stock line finder cuts them out.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

STRIP_HIGH = 32
WIDEST_STRIP = 640
ANSWERS = "-XZC0123456789*"
"""What the network can say of a step: nothing, a character of a number, any other character."""
STEP_PX = 2

_FORM = re.compile(r"(?<![XZC0-9])(?:XZ|C)[0-9]{4}(?![XZC0-9])")

Pixels = npt.NDArray[np.uint8]
Strip = npt.NDArray[np.uint8]
"""Shades of `STRIP_HIGH` rows; the ground may be dark or bright."""
Chances = npt.NDArray[np.float64]


class Spelt(NamedTuple):
    """A number in a strip: how probable it is among all that these steps may say, and where.

    `start` and `end` are shares of the strip's width.
    """

    text: str
    sure: float
    start: float
    end: float


def as_strip(cut: Pixels) -> Strip:
    """A level BGR cut in one shade, along the way its colours differ most, with full light."""
    high, wide = cut.shape[:2]
    across = min(WIDEST_STRIP, max(8, round(wide * STRIP_HIGH / high)))
    how = cv2.INTER_AREA if high > STRIP_HIGH else cv2.INTER_CUBIC
    small = cv2.resize(cut, (across, STRIP_HIGH), interpolation=how)
    shades = small.reshape(-1, 3).astype(np.float32)
    shades -= shades.mean(axis=0)
    way = np.linalg.eigh(shades.T @ shades)[1][:, -1]
    one = shades @ (way if way.sum() >= 0 else -way)
    dark, bright = np.percentile(one, (1, 99))
    spread = (one - dark) * (255 / max(4.0, float(bright - dark)))
    return np.asarray(spread.clip(0, 255).reshape(STRIP_HIGH, across), np.uint8)


@dataclass(slots=True)
class NumberReader:
    """The network on one thread."""

    session: onnxruntime.InferenceSession

    @classmethod
    def load(cls, model: Path) -> "NumberReader":
        """Load a model that was trained."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        return cls(
            onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        )

    def spelt(self, strip: Strip) -> list[Spelt]:
        """The numbers in one strip."""
        return spelt_in(self.chances(strip))

    def chances(self, strip: Strip) -> Chances:
        """For each step along the strip, how probable each of `ANSWERS` is."""
        shades = strip.astype(np.float32)[None, None] / 255
        wide = -(-shades.shape[3] // 8) * 8
        padded = np.pad(shades, ((0, 0), (0, 0), (0, 0), (0, wide - shades.shape[3])), "edge")
        scores = self.session.run(None, {"strips": padded})[0][0].astype(np.float64)
        scores = scores[: max(1, shades.shape[3] // STEP_PX)]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), np.float64)


def spelt_in(chances: Chances) -> list[Spelt]:
    """The numbers among the likeliest answers, each with its chance among all other answers."""
    best = chances.argmax(axis=1)
    starts = np.flatnonzero(np.r_[True, best[1:] != best[:-1]])
    runs = [
        (ANSWERS[best[start]], int(start), int(end))
        for start, end in zip(starts, np.r_[starts[1:], len(best)], strict=True)
        if best[start] != 0
    ]
    found = []
    for match in _FORM.finditer("".join(answer for answer, _, _ in runs)):
        # From half-way to the neighbours: a digit lost or won at the ends counts against it.
        first = runs[match.start() - 1][2] if match.start() else 0
        last = runs[match.end()][1] if match.end() < len(runs) else len(best)
        sure = math.exp(_likelihood(chances[first:last], match[0]))
        start, end = runs[match.start()][1], runs[match.end() - 1][2]
        found.append(Spelt(match[0], min(1.0, sure), start / len(best), end / len(best)))
    return found


def _likelihood(chances: Chances, text: str) -> float:
    """The logarithm of the chance that these steps say just this, however they are spread (CTC)."""
    says = [0]
    for character in text:
        says += [ANSWERS.index(character), 0]
    so_far = np.zeros(len(says))
    so_far[:2] = chances[0, says[:2]]
    may_skip = np.array(
        [n > 1 and says[n] != 0 and says[n] != says[n - 2] for n in range(len(says))]
    )
    total = 0.0
    for step in chances[1:]:
        one, two = np.r_[0, so_far[:-1]], np.r_[0, 0, so_far[:-2]]
        so_far = (so_far + one + two * may_skip) * step[says]
        weight = so_far.sum()
        if weight <= 0:
            return -math.inf
        total += math.log(weight)
        so_far /= weight
    return total + math.log(max(1e-300, float(so_far[-2:].sum())))
