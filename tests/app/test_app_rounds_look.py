"""Every screen of a round can be read and pressed, holds at 200 %, and the pocket stays light."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import PhotoRequest
from tests import patience
from tests.api.events import batch, jpeg
from tests.api.rounds import inspection, open_round, visit_of
from tests.app.conftest import PHONE, House, bind, photo_of_a_wall, wait_for
from tests.app.legible import WIDER, can_be_read
from tests.app.rounds import (
    C1,
    C2,
    LI,
    arrive,
    hand_in,
    inspector,
    photographed,
    post,
    round_of,
    sign,
    take_along,
    tap_all,
)
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_keeping, make_person, make_sign, make_sign_in, make_station

Screens = Callable[[Page, House, Path], Iterator[str]]
BOX = "() => { const box = document.querySelector('.pad-glass').getBoundingClientRect(); return [box.width, box.height]; }"


def inspectors_screens(page: Page, house: House, folder: Path) -> Iterator[str]:
    campaign = round_of(house)
    visit = visit_of(house.session, campaign, house.cast.c2)
    seen = inspection(house.cast.c2, visit, failing=["A3-42b", "A3-3b"])
    colleague = make_person(house.session, name="李督导", role=house.cast.wang.role)
    house.session.commit()
    post(page, house, colleague, "/sync", batch(seen))
    inspector(page, house)
    expect(page.get_by_text("带上 3 个站")).to_be_visible()
    yield "list"
    take_along(page)
    yield "list, taken along"
    page.get_by_role("link", name=C2).click()
    expect(page.get_by_text("还在整改的 1 处")).to_be_visible()
    yield "station that was inspected"
    page.get_by_role("link", name="李督导").click()
    expect(page.get_by_role("heading", name="不符合的 2 条")).to_be_visible()
    yield "copy"
    page.goto("/app/#/arrive")
    page.wait_for_selector(".finder.looking")
    yield "at the door"
    page.goto(f"/app/#/arrive/{visit_of(house.session, campaign, house.cast.c1).id}/scan")
    page.get_by_label("扫不了，就输牌子上的编号").fill("C2")
    page.get_by_role("button", name="按编号开始查").click()
    expect(page.get_by_role("heading", name="牌子对不上")).to_be_visible()
    yield "plate in doubt"
    page.goto(f"/app/#/arrive/{visit_of(house.session, campaign, house.cast.xz1).id}/closed")
    expect(page.get_by_role("heading", name="门锁着，没人")).to_be_visible()
    yield "closed door"
    page.goto("/app/#/")
    arrive(page, C1, "C0001")
    rules = page.locator(".rule")
    rules.nth(1).locator(".tap.fail").click()
    rules.nth(1).get_by_role("button", name="不能寄件").click()
    page.locator(".rule", has=page.locator(".number-input")).locator(".tap.fail").click()
    path = folder / "clause.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    rules.nth(0).locator("input[type=file]").set_input_files(path)
    expect(page.get_by_alt_text("刚拍的照片")).to_be_visible()
    rules.nth(0).get_by_role("button", name="备注").click()
    page.get_by_role("button", name="这一份不要了").click()
    yield "form"
    page.get_by_role("button", name="先留着").click()
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_role("heading", name="还没查完")).to_be_visible()
    yield "not finished"
    page.goto(f"/app/#/visit/{visit_of(house.session, campaign, house.cast.c1).id}")
    tap_all(page, "货架")
    page.get_by_role("link", name="查完了，去签字").click()
    page.get_by_label("当场签名").check()
    sign(page, "站长：点这里签名", LI)
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_text("您自己还没签名。")).to_be_visible()
    yield "signing"
    page.get_by_role("link", name="督导员 王督导：点这里签名").click()
    expect(page.locator(".pad-glass")).to_be_visible()
    yield "pad"
    page.get_by_role("link", name="不签了").click()
    page.get_by_label("站长不肯签").check()
    page.get_by_label("站长为什么不签").fill("不服")
    yield "refusal"
    hand_in(page)
    yield "handed in"


def keepers_screens(page: Page, house: House, folder: Path) -> Iterator[str]:
    campaign = round_of(house, name="7月督导", period="2023-07")
    visit = visit_of(house.session, campaign, house.cast.c1)
    waiting = inspection(
        house.cast.c1, visit, failing=["A3-42b", "A3-3a"], outcome="to_confirm", keeper_signature=[]
    )
    post(page, house, house.cast.wang, "/sync", batch(waiting))
    now = clock.now()
    times = {"asked_on": clock.today(), "asked_at": now, "until_at": now + timedelta(hours=1)}
    house.session.add(
        PhotoRequest(
            county="140926",
            station_id=house.cast.c1.id,
            subject="zoning",
            seed="1",
            **times,
        )
    )
    house.session.commit()
    bind(page, house, house.cast.li)
    expect(page.get_by_text("确认督导结果")).to_be_visible()
    yield "keeper's home with a round's business"
    expect(page.get_by_role("link", name="督导要求整改 2 处")).to_be_visible()
    page.goto("/app/#/mend")
    expect(page.get_by_role("heading", name="督导要求整改")).to_be_visible()
    yield "mends"
    page.locator(".row").first.click()
    expect(page.get_by_role("heading", name="整改", exact=True)).to_be_visible()
    yield "mend"
    path = folder / "mended.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_selector(".preview")
    yield "mend, look at it"
    page.goto("/app/#/inspections")
    expect(page.get_by_text("等您看了点同意")).to_be_visible()
    yield "inspections"
    page.locator(".row").first.click()
    page.get_by_role("button", name="不对，我有话说").click()
    page.get_by_role("button", name="就这样说，交上去").click()
    page.locator("details summary").first.click()
    yield "copy, disagreeing"


@pytest.mark.browser
@pytest.mark.parametrize("role", [inspectors_screens, keepers_screens])
def test_every_screen_of_a_round_is_accessible_large_and_fits(
    page: Page, house: House, tmp_path: Path, role: Screens
) -> None:
    screens = {inspectors_screens: 13, keepers_screens: 6}
    seen = 0
    for name in role(page, house, tmp_path):
        can_be_read(page, name)
        seen += 1
    assert seen == screens[role]


@pytest.mark.browser
@pytest.mark.parametrize("role", [inspectors_screens, keepers_screens])
def test_a_rounds_screens_hold_at_200_percent_and_the_pad_lies_down(
    browser: Browser, house: House, tmp_path: Path, role: Screens
) -> None:
    half = {**PHONE, "viewport": {"width": 180, "height": 320}, "device_scale_factor": 4}
    context = browser.new_context(base_url=house.url, **half)
    page = context.new_page()
    context.set_default_timeout(patience.ms(15_000))
    for name in role(page, house, tmp_path):
        assert page.evaluate(WIDER) <= 0, name
        if name == "pad":
            page.set_viewport_size({"width": 640, "height": 360})
            wait_for(page, f"() => {{ const [w, h] = ({BOX})(); return w > 400 && h > 200; }}")
            page.set_viewport_size({"width": 180, "height": 320})
    context.close()


@ON_SQLITE
def test_thirty_stations_with_nine_pictures_each_weigh_at_most_a_megabyte_and_a_half(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> None:
    stations = [
        make_station(
            session,
            code=f"C{n:04d}",
            name=f"第{n}村快递便民服务点",
            township_code=cast.township.code,
        )
        for n in range(10, 37)
    ]
    keeper = make_person(session, name="众站长")
    for station in [*stations, cast.c1, cast.c2, cast.xz1]:
        make_keeping(session, keeper, station)
        make_sign(session, station)
        photographed(session, blobs, keeper, station, lambda _: jpeg())
    campaign = open_round(session, cast, standards)
    headers = make_sign_in(session, cast.wang).headers
    session.commit()

    answer = client.get(
        f"/api/v1/rounds/{campaign.id}/package?township={cast.township.code}",
        headers={**headers, "Accept-Encoding": "gzip"},
    )
    packed = json.loads(gzip.decompress(answer.data))

    assert len(packed["stations"]) == 30
    assert len(packed["thumbs"]) >= 30 * 3  # the bag is full of pictures, not empty
    assert len(answer.data) <= 1_500_000
