"""Photos sent twice, changed photos, and honest photos of the same place on another day."""

import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from server.__main__ import main
from server.errors import Invalid
from server.media.lookalike import (
    NEAR,
    PRINTS,
    Resemblance,
    compare,
    print_distance,
    prints_of,
    unpacked,
)
from server.media.overlay import Traces
from tests.media.scenes import saved
from tools.boards import our_faces
from tools.changed_photos import CHANGES, changed, taken_anew
from tools.other_days import SAME_LIGHT, two_days
from tools.sign_photos import sign_photos


@pytest.fixture(scope="module")
def photos() -> Sequence[bytes]:
    return [photo.content for photo in sign_photos(6, seed=77, fonts=our_faces())]


def test_the_same_bytes_are_identical(photos: Sequence[bytes]) -> None:
    assert compare(photos[0], photos[0]).resemblance is Resemblance.IDENTICAL


@pytest.mark.parametrize("how", CHANGES)
def test_a_changed_copy_is_found_and_called_the_same(photos: Sequence[bytes], how: str) -> None:
    dice = random.Random(how)
    for photo in photos[:3]:
        copy = changed(photo, how, dice)
        assert print_distance(prints_of(copy), prints_of(photo))[0] <= NEAR
        compared = compare(copy, photo)
        assert compared.resemblance is Resemblance.SAME, compared
        assert compared.mirrored == ("mirrored" in how)


def test_the_same_place_on_another_day_is_no_double(photos: Sequence[bytes]) -> None:
    dice = random.Random(9)
    compared = [compare(photo, taken_anew(photo, dice)).resemblance for photo in photos]
    assert not any(found.is_double for found in compared)
    assert Resemblance.SAME_PLACE in compared


@pytest.mark.parametrize(
    "hand", ["by hand", f"by hand{SAME_LIGHT}", "from a mark on the ground", "from a holder"]
)
def test_two_honest_photos_of_a_sign_are_no_double(hand: str) -> None:
    dice = random.Random(hand)
    pairs = [two_days(dice, hand, our_faces()) for _ in range(2)]
    assert not any(compare(*pair).resemblance.is_double for pair in pairs)


def test_a_copy_betrays_itself_by_its_frame_light_or_specks() -> None:
    assert Traces(skew_px=0.1, light=0.4, noise=0.3).of_a_copy
    assert Traces(skew_px=0.1, light=0.4, noise=None).of_a_copy
    assert Traces(skew_px=0.1, light=20.0, noise=0.9).of_a_copy
    assert Traces(skew_px=0.5, light=2.0, noise=0.9).of_a_copy
    assert not Traces(skew_px=0.5, light=0.4, noise=0.3).of_a_copy
    assert not Traces(skew_px=1.0, light=0.4, noise=0.9).of_a_copy
    assert not Traces(skew_px=0.1, light=20.0, noise=0.3).of_a_copy
    assert not Traces(skew_px=0.1, light=0.4, noise=0.02).of_a_copy


def test_two_places_are_different(photos: Sequence[bytes]) -> None:
    for one, other in itertools.combinations(photos, 2):
        assert print_distance(prints_of(one), prints_of(other))[0] > NEAR
        assert not compare(one, other).resemblance.is_double


def test_prints_keep_in_the_database(photos: Sequence[bytes]) -> None:
    prints = prints_of(photos[0])
    assert len(prints.packed) == PRINTS * 32
    assert (unpacked(prints.packed) == prints.straight).all()


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(Invalid):
        prints_of(b"GIF89a nothing")


def test_the_command_names_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: Sequence[bytes]
) -> None:
    files = []
    for number, content in enumerate(
        (photos[0], changed(photos[0], "cropped by 10 %", random.Random(1)), photos[1])
    ):
        files.append(tmp_path / f"{number}.jpg")
        files[-1].write_bytes(content)
    assert main(["lookalike", *map(str, files), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [pair["double"] for pair in answer["pairs"]] == [True, False, False]
    assert answer["errors"] == {}
    assert main(["lookalike", str(files[0])]) == 2


def test_pictures_too_small_to_compare_are_different_and_odd_files_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: Sequence[bytes]
) -> None:
    files = [tmp_path / name for name in ("tiny.png", "photo.jpg", "empty.jpg", "missing.jpg")]
    files[0].write_bytes(saved(Image.new("RGB", (3, 1)), "PNG"))
    files[1].write_bytes(photos[0])
    files[2].touch()
    assert main(["lookalike", *map(str, files), str(tmp_path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [pair["verdict"] for pair in answer["pairs"]] == ["different"]
    assert set(answer["errors"]) == {str(path) for path in (*files[2:], tmp_path)}
