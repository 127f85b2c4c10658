"""Films for Chromium's fake camera: a hand holds a phone before the plaque that a PDF prints."""

import math
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

SIZE = (480, 640)  # a phone held upright
SHARP = 12
UNREADABLE = 3.2  # a blur that still lets a person read the large letters
A4_WIDTH_POINTS = 595
WALL = (186, 168, 144)
# Where a point of the seen picture lies in the flat one: the phone is held a little from below.
LEANING = (1.06, 0.03, -20.0, 0.0, 1.05, -14.0, 0.0, 0.00012)


def page_of(pdf: bytes, page: int, width_px: int) -> Image.Image:
    """One page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[page].render(scale=width_px / A4_WIDTH_POINTS).to_pil()
    document.close()
    return picture.convert("RGB")


def page_saying(pdf: bytes, words: str) -> int:
    """Which page of a PDF has these words on it; exactly one must."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    (found,) = [number for number, text in enumerate(texts) if words in text]
    return found


def film_of(pdf: bytes, page: int, path: Path, *, blurred: int = 9) -> Path:
    """A film (.mjpeg) of a plaque on a wall: dim, noisy, tilted, unsteady, coming into focus.

    The first `blurred` frames cannot be read; so does a real camera begin.
    """
    plaque = page_of(pdf, page, 370)
    wall = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 9).resize(SIZE).convert("RGB")
    wall = ImageChops.add(Image.new("RGB", SIZE, WALL), wall, offset=-128)
    grain = [Image.effect_noise(SIZE, 6).convert("RGB") for _ in range(3)]
    with path.open("wb") as film:
        for n in range(blurred + SHARP):
            sway = math.sin(n / 3.5)
            sheet = plaque.convert("RGBA").rotate(3 + sway, Image.Resampling.BICUBIC, expand=True)
            left, top = (SIZE[0] - sheet.width) // 2, (SIZE[1] - sheet.height) // 2
            held = Image.new("RGBA", SIZE)
            held.paste(sheet, (left, top - 36 + round(4 * sway)))  # the code in the middle
            held = held.transform(
                SIZE, Image.Transform.PERSPECTIVE, LEANING, Image.Resampling.BICUBIC
            )
            frame = wall.copy()
            frame.paste(held, mask=held)
            if n < blurred:
                frame = frame.filter(ImageFilter.GaussianBlur(max(UNREADABLE, 8 - n)))
            frame = ImageEnhance.Brightness(frame).enhance(0.78)
            ImageChops.add(frame, grain[n % 3], offset=-128).save(film, "JPEG", quality=80)
    return path
