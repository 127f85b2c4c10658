"""What inspectors' tests do again and again: open a round, bind, take it along, tap, sign."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Campaign
from server.models.person import Person
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState, Subject
from server.models.station import Station
from server.policy.standard.standards import standards_in
from server.settings import ROOT
from tests.api.events import batch
from tests.api.rounds import inspection, open_round, visit_of
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


def tap_all(page: Page, *failing: str, area: str = "8.5", sign: str = "") -> None:
    """Every rule tapped; those whose title is in `failing` are not met.

    `sign` is what stands on the sign; the station's name where it is left out.
    """
    name = page.locator(".sub b").inner_text()
    expect(page.locator(".rule").first).to_be_visible()
    for rule in page.locator(".rule").all():
        title = rule.locator("h2").inner_text().split("\n")[0].split(" ")[0]
        rule.locator(".tap.fail" if title in failing else ".tap.pass").click()
        if rule.locator(".number-input").count():
            rule.locator(".number-input").fill(area)
        if rule.get_by_label("牌子上的字").count():
            rule.get_by_label("牌子上的字").fill(sign or name)


Strokes = list[list[tuple[float, float]]]
WANG: Strokes = [
    [(0.2, 0.25), (0.8, 0.22)],
    [(0.25, 0.5), (0.75, 0.47)],
    [(0.5, 0.24), (0.52, 0.77)],
    [(0.15, 0.8), (0.86, 0.76)],
]
LI: Strokes = [
    [(0.2, 0.2), (0.8, 0.18)],
    [(0.5, 0.08), (0.5, 0.45)],
    [(0.48, 0.2), (0.35, 0.35), (0.15, 0.45)],
    [(0.52, 0.2), (0.68, 0.35), (0.88, 0.44)],
    [(0.3, 0.52), (0.7, 0.5), (0.52, 0.62), (0.52, 0.92), (0.4, 0.86)],
    [(0.15, 0.7), (0.88, 0.68)],
]


def nothing() -> None:
    """Before keeping a signature there is nothing to do."""


def sign(page: Page, which: str, strokes: Strokes, before: Callable[[], None] = nothing) -> None:
    """A name on the glass, stroke by stroke; `before` it is kept one may look."""
    page.get_by_role("link", name=which).click()
    page.locator(".pad-glass").scroll_into_view_if_needed()
    box = page.locator(".pad-glass").bounding_box()
    assert box is not None
    left, top, side = box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.2, 0.8
    for stroke in strokes:
        points = [
            (left + x * box["width"] * side, top + y * box["width"] * side) for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=8)
        page.mouse.up()
    before()
    page.get_by_role("button", name="签好了").click()
    expect(page.get_by_role("heading", name="签字")).to_be_visible()


def sign_both(page: Page, before: Callable[[], None] = nothing) -> None:
    page.get_by_role("link", name="去签字").click()
    page.get_by_label("当场签名").check()
    sign(page, "站长：点这里签名", LI, before)
    sign(page, "督导员 王督导：点这里签名", WANG)


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="督导记录存好了")).to_be_visible()


def photographed(
    session: Session,
    blobs: FolderStore,
    keeper: Person,
    station: Station,
    picture: Callable[[str], bytes],
    subjects: Iterable[str] = tuple(Subject),
) -> None:
    """One photo of each subject by the keeper, arrived and looked at."""
    now = clock.now()
    event = PhoneEvent(
        id=uuid4(),
        kind=EventKind.PHOTO_NOTE,
        county=station.county,
        station_id=station.id,
        person_id=keeper.id,
        device_id="phone-of-all",
        device_seq=1,
        payload={},
        content_sha256="0" * 64,
        result="ok",
        day_on=clock.today(),
        occurred_at=now,
        time_verified=True,
        device_at=now,
        received_at=now,
    )
    session.add(event)
    for subject in subjects:
        content = picture(subject)
        blobs.put(content)
        session.add(
            Photo(
                id=uuid4(),
                county=station.county,
                station_id=station.id,
                person_id=keeper.id,
                event_id=event.id,
                subject=subject,
                state=PhotoState.EXAMINED,
                sha256=hashlib.sha256(content).hexdigest(),
                size_bytes=len(content),
                taken_at=now,
                time_verified=True,
                day_on=clock.today(),
                arrived_at=now,
            )
        )
    session.flush()


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


def inspected(page: Page, house: House, **payload: object) -> None:
    """王督导 has been at C1 and found no shelves."""
    campaign = round_of(house)
    visit = visit_of(house.session, campaign, house.cast.c1)
    sent = inspection(house.cast.c1, visit, failing=["A3-42b"], **payload)
    post(page, house, house.cast.wang, "/sync", batch(sent))


C1 = "马家沟村快递便民服务点"


C2 = "杨家山村快递便民服务点"
