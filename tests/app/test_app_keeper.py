"""A keeper's day on a phone: binding, checking in, photographing, counting, with and without a net."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from tests.app.conftest import House, bind, photo_of_a_wall, wait_until_offline_works
from tests.app.keepers_taps import fill_count, kept, take_photo, wait_until_sent
from tests.media.scenes import saved, scene

pytestmark = pytest.mark.browser


def test_a_code_from_the_slip_makes_it_old_lis_phone(page: Page, house: House):
    page.goto("/app/")
    expect(page.get_by_role("heading", name="认一下您是哪个站")).to_be_visible()
    page.get_by_label("绑定码").fill("123")
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_text("绑定码是八个字")).to_be_visible()
    page.get_by_label("绑定码").fill("zzzz9999")
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_text("这个绑定码不对")).to_be_visible()
    page.get_by_label("绑定码").fill(house.bind_code(house.cast.li).lower())
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="老李，您好")).to_be_visible()
    page.get_by_role("button", name="好，开始用").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    expect(page.get_by_role("link", name="扫牌子签到")).to_be_visible()


def test_the_slips_link_fills_in_the_code(page: Page, house: House):
    page.goto(f"/app/#/bind/{house.bind_code(house.cast.zhao)}")
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="小赵，您好")).to_be_visible()


@pytest.mark.installed
def test_a_day_without_a_net_arrives_once_when_the_net_is_back(
    page: Page, house: House, tmp_path: Path
):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)

    page.reload()
    expect(page.get_by_role("heading", name="老李")).to_be_visible()
    page.goto("/app/#/check-in/typed")
    page.get_by_label("牌子上的编号").fill("2")
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_text("您的站是 C0001，刚才输的是 C0002")).to_be_visible()
    page.get_by_label("牌子上的编号").fill("1")
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_role("heading", name="签到好了")).to_be_visible()
    expect(page.get_by_text("已存在手机里，有网自动交")).to_be_visible()
    take_photo(page, "shelves", photo_of_a_wall(), tmp_path)
    expect(page.get_by_role("heading", name="货架照片存好了")).to_be_visible()
    fill_count(page, "12", "3")
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()

    page.goto("/app/#/")
    page.reload()  # the queue outlives it
    expect(page.get_by_text("现在没网，3 条存在手机里")).to_be_visible()
    expect(page.get_by_text("签到（等网交）")).to_be_visible()
    page.goto("/app/#/history")
    expect(page.get_by_text("还没交")).to_have_count(3)
    assert house.rows(PhoneEvent) == []

    page.context.set_offline(False)
    expect(page.get_by_text("手机里的都交完了")).to_be_visible()
    assert len(house.rows(PhoneEvent)) == 3
    (check_in,), (count,), (photo,) = map(house.rows, (CheckIn, ParcelCount, Photo))
    assert (check_in.method, check_in.station_id) == ("typed", house.cast.c1.id)
    assert (check_in.latitude, check_in.accuracy_m) == (38.3559, 25)
    assert (count.received, count.sent) == (12, 3)
    assert photo.arrived_at is not None
    assert page.evaluate(kept("photos")) == 0


def test_the_plate_is_scanned_without_a_net(house: House, phone_with_camera: Callable[[str], Page]):
    page = phone_with_camera(f"https://kd.example.cn/s/{house.c1_token}")
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="扫牌子签到").click()
    expect(page.get_by_role("heading", name="签到好了")).to_be_visible()
    page.context.set_offline(False)
    wait_until_sent(page)
    (check_in,) = house.rows(CheckIn)
    assert (check_in.method, check_in.station_id) == ("scan", house.cast.c1.id)
    assert check_in.sign_id is not None


def test_a_foreign_code_is_said_in_words(house: House, phone_with_camera: Callable[[str], Page]):
    page = phone_with_camera("https://pay.example/abc")
    bind(page, house, house.cast.li)
    page.get_by_role("link", name="扫牌子签到").click()
    expect(page.get_by_text("这不是站点牌子上的码")).to_be_visible()


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photo_is_small_and_upright(page: Page, house: House, tmp_path: Path, orientation: int):
    bind(page, house, house.cast.li)
    content = photo_of_a_wall(orientation=orientation)
    assert len(content) > 1_000_000
    take_photo(page, "signboard", content, tmp_path)
    expect(page.get_by_role("heading", name="门头牌子照片存好了")).to_be_visible()
    wait_until_sent(page)
    (photo,) = house.rows(Photo)
    (stored,) = [p for p in (tmp_path / "home" / "photos").rglob("*") if photo.sha256 in p.name]
    sent = stored.read_bytes()
    assert len(sent) == photo.size_bytes <= 300 * 1024
    picture = Image.open(io.BytesIO(sent)).convert("RGB")
    assert picture.size == ((1600, 1200) if orientation == 1 else (1200, 1600))
    corner = (20, 20) if orientation == 1 else (picture.width - 20, 20)  # 6: turned clockwise
    red, green, _ = picture.getpixel(corner)
    assert red > 120 > green
    assert not picture.getexif()
    assert photo.phone_notes["exif"].keys() == {"make", "orientation", "taken"}, "and no place"
    assert photo.phone_notes["exif"]["make"] == "HUAWEI"
    assert photo.phone_notes["exif"]["taken"] == "2026:07:03 08:05:00"


def test_a_dark_photo_is_questioned_and_may_be_used(page: Page, house: House, tmp_path: Path):
    bind(page, house, house.cast.li)
    path = tmp_path / "dark.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200, dark=True))
    page.goto("/app/#/photo/interior")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("有点暗")).to_be_visible()
    page.get_by_role("button", name="就用这张").click()
    expect(page.get_by_role("heading", name="接待台照片存好了")).to_be_visible()


def smeared(shades: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """As by a hand that moved to the side."""
    return np.mean([np.roll(shades, steps, axis=1) for steps in range(15)], axis=0)


def through_a_screen(shades: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """With the lattice of a screen's lights over everything."""
    across = np.arange(shades.shape[1])[:, None]
    return shades * (1 + 0.12 * np.cos(across * (2 * np.pi / 2.7)))


@pytest.mark.parametrize(
    ("change", "said", "noted"),
    [(smeared, "手好像晃了一下", "moved"), (through_a_screen, "对着屏幕拍的", "screen")],
    ids=["moved", "screen"],
)
def test_the_keeper_hears_it_before_leaving_and_decides(
    page: Page, house: House, tmp_path: Path, change: Callable[..., Any], said: str, noted: str
):
    bind(page, house, house.cast.li)
    shades = change(np.asarray(scene(2, (1600, 1200)), np.float32))
    path = tmp_path / "sign.jpg"
    path.write_bytes(saved(Image.fromarray(shades.clip(0, 255).astype(np.uint8)), quality=92))
    page.goto("/app/#/photo/interior")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("button", name="就用这张").click()
    expect(page.get_by_role("heading", name="接待台照片存好了")).to_be_visible()
    wait_until_sent(page)
    (photo,) = house.rows(Photo)
    assert photo.phone_notes["complaints"][noted] is True


def test_a_file_that_is_no_photo_is_refused_in_words(page: Page, house: House, tmp_path: Path):
    bind(page, house, house.cast.li)
    path = tmp_path / "letter.jpg"
    whole = saved(scene_image := Image.fromarray(np.asarray(scene(2, (640, 480)), np.uint8)))
    page.goto("/app/#/photo/shelves")
    for content, said in (
        (b"dear county", "这个文件不是照片"),
        (b"\0\0\0\x18ftypheix\0\0\0\0mif1heix" + b"\0" * 99, "这是高效格式（HEIF）的照片"),
        (whole[: len(whole) * 2 // 3], "这张照片没有存全"),
    ):
        path.write_bytes(content)
        page.locator("input[type=file]").set_input_files(path)
        expect(page.get_by_text(said)).to_be_visible()
    path.write_bytes(saved(scene_image) + b"a film behind it")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("heading", name="这张行吗")).to_be_visible()


def test_counts_are_checked_field_by_field_and_a_second_one_is_a_new_version(
    page: Page, house: House
):
    bind(page, house, house.cast.li)
    fill_count(page, "十二", "-1")
    expect(page.get_by_text("请用数字填")).to_be_visible()
    expect(page.get_by_text("件数不能是负的")).to_be_visible()
    fill_count(page, "12", "3")
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.locator(".today .row").first).to_be_visible()
    page.goto("/app/#/count")
    expect(page.get_by_label("收到")).to_have_value("12")
    page.get_by_label("收到").fill("15")
    page.get_by_label("为什么改").fill("漏数了一车")
    page.get_by_role("button", name="存好交上去").click()
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    counts = sorted(house.rows(ParcelCount), key=lambda one: one.version)
    assert [(one.version, one.received, one.reason) for one in counts] == [
        (1, 12, ""),
        (2, 15, "漏数了一车"),
    ]
