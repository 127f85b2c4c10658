"""A villager complains and looks again, on a phone without scripts; the office between the two."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from miniapp_api import complaints
from server.models.complaint import Complaint
from server.models.person import Role
from server.models.sign import Sign
from server.models.station import Stage
from tests import patience
from tests.complaining import photo
from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.factories import Cast, make_person, token_of
from tests.journey.pictures import Pictures


def phone(browser: Browser, *, scripts: bool = False) -> Page:
    """A villager's telephone of 360×640."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, device_scale_factor=2, has_touch=True,
        is_mobile=True, java_script_enabled=scripts, locale="zh-CN",
    )  # fmt: skip
    context.set_default_timeout(patience.ms(30_000))
    return context.new_page()


@pytest.mark.pictures
@ON_SQLITE
@pytest.mark.browser
def test_a_villager_complains_and_looks_again(
    session: Session,
    cast: Cast,
    browser: Browser,
    address: str,
    open_desk: Callable[..., Page],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Who types this fast is taken for a machine, and the complaint waits under 待核.
    monkeypatch.setattr(complaints, "SOONEST", timedelta(0))
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )
    cast.c2.stage = Stage.BUILT
    cast.c2.latitude, cast.c2.longitude = 38.3700, 111.9403
    plate = token_of(session.scalars(select(Sign)).one())
    session.commit()
    villager = phone(browser)
    said = listen(villager)
    villager.goto(address.replace("/desk", f"/s/{plate}"))
    villager.screenshot(path=tmp_path / "plate-page.png", full_page=True)
    villager.get_by_role("link", name="我要反映").click()
    villager.get_by_label("违规收费").check()
    villager.get_by_label("是怎么回事").fill(
        "圆通的件没送来，叫我自己去取，还收了两块。有事打13800005678，取件码8-2-3045。"
    )
    pictures.take(villager, "public-complain.png")
    villager.screenshot(path=tmp_path / "form.png", full_page=True)
    villager.get_by_label("收了您多少钱").fill("2")
    villager.get_by_label("照片").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().getvalue()}
    )
    villager.get_by_role("button", name="提交").click()
    expect(villager.locator("h1")).to_have_text("收到了")
    number, code = villager.locator(".big").all_inner_texts()
    # Both numbers on one screen, without scrolling.
    for shown in villager.locator(".big").all():
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 640
    pictures.take(villager, "public-receipt.png")

    desk = open_desk()
    heard = listen(desk)
    desk.locator("#menu").get_by_text("投诉").click()
    desk.screenshot(path=tmp_path / "desk-list.png")
    desk.get_by_role("link", name=number).click()
    expect(desk.locator("blockquote").first).not_to_contain_text("5678")
    pictures.take(desk, "desk-complaint.png")
    desk.get_by_role("button", name="看原文和电话").click()
    expect(desk.locator("blockquote").first).to_contain_text("13800005678")
    expect(desk.locator("figure.photo img")).to_be_visible()
    desk.screenshot(path=tmp_path / "desk-looked.png")
    desk.get_by_label("转给谁").select_option(label=cast.township.name)
    desk.get_by_role("button", name="转办").click()
    expect(desk.get_by_role("status").first).to_contain_text("在问题清单里是问")
    desk.get_by_label("结果（").select_option(label="部分解决")
    desk.get_by_label("答复（").fill("多收的2元退了；快递员说明天送到家。")
    desk.get_by_role("button", name="答复", exact=True).click()
    expect(desk.get_by_role("status").first).to_contain_text("答复好了")

    villager.get_by_role("link", name="过几天来看结果").click()
    villager.get_by_label("查询码").fill(code)
    villager.get_by_role("button", name="查看").click()
    expect(villager.locator("h1")).to_have_text("已答复：部分解决")
    expect(villager.locator(".answer")).to_contain_text("多收的2元退了")
    pictures.take(villager, "public-look-again.png")
    villager.screenshot(path=tmp_path / "again.png", full_page=True)
    villager.get_by_label("没有解决").check()
    villager.get_by_label("还想说的").fill("等了一天没人来。")
    villager.get_by_role("button", name="告诉县里").click()
    expect(villager.locator("h1")).to_have_text("已收到")
    expect(villager.get_by_text("还有 3 天")).to_be_visible()

    desk.reload()
    expect(desk.locator(".standing")).to_contain_text("第2次办")
    expect(desk.locator(".way")).to_contain_text("等了一天没人来。")
    one = session.scalars(select(Complaint)).one()
    desk.goto(f"{address}/stations/{one.station_id}")
    expect(desk.locator("#complaints")).to_contain_text(number)
    reader = phone(browser, scripts=True)
    for path in (f"/s/{plate}", f"/s/{plate}/complain", "/s/complaint"):
        reader.goto(address.replace("/desk", path))
        assert reader.evaluate("document.documentElement.scrollWidth") <= 360
        found = Axe().run(reader, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
    assert said == []
    assert heard == []
    for page in (villager, reader):
        page.context.close()
