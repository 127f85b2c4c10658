"""The phone tells HEIF under any brand, and a JPEG that breaks off, by their bytes."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


def jpeg(*, progressive: bool = False, exif: bool = False) -> bytes:
    """A noisy picture, so that its coded part is long; with a small one in its headers if asked."""
    noise = np.random.default_rng(7).integers(0, 255, (48, 64, 3), np.uint8)
    held = io.BytesIO()
    extra = {}
    if exif:
        small = io.BytesIO()
        Image.fromarray(noise).resize((16, 12)).save(small, "JPEG")
        extra["exif"] = b"Exif\0\0" + small.getvalue()
    Image.fromarray(noise).save(held, "JPEG", progressive=progressive, **extra)
    return held.getvalue()


def half(core: Core, content: bytes) -> bool:
    told: bool = core.run(
        f"const b = Uint8Array.from({json.dumps(list(content))});"
        "const start = pictureStart(b); return start >= 0 && !holdsEnd(b, start);"
    )
    return told


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("exif", [False, True])
def test_a_jpeg_that_breaks_off_is_half_and_a_whole_one_is_not(
    core: Core, *, progressive: bool, exif: bool
) -> None:
    whole = jpeg(progressive=progressive, exif=exif)

    assert not half(core, whole)
    assert not half(core, whole + b"\0" * 40 + b"a film behind it")
    assert half(core, whole[: len(whole) * 2 // 3])
    assert half(core, whole[:-2])


@pytest.mark.parametrize("brand", ["heic", "heix", "hevc", "heim", "mif1", "msf1"])
def test_heif_is_told_under_any_brand(core: Core, brand: str) -> None:
    main = b"\0\0\0\x18ftyp" + brand.encode() + b"\0\0\0\0mif1heic"
    film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"

    for content, told in ((main, True), (film, False), (jpeg()[:64], False), (b"", False)):
        script = f"return isHeif(Uint8Array.from({json.dumps(list(content))}));"
        assert core.run(script) is told
