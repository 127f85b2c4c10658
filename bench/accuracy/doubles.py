"""Whether copies are found, and other places and other days are not."""

import random
from collections.abc import Sequence

from bench.accuracy.tally import Tally
from server.media.pictures.lookalike import compare
from server.media.pictures.prints import NEAR, print_distance, prints_of
from tools.changed_photos import CHANGES, changed, taken_anew
from tools.other_days import HANDS, SAME_LIGHT, from_a_tripod, two_days
from tools.sign_photos import SEED

OF = "pairs"
PHOTOS = SEED + 1
"""Seed of the photos; what happens to each has dice of its own."""
NEIGHBOURS = 4
"""Each photo is held against so many of the next, which show other places."""
NOISES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Shades of 255, of two photos that differ in nothing else but light by one rule."""


def judge(number: int, photo: bytes, others: Sequence[bytes]) -> Tally:
    """Everything that happens to one photo: copied, taken anew, and beside other places' photos."""
    tally, dice = Tally(), random.Random(SEED * 100_000 + number)
    prints = prints_of(photo)
    for how in CHANGES:
        copy = changed(photo, how, dice)
        distance, _ = print_distance(prints_of(copy), prints)
        found = distance <= NEAR and compare(copy, photo).resemblance.is_double
        tally.add(how, "found" if found else "missed")
    new = taken_anew(photo, dice)
    tally.add("taken anew, from the photo itself", compare(new, photo).resemblance.value)
    for hand in HANDS:
        found_as = compare(*two_days(dice, hand)).resemblance.value
        tally.add(f"two days, {hand}", found_as)
    for noise in NOISES:
        found_as = compare(*from_a_tripod(dice, noise)).resemblance.value
        tally.add(f"two days, from a tripod, noise of {noise:g}", found_as)
    still = from_a_tripod(random.Random(f"{SEED} {number}"), NOISES[0], relit=False)
    found_as = compare(*still).resemblance.value
    tally.add(f"two days, from a tripod, noise of {NOISES[0]:g}{SAME_LIGHT}", found_as)
    for other in others:
        pair = compare(photo, other).resemblance
        tally.add("two places", "called a double" if pair.is_double else "not a double")
        near = print_distance(prints, prints_of(other))[0] <= NEAR
        tally.add("two places, by fingerprint alone", "near" if near else "apart")
    return tally
