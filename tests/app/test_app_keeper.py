"""A keeper's day on a phone: binding, checking in, photographing, counting, with and without a net."""

import pytest
from playwright.sync_api import Page, expect

from tests.app.conftest import House, bind

pytestmark = pytest.mark.browser


def test_a_code_from_the_slip_makes_it_old_lis_phone(page: Page, house: House):
    page.goto("/app/")
    expect(page.get_by_role("heading", name="认一下您是哪个站")).to_be_visible()
    page.get_by_label("认站码").fill("123")
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_text("认站码是八个字")).to_be_visible()
    page.get_by_label("认站码").fill("zzzz9999")
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.locator(".error")).to_be_visible()
    page.get_by_label("认站码").fill(house.bind_code(house.cast.li).lower())
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="老李，您好")).to_be_visible()
    page.get_by_role("button", name="好，开始用").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    expect(page.get_by_role("link", name="扫牌子签到")).to_be_visible()
