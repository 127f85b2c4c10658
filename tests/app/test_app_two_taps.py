"""Two taps for one, on every button that keeps something: one record, and what it said stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.models.phone_event import PhoneEvent
from tests.app.conftest import House, bind, photo_of_a_wall
from tests.app.keepers_taps import tap_twice, wait_until_sent
from tests.house.trees import script, scripts

pytestmark = pytest.mark.browser


def check_in(page: Page, _folder: Path) -> str:
    page.goto("/app/#/check-in/typed")
    page.get_by_label("牌子上的编号").fill("1")
    return "签到"


def photograph(page: Page, folder: Path) -> str:
    path = folder / "shelves.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.goto("/app/#/photo/shelves")
    page.locator("input[type=file]").set_input_files(path)
    return "就用这张"


@pytest.mark.parametrize("apart_ms", [60, 350])
@pytest.mark.parametrize(
    ("begin", "said"),
    [(check_in, "签到好了"), (photograph, "货架照片存好了")],
    ids=["check-in", "photo"],
)
def test_two_taps_are_one_record_and_the_confirmation_stays(
    page: Page,
    house: House,
    tmp_path: Path,
    begin: Callable[[Page, Path], str],
    said: str,
    apart_ms: int,
):
    bind(page, house, house.cast.li)
    button = page.get_by_role("button", name=begin(page, tmp_path), exact=True)
    expect(button).to_be_visible()
    tap_twice(page, button, apart_ms)
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    page.wait_for_timeout(400)
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    wait_until_sent(page)
    assert len(house.rows(PhoneEvent)) == 1


@pytest.mark.parametrize("apart_ms", [60, 350])
def test_two_taps_bind_once_and_do_not_tap_the_welcome_away(
    page: Page, house: House, apart_ms: int
):
    page.goto(f"/app/#/bind/{house.bind_code(house.cast.li)}")
    tap_twice(page, page.get_by_role("button", name="就是我，进去"), apart_ms)
    expect(page.get_by_role("heading", name="老李，您好")).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.get_by_text("认好了")).to_be_visible()
    assert house.calls.count("POST /api/v1/session/bind") == 1


def test_what_is_tapped_goes_through_the_button_that_takes_two_taps_for_one() -> None:
    """Bare buttons change only what is seen or heard, and forms are guarded by themselves."""
    bare = {
        name: script(name).count('<button type="button"')
        for name in scripts("web/")
        if '<button type="button"' in script(name)
    }
    assert bare == {
        "web/beside.js": 2,
        "web/camera/finder.js": 1,
        "web/form/asks.js": 2,
        "web/form/before.js": 1,
        "web/form/drawing.js": 1,
        "web/form/rule.js": 1,
        "web/listen.js": 1,
        "web/parts.js": 1,
        "web/views/visit.js": 1,
    }
