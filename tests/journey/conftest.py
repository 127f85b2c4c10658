"""Who takes part in the journey: a house of real processes, phones with cameras, a desk."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests import patience
from tests.app.conftest import FLAGS, PHONE
from tests.journey.house import House

DESK: dict[str, Any] = {
    "viewport": {"width": 1366, "height": 768},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
PATIENCE_MS = 30_000  # the machine may have other things to do

OpenPhone = Callable[..., Page]


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=patience.ms(PATIENCE_MS))  # every test sets its own anew


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation that nobody has started yet."""
    house = House(tmp_path / "home")
    yield house
    house.close()


@pytest.fixture
def desk(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[Page]:
    """The office's screen, 1366×768, in a browser that is set to download PDF files."""
    profile = tmp_path / "desk"
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(
        json.dumps({"plugins": {"always_open_pdf_externally": True}}), encoding="utf-8"
    )
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium, args=FLAGS, **DESK
    )
    context.set_default_timeout(patience.ms(PATIENCE_MS))
    page = context.pages[0]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture
def open_phone(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[OpenPhone]:
    """`open_phone(house, "li", film)` switches a phone on; what it stored before is still there."""
    phones: list[BrowserContext] = []
    errors: list[str] = []

    def switch_on(house: House, whose: str, film: Path | None = None) -> Page:
        camera = [f"--use-file-for-fake-video-capture={film}"] if film else []
        phone = playwright.chromium.launch_persistent_context(
            tmp_path / f"phone-of-{whose}",
            executable_path=chromium,
            args=[*FLAGS, *camera],
            base_url=house.url,
            **PHONE,
        )
        phone.set_default_timeout(patience.ms(PATIENCE_MS))
        phones.append(phone)
        page = phone.pages[0]
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield switch_on
    for phone in phones:
        phone.close()
    assert not errors, errors
