"""What inspectors' tests do again and again: open a round, bind, take it along, tap, sign."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from server.models.inspection import Campaign
from server.models.person import Person
from server.policy.standard import standards_in
from server.settings import ROOT
from tests.api.rounds import open_round
from tests.app.conftest import House, bind, wait_for
from tests.factories import make_sign_in

DRAFTS = """() => new Promise((give) => { const open = indexedDB.open('cunzhantong');
    open.onsuccess = () => { const all = open.result.transaction('drafts').objectStore('drafts').getAll();
    all.onsuccess = () => { open.result.close(); give(all.result); }; }; })"""


def round_of(house: House, **fields: Any) -> Campaign:
    """The round of this house's county; 王督导 has 鹅城镇."""
    return open_round(house.session, house.cast, standards_in(ROOT / "standards"), **fields)


def inspector(page: Page, house: House) -> None:
    """王督导's phone with the round in front of him."""
    bind(page, house, house.cast.wang)
    expect(page.get_by_role("heading", name="11月督导")).to_be_visible()


def take_along(page: Page) -> None:
    page.get_by_role("button", name="带上").click()
    expect(page.get_by_text("都带上了，没网也能查")).to_be_visible()


def arrive(page: Page, name: str, code: str) -> None:
    """From the list to the form, the number typed."""
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="到了，扫牌子").click()
    page.get_by_label("扫不了，就输牌子上的编号").fill(code)
    page.get_by_role("button", name="按编号开始查").click()
    expect(page.locator(".rule").first).to_be_visible()


def tap_all(page: Page, *failing: str, area: str = "8.5") -> None:
    """Every rule tapped; those whose title is in `failing` are not met."""
    for rule in page.locator(".rule").all():
        title = rule.locator("h2").inner_text().split("\n")[0].split(" ")[0]
        rule.locator(".tap.fail" if title in failing else ".tap.pass").click()
        if rule.locator(".number-input").count():
            rule.locator(".number-input").fill(area)


def sign(page: Page, which: str) -> None:
    """A name in two strokes on the glass."""
    page.get_by_role("link", name=which).click()
    glass = page.locator(".pad-glass")
    box = glass.bounding_box()
    assert box is not None
    for dx in (0.2, 0.55):
        x, y = box["x"] + box["width"] * dx, box["y"] + box["height"] * 0.4
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(x + step * 7, y + (30 if step % 2 else -20))
        page.mouse.up()
    page.get_by_role("button", name="签好了").click()
    expect(page.get_by_role("heading", name="签字")).to_be_visible()


def sign_both(page: Page) -> None:
    page.get_by_role("link", name="去签字").click()
    page.get_by_label("当场签名").check()
    sign(page, "站长：点这里签名")
    sign(page, "督导员 王督导：点这里签名")


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="督导记录存好了")).to_be_visible()


def post(page: Page, house: House, person: Person, path: str, body: dict[str, Any]) -> Any:
    """What another phone or the desk does meanwhile, through the API."""
    headers = make_sign_in(house.session, person, device_id=f"other-{person.id}").headers
    house.session.commit()
    answer = page.request.post(
        f"{house.url}/api/v1{path}",
        data=json.dumps(body),
        headers={**headers, "Content-Type": "application/json"},
    )
    assert answer.ok, answer.text()
    return answer.json()


def drafts(page: Page) -> list[dict[str, Any]]:
    """What the phone has written down of visits."""
    found: list[dict[str, Any]] = page.evaluate(DRAFTS)
    return found


def wait_for_queue(page: Page, length: int = 0) -> None:
    """Until so many records are left on the phone."""
    counted = DRAFTS.replace("'drafts'", "'items'")
    wait_for(page, f"() => ({counted})().then((all) => all.length === {length})")
