"""今天不开门, 早关门 on a phone: one tap, one record, one tap back."""

import pytest
from playwright.sync_api import Page, expect

from server.models.phone_event import EventKind, PhoneEvent
from tests.app.conftest import House, bind, wait_until_offline_works
from tests.app.keepers_taps import tap_twice, wait_until_sent

pytestmark = pytest.mark.browser


def openings(house: House) -> list[str]:
    told = [one for one in house.rows(PhoneEvent) if one.kind is EventKind.OPENING]
    return [one.payload["opening"] for one in sorted(told, key=lambda one: one.occurred_at)]


@pytest.mark.parametrize("apart_ms", [60, 350])
def test_one_tap_tells_that_it_stays_closed_and_two_are_one(
    page: Page, house: House, apart_ms: int
):
    bind(page, house, house.cast.li)
    button = page.get_by_role("button", name="今天不开门")
    expect(button).to_be_enabled()
    button.scroll_into_view_if_needed()
    tap_twice(page, button, apart_ms)
    expect(page.get_by_text("今天不开门，乡亲扫门口的码就看得到")).to_be_visible()
    expect(page.get_by_text("今天不开门，不用")).to_have_count(2)
    wait_until_sent(page)
    page.wait_for_timeout(300)
    assert openings(house) == ["closed"]


@pytest.mark.installed
def test_it_is_told_without_a_net_and_taken_back(page: Page, house: House):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="早关门").click()
    expect(page.get_by_text("关门了，有网就告诉大家")).to_be_visible()
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.reload()
    expect(page.get_by_text("关门了，有网就告诉大家")).to_be_visible()
    page.get_by_role("button", name="还是照常开门").click()
    expect(page.get_by_role("button", name="今天不开门")).to_be_visible()
    page.context.set_offline(False)
    wait_until_sent(page)
    assert openings(house) == ["early", "usual"]
    page.goto("/app/#/history")
    expect(page.get_by_text("手机里的都交完了")).to_be_visible()
