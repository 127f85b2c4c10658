"""The demonstration that `make run` shows: every state to be seen, and marked wherever one looks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import OpenPhone
from tests.journey.house import House
from tests.journey.pictures import Pictures
from tests.journey.rounds_at_the_desk import look_through_the_rounds
from tests.journey.steps import (
    bind,
    code_on_the_slip,
    finding,
    look_up,
    menu,
    print_plaques,
    sign_in,
)

pytestmark = pytest.mark.browser

MARK = "演示数据"
ADDRESS = "https://kd.example.cn"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation whose plates carry a public address."""
    house = House(tmp_path / "home", CZT_BASE_URL=ADDRESS)
    yield house
    house.close()


@pytest.mark.pictures
@pytest.mark.timeout(600)
def test_what_make_run_shows_has_every_state_and_is_marked_everywhere(
    house: House, desk: Page, open_phone: OpenPhone, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=True)
    told = house.open("--county", "140926", "--demo", "--demo")  # its address is a public one
    assert MARK in told
    codes = dict(re.findall(r"(老李|王督导)，.*一次性码 (\S+)", told))
    (plate,) = re.findall(rf"村民\s+{ADDRESS}(/s/\S+)", told)

    # At the desk.
    (password,) = re.findall(r"用户名 xian，密码 (\S+)", told)
    sign_in(desk, house, "xian", password, pictures)
    pictures.take(desk, "desk-today.png")
    menu(desk, "站点看板")
    for state in ("fails", "to_verify", "not_assessed", "meets"):
        expect(desk.locator(f"#tiles .{state} > b")).not_to_have_text("0")
    pictures.take(desk, "desk-board.png")
    for word in ("计划与进度", "人员与手机", "编号与标识牌", "导入与导出", "使用帮助"):
        menu(desk, word)
        expect(desk.get_by_text(MARK, exact=True).first).to_be_visible()
    menu(desk, "人员与手机")
    desk.get_by_role("link", name="上传时效").click()
    expect(desk.get_by_role("heading", name="最慢的站")).to_be_visible()
    pictures.take(desk, "desk-lag.png")
    look_up(desk, "康家会镇快递综合服务站")
    expect(desk.locator("h1")).to_contain_text(MARK)
    expect(desk.locator("#clauses .status.fail").first).to_be_visible()
    pictures.take(desk, "desk-station.png")
    desk.get_by_role("link", name="换人、绑手机").click()
    code_on_the_slip(desk, pictures)
    expect(desk.locator(".slip")).to_contain_text(MARK)
    pdf = pypdfium2.PdfDocument(print_plaques(desk, "鹅城镇", tmp_path, pictures))
    assert all(MARK in page.get_textpage().get_text_bounded() for page in pdf)

    look_through_the_rounds(desk, pictures)

    # On the phones.
    keeper = open_phone(house, "li")
    bind(keeper, codes["老李"], "老李", pictures)
    expect(keeper.get_by_text(MARK)).to_be_visible()
    expect(keeper.get_by_text("扫牌子签到")).to_be_visible()
    pictures.take(keeper, "phone-home.png")
    keeper.goto("/app/#/history")
    expect(keeper.locator("section.day").nth(5)).to_be_visible()
    expect(keeper.locator("figure.shot img.photo").first).to_be_visible()
    pictures.take(keeper, "phone-history.png")
    keeper.context.close()
    inspector = open_phone(house, "wang")
    bind(inspector, codes["王督导"], "王督导", pictures)
    expect(inspector.get_by_text(MARK)).to_be_visible()
    inspector.goto("/app/#/inspect/XZ0003")
    expect(finding(inspector, "乡镇站面积")).to_contain_text("四（1）")
    expect(inspector.locator("dl.sum")).not_to_contain_text("还没做牌子")  # only not scanned
    failing = inspector.locator("section.card", has=inspector.locator("details.finding")).first
    failing.evaluate("card => window.scrollTo(0, card.offsetTop - 80)")
    pictures.take(inspector, "inspector-station.png")

    # Before the plate.
    inspector.goto(house.url + plate)
    expect(inspector.get_by_text(MARK)).to_be_visible()
    expect(inspector.get_by_role("heading", level=1)).to_contain_text("快递便民服务点")
    pictures.take(inspector, "public-page.png")
