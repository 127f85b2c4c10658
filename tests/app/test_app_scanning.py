"""What the scanner makes of codes as they hang in villages: all in view are read, and ours is taken."""

import base64
import io
import random
from collections.abc import Callable

import pytest
import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from playwright.sync_api import Page

from tests.app.conftest import House

pytestmark = pytest.mark.browser
OURS = "https://kd.example.cn/s/0123456789abcde"
PAYMENT = "wxp://f2f0abcdefghijklmnopqrstuvwxyz0123456789"
WALL = (196, 178, 140)
READ = """async ([photo, still]) => {
  const { makeReader } = await import('/app/camera/reading.js');
  const { readScan } = await import('/app/core/qr.js');
  const reader = await makeReader();
  const bytes = Uint8Array.from(atob(photo), (c) => c.charCodeAt(0));
  const file = new Blob([bytes], { type: 'image/jpeg' });
  let text = '';
  if (still) text = await reader.readStill(file);
  else {
    const frame = await createImageBitmap(file);
    const film = { videoWidth: frame.width, videoHeight: frame.height };
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: frame.width, height: frame.height }, film);
    canvas.getContext('2d').drawImage(frame, 0, 0);
    const ours = () => readScan(text).kind !== 'other'; // the finder goes on until one of ours came
    for (let glance = 0; glance < 3 && !ours(); glance += 1) text = await reader.glance(canvas);
  }
  reader.end();
  return text;
}"""


def code(text: str, side: int) -> Image.Image:
    made = qrcode.make(text, box_size=10, error_correction=qrcode.ERROR_CORRECT_M)
    return made.get_image().convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


def on_a_wall(*plates: tuple[Image.Image, tuple[int, int]]) -> Image.Image:
    rough = Image.effect_noise((160, 120), 30).resize((640, 480)).convert("RGB")
    wall = Image.blend(rough, Image.new("RGB", (640, 480), WALL), 0.7)
    for plate, place in plates:
        wall.paste(plate, place)
    return wall


def plate(side: int = 200) -> Image.Image:
    return on_a_wall((code(OURS, side), (180, 110)))


def faded() -> Image.Image:
    pale = code(OURS, 200).point(lambda light: 165 + light * 50 // 255)
    return on_a_wall((pale, (180, 110)))


def half_in_shadow() -> Image.Image:
    shade = Image.new("RGB", (640, 480), (255, 255, 255))
    ImageDraw.Draw(shade).rectangle((0, 0, 260, 480), fill=(60, 60, 60))
    return ImageChops.multiply(plate(), shade)


def beside_payment_codes() -> Image.Image:
    pay = code(PAYMENT, 190)
    return on_a_wall((pay, (10, 100)), (code(OURS, 190), (220, 140)), (pay, (430, 100)))


def faded_beside_crisp_payment_codes() -> Image.Image:
    pay = code(PAYMENT, 170)
    pale = code(OURS, 170).point(lambda light: 178 + light * 22 // 255)
    return on_a_wall((pay, (10, 60)), (pale, (240, 200)), (pay, (460, 60)))


def soft_beside_a_crisp_payment_code() -> Image.Image:
    soft = on_a_wall((code(OURS, 200), (60, 150))).filter(ImageFilter.GaussianBlur(2.4))
    soft.paste(code(PAYMENT, 200), (400, 140))
    return soft


SEEN: dict[str, Callable[[], Image.Image]] = {
    "the plate alone": plate,
    "payment codes left and right": beside_payment_codes,
    "faded between crisp payment codes": faded_beside_crisp_payment_codes,
    "out of focus beside a crisp payment code": soft_beside_a_crisp_payment_code,
    "white on black": lambda: on_a_wall((ImageOps.invert(code(OURS, 200)), (180, 110))),
    "far away": lambda: plate(88),
    "faded by the sun": faded,
    "half in shadow": half_in_shadow,
    "out of focus": lambda: plate().filter(ImageFilter.GaussianBlur(2.4)),
    "held askew": lambda: plate(190).rotate(33, fillcolor=WALL),
    "upside down": lambda: plate().rotate(180),
}


def jpeg(picture: Image.Image) -> str:
    rng = random.Random(3)
    grain = Image.frombytes("L", (640, 480), rng.randbytes(640 * 480)).convert("RGB")
    noisy = Image.blend(picture, grain, 0.03)
    out = io.BytesIO()
    noisy.save(out, "JPEG", quality=82)
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("by", ["live", "still"])
def test_our_plate_is_read(page: Page, house: House, seen: str, by: str):
    page.goto("/app/")

    assert page.evaluate(READ, [jpeg(SEEN[seen]()), by == "still"]) == OURS


def test_of_two_plates_neither_is_taken_for_the_other(page: Page, house: House):
    page.goto("/app/")
    other = "https://kd.example.cn/s/abcdefghjkmnpqr"

    photo = jpeg(on_a_wall((code(OURS, 200), (60, 120)), (code(other, 200), (360, 150))))

    assert set(page.evaluate(READ, [photo, True]).split("\n")) == {OURS, other}


def test_a_foreign_code_alone_is_told_as_it_is(page: Page, house: House):
    page.goto("/app/")

    photo = jpeg(on_a_wall((code(PAYMENT, 200), (180, 110))))

    assert page.evaluate(READ, [photo, True]) == PAYMENT


def test_a_wall_without_a_code_says_nothing(page: Page, house: House):
    page.goto("/app/")

    assert page.evaluate(READ, [jpeg(on_a_wall()), True]) == ""


def test_a_reader_that_did_not_load_is_begun_anew_at_the_next_glance(page: Page, house: House):
    page.goto("/app/")
    page.evaluate(
        """() => {
          const Real = Worker;
          let made = 0;
          window.Worker = function once(address) {
            made += 1;
            return new Real(made > 1 ? address : '/app/nothing-here.js');
          };
        }"""
    )

    late = f"(given) => Promise.race([({READ})(given), new Promise((g) => setTimeout(g, 9000, 'late'))])"
    assert page.evaluate(late, [jpeg(plate()), False]) == OURS
