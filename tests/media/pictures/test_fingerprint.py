"""The same picture is found again after what phones and people do to it."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageOps

from server.media.pictures.fingerprint import ALIKE_WITHIN, SAME_WITHIN, distance
from server.media.pictures.images import look_at_photo
from tests.media.scenes import PHOTO, saved, scene


@pytest.mark.parametrize(
    ("change", "within"),
    [
        (lambda i: i, 8),
        (lambda i: i.resize((720, 540)), SAME_WITHIN),
        (lambda i: ImageEnhance.Brightness(i).enhance(1.25), SAME_WITHIN),
        (lambda i: i.crop((25, 19, 1255, 941)), ALIKE_WITHIN),
    ],
    ids=["encoded-again", "smaller", "brighter", "cropped-by-4-percent"],
)
def test_the_same_picture_is_found_again(
    change: Callable[[Image.Image], Image.Image], within: int
) -> None:
    copies = [
        distance(look_at_photo(saved(scene(n), quality=85)).phash,
                 look_at_photo(saved(change(scene(n)), quality=50)).phash)
        for n in range(5)
    ]  # fmt: skip

    assert max(copies) <= within


def test_a_mirrored_picture_is_found_by_its_mirrored_fingerprint() -> None:
    mirrored = look_at_photo(saved(ImageOps.mirror(scene()), quality=60))

    assert distance(mirrored.phash_mirrored, look_at_photo(PHOTO).phash) <= SAME_WITHIN
    assert distance(mirrored.phash, look_at_photo(PHOTO).phash) > ALIKE_WITHIN


def test_different_pictures_are_far_apart() -> None:
    hashes = [look_at_photo(saved(scene(n))).phash for n in range(12)]
    apart = [distance(a, b) for n, a in enumerate(hashes) for b in hashes[:n]]

    assert min(apart) > ALIKE_WITHIN


def test_fingerprints_are_hex_of_64_and_256_bits() -> None:
    picture = look_at_photo(PHOTO)

    assert len(bytes.fromhex(picture.dhash)) == 8
    assert len(bytes.fromhex(picture.phash)) == 32
    with pytest.raises(ValueError, match="different kinds"):
        distance(picture.dhash, picture.phash)
