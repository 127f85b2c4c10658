"""A keeper asks the county for a plate and other hours without a net, and reads what it says."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.http import clock
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.services.people.passwords import set_password
from server.services.requests.deciding import grant_request, refuse_request
from tests.app.conftest import House, bind, wait_until_offline_works
from tests.app.legible import can_be_read
from tests.app.rounds import wait_for_queue
from tests.asked import asked as asked_for
from tests.desk.conftest import sign_in
from tests.factories import PASSWORD
from tests.journey.pictures import Pictures

pytestmark = pytest.mark.browser


@pytest.mark.installed
@pytest.mark.pictures
def test_what_is_asked_for_offline_reaches_the_office_whose_answer_is_read_on_the_phone(
    page: Page, browser: Browser, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="跟县里提").click()
    page.get_by_role("link", name="改营业时间").click()
    page.get_by_label("几点开门").select_option("7:30")
    page.get_by_label("哪天休息").select_option("周日休息")
    expect(page.get_by_text("想改成：7:30-18:00，周日休息")).to_be_visible()
    can_be_read(page, "other hours")
    pictures.take(page, "keeper-ask-hours.png")
    page.get_by_role("button", name="交给县里").click()
    expect(page.get_by_text("提好了")).to_be_visible()
    page.get_by_role("button", name="好，回到今天").click()
    page.get_by_role("link", name="跟县里提").click()
    page.get_by_role("link", name="换人管站").click()
    page.get_by_role("button", name="交给县里").click()
    expect(page.get_by_text("请写上交给谁，写他的名字。")).to_be_visible()
    can_be_read(page, "another keeper, nobody named")
    page.get_by_role("link", name="返回").click()
    page.get_by_role("link", name="牌子丢了").click()
    page.get_by_role("button", name="交给县里").click()
    page.get_by_role("button", name="好，回到今天").click()
    page.get_by_role("link", name="跟县里提").click()
    expect(page.get_by_text("存在手机里，有网自动交")).to_have_count(2)
    page.context.set_offline(False)
    wait_for_queue(page, 0)
    asked = {one.about: one for one in house.rows(KeeperRequest)}
    assert asked[RequestAbout.HOURS].wish == "7:30-18:00，周日休息"
    lost = asked[RequestAbout.PLATE_LOST]
    assert lost.state is RequestState.WAITING

    set_password(house.session, person=house.cast.office, password=PASSWORD)
    house.session.commit()
    desk = sign_in(browser, f"{house.url}/desk", "xian")
    desk.goto(f"{house.url}/desk/requests")
    pictures.take(desk, "desk-requests.png")
    desk.get_by_role("link", name="改营业时间（7:30-18:00，周日休息）").click()
    pictures.take(desk, "desk-request.png")
    desk.get_by_role("button", name="以 县办 的名义同意，改登记").click()
    expect(desk.get_by_text("登记改好了，站长在手机上看得到。")).to_be_visible()
    desk.close()
    house.session.refresh(lost)
    refuse_request(
        house.session,
        request=lost,
        by=house.cast.office,
        now=clock.now(),
        answer="请先在院里找找。",
    )
    house.session.commit()

    page.goto("/app/#/")
    page.reload()
    expect(page.get_by_text("县里回话了")).to_have_count(2)
    page.get_by_role("link", name="去看看").first.click()
    expect(page.get_by_text("县里没同意：请先在院里找找。")).to_be_visible()
    expect(page.get_by_text("县里办好了：营业时间改成周一至周六 07:30-18:00了。")).to_be_visible()
    can_be_read(page, "what the county said")
    pictures.take(page, "keeper-asked.png")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("link", name="跟县里提")).to_be_visible()
    expect(page.get_by_text("县里回话了")).to_have_count(0)

    now = clock.now()
    handover = asked_for(
        house.session, house.cast.li, house.cast.c1, "handover", name="老张", now=now
    )
    grant_request(
        house.session, county=house.cast.county, request=handover, by=house.cast.office, now=now
    )
    house.session.commit()
    page.reload()
    expect(page.get_by_text("从现在起归老张管了。")).to_be_visible()
