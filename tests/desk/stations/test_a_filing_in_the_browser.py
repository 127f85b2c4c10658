"""A filing from opening to receipt, as the office sees it; pictures for the handbook."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen
from tests.factories import Cast
from tests.journey.pictures import Pictures

RECEIPT = b"%PDF-1.7\nreceipt\n%%EOF\n"


@pytest.mark.pictures
@ON_SQLITE
@pytest.mark.browser
def test_a_filing_from_opening_to_receipt(
    session: Session, cast: Cast, open_desk: Callable[..., Page], tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    c1 = cast.c1
    c1.opened_on, c1.filed_on = clock.today() - timedelta(17), None
    c1.filed_name = c1.filing_number = ""
    cast.c2.opened_on, cast.c2.filed_on = clock.today() - timedelta(40), None
    cast.c3.coop_modes, cast.c3.filed_on = ["postal_coop"], None
    session.commit()
    page = open_desk()
    said = listen(page)
    page.locator("#menu").get_by_text("末端备案").click()
    expect(page.get_by_text("还有3天")).to_be_visible()
    pictures.take(page, "desk-filings.png")

    page.get_by_role("link", name="C0001").click()
    page.get_by_role("button", name="记下").first.click()
    expect(page.get_by_role("status").first).to_contain_text("提交了备案材料")
    page.get_by_text("邮政管理部门要求补正", exact=True).click()
    page.get_by_label("要求补正什么").fill("补一张站内照片")
    page.locator("form:has(button[value=asked]) button").click()
    expect(page.get_by_text("补一张站内照片")).to_be_visible()
    page.get_by_role("button", name="记下").first.click()
    page.get_by_label("备案编号").first.fill("晋忻备2023-0001")
    page.get_by_label("备案回执（PDF、JPG、PNG，最多8MB）").first.set_input_files(
        {"name": "备案回执.pdf", "mimeType": "application/pdf", "buffer": RECEIPT}
    )
    page.locator("form:has(button[value=filed]) button").click()
    expect(page.get_by_text("备案回执.pdf")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("已备案")
    pictures.take(page, "desk-filing.png")

    assert said == []
