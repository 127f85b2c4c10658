"""A gateway that answers with a page of words for one file after another: the app still comes up."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from miniapp_api.app_files import app_files
from tests import patience
from tests.app.conftest import PHONE, House, bind, wait_for, wait_until_offline_works
from tests.app.keepers_taps import fill_count, kept
from tests.app.line import Answer, Line
from tests.app.starts import preloaded

pytestmark = pytest.mark.browser
WORDS = b"<!doctype html><h1>Web Application Firewall</h1><p>Please wait</p>"


def path_of(name: str) -> str:
    return "/app/" + ("" if name == "index.html" else name)


SHELL = [path_of(name) for name in app_files().shell]
ALL = [*SHELL, *(path_of(name) for name in app_files().lazy), "/app/sw.js"]
# Without these the first screen cannot be drawn; everything else may be a lie and it still comes up.
FIRST = {"/app/main.js", *(path_of(one) for one in preloaded())}


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    with Line(house.url) as line:
        yield line


@pytest.fixture
def switch_on(browser: Browser, line: Line) -> Iterator[Callable[[], Page]]:
    """New phones, each on the line."""
    contexts: list[BrowserContext] = []

    def begin() -> Page:
        context = browser.new_context(base_url=line.url, **PHONE)
        context.set_default_timeout(patience.ms(15_000))
        contexts.append(context)
        return context.new_page()

    yield begin
    for context in contexts:
        context.close()


def lie_about(*paths: str) -> Callable[[str], Answer | None]:
    return lambda path: Answer(WORDS) if path in paths else None


def poison(page: Page, path: str) -> None:
    """What an earlier worker did, which took whatever came: a page of words in a file's place."""
    page.evaluate(
        """async ([path, words]) => {
          const name = (await caches.keys()).filter((one) => one.startsWith('czt-'))[0];
          const headers = { 'Content-Type': 'text/html' };
          await (await caches.open(name)).put(path, new Response(words, { headers }));
        }""",
        [path, WORDS.decode()],
    )


def unsent(page: Page, house: House, line: Line) -> None:
    """A keeper's phone with one record that no server has."""
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    line.there = False
    fill_count(page, "7", "2")
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()
    line.there = True
    line.lie = lambda path: Answer(WORDS) if path.startswith("/api/") else None


def test_a_first_visit_survives_a_lie_about_any_file(
    line: Line, browser: Browser, switch_on: Callable[[], Page]
):
    # Without a worker every file comes over the line each time, so one phone visits again and again.
    context = browser.new_context(base_url=line.url, service_workers="block", **PHONE)
    context.set_default_timeout(patience.ms(15_000))
    page = context.new_page()
    for path in sorted(FIRST):
        line.lie = lie_about(path)
        page.goto("/app/?" + path)
        # the words are there, and will be seen in eight seconds
        page.evaluate("() => { document.querySelector('.stuck').style.animationDelay = '0s'; }")
        expect(page.get_by_role("link", name="救出没交的记录"), path).to_be_visible()

    # The others do not hold it up even if all are lies at once.
    line.lie = lie_about(*(set(SHELL) - FIRST - {"/app/"}))
    page.goto("/app/?the-others")
    expect(page.get_by_label("绑定码")).to_be_visible()
    line.lie = lie_about("/app/")
    page.goto("/app/")
    expect(page.get_by_role("heading", name="Web Application Firewall")).to_be_visible()

    line.lie = lambda _: None
    page.goto("/app/?the-truth")
    expect(page.get_by_label("绑定码")).to_be_visible()
    context.close()

    for path in ("/app/sw.js", "/app/state.js", "/app/views/home.js"):  # and with one
        page = switch_on()
        line.lie = lie_about(path)
        page.goto("/app/")
        expect(page.locator(".stuck" if path in FIRST else "#code"), path).to_be_attached()
        line.lie = lambda _: None
        page.goto("/app/")
        expect(page.get_by_label("绑定码"), path).to_be_visible()
        page.context.close()


def test_the_words_of_the_opening_screen_come_after_eight_seconds(
    line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    line.lie = lie_about("/app/main.js")
    page.goto("/app/")

    said = page.get_by_text("还没打开？")
    expect(said).to_be_hidden()
    expect(said).to_be_visible(timeout=patience.ms(12_000))


def test_a_worker_keeps_no_file_that_is_not_the_right_one(
    house: House, line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    lied = ["/app/views/count.js", "/app/vendor/qr_reader.js", "/app/camera/exif.js"]
    line.lie = lie_about(*lied)
    bind(page, house, house.cast.li)
    some = "caches.match('/app/views/visit.js').then(Boolean)"
    wait_for(page, f"() => {some}")
    page.wait_for_timeout(500)
    assert page.evaluate(
        "(paths) => Promise.all(paths.map((path) => caches.match(path).then(Boolean)))", lied
    ) == [False] * len(lied)

    line.lie = lambda _: None
    page.reload()
    wait_until_offline_works(page)


def test_scripts_of_words_and_cut_files_are_not_kept_either(
    house: House, line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    whole = app_files().files["views/count.js"].content
    lies = {
        "/app/views/count.js": Answer(whole[:2000], "text/javascript; charset=utf-8"),
        "/app/views/me.js": Answer(WORDS, "text/javascript; charset=utf-8"),
    }
    line.lie = lies.get
    bind(page, house, house.cast.li)
    wait_for(page, "() => caches.match('/app/views/visit.js').then(Boolean)")
    page.wait_for_timeout(500)

    kept_ones = "(paths) => Promise.all(paths.map((path) => caches.match(path).then(Boolean)))"
    assert page.evaluate(kept_ones, list(lies)) == [False, False]


@pytest.mark.parametrize("path", ["/app/", "/app/main.js", "/app/state.js", "/app/app.css"])
def test_a_file_kept_wrong_is_replaced_at_the_next_start(
    path: str, house: House, line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    poison(page, path)

    page.reload()
    expect(page.get_by_role("link", name="扫牌子签到")).to_be_visible()
    line.there = False
    page.reload()  # and stays replaced
    expect(page.get_by_role("link", name="扫牌子签到")).to_be_visible()


def test_a_phone_that_an_earlier_worker_has_bricked_heals_itself(
    house: House, line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    greedy = b"""
        self.addEventListener('install', (event) => event.waitUntil(caches.open('czt-0')
            .then((cache) => cache.addAll(['/app/', '/app/main.js']))));
        self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
        self.addEventListener('fetch', (event) => event.respondWith(
            caches.match(event.request).then((kept) => kept || fetch(event.request))));"""
    line.lie = {
        "/app/sw.js": Answer(greedy, "text/javascript"),
        "/app/main.js": Answer(WORDS),
    }.get
    page.goto("/app/")
    page.evaluate("() => navigator.serviceWorker.register('/app/sw.js')")
    wait_for(page, "() => Boolean(navigator.serviceWorker.controller)")
    assert page.evaluate("() => caches.match('/app/main.js').then((kept) => kept.text())")

    line.lie = lambda _: None  # the gateway lets us through again, and there is a newer version
    page.reload()
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")

    expect(page.get_by_label("绑定码")).to_be_visible()


def test_unsent_records_can_be_saved_whatever_is_lied_about(
    house: House, line: Line, browser: Browser, tmp_path: Path
):
    # Without a worker, as in WeChat on iPhones, every file comes over the line at every start.
    context = browser.new_context(base_url=line.url, service_workers="block", **PHONE)
    page = context.new_page()
    bind(page, house, house.cast.li)
    line.lie = lambda asked: Answer(WORDS) if asked.startswith("/api/") else None
    fill_count(page, "7", "2")
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()

    save = page.get_by_role("button", name="老李的 1 条没交的")
    others = [path for path in ALL if path not in ("/app/alone.html", "/app/alone.js")]
    line.lie = lambda _: None
    line.asked.clear()
    page.goto("/app/alone.html?the-truth")
    expect(save).to_be_visible()
    # A lie about what this page never asks for is no lie to it: each other one is told alone.
    asked = [path for path in others if path in line.asked]
    assert "/app/app.css" in asked
    for path in asked:
        line.lie = lie_about(path)
        page.goto("/app/alone.html?" + path)
        expect(save, path).to_be_visible()
    line.lie = lambda path: Answer(WORDS) if path in others or "/api/" in path else None
    page.goto("/app/alone.html?all-of-them")
    expect(save).to_be_visible()
    with page.expect_download() as coming:
        save.click()
    coming.value.save_as(tmp_path / "unsent.txt")
    context.close()

    written = (tmp_path / "unsent.txt").read_text(encoding="utf-8")
    lines = [json.loads(one) for one in written.splitlines()]
    assert lines[0]["person"]["name"] == "老李"
    assert lines[1]["record"]["payload"]["received"] == 7
    assert lines[-1]["end"] is True


def test_the_rescue_works_without_the_net_too(
    house: House, line: Line, switch_on: Callable[[], Page], tmp_path: Path
):
    page = switch_on()
    unsent(page, house, line)
    line.there = False
    page.goto("/app/alone.html")

    with page.expect_download() as coming:
        page.get_by_role("button", name="老李的 1 条没交的").click()

    assert coming.value.suggested_filename.startswith("村站通-没交的-老李-")


def test_mending_fetches_the_app_anew_and_keeps_the_records(
    house: House, line: Line, switch_on: Callable[[], Page]
):
    page = switch_on()
    unsent(page, house, line)
    line.there = False
    page.goto("/app/alone.html")
    page.get_by_role("button", name="修一修").click()
    expect(page.get_by_text("现在连不上县里，修不了")).to_be_visible()
    line.there = True
    page.get_by_role("button", name="修一修").click()

    expect(page.get_by_role("heading", name="老李")).to_be_visible()
    assert page.evaluate(kept("items")) == 1
