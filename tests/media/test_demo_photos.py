"""Demonstration photos look like photos to the machine and like a demonstration to people."""

import io

import pytest
from PIL import Image

from server.media.demo_photos import SUBJECTS, demo_photo
from server.media.pictures.fingerprint import ALIKE_WITHIN, distance
from server.media.pictures.images import look_at_photo

HOURS = "上午 8:00—12:00\n下午 14:00—18:00"
VILLAGES = ("段家寨", "下马城", "王端庄", "娘子神", "峰岭底", "康家会")


def photo(subject: str, seed: int) -> bytes:
    name = f"{VILLAGES[seed % len(VILLAGES)]}村快递便民服务点"
    return demo_photo(subject, name, f"C{seed + 1:04d}", HOURS, seed)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_subject_gives_a_good_photo_of_a_phones_size(subject: str) -> None:
    for seed in range(8):
        content = photo(subject, seed)
        picture = look_at_photo(content)

        assert (picture.format, picture.width, picture.height) == ("JPEG", 1280, 960)
        assert 35_000 < len(content) < 110_000
        assert picture.complaints == ()


def test_the_same_wish_gives_the_same_bytes() -> None:
    assert photo("interior", 3) == photo("interior", 3)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_two_stations_never_seem_to_share_a_photo(subject: str) -> None:
    """Else the demonstration's queue of look-alikes would drown in them."""
    pictures = [look_at_photo(photo(subject, seed)) for seed in range(16)]
    apart = [
        min(distance(one.phash, other.phash), distance(one.phash, other.phash_mirrored))
        for n, one in enumerate(pictures)
        for other in pictures[:n]
    ]

    assert min(apart) > ALIKE_WITHIN


def test_the_watermark_is_on_every_photo() -> None:
    """White letters with dark edges stand in the lower right corner, whatever is behind."""
    for subject in SUBJECTS:
        corner = Image.open(io.BytesIO(photo(subject, 1))).convert("L").crop((1070, 890, 1270, 955))
        shades = corner.histogram()

        assert sum(shades[235:]) > 500, subject
        assert sum(shades[:70]) > 300, subject


def test_a_subject_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        demo_photo("selfie", "段家寨村快递便民服务点", "C0001", HOURS, 1)


def test_a_board_without_hours_still_says_something() -> None:
    assert (
        look_at_photo(demo_photo("hours_board", "段家寨村快递便民服务点", "C0001", "", 1)).sharpness
        > 75
    )
