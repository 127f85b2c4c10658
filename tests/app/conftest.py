"""Phones for the phone app's tests: a real server on a free port, and real Chromium."""

import io
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import qrcode
from flask import Flask
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from server.db import open_engine
from server.http import clock
from server.http.database import db
from server.media.blobs import FolderStore
from server.metrics import Counters
from server.models.person import Person
from server.settings import Settings
from tests import patience
from tests.cast_kept import kept_cast
from tests.conftest import BROWSER_MS
from tests.factories import RING, TEXT_KEYS, Cast, make_bind_code, make_sign, token_of
from tools import vendor
from wsgi import create_app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "geolocation": {"latitude": 38.3559, "longitude": 111.9404, "accuracy": 25},
    "permissions": ["geolocation", "camera"],
    "color_scheme": "light",
}


class Quiet(WSGIRequestHandler):
    """Serves without a line for every file."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


@dataclass
class House:
    """A county's server as phones reach it; `calls` counts what arrived, by method and path."""

    url: str
    session: Session
    cast: Cast
    c1_token: str
    calls: list[str] = field(default_factory=list)

    def bind_code(self, person: Person) -> str:
        """A fresh one-time code for this person."""
        letters = "".join(random.choices("23456789ABCDEFGH", k=8))
        written = make_bind_code(self.session, person, letters, clock.now() - timedelta(hours=1))
        self.session.commit()
        return written

    def rows(self, noun: Any) -> list[Any]:
        """Every row of a kind, as the database has it now."""
        self.session.commit()
        self.session.expire_all()
        return list(self.session.query(noun).all())


@pytest.fixture(scope="session")
def phones_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database lies: always the same, so that the application can be used again."""
    return tmp_path_factory.mktemp("phones") / "test.db"


@pytest.fixture
def house(
    tmp_path: Path,
    sqlite_template: Path,
    phones_database: Path,
    apps: dict[str, Flask],
    request: pytest.FixtureRequest,
) -> Iterator[House]:
    """A server of its own for each test, on SQLite, with the cast and a plate at C0001."""
    assert not vendor.wrong_files(vendor.entries()), "run: python tools/vendor.py"
    home = tmp_path / "home"
    home.mkdir()
    FolderStore(home / "photos").begin()
    for old in phones_database.parent.glob("test.db*"):
        old.unlink()
    shutil.copy(sqlite_template, phones_database)
    url = f"sqlite:///{phones_database}"
    engine = open_engine(url, TEXT_KEYS)
    session = Session(engine, expire_on_commit=False)
    cast = kept_cast(session, asked="unasked" not in request.fixturenames)
    token = token_of(make_sign(session, cast.c1))
    cast.county.options = {"visit_short_minutes": 0}  # a test is never five minutes at a station
    session.commit()
    settings = Settings(
        home=home,
        database_url=url,
        base_url="http://127.0.0.1",
        plaque_keys=RING,
        secret_key="test",
        text_keys=TEXT_KEYS,
    )
    app = apps.get(url)
    if app is None:
        app = apps[url] = create_app(settings)
    app.extensions["settings"] = settings
    app.extensions["blobs"] = FolderStore(settings.photos)
    app.extensions["counters"] = Counters()
    app.config["LOG_REQUESTS"] = False
    calls: list[str] = []
    at_work: list[str] = []

    def answer(environ: Any, start: Any) -> Any:
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        calls.append(f"{environ['REQUEST_METHOD']} {path}")
        at_work.append(path)
        try:
            return app(environ, start)
        finally:
            at_work.remove(path)

    server: BaseWSGIServer = make_server(
        "127.0.0.1", 0, answer, threaded=True, request_handler=Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(f"http://127.0.0.1:{server.server_port}", session, cast, token, calls)
    server.shutdown()
    thread.join()
    server.server_close()
    began = time.monotonic()
    while at_work:  # nothing of this test's may be written into the next one's database
        assert not patience.is_over(began, 20), at_work
        time.sleep(0.01)
    session.close()
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def context(
    browser: Browser, house: House, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """One phone, fresh from the shop.

    Keeping the app for when there is no net is a third of what a fresh phone costs, so only the
    phones of tests marked `installed` do it.
    """
    workers = "allow" if request.node.get_closest_marker("installed") else "block"
    context = browser.new_context(base_url=house.url, service_workers=workers, **PHONE)
    context.set_default_timeout(patience.ms(BROWSER_MS))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The phone's screen; an error in the app's own code fails the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors, errors


def bind(page: Page, house: House, person: Person) -> None:
    """Sign a phone in as this person by the link that stands on the slip."""
    page.goto(f"/app/#/bind/{house.bind_code(person)}")
    page.get_by_role("button", name="就是我，进去").click()
    page.get_by_role("button", name="好，开始用").click()
    page.wait_for_selector(".tabs")


def wait_for(page: Page, promise: str, seconds: float = 20) -> None:
    """Until this promise, asked for again and again, gives something true."""
    began = time.monotonic()
    while not page.evaluate(promise):
        assert not patience.is_over(began, seconds), f"never came true: {promise}"
        page.wait_for_timeout(100)


def wait_until_offline_works(page: Page) -> None:
    """All of the app's files are on the phone."""
    active = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one && one.active))"
    wait_for(page, f"() => {active}")  # `ready` would wait for ever where none may be registered
    ready = "import('/app/platform/phone.js').then((phone) => phone.readyWithoutNet())"
    wait_for(page, f"() => {ready}")


def photo_of_a_wall(
    width: int = 4000, height: int = 3000, *, orientation: int = 1, dark: bool = False
) -> bytes:
    """A camera's JPEG: a sign on a rough wall, noise all over, EXIF as asked."""
    rng = random.Random(7)
    small = Image.effect_noise((width // 4, height // 4), 60).convert("RGB")
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    picture = Image.blend(picture, Image.new("RGB", (width, height), (196, 178, 140)), 0.55)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width * 0.2, height * 0.2, width * 0.8, height * 0.45), fill=(6, 122, 62))
    pen.rectangle((0, 0, width * 0.1, height * 0.1), fill=(220, 30, 30))  # top left, to see turning
    for _ in range(60):
        x, y = rng.randrange(width), rng.randrange(height // 2, height)
        pen.rectangle((x, y, x + 90, y + 60), fill=tuple(rng.randrange(256) for _ in range(3)))
    if dark:
        picture = ImageEnhance.Brightness(picture).enhance(0.08)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "HUAWEI"
    exif.get_ifd(0x8769)[0x9003] = "2026:07:03 08:05:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 21.0, 24.0), 3: "E", 4: (111.0, 56.0, 25.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def plate_frames(text: str, path: Path) -> Path:
    """A fake camera's film: a printed plate, dim, tilted, coming into focus.

    .mjpeg is small; .y4m, uncompressed, is what every old browser can play.
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=6, border=4)
    code.add_data(text)
    plate = code.make_image().get_image().convert("RGB")
    raw = path.suffix == ".y4m"
    with path.open("wb") as film:
        film.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" if raw else b"")
        for n in range(20):
            frame = Image.new("RGB", (640, 480), (150, 140, 120))
            tilted = plate.rotate(3 - n % 6, expand=True, fillcolor=(235, 235, 230))
            frame.paste(tilted, ((640 - tilted.width) // 2, (480 - tilted.height) // 2))
            frame = ImageEnhance.Brightness(frame).enhance(0.75)
            if n < 6:
                frame = frame.filter(ImageFilter.GaussianBlur(3 - n / 2))
            if raw:
                light, *colours = frame.convert("YCbCr").split()
                halved = [colour.reduce(2).tobytes() for colour in colours]
                film.write(b"FRAME\n" + light.tobytes() + b"".join(halved))
            else:
                frame.save(film, "JPEG", quality=85)
    return path


@pytest.fixture
def phone_with_camera(
    playwright: Playwright, chromium: str, house: House, tmp_path: Path
) -> Iterator[Callable[[str], Page]]:
    """A phone whose camera looks at a plate with this text; its storage lives in a folder."""
    contexts: list[BrowserContext] = []

    def look_at(text: str) -> Page:
        film = plate_frames(text, tmp_path / "camera.mjpeg")
        context = playwright.chromium.launch_persistent_context(
            tmp_path / f"phone-{len(contexts)}",
            executable_path=chromium,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"],
            base_url=house.url,
            **PHONE,
        )
        contexts.append(context)
        return context.pages[0]

    yield look_at
    for context in contexts:
        context.close()
