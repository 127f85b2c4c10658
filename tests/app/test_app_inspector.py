"""An inspector's phone: the list of stations, a scanned plate, each clause with its verdict."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.conftest import House, bind, photo_of_a_wall, wait_until_offline_works
from tests.app.keepers_taps import take_photo, wait_until_sent

pytestmark = pytest.mark.browser


def test_a_scanned_plate_shows_the_clauses_and_the_keepers_photo(
    house: House, phone_with_camera: Callable[[str], Page], tmp_path: Path
):
    page = phone_with_camera(f"https://kd.example.cn/s/{house.c1_token}")
    bind(page, house, house.cast.li)
    take_photo(page, "shelves", photo_of_a_wall(1600, 1200), tmp_path)
    wait_until_sent(page)
    bind(page, house, house.cast.wang)
    page.get_by_role("link", name="扫站点牌子").click()
    expect(page.get_by_text("马家沟村快递便民服务点")).to_be_visible()
    expect(page.get_by_role("heading", name="还没弄清的")).to_be_visible()
    shelves = page.locator("details.finding", has=page.get_by_text("货架", exact=True))
    shelves.locator("summary").click()
    expect(shelves.get_by_text("依据：站长")).to_be_visible()
    expect(shelves.locator("img.photo")).to_be_visible()
    page.goto("/app/#/")
    expect(page.get_by_text("共 4 个站点")).to_be_visible()
    page.get_by_label("找站点").fill("c0002")
    expect(page.get_by_text("共 1 个站点")).to_be_visible()


def test_a_number_is_typed_and_a_wrong_one_answered_in_words(page: Page, house: House):
    bind(page, house, house.cast.wang)
    page.goto("/app/#/scan")
    page.get_by_label("或者输入编号").fill("c2")
    page.get_by_role("button", name="查这个站").click()
    expect(page.get_by_text("杨家山村快递便民服务点")).to_be_visible()
    page.goto("/app/#/inspect/0123456789abcde")
    expect(page.locator(".note.warm")).to_be_visible()


@pytest.mark.installed
def test_the_list_and_a_station_seen_before_are_there_without_a_net(page: Page, house: House):
    bind(page, house, house.cast.wang)
    page.get_by_text("杨家山村快递便民服务点").click()
    expect(page.locator("details.finding").first).to_be_visible()
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("下面是上次看到的")).to_be_visible()
    expect(page.locator("details.finding").first).to_be_visible()
    page.goto("/app/#/")
    expect(page.get_by_text("共 4 个站点")).to_be_visible()
