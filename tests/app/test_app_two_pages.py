"""An inspector's draft when the app is open twice, or its round ends meanwhile: nothing is lost."""

import pytest
from playwright.sync_api import Page, expect

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.services.rounds.campaigns import close_campaign
from tests.app.conftest import House, wait_for
from tests.app.rounds import DRAFTS, arrive, drafts, inspector, round_of, take_along

pytestmark = pytest.mark.browser

C1 = "马家沟村快递便民服务点"


def tap(page: Page, rule: int, verdict: str) -> None:
    """A tap on one rule, until the phone has written it down."""
    written = f"() => ({DRAFTS})().then((all) => JSON.stringify(all.map((one) => one.answers)))"
    before = page.evaluate(written)
    page.locator(".rule").nth(rule).locator(f".tap.{verdict}").click()
    wait_for(page, f"() => ({written})().then((now) => now !== {before!r})")


def verdicts(page: Page) -> list[dict[str, str]]:
    return [
        {code: answer["verdict"] for code, answer in draft["answers"].items()}
        for draft in drafts(page)
    ]


def test_two_open_pages_write_one_draft_and_neither_undoes_the_other(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    take_along(page)
    second = page.context.new_page()
    second.goto("/app/")
    expect(second.get_by_text("都带上了，没网也能查")).to_be_visible()

    arrive(page, C1, "c1")
    tap(page, 0, "fail")
    arrive(second, C1, "c1")  # this page did not know that the visit had begun
    expect(second.locator(".rule").first.locator(".tap.fail")).to_have_attribute(
        "aria-pressed", "true"
    )
    tap(second, 1, "pass")
    tap(page, 2, "pass")

    assert verdicts(page) == [{"A3-1a": "fail", "A3-1b": "pass", "A3-22a": "pass"}]
    expect(page.locator(".rule").nth(1).locator(".tap.pass")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_draft_stays_in_sight_and_can_be_handed_in_after_its_round_has_ended(
    page: Page, house: House
) -> None:
    campaign = round_of(house)
    inspector(page, house)
    arrive(page, C1, "c1")
    tap(page, 0, "fail")
    ended = house.session.get_one(Campaign, campaign.id)
    close_campaign(house.session, campaign=ended, by=house.cast.office, now=clock.now())
    house.session.commit()

    page.goto("/app/")
    page.get_by_role("link", name="名单里已没有它，照样能交").click()
    page.get_by_role("link", name="去签字").click()
    page.get_by_label("为什么没查").fill("这一轮结束了")
    page.get_by_role("button", name="就查这些").click()
    page.get_by_label("站长不肯签").check()
    page.get_by_label("站长为什么不签").fill("说等家里人回来")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="督导记录存好了")).to_be_visible()
    wait_for(page, f"() => ({DRAFTS.replace('drafts', 'items')})().then((all) => !all.length)")

    (kept,) = house.rows(Inspection)
    assert kept.visit_id is not None
    assert set(kept.answers) == {"A3-1a"}
