"""The desk in real Chromium: no content policy is broken, keys work, and so does no script at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.policy.plan.reading import programme_of, programmes_in
from server.services.programme.programmes import bring_programme
from server.settings import ROOT
from tests.api.rounds import open_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.desk.held_rounds import hold
from tests.desk.office_days import last_month, live, unsent_file
from tests.factories import NOW, Cast
from tests.journey.pictures import Pictures
from tests.services.matters.brought import answered

pytestmark = [ON_SQLITE, pytest.mark.browser]
PAGES = (
    "/",
    "/stations/{id}",
    "/stations/{id}/edit",
    "/stations/{id}/judge",
    "/acceptances",
    "/stations/{id}/acceptance",
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
    "/differing-records",
    "/rectifications",
    "/rectifications/{mend}",
    "/matters",
    "/matters/{matter}",
    "/photo-requests",
)
# Between the rounds; read on phones too.
OFFICE_DAYS = (
    "/matters/new",
    "/board",
    "/months",
    "/stations/{id}/counts/{day}",
    "/reconciliation",
    "/reconciliation?state=all&township=140926100",
    "/reconciliation/{id}/{day}",
    "/operator-totals",
    "/lag",
    "/self-checks",
    "/unsent",
    "/overview",
    "/signals",
    "/county/signals",
    "/inspections",
)
TAKEN = {
    "/months": "desk-month.png",
    "/reconciliation": "desk-reconciliation.png",
    "/self-checks": "desk-self-checks.png",
    "/county/signals": "desk-signal-settings.png",
    "/inspections": "desk-everyday.png",
}


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
    week = [1, 2, 3, 4, 5, 6, 7]
    session.merge(cast.c1).hours = [[week, "08:00", "12:00"], [week, "14:00", "18:00"]]
    session.commit()
    ids = {
        "id": cast.c1.id,
        "person": cast.li.id,
        "round": held.campaign.id,
        "visit": held.visit.id,
        "inspection": held.inspection.id,
        "mend": held.rectification.id,
        "matter": answered(session, cast, cast.office).id,
    }
    session.commit()
    page = open_desk()
    said, faults = listen(page), []
    for path in PAGES:
        page.goto(address + path.format(**ids))
        page.wait_for_load_state("networkidle")
        faults += [f"{path}: {fault}" for fault in complaints(page)]
        page.set_viewport_size({"width": 360, "height": 640})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > 360:
            faults.append(f"{path}: {wide} px wide on a phone")
        faults += [f"{path}: written downwards: {text}" for text in page.evaluate(DOWNWARDS)]
        faults += [f"{path}: over its form: {text}" for text in page.evaluate(OVER_ITS_FORM)]
        page.set_viewport_size({"width": 1366, "height": 768})

    assert said == []
    assert faults == []


DOWNWARDS = """() => [...document.querySelectorAll("td, th, dd, p, li, td > span, .tile small, .tile .word")]
    .map((one) => [one.innerText.trim(), one.getBoundingClientRect(), getComputedStyle(one)])
    .map(([text, box, style]) => [text, box.height, parseFloat(style.fontSize),
        box.width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), box.width])
    .filter(([text, height, letter, width, whole]) => whole > 0
        && text.split("\\n").some((line) => line.length > 5)
        && width < 3 * letter && height > 4 * letter)
    .map(([text]) => text.slice(0, 20))"""
OVER_ITS_FORM = """() => [...document.querySelectorAll("form:not(:has(.table)) .form-end")]
    .filter((one) => getComputedStyle(one).position === "sticky").map((one) => one.innerText)"""


def complaints(page: Page) -> list[str]:
    """What of a page does not fit its screen, or not everybody can read."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found: Any = Axe().run(page, options=RULES)
    return [f"{wide} px wider than the screen"] * (wide > 0) + [
        f"{one['id']} {[n['html'][:90] for n in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]


@pytest.mark.pictures
def test_the_office_s_days_fit_its_screen_and_a_phone_s(
    open_desk: Callable[..., Page],
    address: str,
    cast: Cast,
    client: FlaskClient,
    session: Session,
    tmp_path: Path,
) -> None:
    live(client, session, cast)
    ids = {"id": cast.c1.id, "day": f"{last_month():%Y-%m-07}"}
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    page = open_desk()
    said, faults = listen(page), []

    for path in OFFICE_DAYS:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(address + path.format(**ids))
        faults += [f"{path}: {fault}" for fault in complaints(page)]
        if path in TAKEN:
            pictures.take(page, TAKEN[path])
        page.set_viewport_size({"width": 360, "height": 640})
        faults += [f"{path} on a phone: {fault}" for fault in complaints(page)]

    assert said == []
    assert faults == []


@pytest.mark.pictures
def test_on_a_phone_the_menu_folds_into_one_bar(
    open_desk: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_desk(size=(360, 640), scale=2)
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    menu, fold = (
        page.get_by_role("navigation", name="主菜单"),
        page.get_by_role("button", name="菜单"),
    )

    expect(menu).to_be_hidden()
    top = page.locator("main").bounding_box()
    fold.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(menu.get_by_role("link", name="件数核准")).to_be_visible()
    opened = complaints(page)
    pictures.take(page, "phone-desk.png")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(fold).to_be_focused()
    fold.click()
    menu.get_by_role("link", name="件数核准").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("件数核准")
    expect(menu).to_be_hidden()
    page.emulate_media(media="print")  # a sheet of paper is as narrow, but nothing moves on it
    around = page.locator("main .table").first.locator("..")

    assert around.evaluate("box => getComputedStyle(box).overflowX") == "visible"
    assert top is not None
    assert top["y"] <= 64
    assert opened == []


def test_the_printed_plan_names_what_is_still_open_and_asks_nothing(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast
) -> None:
    programme = programme_of(programmes_in(ROOT / "standards"), cast.county.code)
    assert programme
    bring_programme(session, county=cast.county, programme=programme, now=NOW, by=None)
    session.commit()
    page = open_desk()
    page.goto(f"{address}/plan")
    open_ones = page.locator(".conflict > summary")
    page.emulate_media(media="print")

    assert open_ones.count() > 1
    assert all(one.is_visible() for one in open_ones.all())
    expect(page.get_by_role("heading", name="目标与完成")).to_be_visible()
    assert not any(
        one.is_visible() for one in page.locator("main button, main input[name=reason]").all()
    )


def test_without_script_the_menu_s_link_opens_it(open_desk: Callable[..., Page]) -> None:
    page = open_desk(scripts=False, size=(360, 640))
    menu = page.get_by_role("navigation", name="主菜单")

    expect(menu).to_be_hidden()
    page.get_by_role("link", name="菜单").click()
    menu.get_by_role("link", name="整改").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("整改")


@pytest.mark.pictures
def test_a_phone_s_file_is_looked_at_then_brought_in(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast, tmp_path: Path
) -> None:
    file: Any = {
        "name": "村站通-没交的-老李.txt",
        "mimeType": "text/plain",
        "buffer": unsent_file(session, cast),
    }
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    page = open_desk()
    page.goto(f"{address}/unsent")

    page.set_input_files("#file", file)
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("老李的 3 条记录、1 张照片")
    faults = complaints(page)
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_role("status").first).to_contain_text("新收下 2 条记录、1 张照片")
    faults += complaints(page)
    pictures.take(page, "desk-unsent.png")
    page.set_viewport_size({"width": 360, "height": 640})

    assert faults + complaints(page) == []


def test_a_filter_changes_list_counts_and_address_without_a_reload(
    open_desk: Callable[..., Page], address: str
) -> None:
    page = open_desk()
    page.goto(f"{address}/board")
    page.evaluate("window.stillHere = true")

    page.fill("#q", "杨家山")
    expect(page.locator("tr[data-row]")).to_have_count(1)

    assert page.evaluate("window.stillHere") is True
    assert page.url.startswith(f"{address}/board?q=")
    assert "status=" not in page.url
    assert "1 站" in page.inner_text("#count")
    page.reload()
    assert page.locator("tr[data-row]").count() == 1


def test_the_keyboard_finds_walks_opens_and_edits(
    open_desk: Callable[..., Page], address: str, cast: Cast
) -> None:
    page = open_desk()
    page.goto(f"{address}/board")

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
    page.goto(f"{address}/board")

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
    with page.expect_event("dialog"):
        page.evaluate("void setTimeout(() => { location.href = '/desk/help'; })")
    page.wait_for_timeout(100)

    assert asked == ["beforeunload"]
    assert page.url.endswith("/edit")
