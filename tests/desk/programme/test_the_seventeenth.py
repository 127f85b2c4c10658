"""The 17th of the month in 静乐: reminded, written, handed in, accepted, and a figure that changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.policy.plan.reading import programme_of, programmes_in
from server.services.people import passwords
from server.services.programme.programmes import bring_programme
from server.services.reporting.reminders import remind
from server.settings import ROOT
from tests.bodies import make_bureau_person, make_organisation
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen, serving, sign_in
from tests.factories import PASSWORD, Cast
from tests.journey.pictures import Pictures

pytestmark = [ON_SQLITE, pytest.mark.browser]
SEVENTEENTH = datetime(2023, 7, 17, 1, tzinfo=UTC)


@pytest.fixture
def liaison(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The 财政局's liaison and the office can sign in, and the night has reminded."""
    monkeypatch.setattr(clock, "now", lambda: SEVENTEENTH)
    unit = make_organisation(session)
    make_organisation(session, name="静乐县工信局")
    person = make_bureau_person(session, unit, name="周志远", login="zhou")
    unit.liaison_id = person.id
    for who in (person, cast.office):
        passwords.set_password(session, person=who, password=PASSWORD)
    programme = programme_of(programmes_in(ROOT / "standards"), cast.county.code)
    assert programme is not None
    bring_programme(session, county=cast.county, programme=programme, now=SEVENTEENTH, by=None)
    remind(session, county=cast.county, programme=programme, now=SEVENTEENTH)
    session.commit()
    return person


@pytest.mark.pictures
def test_the_seventeenth_of_the_month(
    app: Flask, session: Session, cast: Cast, liaison: Person, browser: Browser, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    with serving(app) as address:
        # Reminded, the liaison finds the month waiting, with the figures already there.
        page = sign_in(browser, address, "zhou")
        expect(page.locator("main")).to_contain_text("每月报送该报了")
        page.get_by_role("link", name="每月报送该报了").click()
        page.get_by_role("link", name="财政局").click()
        expect(page.locator("main")).to_contain_text("7月18日前报到，还有1天")
        expect(page.locator("main")).to_contain_text("方案正文48个，附件2各行相加52个")

        # A blank without a reason is asked about; with one it is whole.
        page.fill("#progress", "6月补助已按核准的件数拨付，共36个站。")
        page.fill("#next", "核对7月件数，8月10日前拨付。")
        page.get_by_role("button", name="报送", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("“存在问题”空着，没有选原因")
        page.select_option("#blank_problems", label="本月无此项")
        page.locator("#progress").scroll_into_view_if_needed()
        pictures.take(page, "desk-monthly-write.png")
        page.get_by_role("button", name="报送", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("第 1 版报上去了，已收到")

        # The office reads and accepts; afterwards a station's filing turns out to be wrong.
        office = sign_in(browser, address, "xian")
        heard = listen(office)
        office.goto(f"{address}/reports")
        pictures.take(office, "desk-monthly-reports.png")
        office.get_by_role("link", name="财政局").click()
        office.get_by_role("button", name="审定").click()
        expect(office.get_by_role("status").first).to_contain_text("第 1 版已审定，内容从此固定")
        cast.c2.filed_on = None
        session.commit()
        office.reload()
        expect(office.locator("main")).to_contain_text("2 处与报送时不同")
        expect(office.locator("main")).to_contain_text("村级点完成末端备案：报送时3个，现在2个")
        pictures.take(office, "desk-monthly-changed.png")
        assert heard == []
        page.context.close()
        office.context.close()
