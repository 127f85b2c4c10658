"""What goes wrong around a phone, and what it says and keeps: answers lost, storage full, no camera."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from server.http import clock
from server.models.month import MonthApproval
from server.models.person import SignIn
from server.models.phone_event import ParcelCount, PhoneEvent, Photo
from tests.app.conftest import (
    FLAGS,
    PHONE,
    House,
    bind,
    photo_of_a_wall,
    plate_frames,
    wait_until_offline_works,
)
from tests.app.keepers_taps import fill_count, kept, take_photo, wait_until_sent

pytestmark = pytest.mark.browser


def test_the_queue_outlives_the_browser(
    playwright: Playwright, chromium: str, house: House, tmp_path: Path
):
    def switched_on() -> Page:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "phone", executable_path=chromium, args=FLAGS, base_url=house.url, **PHONE
        )
        return context.pages[0]

    page = switched_on()
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    fill_count(page, "7", "0")
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()
    page.context.close()

    page = switched_on()
    page.context.set_offline(True)
    page.goto("/app/")
    expect(page.get_by_text("现在没网，1 条存在手机里")).to_be_visible()
    page.context.set_offline(False)
    wait_until_sent(page)
    page.context.close()
    assert [one.received for one in house.rows(ParcelCount)] == [7]


def test_a_lost_answer_makes_one_row(page: Page, house: House):
    bind(page, house, house.cast.li)
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            route.fetch()  # it arrives, the answer does not
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/sync", lose)
    fill_count(page, "5", "1")
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    wait_until_sent(page)
    assert lost >= 2
    assert len(house.rows(PhoneEvent)) == 1


def test_a_photos_lost_answer_costs_no_second_upload(page: Page, house: House, tmp_path: Path):
    bind(page, house, house.cast.li)
    puts = 0

    def lose(route: Route) -> None:
        nonlocal puts
        puts += 1
        route.fetch()
        route.abort("connectionreset")

    page.route("**/api/v1/photos/*", lose)
    take_photo(page, "scanner", photo_of_a_wall(1600, 1200), tmp_path)
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    wait_until_sent(page)
    assert puts == 1
    (photo,) = house.rows(Photo)
    assert photo.arrived_at is not None


def test_a_sign_in_page_of_the_net_is_not_taken_for_the_county(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.route(
        "**/api/v1/sync",
        lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>上网认证</h1>"),
    )
    fill_count(page, "5", "1")
    expect(page.get_by_text("已存在手机里，有网自动交")).to_be_visible()
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_text("这个网要先登录才能上")).to_be_visible()
    expect(page.get_by_text("手机里还有 1 条没交")).to_be_visible()


def test_a_revoked_phone_keeps_its_queue_and_asks_to_sign_in(page: Page, house: House):
    bind(page, house, house.cast.li)
    for sign_in in house.rows(SignIn):
        house.session.delete(sign_in)
    house.session.commit()
    fill_count(page, "5", "1")
    page.get_by_role("button", name="好，回到今天").click()
    page.get_by_role("link", name="重新认一下").click()
    page.get_by_label("绑定码").fill(house.bind_code(house.cast.li))
    page.get_by_role("button", name="就是我，进去").click()
    expect(page.get_by_role("heading", name="老李，您好")).to_be_visible()
    wait_until_sent(page)
    assert len(house.rows(ParcelCount)) == 1


def test_what_the_county_refuses_is_shown_mended_and_sent(page: Page, house: House):
    bind(page, house, house.cast.li)

    def refuse(route: Route) -> None:
        answer = route.fetch(
            post_data='{"device_id":"x","client_now":"2026-07-03T00:00:00Z","items":[]}'
        )
        body = answer.json()
        body["results"] = [
            {
                "id": item["id"],
                "result": "conflict",
                "code": "month-approved",
                "message": "这个月的件数县里已经定了。",
            }
            for item in route.request.post_data_json["items"]
        ]
        route.fulfill(response=answer, json=body)

    page.route("**/api/v1/sync", refuse)
    fill_count(page, "50", "1")
    expect(page.get_by_text("那边没收下，请到“要处理”里看看")).to_be_visible()
    page.unroute("**/api/v1/sync")
    page.goto("/app/#/attention")
    expect(page.get_by_text("这个月的件数县里已经定了")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="存成文件").click()
    assert '"received":50' in Path(saving.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="改好再交").click()
    expect(page.get_by_text("上次没收下")).to_be_visible()
    page.get_by_label("收到").fill("5")
    page.get_by_role("button", name="存好交上去").click()
    expect(page.get_by_text("改数要写一句为什么")).to_be_visible()
    page.get_by_label("为什么补报或改").fill("多数了一车")
    page.get_by_role("button", name="存好交上去").click()
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    page.goto("/app/#/attention")
    expect(page.get_by_text("没有要处理的")).to_be_visible()
    assert [one.received for one in house.rows(ParcelCount)] == [5]


def test_a_month_known_to_be_approved_asks_for_its_reason_at_once(page: Page, house: House):
    house.session.add(
        MonthApproval(
            county=house.cast.county.code,
            month_on=clock.today().replace(day=1),
            figures={},
            figures_sha256="0" * 64,
            approved_at=clock.now(),
            approved_by=house.cast.office.id,
        )
    )
    house.session.commit()
    bind(page, house, house.cast.li)
    fill_count(page, "8", "0")
    expect(page.get_by_text("补报、改数要写一句为什么")).to_be_visible()
    page.get_by_label("为什么补报或改").fill("手机坏了，修好才补报")
    page.get_by_role("button", name="存好交上去").click()
    wait_until_sent(page)
    (count,) = house.rows(ParcelCount)
    assert (count.received, count.reason) == (8, "手机坏了，修好才补报")


def test_throwing_away_asks_first(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.route(
        "**/api/v1/sync",
        lambda route: route.fulfill(
            status=422,
            content_type="application/problem+json",
            body='{"code":"form-invalid","detail":"有几处填得不对。"}',
        ),
    )
    fill_count(page, "50", "1")
    page.get_by_role("button", name="好，回到今天").click()
    page.get_by_role("link", name="去看看").click()
    page.get_by_role("button", name="不要这一条了").click()
    page.get_by_role("button", name="先留着").click()
    expect(page.get_by_text("有几处填得不对")).to_be_visible()
    page.get_by_role("button", name="不要这一条了").click()
    page.get_by_role("button", name="是，扔掉这一条").click()
    expect(page.get_by_text("没有要处理的")).to_be_visible()


FULL = """() => { const put = IDBObjectStore.prototype.put;
    window.emptied = () => { IDBObjectStore.prototype.put = put; };
    IDBObjectStore.prototype.put = function (value, key) {
        if (value instanceof ArrayBuffer) throw new DOMException('no room', 'QuotaExceededError');
        return put.call(this, value, key); }; }"""


@pytest.mark.installed
def test_a_full_phone_says_so_and_claims_nothing(page: Page, house: House, tmp_path: Path):
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    path = tmp_path / "a.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.goto("/app/#/photo/shelves")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("button", name="就用这张")).to_be_visible()
    page.evaluate(FULL)
    page.get_by_role("button", name="就用这张").click()
    expect(page.get_by_text("手机存满了，存不下这一条")).to_be_visible()
    assert [page.evaluate(kept(store)) for store in ("items", "photos")] == [0, 0]
    page.evaluate("() => window.emptied()")
    page.get_by_role("button", name="就用这张").click()
    expect(page.get_by_role("heading", name="货架照片存好了")).to_be_visible()
    assert [page.evaluate(kept(store)) for store in ("items", "photos")] == [1, 1]


def test_without_a_camera_there_are_two_other_ways(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }"
    )
    page.get_by_role("link", name="扫牌子签到").click()
    expect(page.get_by_text("相机打不开")).to_be_visible()
    expect(page.get_by_text("拍张照片来认")).to_be_visible()
    expect(page.get_by_role("link", name="输入编号")).to_be_visible()


def test_a_still_photo_of_the_plate_is_read(page: Page, house: House, tmp_path: Path):
    bind(page, house, house.cast.li)
    film = plate_frames(f"https://kd.example.cn/s/{house.c1_token}", tmp_path / "film.mjpeg")
    still = tmp_path / "still.jpg"
    still.write_bytes(film.read_bytes().split(b"\xff\xd9\xff\xd8")[-1].join([b"\xff\xd8", b""]))
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }"
    )
    page.goto("/app/#/check-in")
    page.locator("input[type=file]").set_input_files(still)
    expect(page.get_by_role("heading", name="签到好了")).to_be_visible()


def test_leaving_with_unsent_records_warns_and_keeps_them_for_their_person(
    page: Page, house: House
):
    bind(page, house, house.cast.li)
    page.route("**/api/v1/sync", lambda route: route.abort())
    fill_count(page, "5", "1")
    page.goto("/app/#/me")
    page.get_by_role("button", name="换人用这部手机").click()
    expect(page.get_by_text("还有 1 条没交！")).to_be_visible()
    page.get_by_role("button", name="没交完也退出").click()
    expect(page.get_by_text("还有 1 条没交的记录，都还在")).to_be_visible()
    page.unroute("**/api/v1/sync")
    bind(page, house, house.cast.zhao)
    page.goto("/app/#/me")
    expect(page.get_by_text("另外有 1 条是别人的")).to_be_visible()
    assert house.rows(ParcelCount) == []
    bind(page, house, house.cast.li)
    wait_until_sent(page)
    (count,) = house.rows(ParcelCount)
    assert count.person_id == house.cast.li.id
