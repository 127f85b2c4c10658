"""Counting on a phone: what was reported, what is usual, what is typed, and two taps for one."""

import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from server.calendar import full_day_text
from server.http import clock
from server.models.history import HistoryLine
from server.models.phone_event import EventKind, ParcelCount, PhoneEvent
from tests.app.conftest import House, bind, wait_until_offline_works
from tests.app.keepers_taps import fill_count, tap_twice, wait_until_sent

pytestmark = pytest.mark.browser


def counted(house: House, days_ago: int, received: int, sent: int = 3) -> ParcelCount:
    """A count that somebody sent for an earlier day."""
    day, now = clock.today() - timedelta(days=days_ago), clock.now()
    event = PhoneEvent(
        id=uuid.uuid4(),
        kind=EventKind.PARCEL_COUNT,
        county=house.cast.c1.county,
        station_id=house.cast.c1.id,
        person_id=house.cast.li.id,
        device_id="earlier",
        payload={},
        content_sha256="0" * 64,
        result="ok",
        day_on=day,
        occurred_at=now - timedelta(hours=1),
        time_verified=True,
        device_at=now,
        received_at=now,
    )
    house.session.add(event)
    house.session.flush()
    count = ParcelCount(
        id=event.id,
        county=event.county,
        station_id=event.station_id,
        person_id=event.person_id,
        day_on=day,
        version=1,
        received=received,
        sent=sent,
        agri_sent=0,
        on_hand=0,
        entered_at=event.occurred_at,
    )
    house.session.add(count)
    house.session.commit()
    return count


def choose(page: Page, days_ago: int) -> None:
    day = clock.today() - timedelta(days=days_ago)
    page.get_by_label("哪一天的").select_option(day.isoformat())
    expect(page).to_have_url(f"{page.url.split('#')[0]}#/count/{day.isoformat()}")


def save(page: Page) -> None:
    page.get_by_role("button", name="存好交上去").click()


@pytest.mark.installed
def test_a_day_reported_before_shows_its_figures_and_is_changed_only_with_a_reason(
    page: Page, house: House
):
    first = counted(house, 1, 18)
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.goto("/app/#/count")
    choose(page, 1)
    expect(page.get_by_text("昨天已经报过了：收 18 件，寄 3 件")).to_be_visible()
    expect(page.get_by_label("收到")).to_have_value("18")
    save(page)
    expect(page.get_by_text("改数要写一句为什么")).to_be_visible()
    page.get_by_label("为什么改").fill("漏数了一车")
    save(page)
    expect(page.get_by_text("跟报过的一样")).to_be_visible()
    page.get_by_label("收到").fill("25")
    save(page)
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()
    page.context.set_offline(False)
    wait_until_sent(page)
    new, old = sorted(house.rows(ParcelCount), key=lambda one: -one.version)
    assert (old.id, old.version, old.received) == (first.id, 1, 18)
    assert (new.version, new.received, new.reason) == (2, 25, "漏数了一车")
    (event,) = [one for one in house.rows(PhoneEvent) if one.id == new.id]
    assert event.payload["corrects"] == str(first.id)


def test_the_day_before_stands_beside_the_fields_and_not_in_them(page: Page, house: House):
    counted(house, 1, 18)
    bind(page, house, house.cast.li)
    page.goto("/app/#/count")
    expect(page.get_by_text("昨天 18 件")).to_be_visible()
    expect(page.get_by_label("收到")).to_have_value("")
    choose(page, 2)
    expect(page.get_by_text("昨天 18 件")).to_have_count(0)


def test_a_number_far_above_the_usual_is_asked_about_before_it_is_saved(page: Page, house: House):
    for days_ago, received in enumerate((22, 20, 19, 25, 21), start=1):
        counted(house, days_ago, received)
    bind(page, house, house.cast.li)
    fill_count(page, "99999", "3")
    expect(page.get_by_text("平时二十来件，真是 99999？")).to_be_visible()
    page.get_by_role("button", name="回去改").click()
    expect(page.get_by_label("收到")).to_have_value("99999")
    page.get_by_label("收到").fill("230")
    save(page)
    expect(page.get_by_text("平时二十来件，真是 230？")).to_be_visible()
    page.get_by_role("button", name="没错，交").click()
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    (today,) = [one for one in house.rows(ParcelCount) if one.day_on == clock.today()]
    assert today.received == 230


def test_nothing_typed_is_lost_by_going_back_by_loading_anew_or_by_another_day(
    page: Page, house: House
):
    bind(page, house, house.cast.li)
    page.goto("/app/#/count")
    page.get_by_label("收到").fill("12")
    page.reload()
    expect(page.get_by_label("收到")).to_have_value("12")
    expect(page.get_by_text("上次填了一半")).to_be_visible()
    choose(page, 1)
    expect(page.get_by_label("收到")).to_have_value("")
    page.get_by_label("寄出").fill("4")
    page.reload()
    expect(page.get_by_label("寄出")).to_have_value("4")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_text("还没报")).to_be_visible()
    page.goto("/app/#/count")
    expect(page.get_by_label("收到")).to_have_value("12")
    page.get_by_label("寄出").fill("1")
    # A call comes in and the system takes the room.
    page.evaluate("void setTimeout(() => location.replace('about:blank'))")
    page.wait_for_url("about:blank")
    page.goto("/app/#/count")
    expect(page.get_by_label("寄出")).to_have_value("1")
    save(page)
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    page.get_by_role("button", name="好，回到今天").click()
    page.goto("/app/#/count")
    expect(page.get_by_text("上次填了一半")).to_have_count(0)


def test_a_forgotten_day_is_reported_from_the_list_of_days(page: Page, house: House):
    counted(house, 3, 20)
    counted(house, 1, 18)
    bind(page, house, house.cast.li)
    page.goto("/app/#/history")
    day = clock.today() - timedelta(days=2)
    row = page.get_by_role("link", name="补报")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("没有签到，没有报件数")
    row.click()
    expect(page).to_have_url(f"{house.url}/app/#/count/{day.isoformat()}")
    expect(page.get_by_label("哪一天的")).to_have_value(day.isoformat())
    page.get_by_label("收到").fill("16")
    page.get_by_label("寄出").fill("2")
    save(page)
    page.wait_for_selector(".done")
    wait_until_sent(page)
    page.goto("/app/#/history")
    expect(page.get_by_text("收 16 件，寄 2 件")).to_be_visible()
    expect(page.get_by_role("link", name="补报")).to_have_count(0)
    [late] = [one for one in house.rows(ParcelCount) if one.day_on == day]
    assert (late.received, late.sent) == (16, 2)


@pytest.mark.parametrize("apart_ms", [60, 350])
def test_two_taps_keep_one_count_and_do_not_tap_the_confirmation_away(
    page: Page, house: House, apart_ms: int
):
    bind(page, house, house.cast.li)
    page.goto("/app/#/count")
    page.get_by_label("收到").fill("12")
    page.get_by_label("寄出").fill("1")
    tap_twice(page, page.get_by_role("button", name="存好交上去"), apart_ms)
    page.wait_for_timeout(400)
    expect(page.get_by_role("heading", name="件数记好了")).to_be_visible()
    wait_until_sent(page)
    assert len(house.rows(ParcelCount)) == 1
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_text("收 12，寄 1 件")).to_be_visible()


@pytest.mark.parametrize("apart_ms", [60, 350])
def test_two_taps_do_not_answer_whether_it_is_a_slip(page: Page, house: House, apart_ms: int):
    bind(page, house, house.cast.li)
    page.goto("/app/#/count")
    page.get_by_label("收到").fill("99999")
    page.get_by_label("寄出").fill("1")
    tap_twice(page, page.get_by_role("button", name="存好交上去"), apart_ms)
    page.wait_for_timeout(300)
    expect(page.get_by_text("真是 99999？")).to_be_visible()
    assert house.rows(ParcelCount) == []


@pytest.mark.installed
def test_a_phone_that_had_not_heard_is_received_and_its_change_is_said(page: Page, house: House):
    bind(page, house, house.cast.li)
    page.goto("/app/#/count")
    page.get_by_label("收到").fill("12")
    page.get_by_label("寄出").fill("1")
    page.context.set_offline(True)
    save(page)
    counted(house, 0, 18)
    page.context.set_offline(False)
    wait_until_sent(page)
    assert sorted(one.received for one in house.rows(ParcelCount)) == [12, 18]
    (line,) = [one for one in house.rows(HistoryLine) if "各版都留着" in one.summary]
    assert full_day_text(clock.today()) in line.summary
    assert "没写为什么改" in line.summary
