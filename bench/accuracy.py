"""How right the machine is: signs, hours, doubles and quality hints, on photos made from a seed.

`make accuracy` runs all parts; `python -m bench.accuracy reading 300` one part with so many photos;
`python -m bench.accuracy reading LABELS.json` measures on your own labelled photos.
"""

import difflib
import io
import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from server.media.images import Picture, look
from server.media.lookalike import NEAR, compare, print_distance, prints_of
from server.media.looks import PictureReader
from server.policy.hours_board import board_hours
from server.policy.sign_match import Outcome, match_sign
from server.policy.sign_parts import WORDINGS
from server.policy.sign_text import same_place
from tools.boards import faces, register
from tools.changed_photos import CHANGES, as_jpeg, changed, taken_anew
from tools.other_days import HANDS, two_days
from tools.sign_photos import SEED, sign_photos

READABLE_PX = 14
"""Height of a number's characters from which it has to be read (issue 5)."""
READABLE_HOURS_PX = 16

Labelled = tuple[bytes, dict[str, Any]]


class Tally:
    """Counts outcomes under headings, and prints them with their shares."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[str]] = {}

    def add(self, heading: str, outcome: str) -> None:
        self.rows.setdefault(heading, Counter())[outcome] += 1

    def show(self) -> None:
        for heading, counts in self.rows.items():
            total = counts.total()
            shares = ", ".join(f"{name} {n / total:.1%}" for name, n in counts.most_common())
            print(f"| {heading} | {total} | {shares} |")


def reading(photos: Iterable[Labelled], places: Sequence[str]) -> None:
    """Names, numbers and hours; and whether a neighbour's name is ever taken for the right one."""
    tally, reader, misses, looks = Tally(), PictureReader(), [], 0
    began = time.process_time()
    for content, label in photos:
        kind = "signboard" if label["kind"] == "sign" else "hours_board"
        seen = reader.read(content, kind)  # type: ignore[arg-type]
        looks += seen.looks
        if label["kind"] == "hours":
            rules = board_hours(seen.lines).as_json()
            outcome = "right" if rules == label["hours"] else "wrong" if rules else "unread"
            size = "readable" if label["name_px"] >= READABLE_HOURS_PX else "too small"
            tally.add(f"hours, {size}", outcome)
            if outcome != "right":
                misses.append((label["file"], label["lines"], rules))
            continue
        _sign(tally, misses, seen, label, places)
    print("\n| reading | photos | outcomes |\n|---|---|---|")
    tally.show()
    spent = time.process_time() - began
    print(
        f"\n{spent:.0f} s of processor, {looks} looks, {reader.models.busy_s:.0f} s in the models"
    )
    for miss in misses:
        print("  missed:", *miss)


def _sign(
    tally: Tally, misses: list[Any], seen: Any, label: dict[str, Any], places: Sequence[str]
) -> None:
    name, number = label["name"], label["number"]

    def against(claim: str, code: str | None) -> Any:
        return match_sign(seen.lines, names=[claim], number=code, number_read=seen.number)

    match = against(name, number)
    tally.add("name of the station", match.name.outcome.value)
    if match.name.outcome is not Outcome.MATCHES:
        misses.append((label["file"], name, match.name.outcome.value, match.name.read))
    found = seen.number.text if seen.number else None
    if number is None:
        tally.add("number, none on the sign", "none read" if found is None else "wrong")
    else:
        size = "readable" if label["number_px"] >= READABLE_PX else "too small"
        outcome = "right" if found == number else "wrong" if found else "unread"
        tally.add(f"number, {size}", outcome)
        if outcome != "right" and size == "readable":
            misses.append((label["file"], number, found, label["effect"], label["blur"]))
        digit = str((int(number[-1]) + 1) % 10)
        other = against(name, number[:-1] + digit)
        tally.add("number with one other digit claimed", other.outcome.value)
    for neighbour in nearest(name, places):
        tally.add("nearest names claimed", against(neighbour, None).outcome.value)


def nearest(name: str, places: Sequence[str], count: int = 3) -> list[str]:
    """The names of other stations that are the most like this one."""
    wording = next(words for words in WORDINGS.values() if name.endswith(words))
    place = name.removesuffix(wording)
    others = (other for other in places if not same_place(other, place))
    likest = sorted(others, key=lambda o: -difflib.SequenceMatcher(None, o, place).ratio())
    return [other + wording for other in likest[:count]]


def doubles(count: int) -> None:
    """Copies found, other places and other days not."""
    photos = [photo.content for photo in sign_photos(count, SEED + 1)]
    prints = [prints_of(photo) for photo in photos]
    dice, tally, began = random.Random(SEED), Tally(), time.process_time()
    for number, photo in enumerate(photos):
        for how in CHANGES:
            copy = changed(photo, how, dice)
            distance, _ = print_distance(prints_of(copy), prints[number])
            found = distance <= NEAR and compare(copy, photo).resemblance.is_double
            tally.add(how, "found" if found else "missed")
        new = taken_anew(photo, dice)
        tally.add("taken anew, from the photo itself", compare(new, photo).resemblance.value)
        for hand in HANDS:
            found_as = compare(*two_days(dice, hand)).resemblance.value
            tally.add(f"two days, {hand}", found_as)
        for other in range(number + 1, min(count, number + 5)):
            pair = compare(photo, photos[other]).resemblance
            tally.add("two places", "called a double" if pair.is_double else "not a double")
            near = print_distance(prints[number], prints[other])[0] <= NEAR
            tally.add("two places, by fingerprint alone", "near" if near else "apart")
    print("\n| doubles | pairs | outcomes |\n|---|---|---|")
    tally.show()
    print(f"\n{time.process_time() - began:.0f} s of processor")


def _motion(length: int) -> Callable[[Image.Image], Image.Image]:
    """Moved by so many pixels, each photo another way, always the same for the same photo."""

    def moved(image: Image.Image) -> Image.Image:
        angle = sum(image.resize((1, 1)).convert("L").tobytes()) * 0.7
        across, down = math.cos(angle) * (length - 1) / 2, math.sin(angle) * (length - 1) / 2
        smear = np.zeros((length + 2, length + 2), np.float32)
        middle = (length + 2) // 2
        for share in np.linspace(-1, 1, 8 * length):
            smear[round(middle + share * down), round(middle + share * across)] = 1
        pixels = cv2.filter2D(np.asarray(image), -1, smear / smear.sum())
        return Image.fromarray(np.asarray(pixels, np.uint8))

    return moved


def _screenshot(image: Image.Image) -> Image.Image:
    """The photo as shown by a telephone, with bars above and below."""
    screen = Image.new("RGB", (1080, 2400), "black")
    shown = image.resize((1080, 1080 * image.height // image.width))
    screen.paste(shown, (0, (2400 - shown.height) // 2))
    return screen


GOOD_LIGHT = ("none", "shadow", "glare", "pole")
WORSE: dict[str, tuple[str, Callable[[Image.Image], Image.Image]]] = {
    "blurred, σ 1 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(1))),
    "blurred, σ 2 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(2))),
    "blurred, σ 3 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(3))),
    "moved by 9 px": ("blurred", _motion(9)),
    "moved by 15 px": ("blurred", _motion(15)),
    "moved by 25 px": ("blurred", _motion(25)),
    "light × 0.2": ("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.2)),
    "light × 0.08": ("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.08)),
    "light × 3": ("overexposed", lambda image: ImageEnhance.Brightness(image).enhance(3)),
    "640 px": ("too_small", lambda image: image.resize((640, 640 * image.height // image.width))),
    "a screenshot": ("screenshot", _screenshot),
}


def quality(photos: Iterable[Labelled]) -> None:
    """How often the hints speak where they should, and where they should not."""
    tally = Tally()
    for content, label in photos:
        if label["blur"] not in ("sharp", "soft") or label["effect"] not in GOOD_LIGHT:
            continue
        image = Image.open(io.BytesIO(content)).convert("RGB")
        for hint in sorted({hint for hint, _ in WORSE.values()}):
            tally.add(f"good photo: {hint}", _spoken(look(content), hint))
        for what, (hint, worsen) in WORSE.items():
            tally.add(f"{what}: {hint}", _spoken(look(as_jpeg(worsen(image), 85)), hint))
    print("\n| quality hints | photos | outcomes |\n|---|---|---|")
    tally.show()


def _spoken(picture: Picture, hint: str) -> str:
    return "hint" if getattr(picture, hint) else "silent"


def made(count: int) -> Iterator[Labelled]:
    """Photos of the generator."""
    for photo in sign_photos(count):
        yield photo.content, photo.label


def labelled(file: Path) -> Iterator[Labelled]:
    """Photos of your own: a list of labels with file, kind, name, number and hours."""
    for label in json.loads(file.read_text("utf-8")):
        label.setdefault("name", label.get("main"))
        label.setdefault("name_px", label.get("charpx", 99))
        label.setdefault("number_px", 99)
        label.setdefault("lines", label.get("text_lines", []))
        label.setdefault("effect", "")
        label.setdefault("blur", "")
        folder = file.parent / file.name.removesuffix(".json").removesuffix("-labels")
        photo = folder / label["file"]
        yield (photo if photo.is_file() else file.parent / label["file"]).read_bytes(), label


def measure(part: str = "all", what: str = "") -> None:
    """Run one part or all."""
    print(f"faces: {', '.join(sorted(face.name for face in faces()))}")
    places = [name for _, name in register()]
    if part in ("all", "reading"):
        own = Path(what)
        if own.suffix == ".json":
            photos = list(labelled(own))
            shown = {label["name"] or "" for _, label in photos}
            words = tuple(WORDINGS.values())
            names = {n.removesuffix(words[0]).removesuffix(words[1]) for n in shown if n}
            reading(photos, sorted({*places, *names}))
        else:
            reading(made(int(what or 200)), places)
    if part in ("all", "doubles"):
        doubles(int(what or 26))
    if part in ("all", "quality"):
        quality(made(int(what or 200)))


if __name__ == "__main__":
    measure(*sys.argv[1:])
