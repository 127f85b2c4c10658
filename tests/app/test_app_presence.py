"""Being there, on the phone: why it is far, a name or a mark, a locked door, one record a visit."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.models.inspection import Inspection
from server.services.inspections.presence import marks_told
from tests.app.conftest import House, photo_of_a_wall
from tests.app.rounds import (
    C1,
    WANG,
    Strokes,
    arrive,
    hand_in,
    inspector,
    round_of,
    sign,
    take_along,
    tap_all,
    wait_for_queue,
)

pytestmark = pytest.mark.browser
TICK: Strokes = [[(0.2, 0.3), (0.3, 0.4), (0.6, 0.1)]]
CROSS: Strokes = [[(0.2, 0.2), (0.5, 0.5)], [(0.5, 0.2), (0.2, 0.5)]]
FAR_AWAY = {"latitude": 38.4, "longitude": 111.9403, "accuracy": 12}


def drawn(page: Page, strokes: Strokes) -> None:
    """Strokes on the glass that is open, and kept."""
    box = page.locator(".pad-glass").bounding_box()
    assert box is not None
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["width"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=8)
        page.mouse.up()
    page.get_by_role("button", name="签好了").click()


def test_far_from_the_station_the_inspector_writes_why_and_a_keeper_who_cannot_write_marks(
    page: Page, house: House
) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(FAR_AWAY)
    round_of(house)
    inspector(page, house)
    take_along(page)
    arrive(page, C1, "C0001")
    tap_all(page)
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_text("手机定位离这个站登记的位置至少 4.9 公里")).to_be_visible()
    page.get_by_label("当场签名").check()

    page.get_by_role("link", name="站长：点这里签名").click()
    drawn(page, TICK)
    expect(page.get_by_text("这不像写完的名字")).to_be_visible()
    page.get_by_role("button", name="清掉重写").click()
    page.get_by_role("button", name="不会写字，按个记号").click()
    page.set_viewport_size({"width": 640, "height": 360})  # the phone is handed over lying down
    glass, keys, name = (
        page.locator(part).bounding_box()
        for part in (".pad-glass", ".pad-keys", ".pad-screen input")
    )
    assert glass
    assert keys
    assert name
    assert glass["height"] > 200
    assert name["y"] + name["height"] <= glass["y"]
    assert glass["x"] + glass["width"] <= keys["x"]
    assert keys["y"] + keys["height"] <= 360
    drawn(page, CROSS)
    expect(page.get_by_text("请写见证人的名字")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_label("见证人是谁").fill("村会计张三")
    page.get_by_role("button", name="签好了").click()
    expect(page.get_by_text("按记号，见证人 村会计张三")).to_be_visible()

    sign(page, "督导员 王督导：点这里签名", WANG)
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_text("还没写离得远、时间短是怎么回事").first).to_be_visible()
    page.get_by_label("写一句怎么回事").fill("站搬到了村口")
    hand_in(page)
    wait_for_queue(page)

    (kept,) = house.rows(Inspection)
    assert (kept.witness_name, kept.counted.value) == ("村会计张三", "yes")
    (mark,) = marks_told(kept)
    assert mark["code"] == "far"
    assert mark["text"].endswith("督导员写：站搬到了村口")

    page.get_by_role("button", name="回到名单").click()
    page.get_by_role("link", name=C1).click()
    expect(page.get_by_text("要改，打开那份记录点“更正”")).to_be_visible()
    expect(page.get_by_role("link", name="到了，扫牌子")).to_be_hidden()


def test_a_locked_door_needs_its_photo_and_a_word(page: Page, house: House, tmp_path: Path) -> None:
    round_of(house)
    inspector(page, house)
    page.get_by_role("link", name=C1).click()
    page.get_by_role("link", name="门锁着，没人").click()
    page.get_by_role("button", name="就这样交上去").click()
    expect(page.get_by_text("请拍一张门口，门锁着的样子要看得见。请写一句情况")).to_be_visible()
    path = tmp_path / "door.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("拍好了，可以重拍")).to_be_visible()
    page.get_by_label("写一句").fill("打电话没人接")
    page.get_by_role("button", name="就这样交上去").click()
    expect(page.get_by_role("heading", name="记下了：门锁着")).to_be_visible()
    wait_for_queue(page)
    (kept,) = house.rows(Inspection)
    assert "door_unseen" not in [one["code"] for one in marks_told(kept)]
