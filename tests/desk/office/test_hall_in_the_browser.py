"""大屏 on a wall: turns, holds, renews itself, and keeps its figures while the server is away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.databases import ON_SQLITE
from tests.factories import Cast, make_station

pytestmark = [ON_SQLITE, pytest.mark.browser]


def test_the_hall_turns_holds_and_outlives_its_server(
    open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk(size=(1920, 1080))
    page.clock.install()
    page.goto(f"{address}/hall")
    place, trouble = page.locator("[data-at]"), page.locator("[data-trouble]")
    first = page.get_by_role("heading", name="今天做到多少")

    expect(place).to_have_text("1／4")
    page.clock.run_for(16_000)
    expect(place).to_have_text("2／4")
    page.keyboard.press(" ")
    page.clock.run_for(60_000)
    expect(place).to_have_text("2／4")
    page.mouse.click(900, 900)
    page.clock.run_for(31_000)
    expect(place).to_have_text("1／4")
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
    expect(place).to_have_text("1／4")
    size = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [1920, 1080]
    with page.expect_request("**/desk/hall"):
        page.clock.run_for(301_000)


def test_who_wants_nothing_to_move_turns_by_hand_to_a_map_that_fits_and_counts_every_station(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast, tmp_path: Path
) -> None:
    for place in range(7):  # beside one another in one village, and beside C0001
        make_station(
            session, code=f"C01{place:02d}", name=f"{place}号点", township_code=cast.township.code,
            latitude=38.3558 + place * 0.0001, longitude=111.9403,
        )  # fmt: skip
    far = make_station(
        session, code="C0200", name="最远点", township_code=cast.township.code, latitude=38.71,
        longitude=112.31,
    )  # fmt: skip
    cast.xz1.latitude = cast.xz1.longitude = None
    session.commit()
    page = open_desk(size=(1920, 1080))
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    page.goto(f"{address}/hall")

    expect(page.get_by_role("button", name="接着翻")).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.locator("[data-at]")).to_have_text("1／4")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-at]")).to_have_text("2／4")
    moving = "getComputedStyle(document.querySelector('[data-on]')).animationName"
    assert page.evaluate(moving) == "none"

    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="站点在哪里")).to_be_visible()
    expect(page.locator("[data-at]")).to_have_text("4／4")
    drawing = page.locator("svg.map:not(.key)")
    seen = drawing.locator("a .spot").count()
    groups = [int(one) for one in drawing.locator("a .group text").all_text_contents()]
    placed = int(page.get_by_role("row", name="图上合计").locator("b").inner_text())
    marks = page.locator(".where tbody tr:has(svg) b").all_inner_texts()
    assert seen + sum(groups) == placed == sum(map(int, marks))
    assert max(groups) >= 7
    expect(page.get_by_role("row", name="还没有位置").locator("b")).to_have_text("1")
    expect(drawing.locator(f"a[aria-label*='{far.name}']")).to_have_count(1)
    box = drawing.bounding_box()
    foot = page.locator("footer").bounding_box()
    note = page.get_by_text("本系统不画行政界线").bounding_box()
    assert box is not None
    assert foot is not None
    assert note is not None
    assert box["y"] + box["height"] <= note["y"] + 1
    assert note["y"] + note["height"] <= foot["y"]
    size = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [1920, 1080]
    page.screenshot(path=tmp_path / "hall-map.png")
