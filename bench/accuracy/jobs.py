"""What one process measures at a time: a photo, for all the parts that look at it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.accuracy import calibration, doubles, phone, quality, reading, screens
from bench.accuracy.tally import Tally
from bench.accuracy.work import Job, each, timed
from server.media.reading.measured import Label
from tools.neighbours import cut_limit_photo, neighbours_photo
from tools.sign_photos import SignPhoto, sign_photo
from tools.village_signs import kinds_photo, scrap_photo, village_photo


def of_signs(parts: Sequence[str], count: int) -> list[Job]:
    """So many drawn signs and boards; each is drawn once for all parts."""
    return [partial(of_sign, parts, number) for number in range(count)]


def of_sign(parts: Sequence[str], number: int) -> Mapping[str, Tally]:
    """One drawn sign or board, for those parts that look at such."""
    photo = sign_photo(number)
    return of_photo(parts, photo.content, photo.label)


def of_villages(count: int) -> list[Job]:
    """So many drawn signs as villages hang them, a third as many boards of hours of all kinds.

    And an eighth as many boards before other people's signs, boards with a limit that the edge
    cuts, and names beside a word of theirs.
    """
    signs = [partial(of_village, village_photo, number) for number in range(count)]
    boards = [partial(of_village, kinds_photo, number) for number in range(count // 3)]
    among = [partial(of_village, neighbours_photo, number) for number in range(count // 8)]
    beside = [partial(of_village, scrap_photo, number) for number in range(count // 8)]
    cut = [partial(of_village, cut_limit_photo, number) for number in range(count // 8)]
    return [*signs, *boards, *among, *cut, *beside]


def of_village(drawn: Callable[[int], SignPhoto], number: int) -> Mapping[str, Tally]:
    """One of them, read."""
    photo = drawn(number)
    return {"villages": timed(reading.judge, photo.content, photo.label)}


def of_sureness(part: str, seed: int, count: int) -> list[Job]:
    """So many drawn photos of a seed, for the part that asks how sure the machine says it is."""
    return [partial(of_sure, part, seed, number) for number in range(count)]


def of_sure(part: str, seed: int, number: int) -> Mapping[str, Tally]:
    """One of them, read."""
    return {part: timed(calibration.judge, calibration.drawn(number, seed))}


def of_photo(
    parts: Sequence[str], content: bytes, label: Label, names: Sequence[str] = ()
) -> Mapping[str, Tally]:
    """One labelled photo, for those parts that look at such."""
    found = {}
    if "reading" in parts:
        found["reading"] = timed(reading.judge, content, label, names)
    if "quality" in parts:
        found["quality"] = timed(quality.judge, content, label)
    if "phone" in parts:
        found["phone"] = timed(phone.judge, content, label)
    return found


def of_own(
    parts: Sequence[str], photo: Path, label: Label, names: Sequence[str]
) -> Mapping[str, Tally]:
    """One photo of your own."""
    return of_photo(parts, photo.read_bytes(), label, names)


def of_screens(count: int) -> list[Job]:
    """So many photos of screens, and as many of honest fine patterns."""
    return [partial(of_screen, number) for number in range(count)]


def of_screen(number: int) -> Mapping[str, Tally]:
    """One photo of a screen and one that only looks like it."""
    return {"screens": timed(screens.judge, number)}


def of_scene(number: int, photo: bytes, others: Sequence[bytes]) -> Mapping[str, Tally]:
    """One drawn photo and what people make of it."""
    return {"doubles": timed(doubles.judge, number, photo, others)}


def drawn_scene(number: int) -> bytes:
    """A photo that is copied, taken anew, and held beside others."""
    return sign_photo(number, doubles.PHOTOS).content


def of_scenes(count: int, processes: int) -> list[Job]:
    """So many drawn photos, each beside the next ones, which are drawn first and once."""
    photos = list(each(drawn_scene, range(count), processes))
    return [
        partial(of_scene, n, photo, photos[n + 1 : n + 1 + doubles.NEIGHBOURS])
        for n, photo in enumerate(photos)
    ]


def of_file(parts: Sequence[str], file: Path) -> list[Job]:
    """Labelled photos of your own."""
    photos = list(reading.labelled(file))
    names = sorted({label["name"] for _, label in photos if label["name"]})
    return [partial(of_own, parts, photo, label, names) for photo, label in photos]
