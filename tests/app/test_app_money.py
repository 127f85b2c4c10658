"""补助 on 我的站: how much, for what, and why it is not there yet."""

from playwright.sync_api import Page, expect

from server.services.programme.programmes import bring_programme
from tests.app.conftest import House, bind
from tests.factories import NOW
from tests.plans import JINGLE
from tests.services.subsidies.listed import listed


def test_a_keeper_reads_why_the_money_is_not_there_yet(page: Page, house: House) -> None:
    cast, session = house.cast, house.session
    row = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    listed(session, cast.c1, programme_id=row.id, by=cast.office)
    session.commit()
    bind(page, house, cast.li)
    page.goto("/app/#/station")
    expect(page.get_by_role("heading", name="补助")).to_be_visible()
    expect(page.get_by_text("3元：电商平台卖到县外的农副产品3单。")).to_be_visible()
    expect(page.get_by_text("算好了，等审核单位看。")).to_be_visible()
