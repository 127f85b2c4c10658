"""考核 and 通报: the county's own points, figures, a ranking, a letter on paper; for the handbook."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.models.station import Stage
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen
from tests.factories import Cast
from tests.journey.pictures import Pictures

SCHEME = (
    ("村级站备案", "60", "按比例建议", "村级点已备案"),
    ("没有未办结的事", "30", "按比例建议", "村级点没有未办结的事"),
    ("组织领导", "10", "由人打分", ""),
)


def narrow(page: Page) -> None:
    """The same page on a phone is no wider than the phone."""
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360, page.url
    page.set_viewport_size({"width": 1366, "height": 768})


def taken(page: Page, kind: str) -> bytes:
    """A file that the page offers, as it comes down."""
    with page.expect_download() as coming:
        page.locator(f'.actions a[href$=".{kind}"]').evaluate("link => link.download = ''")
        page.locator(f'.actions a[href$=".{kind}"]').click()
    return Path(coming.value.path()).read_bytes()


@ON_SQLITE
@pytest.mark.browser
@pytest.mark.pictures
def test_the_countys_own_points_become_a_ranking_and_a_letter(
    session: Session, cast: Cast, open_desk: Callable[..., Page], tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    for one in (cast.c1, cast.c2, cast.c3, cast.xz1):
        one.stage = Stage.BUILT
    cast.c2.filed_on = None
    session.commit()
    page = open_desk()
    said = listen(page)
    notice = page.locator(".notice").first
    last = clock.today() - timedelta(days=1)

    # What is counted and for how many points is the county's own; nothing is there before.
    page.locator("#menu").get_by_role("link", name="考核").click()
    page.get_by_role("link", name="考核办法").first.click()
    expect(notice).to_contain_text("本县还没有登记乡镇考核办法")
    page.fill("#name", "静乐县乡镇考核办法")
    page.fill("#from_on", "2023-01-01")
    page.fill("#basis", "工作专班第3次会议")
    for n, (title, points, way, measure) in enumerate(SCHEME):
        page.fill(f"#title-{n}", title)
        page.fill(f"#points-{n}", points)
        page.select_option(f"#way-{n}", label=way)
        if measure:
            page.select_option(f"#measure-{n}", label=measure)
    page.get_by_role("button", name="存为第 1 版").click()
    expect(page.locator("main")).to_contain_text("《静乐县乡镇考核办法》第 1 版")
    pictures.take(page, "desk-scheme.png")
    narrow(page)

    # A period that is over; the figures come by themselves, a person gives what people give.
    page.locator("#menu").get_by_role("link", name="考核").click()
    page.fill("#from_on", (last - timedelta(days=29)).isoformat())
    page.fill("#until_on", last.isoformat())
    page.get_by_role("button", name="开考核表，取数").click()
    for name, points, reason in (
        ("鹅城镇", "8", "台账齐，专干到位"), ("杜家村镇", "9", "每周有调度"),
    ):  # fmt: skip
        page.locator("tbody").get_by_role("link", name=name).click()
        page.get_by_label("组织领导得分").fill(points)
        page.get_by_label("组织领导原因").fill(reason)
        page.get_by_text("没做到 1").first.click() if name == "鹅城镇" else None
        if name == "鹅城镇":
            expect(page.locator("ul.names").first).to_contain_text("C0002")
            pictures.take(page, "desk-assessment-row.png")
            narrow(page)
        page.get_by_role("button", name="保存", exact=True).click()
        page.locator(".crumb a").click()
    page.get_by_role("button", name="发布上面的结果").click()
    expect(notice).to_contain_text("考核结果发布了")
    pictures.take(page, "desk-assessment.png")
    narrow(page)
    book = openpyxl.load_workbook(BytesIO(taken(page, "xlsx")))
    assert [row[:4] for row in book["名次"].iter_rows(min_row=2, values_only=True)] == [
        (1, "杜家村镇", 99, 60), (2, "鹅城镇", 68, 30),
    ]  # fmt: skip
    assert taken(page, "pdf").startswith(b"%PDF")

    # The letter: the ranking stands in it, the words are the county's; then on paper.
    page.get_by_role("button", name="照这个结果起草通报").click()
    expect(page.get_by_role("button", name="照上面的印发")).to_be_disabled()
    page.get_by_label("发文字号").fill("静快专〔2026〕12号")
    page.get_by_label("成文日期").fill(clock.today().isoformat())
    page.locator("#demands").fill("请鹅城镇月底前把没有备案的站补齐。")
    page.get_by_role("button", name="保存，看下面印出来的样子").click()
    expect(page.locator("article.letter")).to_contain_text("请鹅城镇月底前把没有备案的站补齐。")
    page.locator(".letter-card").scroll_into_view_if_needed()
    page.locator(".letter-card").evaluate("card => window.scrollTo(0, card.offsetTop - 12)")
    pictures.take(page, "desk-circular.png")
    narrow(page)
    page.get_by_role("button", name="照上面的印发").click()
    expect(notice).to_contain_text("印发了，内容从此固定")
    with pypdfium2.PdfDocument(taken(page, "pdf")) as paper:
        pictures.keep(paper[0].render(scale=1).to_pil(), "circular-paper.png")
        words = re.sub(r"\s+", "", paper[0].get_textpage().get_text_bounded())
    assert "静快专〔2026〕12号" in words
    assert "草稿" not in words
    table = docx.Document(BytesIO(taken(page, "docx"))).tables[0]
    assert [cell.text for cell in table.rows[1].cells][:3] == ["1", "杜家村镇", "99"]
    page.locator("#menu").get_by_role("link", name="通报").click()
    expect(page.locator("tbody")).to_contain_text("静快专〔2026〕12号")

    assert said == []
