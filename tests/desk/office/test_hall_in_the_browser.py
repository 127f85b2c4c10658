"""大屏 on a wall: turns, holds, renews itself, and keeps its figures while the server is away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.databases import ON_SQLITE

pytestmark = [ON_SQLITE, pytest.mark.browser]


def test_the_hall_turns_holds_and_outlives_its_server(
    open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk(size=(1920, 1080))
    page.clock.install()
    page.goto(f"{address}/hall")
    place, trouble = page.locator("[data-at]"), page.locator("[data-trouble]")
    first = page.get_by_role("heading", name="今天做到多少")

    expect(place).to_have_text("1／3")
    page.clock.run_for(16_000)
    expect(place).to_have_text("2／3")
    page.keyboard.press(" ")
    page.clock.run_for(60_000)
    expect(place).to_have_text("2／3")
    page.mouse.click(900, 900)
    page.clock.run_for(31_000)
    expect(place).to_have_text("1／3")
    page.keyboard.press(" ")

    moment = page.locator("[data-as-of]").inner_text()
    page.route("**/desk/hall", lambda route: route.abort())
    renew = "window.dispatchEvent(new Event('online'))"  # as every five minutes, see below
    page.evaluate(renew)
    expect(trouble).to_contain_text("连不上服务器")
    expect(first).to_be_visible()
    expect(page.locator("[data-as-of]")).to_have_text(moment)

    page.unroute("**/desk/hall")
    page.evaluate("document.querySelector('#hall h1').textContent = '旧的'")
    page.evaluate(renew)
    expect(trouble).to_be_empty()
    expect(first).to_be_visible()
    expect(place).to_have_text("1／3")
    size = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [1920, 1080]
    with page.expect_request("**/desk/hall"):
        page.clock.run_for(301_000)


def test_who_wants_nothing_to_move_turns_by_hand(
    open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk(size=(1920, 1080))
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    page.goto(f"{address}/hall")

    expect(page.get_by_role("button", name="接着翻")).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.locator("[data-at]")).to_have_text("1／3")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-at]")).to_have_text("2／3")
    moving = "getComputedStyle(document.querySelector('[data-on]')).animationName"
    assert page.evaluate(moving) == "none"
