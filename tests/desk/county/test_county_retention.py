"""个人信息保存多久: the county's days, kind by kind, and what stays all the same."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from server.models.consent import Consent, Purpose
from server.models.person import Person
from server.services.county.retention_options import USUAL, DataKind, retention_options
from server.services.people.passwords import set_password
from server.services.retention.wordings import wordings
from tests.agreeing import agree
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, listen, serving, sign_in, text_of
from tests.factories import NOW, PASSWORD, Cast
from tests.journey.pictures import Pictures

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def form_of(desk: Desk, **typed: str) -> dict[str, str]:
    html = desk.get("/county/retention").get_data(as_text=True)
    [seal] = re.findall(r'name="seal" value="([^"]+)"', html)
    days = {str(kind): str(days) for kind, days in USUAL.items()}
    return days | {"seal": seal, "reason": "县专班会议决定"} | typed


def test_the_county_says_how_long_and_why_and_can_let_it_rest(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    page = text_of(desk.get("/county/retention"))
    assert "会计档案管理办法" in page
    assert "还没有到期的" in page

    desk.done("/county/retention", **form_of(desk, everyday_photo="400", paused="yes"))
    wrong = desk.post("/county/retention", **form_of(desk, mend_photo="30"))

    session.expire_all()
    held = retention_options(cast.county)
    assert (held.days[DataKind.EVERYDAY_PHOTO], held.paused) == (400, True)
    assert wrong.status_code == 422
    assert "“整改的照片”应为1095到3650之间的整数" in text_of(wrong)
    page = text_of(desk.get("/county"))
    assert "站里平常拍的照片、到期也先不删" in page  # in the history, with its reason
    desk.done("/county/retention", **form_of(desk, everyday_photo="400"))
    session.expire_all()
    assert not retention_options(cast.county).paused


@pytest.mark.browser
@pytest.mark.pictures
def test_the_page_at_the_desk_and_on_a_phone(
    app: Flask, browser: Browser, session: Session, cast: Cast, tmp_path: Path
) -> None:
    set_password(session, person=cast.office, password=PASSWORD)
    # The days were others when they agreed; of one answer the text was not kept.
    cast.county.options = {"retention": {"check_in_position": 200}}
    session.execute(
        sa.update(Consent)
        .where(Consent.person_id == cast.zhao.id, Consent.purpose == Purpose.POSITION)
        .values(text_sha256="ab" * 32)
    )
    session.commit()
    with serving(app) as address:
        page = sign_in(browser, address, str(cast.office.login))
        heard = listen(page)
        page.goto(f"{address}/county/retention")
        expect(page.get_by_text("到期也留着的")).to_be_visible()
        pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
        pictures.take(page, "desk-retention.png")
        page.goto(f"{address}/county/consents")
        expect(page.get_by_role("heading", name="谁同意了什么")).to_be_visible()
        expect(page.get_by_text("当时的话没有留底")).to_have_count(1)
        expect(page.get_by_text("以前给站长看过的话")).to_be_visible()
        pictures.take(page, "desk-consents.png")
        page.set_viewport_size({"width": 360, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.context.close()
    assert (heard, wide) == ([], 360)


def test_who_agreed_to_what_is_counted_and_named_for_the_office(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    agree(session, cast.zhao, at=NOW, agreed=False, purposes=(Purpose.POSITION,))
    session.commit()
    desk = desk_of(cast.office)

    page = text_of(desk.get("/county/consents"))

    assert "签到时的位置 同意 1 不同意 1 还没有选 0" in " ".join(page.split())
    assert "位置留365天" in page
    assert wordings(cast.county)[Purpose.POSITION].sha256 in page
    assert "老李" in page
    assert "不用您同意" in page
    desk.done("/county/retention", **form_of(desk, check_in_position="200"))
    assert "以前同意过旧的文本" in text_of(desk.get("/county/consents"))
