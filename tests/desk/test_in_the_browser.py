"""The desk in real Chromium: no content policy is broken, keys work, and so does no script at all."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from tests.api.rounds import open_round
from tests.desk.conftest import ON_SQLITE, listen
from tests.desk.rounds import hold
from tests.factories import Cast

pytestmark = [ON_SQLITE, pytest.mark.browser]
PAGES = (
    "/",
    "/stations/{id}",
    "/stations/{id}/edit",
    "/stations/{id}/judge",
    "/people",
    "/people/{person}",
    "/stations/{id}/keepers",
    "/numbers",
    "/plan",
    "/exchange",
    "/help",
    "/account",
    "/stations/new",
    "/stations/{id}/closing",
    "/rounds",
    "/rounds/new",
    "/rounds/{round}",
    "/rounds/{round}/draw",
    "/rounds/{round}/words?show=all",
    "/rounds/{round}/results",
    "/rounds/{round}/close",
    "/rounds/{round}/visits/{visit}/withdraw",
    "/inspections/{inspection}?rerun=1",
    "/disagreements",
    "/rectifications",
    "/rectifications/{mend}",
    "/photo-requests",
)


def test_every_page_keeps_the_policy_fits_the_screen_and_is_accessible(
    open_desk: Callable[..., Page],
    address: str,
    cast: Cast,
    client: FlaskClient,
    session: Session,
    blobs: FolderStore,
    standards: Any,
) -> None:
    held = hold(client, session, cast, blobs, standards)
    ids = {
        "id": cast.c1.id,
        "person": cast.li.id,
        "round": held.campaign.id,
        "visit": held.visit.id,
        "inspection": held.inspection.id,
        "mend": held.rectification.id,
    }
    page = open_desk()
    said, faults = listen(page), []
    for path in PAGES:
        page.goto(address + path.format(**ids))
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > 1366:
            faults.append(f"{path}: wider than the screen")
        found: Any = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
        faults += [
            f"{path}: {one['id']} {[n['html'][:90] for n in one['nodes'][:3]]}"
            for one in found.response["violations"]
        ]

    assert said == []
    assert faults == []


def test_a_filter_changes_list_counts_and_address_without_a_reload(
    open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk()
    page.evaluate("window.stillHere = true")

    page.fill("#q", "杨家山")
    expect(page.locator("tr[data-row]")).to_have_count(1)

    assert page.evaluate("window.stillHere") is True
    assert page.url.startswith(f"{address}/?q=")
    assert "status=" not in page.url
    assert "1 站" in page.inner_text("#count")
    page.reload()
    assert page.locator("tr[data-row]").count() == 1


def test_the_keyboard_finds_walks_opens_and_edits(
    open_desk: Callable[..., Page], address: str, cast: Cast
) -> None:
    page = open_desk()

    page.keyboard.press("/")
    searching = page.evaluate("document.activeElement.type")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/stations/{cast.xz1.id}")
    page.keyboard.press("e")
    page.wait_for_url(f"{address}/stations/{cast.xz1.id}/edit")

    assert searching == "search"
    assert first == "鹅城镇快递综合服务站"


def test_the_desk_works_without_any_script(
    open_desk: Callable[..., Page], session: Session, address: str, cast: Cast
) -> None:
    page = open_desk(scripts=False)

    page.select_option("select[name=level]", "township_station")
    page.click("form.filters button")
    page.click("text=鹅城镇快递综合服务站")
    page.click("text=改登记")
    page.fill("#f-address", "镇政府对面")
    page.fill("#reason", "现场核对")
    page.click("button:has-text('保存')")

    assert "已保存：地址" in page.inner_text("[role=status]")
    session.refresh(cast.xz1)
    assert cast.xz1.address == "镇政府对面"


def test_a_round_is_drawn_opened_and_handed_out_without_any_script(
    open_desk: Callable[..., Page], session: Session, address: str, cast: Cast
) -> None:
    page = open_desk(scripts=False)
    page.goto(f"{address}/rounds/new")

    page.check("input[name=sample][value=random]")
    page.fill("#size", "2")
    page.fill("#seed", "零下3度")
    page.click("text=看抽到哪些站")
    seen = page.locator(".drawn .code").all_inner_texts()[1:]
    page.click("button:text-is('开轮')")
    opened = page.locator("#found td.code").all_inner_texts()
    page.locator("input[name=visit]").first.check()
    page.select_option("select[name=inspector][id=to]", "none")
    page.click("text=改分派")

    assert len(seen) == 2
    assert sorted(seen) == sorted(opened)
    assert "1 个站点换了督导员" in page.inner_text("[role=status]")
    assert "未分派" in page.inner_text("#found")


def test_a_rounds_list_is_narrowed_and_walked_with_the_keyboard(
    open_desk: Callable[..., Page], session: Session, address: str, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards)
    page = open_desk()
    page.goto(f"{address}/rounds/{campaign.id}")

    page.fill("#q", "C0002")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.press("#q", "Escape")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.textContent")

    assert focused == "杨家山村快递便民服务点"
    assert page.url.endswith(f"/rounds/{campaign.id}?q=C0002")


def test_what_was_typed_is_not_left_by_accident(
    open_desk: Callable[..., Page], address: str, cast: Cast
) -> None:
    page, asked = open_desk(), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{address}/stations/{cast.c1.id}/edit")

    page.fill("#f-address", "村东头")
    page.evaluate("location.href = '/desk/help'")
    page.wait_for_timeout(300)

    assert asked == ["beforeunload"]
    assert page.url.endswith("/edit")
