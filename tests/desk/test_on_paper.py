"""A printed page says what the screen says of its content, and to what its list was narrowed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.models.acceptance import Acceptance
from server.models.station import Stage
from server.policy.standard.standards import Standard
from server.services.registry.acceptances import accept_stations, withdraw_acceptance
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.factories import Cast

pytestmark = [ON_SQLITE, pytest.mark.browser]


def test_what_nobody_can_tell_and_the_filter_are_printed_and_no_button_is(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast
) -> None:
    edit_station(
        session, station=cast.c1, changes={"serves": "舍科村"}, by=cast.office, now=clock.now(),
        reason="补登记", standards=(),
    )  # fmt: skip
    session.commit()
    past, town = clock.today() - timedelta(days=1), cast.c1.township_code
    page = open_desk()
    page.goto(f"{address}/coverage?on={past.isoformat()}&township={town}")
    page.emulate_media(media="print")

    expect(page.get_by_text("当时未必是这样")).to_be_visible()
    chosen = page.get_by_label("乡镇", exact=True)
    expect(chosen).to_be_visible()
    assert chosen.evaluate("one => one.selectedOptions[0].text") == "鹅城镇"
    assert not any(one.is_visible() for one in page.locator(".filters button").all())
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_an_acceptance_that_was_taken_back_says_so_on_paper(
    open_desk: Callable[..., Page],
    address: str,
    session: Session,
    cast: Cast,
    standards: tuple[Standard, ...],
) -> None:
    made: list[Acceptance] = accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT,
        on=clock.today(), present="供销社王某", by=cast.office, now=clock.now(),
        standards=standards,
    )  # fmt: skip
    withdraw_acceptance(
        session, acceptance=made[0], by=cast.office, now=clock.now(), reason="看错了站"
    )
    session.commit()
    page = open_desk()
    page.goto(f"{address}/acceptances/{made[0].id}")
    page.emulate_media(media="print")

    expect(page.get_by_text("这次验收已于")).to_be_visible()
