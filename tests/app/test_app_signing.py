"""What two people sign on the glass without a net is, byte for byte, what the county keeps."""

import hashlib
import json

import pytest
from playwright.sync_api import Page, expect

from server.models.inspection import Inspection, SignedHow
from server.models.rectification import Rectification
from server.models.station import Station
from tests.app.conftest import House, wait_until_offline_works
from tests.app.rounds import (
    C1,
    arrive,
    drafts,
    hand_in,
    inspector,
    round_of,
    sign_both,
    take_along,
    tap_all,
    wait_for_queue,
)

pytestmark = pytest.mark.browser


@pytest.mark.installed
def test_a_tap_against_the_words_read_is_doubted_signed_offline_and_kept_as_it_was_signed(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    take_along(page)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()
    arrive(page, C1, "C0001")

    tap_all(page, "标识名称字样")  # not met, though the station's own name was read
    rule = page.locator(".rule", has=page.get_by_role("heading", name="标识名称字样"))
    expect(rule.get_by_text("您点的是“不符合”")).to_be_visible()
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_text("填的和点的对不上，请定下来")).to_be_visible()
    page.get_by_role("link", name="回去接着查").click()
    rule.get_by_role("button", name="就按我点的").click()
    page.locator(".rule").nth(0).get_by_role("button", name="备注").click()
    page.locator(".rule").nth(0).get_by_label("备注").fill("房子是租的")
    rule.get_by_label("为什么这样认定").fill("字是印在纸上贴的，风一吹就掉")
    sign_both(page)
    expect(page.get_by_text("督导员现场认定不符合：字是印在纸上贴的")).to_be_visible()
    page.get_by_text("符合的 15 条").first.click()
    expect(page.get_by_text("备注：房子是租的")).to_be_visible()  # nothing is signed unseen
    (signed,) = drafts(page)
    text, sha256 = signed["document"]["text"], signed["document"]["sha256"]
    expect(page.get_by_text(f"这一份的指纹：{sha256[:8]}")).to_be_visible()
    hand_in(page)
    page.context.set_offline(False)
    wait_for_queue(page)

    (kept,), (mend,) = house.rows(Inspection), house.rows(Rectification)
    assert kept.document.encode() == text.encode()
    assert kept.document_sha256 == sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (kept.signed_how, kept.differences) == (SignedHow.ON_DOCUMENT, [])
    assert mend.rule_code == "A3-22a"
    found = {one["code"]: one for one in kept.findings}
    assert found == {one["code"]: one for one in json.loads(text)["findings"]}
    assert found["A3-22a"]["why"].endswith("；督导员现场认定不符合：字是印在纸上贴的，风一吹就掉")
    assert kept.fails == 1

    house.session.get_one(Station, kept.station_id).address = "村委会西侧"
    house.session.commit()
    page.goto(f"/app/#/inspection/{kept.id}")
    expect(page.get_by_text("督导员现场认定不符合：字是印在纸上贴的")).to_be_visible()
    expect(page.get_by_text("现在登记为“村委会西侧”")).to_be_visible()
    expect(page.get_by_text(f"这一份的指纹：{sha256[:8]}")).to_be_visible()
