"""What the phone says of a photo before it is sent is what the server would say of it."""

import json
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from server.media.pictures.screens import like_a_screen
from server.media.pictures.sharpness import steepness
from tests.app.quick import Core
from tests.media.scenes import scene

Change = Callable[[Image.Image], Image.Image]
SIZE = (320, 240)


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def bytes_in_js(values: npt.NDArray[np.uint8]) -> str:
    """The values as an array of JavaScript; a text of characters is what it reads quickest."""
    text = json.dumps(
        "".join(chr(0x100 + value) for value in values.ravel().tolist()), ensure_ascii=False
    )
    return f"Uint8Array.from({text}, (one) => one.charCodeAt(0) - 256)"


def faults(core: Core, image: Image.Image, long_side: int = 1600, known: str = "{}") -> list[str]:
    """What the phone finds wrong with a picture."""
    data = bytes_in_js(np.asarray(image.convert("RGBA")))
    told = core.run(
        f"const data = {data};"
        f"return faultsOf({{ data, width: {image.width}, height: {image.height} }},"
        f" {long_side}, {known});"
    )
    return [fault for fault, found in told.items() if found]


def smeared(image: Image.Image) -> Image.Image:
    drawn = np.asarray(image, np.float32)
    moved = np.mean([np.roll(drawn, steps, axis=1) for steps in range(9)], axis=0)
    return Image.fromarray(moved.astype(np.uint8))


def on_a_phone(image: Image.Image) -> Image.Image:
    screen = Image.new("RGB", (300, 650), "black")
    screen.paste(image.resize((300, 225)), (0, 210))
    return screen


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda image: image, []),
        (smeared, ["moved"]),
        (lambda image: image.filter(ImageFilter.GaussianBlur(4)), ["blurred"]),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.1), ["dark"]),
        (lambda image: ImageEnhance.Brightness(image).enhance(4), ["bright"]),
        (on_a_phone, ["screenshot"]),
    ],
    ids=["good", "moved", "blurred", "dark", "bright", "screenshot"],
)
def test_a_phone_says_what_is_wrong_with_a_photo(
    core: Core, change: Change, found: list[str]
) -> None:
    assert faults(core, change(scene(2, SIZE))) == found


def test_a_small_photo_is_small_whatever_it_was_drawn_at(core: Core) -> None:
    assert faults(core, scene(2, SIZE), long_side=959) == ["small"]


def test_a_tall_photo_of_a_camera_is_no_screenshot(core: Core) -> None:
    tall = on_a_phone(scene(2, SIZE))

    assert faults(core, tall, known="{ camera: true }") == []
    assert faults(core, scene(2, (300, 650)), known="{ png: true }") == ["screenshot"]


@pytest.mark.parametrize("change", [lambda image: image, smeared], ids=["held", "moved"])
def test_phone_and_server_measure_a_moving_hand_alike(core: Core, change: Change) -> None:
    grey = np.asarray(change(scene(2, SIZE)).convert("L"))

    told = core.run(f"return steepness({bytes_in_js(grey)}, {SIZE[0]}, {SIZE[1]});")

    assert told[0] == pytest.approx(steepness(grey.astype(np.int16)), abs=1e-4)


def lattice(strength: float) -> npt.NDArray[np.uint8]:
    """A picture that its windows cover edge to edge, with a fine lattice all over."""
    shades = np.asarray(scene(3, (768, 576)).convert("L"), np.float32)
    wave = 1 + strength * np.cos(np.arange(768) * (2 * np.pi / 2.9))
    return np.asarray((shades * wave).clip(0, 255), np.uint8)


@pytest.mark.parametrize(("strength", "screen"), [(0.0, "no"), (0.1, "yes")])
def test_phone_and_server_tell_screens_alike(core: Core, strength: float, screen: str) -> None:
    shades = lattice(strength)

    told = core.run(f"return likeAScreen({bytes_in_js(shades)}, windowsOf(768, 576));")

    assert told is like_a_screen(shades) is (screen == "yes")


def test_windows_reach_from_edge_to_edge_the_longer_way_more_of_them(core: Core) -> None:
    wide, tall, tiny = core.run(
        "return [windowsOf(1600, 1200), windowsOf(1200, 1600), windowsOf(63, 900)];"
    )

    assert (wide["rows"], wide["columns"], wide["lefts"][0], wide["lefts"][-1]) == (9, 12, 0, 1536)
    assert (tall["rows"], tall["columns"], tall["tops"][-1]) == (12, 9, 1536)
    assert tiny is None
