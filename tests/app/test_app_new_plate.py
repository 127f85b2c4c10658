"""A plate that the phone does not know, called new by its keeper: no ✓ before it has been seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.http import clock
from server.models.history import HistoryLine
from server.models.phone_event import CheckIn
from server.models.sign import Sign
from server.services.plates.signs import replace_sign, token_of
from tests.app.conftest import House, bind, plate_frames, wait_until_offline_works
from tests.app.keepers_taps import kept, wait_until_sent
from tests.factories import RING

pytestmark = pytest.mark.browser
WAITS = "记下了，等镇上看"


def says_new(page: Page) -> None:
    expect(page.get_by_role("heading", name="这块牌子不认得")).to_be_visible()
    page.get_by_role("button", name="是新牌子，照交").click()
    expect(page.get_by_role("heading", name=WAITS)).to_be_visible()
    expect(page.get_by_text("现在还不算签到")).to_be_visible()
    assert page.locator(".big-check:not(.waits)").count() == 0
    assert page.get_by_text("签到好了").count() == 0


def still_of(text: str, folder: Path) -> Path:
    film = plate_frames(text, folder / "film.mjpeg")
    still = folder / "still.jpg"
    still.write_bytes(b"\xff\xd8" + film.read_bytes().split(b"\xff\xd9\xff\xd8")[-1])
    return still


def test_a_forged_plate_in_the_camera_waits_and_is_never_a_check_in(
    house: House, phone_with_camera: Callable[[str], Page]
):
    page = phone_with_camera("https://kd.example.cn/s/0123456789abcde")
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="扫牌子签到").click()
    says_new(page)
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_text("扫了新牌子，等镇上看")).to_be_visible()
    expect(page.get_by_role("link", name="扫牌子签到")).to_be_visible()  # still to be done

    page.context.set_offline(False)
    expect(page.get_by_text("有 1 条没收下")).to_be_visible()
    expect(page.get_by_text("还没签到")).to_be_visible()
    assert house.rows(CheckIn) == []
    said = [one.summary for one in house.rows(HistoryLine) if one.action == "plate-doubted"]
    assert len(said) == 1
    assert "老李说扫的是" in said[0]


@pytest.mark.installed
def test_a_plate_hung_since_the_phone_last_heard_counts_once_it_was_seen(
    page: Page, house: House, tmp_path: Path
):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    [old] = [one for one in house.rows(Sign) if one.station_id == house.cast.c1.id]
    new = replace_sign(house.session, sign=old, by=None, now=clock.now(), reason="牌面破损")
    house.session.commit()
    still = still_of(f"https://kd.example.cn/s/{token_of(RING, new)}", tmp_path)
    page.evaluate("() => { location.hash = '#/check-in'; }")
    page.locator("input[type=file]").set_input_files(still)
    says_new(page)

    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="签到好了")).to_be_visible()
    expect(page.get_by_text("对上了，是您站的牌子")).to_be_visible()
    wait_until_sent(page)
    (check_in,) = house.rows(CheckIn)
    assert (check_in.sign_id, check_in.method) == (new.id, "photo")
    assert not [one for one in house.rows(HistoryLine) if one.action == "plate-doubted"]


def test_a_typed_number_of_another_station_is_no_new_plate(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.goto("/app/#/check-in/typed")
    page.get_by_label("牌子上的编号").fill("2")
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_text("您的站是 C0001，刚才输的是 C0002")).to_be_visible()
    assert page.locator(".big-check").count() == 0
    assert page.evaluate(kept("items")) == 0
