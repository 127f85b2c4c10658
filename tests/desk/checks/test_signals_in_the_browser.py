"""异常提示 in real Chromium: settled by a click, fits the screen, everybody can read it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.models.signal import SignalState
from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.factories import NOW, TODAY, Cast
from tests.journey.pictures import Pictures
from tests.services.asked import raised

pytestmark = [ON_SQLITE, pytest.mark.browser]


@pytest.mark.pictures
def test_questions_are_read_and_settled_at_the_desk(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast, tmp_path: Path
) -> None:
    raised(
        session,
        cast.c1,
        state=SignalState.ANSWERED,
        answer="那天在镇上帮忙取件，晚上才回村",
        answered_at=NOW - timedelta(hours=3),
    )
    raised(
        session,
        cast.c2,
        kind="flat_counts",
        day_on=TODAY - timedelta(days=1),
        question="6月填了24天件数，有23天都是收到15件。是每天数的，还是照前一天填的？",
        measured={"why": "24天里23天收到都是15件；10天起问"},
    )
    session.commit()
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    page = open_desk()
    said = listen(page)

    page.goto(f"{address}/signals")

    expect(page.locator(".asked")).to_have_count(2)
    found: Any = Axe().run(page, options=RULES)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pictures.take(page, "desk-signals.png")
    first = page.locator(".asked").first
    first.get_by_label("理由").fill("打电话问过镇上，属实")
    first.get_by_role("button", name="已说明").click()
    expect(page.locator(".asked")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("对站点的结论不变")
    page.goto(f"{address}/county/signals")
    found = Axe().run(page, options=RULES)
    assert not found.response["violations"], found.generate_report()
    assert said == []
