"""补助 on 我的站: how much, for what, and why it is not there yet."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.services.programme.programmes import bring_programme
from tests.api.events import batch, count
from tests.app.conftest import House, bind
from tests.app.legible import can_be_read
from tests.app.rounds import post
from tests.factories import NOW
from tests.journey.pictures import Pictures
from tests.plans import JINGLE
from tests.services.subsidies.listed import listed


@pytest.mark.pictures
def test_a_keeper_reads_why_the_money_is_not_there_yet(
    page: Page, house: House, tmp_path: Path
) -> None:
    cast, session = house.cast, house.session
    row = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    listed(session, cast.c1, programme_id=row.id, by=cast.office)
    session.commit()
    post(page, house, cast.li, "/sync", batch(count(cast.c1.id)))
    bind(page, house, cast.li)
    page.goto("/app/#/station")
    page.get_by_role("link", name="补助").click()
    expect(page.get_by_text("您报了 1 天：收 12 件，寄 3 件")).to_be_visible()
    expect(page.get_by_role("heading", name="2023年5月")).to_be_visible()
    expect(page.get_by_text("3元：电商平台卖到县外的农副产品3单。")).to_be_visible()
    expect(page.get_by_text("算好了，等审核单位看。")).to_be_visible()
    can_be_read(page, "money")
    Pictures(tmp_path / "pictures", from_demonstration=False).take(page, "keeper-money.png")
