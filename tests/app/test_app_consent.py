"""A keeper is asked once, may say no without a net, and takes it back as easily; no place goes out."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from server.models.consent import Consent
from server.models.phone_event import CheckIn
from tests.app.conftest import House, bind, wait_until_offline_works
from tests.app.legible import can_be_read
from tests.app.rounds import wait_for_queue
from tests.journey.pictures import Pictures

pytestmark = pytest.mark.browser


def checks_in(page: Page, house: House, rows: int) -> CheckIn:
    """Type the number at the door; the newest check-in as the server has it."""
    page.goto("/app/#/check-in/typed")
    page.get_by_label("牌子上的编号").fill("0001")
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_text("签到好了")).to_be_visible()
    wait_for_queue(page, 0)
    found = house.rows(CheckIn)
    assert len(found) == rows
    return max(found, key=lambda one: one.occurred_at)


@pytest.mark.installed
@pytest.mark.pictures
@pytest.mark.usefixtures("unasked")
def test_asked_once_answered_offline_and_taken_back(
    page: Page, house: House, tmp_path: Path
) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 38.3567, "longitude": 111.9403, "accuracy": 9})
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    assert checks_in(page, house, 1).latitude is None  # not asked, not taken

    page.goto("/app/#/")
    page.context.set_offline(True)
    page.get_by_role("link", name="去看看").click()
    expect(page.get_by_text("还没有选")).to_be_visible()
    can_be_read(page, "consent")
    pictures.take(page, "keeper-consent.png")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("您同意了")).to_be_visible()
    page.context.set_offline(False)
    wait_for_queue(page, 0)
    assert checks_in(page, house, 2).latitude == 38.3567
    page.goto("/app/#/")
    expect(page.get_by_role("link", name="去看看")).to_have_count(0)

    page.goto("/app/#/me")
    page.get_by_role("link", name="我的信息怎么用").click()
    page.get_by_role("button", name="不同意").click()
    expect(page.get_by_text("您不同意")).to_be_visible()
    wait_for_queue(page, 0)
    last = checks_in(page, house, 3)
    assert (last.latitude, last.position_declined) == (None, True)
    assert [one.agreed for one in house.rows(Consent)] == [True, False]


@pytest.mark.usefixtures("unasked")
def test_a_yes_to_words_nobody_keeps_is_told_in_words_and_said_again(
    page: Page, house: House
) -> None:
    """As after a restored copy: the phone shows a text that the house no longer has."""

    def other_words(route: Route) -> None:
        answer = route.fetch()
        home = answer.json()
        for one in home["consents"]:
            one["sha256"] = "ab" * 32
        route.fulfill(response=answer, json=home)

    page.route("**/api/v1/keeper/home*", other_words)
    bind(page, house, house.cast.li)
    page.get_by_role("link", name="去看看").click()
    page.get_by_role("button", name="同意", exact=True).click()
    page.unroute("**/api/v1/keeper/home*")
    page.goto("/app/#/")
    expect(page.get_by_text("有 1 条没收下")).to_be_visible()
    page.goto("/app/#/attention")
    expect(page.get_by_text("原话这里没有留底")).to_be_visible()
    assert house.rows(Consent) == []
    page.get_by_role("link", name="再选一次").or_(
        page.get_by_role("button", name="再选一次")
    ).click()
    expect(page.get_by_text("还没有选")).to_be_visible()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("您同意了")).to_be_visible()
    wait_for_queue(page, 0)  # the refused one too: the new answer has taken its place
    assert [one.agreed for one in house.rows(Consent)] == [True]
