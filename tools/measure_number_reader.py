"""Measures the number reader on strips that it was not trained on: other seed, other faces.

`python -m tools.measure_number_reader MODEL.onnx SHARDS` finds the temperature at which it is as
sure as it is right, the bar above which it errs in at most 0.2 % (95 % bound), and prints tables.
The strips come from `tools.number_strips FACES SHARDS COUNT SEED held`.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tools.number_reader import NumberReader, Strip, spelt_in

MOST_WRONG = 0.002
TEMPERATURES = (0.25, 0.33, 0.42, 0.6, 1.0)
BARS = (
    0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.998, 0.999,
    0.9995, 0.9999,
)  # fmt: skip
KINDS_OF_SURE = ((0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 0.99), (0.99, 1.01))
SIZES = ((14.0, 99.0, "14 px and more"), (12.0, 14.0, "12 to 14 px"), (8.0, 12.0, "8 to 12 px"),
         (0.0, 8.0, "below 8 px"))  # fmt: skip


class Held(NamedTuple):
    """A strip kept apart, and what is true of it; `code` is "" where no number stands."""

    strip: Strip
    code: str
    digit_px: float
    material: str


class Read(NamedTuple):
    """What the reader made of one; `text` is "" when it saw no number."""

    held: Held
    text: str
    sure: float


def held_in(folder: Path) -> Iterator[Held]:
    """All strips of a folder's shards."""
    for file in sorted(folder.glob("*.npz")):
        kept = np.load(file)
        ends = np.cumsum(kept["wide"])
        for shades, code, px, material in zip(
            np.split(kept["shades"], ends[:-1]), kept["codes"], kept["digit_px"],
            kept["materials"], strict=True,
        ):  # fmt: skip
            yield Held(np.ascontiguousarray(shades.T), str(code), float(px), str(material))


def all_read(scores: Sequence[tuple[Held, np.ndarray]], temperature: float) -> list[Read]:
    """What the reader says at a temperature."""
    reads = []
    for held, raw in scores:
        cooled = np.log(np.maximum(raw, 1e-30)) / temperature
        chances = np.exp(cooled - cooled.max(axis=1, keepdims=True))
        found = spelt_in(chances / chances.sum(axis=1, keepdims=True))
        best = max(found, key=lambda spelt: spelt.sure, default=None)
        reads.append(Read(held, best.text if best else "", best.sure if best else 0.0))
    return reads


def surprise(reads: Sequence[Read]) -> float:
    """How badly what was said fits what is true, in nats a number read; the least is best."""
    said = [read for read in reads if read.text]
    total = 0.0
    for read in said:
        chance = read.sure if read.text == read.held.code else 1 - read.sure
        total -= math.log(max(1e-6, chance))
    return total / max(1, len(said))


def at_most(wrong: int, of: int) -> float:
    """The share of wrong ones that is not exceeded with 95 % (Poisson)."""
    if of == 0:
        return 1.0
    low, high = 1e-9, 40.0 + 3 * wrong
    for _ in range(60):
        middle = (low + high) / 2
        so_few = sum(
            math.exp(n * math.log(middle) - middle - math.lgamma(n + 1)) for n in range(wrong + 1)
        )
        low, high = (middle, high) if so_few > 0.05 else (low, middle)
    return low / of


def counted(reads: Sequence[Read], bar: float) -> Counter[str]:
    """Right, unread, wrong, and none where none stands."""
    found: Counter[str] = Counter()
    for read in reads:
        text = read.text if read.sure >= bar else ""
        if text == read.held.code:
            found["right" if text else "none"] += 1
        else:
            found["wrong" if text else "unread"] += 1
    return found


def measure(model: Path, folder: Path) -> None:
    """Print the tables."""
    reader = NumberReader.load(model)
    scores = [(held, reader.chances(held.strip)) for held in held_in(folder)]
    fits = {t: surprise(all_read(scores[::12], t)) for t in TEMPERATURES}
    best = min(fits, key=lambda t: fits[t])
    print(f"{len(scores)} strips; surprise by temperature : {fits}")
    reads = all_read(scores, best)
    print(f"\nat temperature {best}:\n\n| sure from | right | wrong | at most |\n|---|---|---|---|")
    for bar in BARS:
        found = counted(reads, bar)
        right, wrong = found["right"], found["wrong"]
        print(f"| {bar} | {right} | {wrong} | {at_most(wrong, right + wrong):.2%} |")
    print("\n| sure | read | right |\n|---|---|---|")
    for low, high in KINDS_OF_SURE:
        part = [r for r in reads if r.text and low <= r.sure < high]
        right = sum(r.text == r.held.code for r in part)
        print(f"| {low} to {high} | {len(part)} | {right / max(1, len(part)):.1%} |")
    bar = next((b for b in BARS if _errs(reads, b) <= MOST_WRONG), 1.0)
    print(f"\nbar {bar}\n\n| strips | right / unread / wrong |\n|---|---|")
    for name, part in _parts(reads):
        found = counted(part, bar)
        print(f"| {name} | {found['right']} / {found['unread']} / {found['wrong']} |")
    for read in reads:
        if read.text and read.text != read.held.code and read.sure >= bar:
            print("wrong:", read.held.code or "none", read.text, read.sure, read.held.material)


def _errs(reads: Sequence[Read], bar: float) -> float:
    found = counted(reads, bar)
    return at_most(found["wrong"], found["right"] + found["wrong"])


def _parts(reads: Sequence[Read]) -> Iterator[tuple[str, list[Read]]]:
    numbers = [read for read in reads if read.held.code]
    yield "all with a number", numbers
    for least, most, name in SIZES:
        yield name, [read for read in numbers if least <= read.held.digit_px < most]
    for material in sorted({read.held.material for read in reads}):
        yield material, [read for read in numbers if read.held.material == material]
    yield "none on it", [read for read in reads if not read.held.code]


if __name__ == "__main__":
    measure(Path(sys.argv[1]), Path(sys.argv[2]))
