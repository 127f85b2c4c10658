"""Every screen can be read and pressed by a sixty-year-old, and the first load is light."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from miniapp_api.app_files import app_files
from tests.app.conftest import (
    PHONE,
    House,
    bind,
    photo_of_a_wall,
    wait_for,
    wait_until_offline_works,
)
from tests.app.keepers_taps import fill_count
from tests.app.legible import WIDER, can_be_read
from tests.app.starts import preloaded
from tests.journey.pictures import Pictures
from tools import voice

pytestmark = pytest.mark.browser

# A sentence began to sound: the page's own clock of sounds runs.
SOUNDS = """() => import('/app/platform/sound.js').then((sound) => sound.sounding())"""
REMEMBERED_HUGE = """() => new Promise((give) => { const open = indexedDB.open('cunzhantong');
    open.onsuccess = () => { const got = open.result.transaction('pages').objectStore('pages').get('text-size');
    got.onsuccess = () => { open.result.close(); give(got.result === 'huge'); }; }; })"""


def keepers_screens(page: Page, house: House, folder: Path) -> Iterator[str]:
    """Every screen of a keeper, one after the other, by name."""
    page.goto("/app/")
    page.wait_for_selector("#bind-form")
    yield "bind"
    page.get_by_label("绑定码").fill("12")
    page.get_by_role("button", name="就是我，进去").click()
    yield "bind, wrong"
    page.get_by_label("绑定码").fill(house.bind_code(house.cast.li))
    page.get_by_role("button", name="就是我，进去").click()
    page.wait_for_selector(".done")
    yield "welcome"
    page.get_by_role("button", name="好，开始用").click()
    page.wait_for_selector(".today .row")
    yield "home"
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.goto("/app/#/check-in")
    page.wait_for_selector(".finder.looking")
    yield "scan"
    page.goto("/app/#/check-in/typed")
    page.get_by_label("牌子上的编号").fill("9")
    page.get_by_role("button", name="签到").click()
    page.wait_for_selector(".error")
    yield "typed, wrong"
    page.get_by_label("牌子上的编号").fill("1")
    page.get_by_role("button", name="签到").click()
    page.wait_for_selector(".done")
    yield "checked in"
    page.goto("/app/#/photo")
    page.wait_for_selector(".card .row")
    yield "photo list"
    page.goto("/app/#/photo/safety")
    page.wait_for_selector(".example")
    yield "photo, how"
    path = folder / "dark.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200, dark=True))
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_selector(".preview")
    yield "photo, look at it"
    page.get_by_role("button", name="就用这张").click()
    page.wait_for_selector(".done")
    yield "photo kept"
    fill_count(page, "十二", "3")
    page.get_by_role("button", name="按快递公司分开填").click()
    page.wait_for_selector(".error")
    yield "count, wrong"
    page.goto("/app/#/history")
    page.wait_for_selector(".entry img")
    yield "history with what waits"
    page.goto("/app/#/me")
    page.get_by_role("button", name="换人用这部手机").click()
    yield "me, leaving"
    page.goto("/app/#/attention")
    page.wait_for_selector(".big-word")
    yield "attention, none"
    page.context.set_offline(False)
    page.route(
        "**/api/v1/sync",
        lambda route: route.fulfill(
            status=422,
            content_type="application/problem+json",
            body='{"code":"form-invalid","detail":"有几处填得不对。"}',
        ),
    )
    fill_count(page, "5", "1")
    page.wait_for_selector(".done")
    page.goto("/app/#/attention")
    page.wait_for_selector(".refused")
    yield "attention"
    page.goto("/app/#/")
    page.wait_for_selector(".note.bad")
    yield "home, something refused"
    page.goto("/app/#/station")
    page.wait_for_selector(".status-line")
    yield "station"
    page.goto("/app/#/self-check")
    page.wait_for_selector(".verdict.pass")
    yield "self-check"


def inspectors_screens(page: Page, house: House) -> Iterator[str]:
    bind(page, house, house.cast.wang)
    page.wait_for_selector(".card .row")
    yield "stations"
    page.goto("/app/#/scan")
    page.wait_for_selector(".finder.looking")
    yield "inspector's scan"
    page.goto("/app/#/inspect/C0001")
    page.wait_for_selector(".finding")
    page.locator("details summary").first.click()
    yield "station's clauses"


def every_screen(page: Page, house: House, folder: Path) -> Iterator[str]:
    yield from keepers_screens(page, house, folder)
    page.unroute("**/api/v1/sync")
    yield from inspectors_screens(page, house)


@pytest.mark.installed
def test_every_screen_is_accessible_large_and_fits(page: Page, house: House, tmp_path: Path):
    seen = 0
    for name in every_screen(page, house, tmp_path):
        can_be_read(page, name)
        seen += 1
    assert seen == 22


def test_at_200_percent_nothing_scrolls_sideways(browser: Browser, house: House, tmp_path: Path):
    half = {**PHONE, "viewport": {"width": 180, "height": 320}, "device_scale_factor": 4}
    context = browser.new_context(base_url=house.url, **half)
    page = context.new_page()
    for name in every_screen(page, house, tmp_path):
        assert page.evaluate(WIDER) <= 0, name
    context.close()


def test_lying_down_and_with_text_twice_as_large_home_shows_what_is_to_do(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.wait_for_selector(".today .row")
    for size in ((640, 360), (180, 320), (360, 640)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        seen = page.evaluate(FIRST_TASK_AND_WHAT_HIDES_IT)
        assert seen["row"] < seen["bar"], (size, seen)
        assert page.evaluate(WIDER) <= 0, size
        assert page.evaluate(MAIN_TARGETS_LOW) == [], size


FIRST_TASK_AND_WHAT_HIDES_IT = """() => {
    const top = (one) => one.getBoundingClientRect().top;
    const foot = document.querySelector('.foot');
    const sticks = getComputedStyle(foot).position === 'sticky';
    return { row: document.querySelector('.today .row b').getBoundingClientRect().bottom,
        bar: Math.min(top(document.querySelector('.tabs')), sticks ? top(foot) : Infinity) }; }"""
MAIN_TARGETS_LOW = """() => [...document.querySelectorAll('.tab, .row')]
    .map((e) => [e.getBoundingClientRect().height, e.textContent]).filter(([height]) => height < 60)"""


@pytest.mark.pictures
def test_the_largest_letters_are_offered_at_the_first_start_and_stay_and_help_is_a_tap_away(
    page: Page, house: House, tmp_path: Path
):
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    voices = tmp_path / "home" / "voices" / house.cast.county.code
    assert voice.main([str(voices), "--placeholders"]) == 0
    house.cast.county.hotline = "0350-1234567（工作日）"
    house.session.commit()
    page.goto(f"/app/#/bind/{house.bind_code(house.cast.li)}")
    page.get_by_label("大", exact=True).check()
    page.get_by_role("button", name="就是我，进去").click()
    page.get_by_label("特大").check()
    wait_for(page, REMEMBERED_HUGE)
    page.get_by_role("button", name="好，开始用").click()
    page.reload()
    # The app reads its memory before it shows itself large; a slow machine takes a moment.
    page.wait_for_function("() => getComputedStyle(document.body).fontSize === '30px'")
    call = page.get_by_role("link", name="打电话问县里")
    expect(call).to_have_attribute("href", "tel:03501234567")
    expect(page.get_by_text("机器念的样音，等县里录")).to_be_visible()
    listen = page.get_by_role("button", name="听一听")
    # Another recording than the one whose places the phone knows would say something else.
    anew = "**/api/v1/keeper/voice"
    page.route(anew, lambda route: route.fulfill(body="anew", content_type="audio/mpeg"))
    listen.click()
    expect(page.get_by_text("没取到录音")).to_be_visible()
    page.unroute(anew)
    for _ in range(2):
        listen.click()
        wait_for(page, SOUNDS)
    assert house.calls.count("GET /api/v1/keeper/voice") == 1
    expect(page.get_by_text("没取到录音")).to_have_count(0)
    pictures.take(page, "keeper-listen.png")
    call.scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="今天不开门")).to_be_enabled()
    pictures.take(page, "keeper-large.png")
    for path in ("", "history", "count", "photo", "check-in", "me"):
        page.goto(f"/app/#/{path}")
        page.wait_for_selector(".screen main")
        assert page.evaluate(WIDER) <= 0, path


def test_the_first_load_is_at_most_sixty_kilobytes(context: BrowserContext, house: House):
    page = context.new_page()
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if not response.from_service_worker:
            sizes[response.url] = int(response.headers.get("content-length", "0"))

    page.on("response", weigh)
    page.goto("/app/")
    page.wait_for_selector("#bind-form")
    first = {url: size for url, size in sizes.items() if "/app/" in url}
    assert "qr_reader" not in " ".join(first)
    assert 20_000 < sum(first.values()) <= 60 * 1024, first


def test_everything_for_offline_use_stays_light_scanner_and_all():
    # keepers' and inspectors' screens together; a phone fetches them once, after it has started:
    # some six seconds at 400 kbit/s, while its person reads the first screen; a quarter of it
    # are the standard's rules, which an inspector's phone works out without a net
    found = app_files()
    names = (*found.shell, *found.lazy)
    total = sum(len(found.files[name].zipped or found.files[name].content) for name in names)
    assert total <= 300 * 1024


def test_the_front_page_preloads_exactly_what_starts_the_app():
    found = app_files()
    home = {
        "views/home.js", "pieces.js", "day.js", "listen.js", "platform/sound.js", "core/asking.js",
        "core/day.js", "core/deadlines.js", "core/listening.js", "core/marks.js",
        "core/words/asking.js", "core/words/day.js", "core/words/shared.js",
    }  # fmt: skip
    modules = {name for name in found.shell if name.endswith((".js", ".mjs"))}
    assert preloaded() == modules - home - {"main.js", "old.js"}


@pytest.mark.installed
def test_the_keepers_phone_starts_offline_in_a_second_and_a_half(page: Page, house: House):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector(".today .row")
    wait_for(page, "() => performance.getEntriesByName('first-contentful-paint').length > 0")
    started = page.evaluate("() => performance.now()")
    painted = page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    assert painted <= 1500, (painted, started)
