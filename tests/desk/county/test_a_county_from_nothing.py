"""西平县's 267 stations in one clerk's hour: operators, keepers, slips, and what is really built."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.acceptance import Acceptance
from server.models.county import Division
from server.models.person import Role
from server.models.station import Stage, Station
from server.policy.plan.reading import programme_of, programmes_in
from server.services.county.divisions import rows_of
from server.services.people import passwords
from server.services.people.people import add_person
from server.services.programme.set_up import set_up_county
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen, serving
from tests.factories import NOW, PASSWORD
from tests.journey.pictures import Pictures
from tests.sheets import Tab, xlsx

pytestmark = [ON_SQLITE, pytest.mark.browser]
XIPING = "411721"
STATIONS = 267  # 16 townships and 251 villages
TOWNSHIP = "五沟营镇"


@pytest.fixture
def xiping(app: Flask, session: Session) -> Iterator[str]:
    """The desk of a county that was set up a moment ago, with one clerk."""
    done = set_up_county(
        session, code=XIPING, rows=rows_of(ROOT / "data", XIPING),
        programme=programme_of(programmes_in(ROOT / "standards"), XIPING), now=NOW,
    )  # fmt: skip
    clerk = add_person(
        session, county=done.county, name="王办", role=Role.COUNTY_OFFICE, by=None, now=NOW,
        login="xian",
    )  # fmt: skip
    passwords.set_password(session, person=clerk, password=PASSWORD)
    session.commit()
    with serving(app) as found:
        yield found


def keepers_list(session: Session) -> bytes:
    """The office's table: township, village, a name and a number for every station."""
    places = {one.code: one for one in session.scalars(select(Division))}
    rows = [["乡镇", "村", "站长姓名", "手机号"]]
    for number, station in enumerate(session.scalars(select(Station).order_by(Station.id))):
        village = places[station.village_code].short_name if station.village_code else ""
        township = places[station.township_code or ""].name
        rows.append([township, village, f"张小{number:03d}", f"1390000{number:04d}"])
    return xlsx(Tab(rows))


def townships_with_stations(session: Session) -> list[str]:
    """In the order of their codes."""
    here = select(Station.township_code).distinct()
    found = select(Division.name).where(Division.code.in_(here)).order_by(Division.code)
    return list(session.scalars(found))


def upload(page: Page, name: str, content: bytes) -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="预览").click()


@pytest.mark.pictures
def test_a_county_from_nothing(
    xiping: str, browser: Browser, session: Session, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    said = listen(page)
    notice = page.locator(".notice").first
    page.goto(f"{xiping}/")
    page.fill("#login", "xian")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")

    # Nothing is built before anybody has done anything.
    page.goto(f"{xiping}/plan")
    expect(page.get_by_role("link", name="拟建 251")).to_be_visible()
    expect(page.get_by_text("251/251")).to_have_count(0)

    # Two operators from a list; one serves every township, each since its own paper.
    page.goto(f"{xiping}/operators/list")
    upload(
        page,
        "企业.csv",
        "企业名称,许可证号,有效期至\n西平邮快有限公司,豫邮1,2099-12-31\n"
        "西平快商有限公司,豫邮2,2099-06-30".encode(),
    )
    page.get_by_role("button", name="确认录入").click()
    page.get_by_role("link", name="西平邮快有限公司").click()
    places = townships_with_stations(session)
    for name in places:
        page.select_option("#township_code", label=name)
        page.fill("#from_on", "2021-06-01")
        page.fill("#source", "试点方案")
        form = page.locator("form", has=page.locator("#township_code"))
        form.get_by_role("button", name="登记").click()
        form.locator("input[name=sure]").check()  # the stations that go along stand beside it
        form.get_by_role("button", name="登记").click()
        expect(notice).to_contain_text("个没有企业的站也交给了它")
    expect(page.get_by_role("heading", name=f"在用的站 · {STATIONS}")).to_be_visible()
    page.goto(f"{xiping}/operators")
    expect(page.locator("main")).to_contain_text("每个站都有在运营的企业")
    pictures.take(page, "desk-operators.png")

    # Every keeper from the office's own list, then every slip in one file.
    page.goto(f"{xiping}/people/list")
    upload(page, "站长.xlsx", keepers_list(session))
    expect(page.locator(".top p").last).to_contain_text(f"新增 {STATIONS}")
    pictures.take(page, "desk-keeper-list.png")
    page.get_by_role("button", name="确认录入").click()
    expect(notice).to_contain_text(f"新增 {STATIONS} 行")
    pictures.take(page, "desk-unbound.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="生成 PDF").click()
    with pypdfium2.PdfDocument(download.value.path()) as slips:
        assert len(slips) >= STATIONS // 8
        pictures.keep(slips[0].render(scale=1).to_pil(), "bind-slips.png")
        words = "".join(one.get_textpage().get_text_bounded() for one in slips)
    assert places == sorted(places, key=words.index)  # township by township, none left out

    # What was really accepted is built, and nothing else.
    page.goto(f"{xiping}/acceptances")
    page.select_option('select[name="township"]', label=TOWNSHIP)
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("全选").check()
    page.fill("#on", "2022-06-30")
    page.fill("#present", "商务局王某、邮政公司李某")
    pictures.take(page, "desk-acceptances.png")
    page.get_by_role("button", name="名义把勾选的验收为建成").click()
    expect(notice).to_contain_text("已以王办的名义验收")
    session.rollback()  # and look again
    built = session.scalars(select(Station).where(Station.stage == Stage.BUILT)).all()
    page.goto(f"{xiping}/plan")
    points = sum(one.village_code is not None for one in built)
    expect(page.locator("main")).to_contain_text(f"拟建 {251 - points}")

    # Which stations go along is asked once for each township: a page and what the console says of it.
    assert len([one for one in said if "409" in one]) == len(said) == 2 * len(places)
    assert {one.township_code for one in built} == {built[0].township_code}
    assert len(session.scalars(select(Acceptance)).all()) == len(built) > 1
    context.close()
