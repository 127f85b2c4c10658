"""Coming back: the old slip, another person on the phone, 返回 and the phone's own back."""

import pytest
from playwright.sync_api import Page, expect

from server.http import clock
from server.models.person import SignIn
from server.models.phone_event import ParcelCount
from tests.app.conftest import House, bind, wait_until_offline_works
from tests.app.keepers_taps import fill_count, kept, wait_until_sent

pytestmark = pytest.mark.browser
# As the versions before this one left a bound phone: without the code that bound it.
FORGET_THE_SLIP = """() => new Promise((done) => { const open = indexedDB.open('cunzhantong');
    open.onsuccess = () => { const tx = open.result.transaction('pages', 'readwrite');
        const pages = tx.objectStore('pages'); const got = pages.get('session');
        got.onsuccess = () => { const who = got.result; delete who.slip; pages.put(who, 'session'); };
        tx.oncomplete = () => { open.result.close(); done(true); }; }; })"""


def test_the_old_slip_leads_home(page: Page, house: House):
    code = house.bind_code(house.cast.li)
    page.goto(f"/s/#/bind/{code}")  # as the slip has it
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_text("添加到主屏幕")).to_be_visible()
    page.get_by_role("button", name="好，开始用").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"/app/#/bind/{code}")
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.goto(f"/app/#/bind/{code.lower().replace('-', '')}")
    expect(page.get_by_text("还没签到")).to_be_visible()
    expect(page).to_have_url(f"{house.url}/app/#/")
    assert house.calls.count("POST /api/v1/session/bind") == 1


def test_the_old_slip_leads_home_on_a_phone_bound_before_slips_were_kept(page: Page, house: House):
    code = house.bind_code(house.cast.li)
    page.goto(f"/app/#/bind/{code}")
    page.get_by_role("button", name="就是我，进去").click()
    page.get_by_role("button", name="好，开始用").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.evaluate(FORGET_THE_SLIP)
    page.goto("about:blank")
    page.goto(f"/app/#/bind/{code}")
    expect(page.get_by_text("还没签到")).to_be_visible()
    expect(page).to_have_url(f"{house.url}/app/#/")
    assert house.calls.count("POST /api/v1/session/slip") == 1

    page.goto("about:blank")
    page.goto(f"/app/#/bind/{code}")  # known from now on, also without a net
    expect(page.get_by_text("还没签到")).to_be_visible()
    assert house.calls.count("POST /api/v1/session/slip") == 1
    assert house.calls.count("POST /api/v1/session/bind") == 1


def test_a_code_in_full_width_characters_is_a_code(page: Page, house: House):
    code = house.bind_code(house.cast.li)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    page.goto("/app/")
    page.get_by_label("绑定码").fill(wide)
    expect(page.get_by_label("绑定码")).to_have_value(code)
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="老李，您好")).to_be_visible()


@pytest.mark.installed
def test_another_person_is_warned_and_both_peoples_records_stay(page: Page, house: House):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    fill_count(page, "12", "3")
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()
    page.route("**/api/v1/sync", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(f"/app/#/bind/{house.bind_code(house.cast.zhao)}")
    expect(page.get_by_text("现在是 老李 的，还有 1 条没交")).to_be_visible()
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="小赵，您好")).to_be_visible()
    assert page.evaluate(kept("items")) == 1
    page.get_by_role("button", name="好，开始用").click()
    page.unroute("**/api/v1/sync")
    bind(page, house, house.cast.li)
    wait_until_sent(page)
    (count,) = house.rows(ParcelCount)
    assert (count.person_id, count.received) == (house.cast.li.id, 12)


def test_going_back_adds_nothing_to_the_phones_history(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.goto("about:blank")
    page.goto("/app/")
    page.get_by_role("link", name="拍照片").click()
    page.get_by_role("link", name="门头牌子").click()
    expect(page.get_by_role("heading", name="拍门头牌子")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("heading", name="拍照片")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.evaluate("void setTimeout(() => history.back())")
    expect(page).to_have_url("about:blank")


def test_a_screen_opened_by_itself_goes_back_in_its_own_place(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.goto("about:blank")
    page.goto("/app/#/photo/signboard")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("heading", name="拍照片")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_text("还没签到")).to_be_visible()
    page.evaluate("void setTimeout(() => history.back())")
    expect(page).to_have_url("about:blank")


def test_the_bare_address_leads_a_phone_to_the_app(page: Page, house: House):
    page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Linux; Android 9) Mobile"})
    page.goto("/")
    expect(page.get_by_role("heading", name="认一下您是哪个站")).to_be_visible()
    page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Windows NT 10.0)"})
    page.goto("/")
    expect(page.get_by_label("账号")).to_be_visible()


def test_whoever_must_sign_in_anew_sees_whom_to_call(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.goto("/app/#/bind")
    call = page.get_by_role("link", name="打电话问县里 0350-1234567")
    expect(call).to_have_attribute("href", "tel:03501234567")


def test_a_phone_that_nobody_has_bound_finds_the_townships_telephone(page: Page, house: House):
    county = house.cast.county
    county.options = {**county.options, "telephones": {house.cast.c1.township_code: "0350-6521234"}}
    house.session.commit()
    page.goto("/app/")
    page.get_by_role("link", name="看乡镇电话").click()
    township = page.get_by_role("link", name="打电话问鹅城镇 0350-6521234")
    expect(township).to_have_attribute("href", "tel:03506521234")
    expect(page.get_by_role("link", name="打电话问县里 0350-1234567")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_label("绑定码")).to_be_visible()

    bind(page, house, house.cast.li)  # from now on the own township's is at hand at once
    for one in house.rows(SignIn):
        one.revoked_at = clock.now()
    house.session.commit()
    page.reload()
    expect(page.get_by_text("要重新认一下您是哪个站")).to_be_visible()
    expect(township.first).to_be_visible()  # in the note; the row below calls it too
