"""The office's way through the demonstration's rounds: from opening one to what went up."""

import re

from playwright.sync_api import Page, expect

from tests.journey.pictures import Pictures
from tests.journey.steps import menu


def look_through_the_rounds(desk: Page, pictures: Pictures) -> None:
    """Every page of 督导验收, 整改 and 分歧, each marked, each with something to see."""
    menu(desk, "督导验收")
    expect(desk.locator("tbody tr")).to_have_count(2)
    pictures.take(desk, "desk-rounds.png")
    _draw(desk, pictures)
    _round_under_way(desk, pictures)
    _results(desk, pictures)
    _mending(desk, pictures)
    _asking(desk, pictures)
    menu(desk, "县设置")
    desk.locator("#rounds").scroll_into_view_if_needed()
    expect(desk.locator("#rounds")).to_contain_text("本系统的设置")
    desk.locator("#rounds").evaluate("card => window.scrollTo(0, card.offsetTop - 12)")
    pictures.take(desk, "desk-round-settings.png")


def _draw(desk: Page, pictures: Pictures) -> None:
    """A draw seen beforehand; nothing is opened."""
    desk.get_by_role("link", name="开一轮").click()
    desk.get_by_label("按风险抽查").check()
    desk.locator("#size").fill("12")
    desk.locator("#seed").fill("7月5日气温21度")
    desk.get_by_role("button", name="看抽到哪些站").click()
    expect(desk.locator(".drawn")).to_contain_text("会查 12 个站点")
    pictures.take(desk, "desk-new-round.png")


def _round_under_way(desk: Page, pictures: Pictures) -> None:
    menu(desk, "督导验收")
    desk.locator("tr", has_text="进行中").get_by_role("link").first.click()
    expect(desk.locator(".demo").first).to_contain_text("演示")
    expect(desk.locator("#found tbody tr").first).to_be_visible()
    pictures.take(desk, "desk-round.png")


def _results(desk: Page, pictures: Pictures) -> None:
    """A round beside the one before; what went up of that, and one inspection behind it."""
    menu(desk, "督导验收")
    desk.locator("tr", has_text="进行中").get_by_role("link").first.click()
    desk.get_by_role("link", name="结果与上报").click()
    compared = desk.locator("#compared")
    expect(compared.locator("tbody tr").first).to_be_visible()
    compared.evaluate("card => window.scrollTo(0, card.offsetTop - 330)")
    pictures.take(desk, "desk-results.png")
    menu(desk, "督导验收")
    desk.locator("tr", has_text="已结束").get_by_role("link").first.click()
    desk.get_by_role("link", name="结果与上报").click()
    expect(desk.locator("#report")).to_contain_text("第 1 版")
    desk.get_by_role("link", name="第 1 版").click()
    expect(desk.get_by_text("与上报时一致")).to_be_visible()
    pictures.take(desk, "desk-report.png")
    desk.locator("#stations tr", has_text="不达标").get_by_role("link").first.click()
    expect(desk.get_by_text("与签字时一致")).to_be_visible()
    pictures.take(desk, "desk-inspection.png")


def _mending(desk: Page, pictures: Pictures) -> None:
    menu(desk, "整改")
    expect(desk.locator("#found tbody tr").first).to_be_visible()
    pictures.take(desk, "desk-rectifications.png")
    desk.get_by_role("link", name=re.compile("^待验收")).click()
    desk.locator("#found tbody tr").first.get_by_role("link").first.click()
    expect(desk.get_by_role("button", name="通过，办结")).to_be_visible()
    pictures.take(desk, "desk-rectification.png")
    menu(desk, "分歧")
    expect(desk.locator("section.differing").first).to_be_visible()
    for picture in desk.locator("section.differing").first.locator("img").all():
        expect(picture).to_have_js_property("complete", True)
    pictures.take(desk, "desk-disagreements.png")


def _asking(desk: Page, pictures: Pictures) -> None:
    menu(desk, "督导验收")
    desk.get_by_role("link", name="抽查拍照").click()
    desk.get_by_role("link", name="前一天").click()
    expect(desk.get_by_text("各站回应率")).to_be_visible()
    desk.get_by_role("link", name="后一天").click()
    expect(desk.locator("#ask")).to_be_visible()
    pictures.take(desk, "desk-photo-requests.png")
