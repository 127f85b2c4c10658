"""In real Chromium: typed text outlives an ended sign-in, another tab, Back and a colleague."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import SignIn
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen
from tests.factories import PASSWORD, Cast

pytestmark = [ON_SQLITE, pytest.mark.browser]
NOT_SAVED = "上次在这里填的还没有保存，已经替您填回来了"
KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('czt-form:')).length"
OpenDesk = Callable[..., Page]


def type_in(page: Page, address: str, cast: Cast) -> None:
    page.goto(f"{address}/stations/{cast.c1.id}/edit")
    page.get_by_label("地址").fill("戏台往东三十步")
    page.get_by_label("为什么改").fill("站长来电更正")


def sign_in(page: Page) -> None:
    page.fill("#login", "xian")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录").click()


def end_sign_ins(session: Session) -> None:
    session.execute(sa.update(SignIn).values(revoked_at=clock.now()))
    session.commit()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_sent_after_the_sign_in_ended_is_there_after_signing_in(
    session: Session, cast: Cast, open_desk: OpenDesk, address: str, *, scripts: bool
) -> None:
    page = open_desk(scripts=scripts)
    type_in(page, address, cast)
    end_sign_ins(session)

    page.get_by_role("button", name="保存").click()
    sign_in(page)

    expect(page.get_by_text("登录到时间了，所以刚才没有保存")).to_be_visible()
    expect(page.get_by_label("地址")).to_have_value("戏台往东三十步")
    expect(page.get_by_label("为什么改")).to_have_value("站长来电更正")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存：地址")).to_be_visible()
    page.go_back()  # a page, not ERR_CACHE_MISS
    expect(page.get_by_role("heading", name="改登记")).to_be_visible()
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)


def test_text_that_was_never_sent_comes_back_with_its_page_and_goes_when_saved(
    session: Session, cast: Cast, open_desk: OpenDesk, address: str
) -> None:
    page = open_desk()
    said = listen(page)
    page.on("dialog", lambda dialog: dialog.accept())
    type_in(page, address, cast)
    page.goto(f"{address}/people")
    edit_station(  # a colleague, meanwhile, in another field
        session,
        station=cast.c1,
        changes={"venue": "小卖部"},
        by=None,
        now=clock.now(),
        reason="核对",
        standards=(),
    )
    session.commit()

    page.go_back()

    expect(page.get_by_text(NOT_SAVED)).to_be_visible()
    expect(page.get_by_label("地址")).to_have_value("戏台往东三十步")
    expect(page.get_by_label("场所类型")).to_have_value("小卖部")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存：地址")).to_be_visible()
    page.goto(f"{address}/stations/{cast.c1.id}/edit")
    expect(page.get_by_label("地址")).to_have_value("戏台往东三十步")
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)
    assert page.evaluate(KEPT) == 0
    assert not said


def test_nothing_typed_is_left_for_another_person_and_never_a_password(
    session: Session, cast: Cast, open_desk: OpenDesk, address: str
) -> None:
    page = open_desk()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/account")
    page.get_by_label("现在的密码").fill("geheim")
    assert page.evaluate(KEPT) == 0
    type_in(page, address, cast)
    page.evaluate(
        """() => { for (const key of Object.keys(sessionStorage)) if (key.startsWith("czt-")) {
             const held = JSON.parse(sessionStorage.getItem(key));
             sessionStorage.setItem(key, JSON.stringify({ ...held, person: "999" })); } }"""
    )

    page.goto(f"{address}/stations/{cast.c1.id}/edit")

    expect(page.get_by_label("地址")).not_to_have_value("戏台往东三十步")
    assert page.evaluate(KEPT) == 0
    type_in(page, address, cast)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出")).to_be_visible()
    assert page.evaluate(KEPT) == 0


def test_choosing_what_the_other_wrote_puts_it_into_the_field(
    session: Session, cast: Cast, open_desk: OpenDesk, address: str
) -> None:
    page = open_desk()
    type_in(page, address, cast)
    edit_station(
        session,
        station=cast.c1,
        changes={"address": "庙后头"},
        by=None,
        now=clock.now(),
        reason="核对",
        standards=(),
    )
    session.commit()
    page.get_by_role("button", name="保存").click()

    page.get_by_label("别人改的").check()

    address_field = page.locator("#f-address")
    expect(address_field).to_have_value("庙后头")
    address_field.fill("庙后头路北")
    expect(page.get_by_label("我填的")).to_be_checked()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存：地址")).to_be_visible()
    session.expire_all()
    assert cast.c1.address == "庙后头路北"
