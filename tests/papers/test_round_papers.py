"""The papers of a round: the notice in GB/T 9704 layout, the copy, the report, the signature."""

import io
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.shared import RGBColor

from server.media.paper.signature import signature_path, signature_svg
from server.papers.inspection_copy import set_inspection_pdf
from server.papers.notice import NoticeItem, set_notice_docx, set_notice_pdf
from server.papers.round_report import ReportSection, ReportSheet, set_round_pdf
from tests.papers.sheets import COPY, SHEET

MM = 72 / 25.4


def words(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def characters(pdf: bytes, page: int) -> list[tuple[str, float, float]]:
    """Every character of a page with its left edge and baseline, in mm from the top left."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[page].get_textpage()
        found = []
        for index in range(text.count_chars()):
            left, bottom, _, _ = text.get_charbox(index, loose=True)
            found.append((text.get_text_range(index, 1), left / MM, 297 - bottom / MM))
        return found


@pytest.fixture(scope="module")
def full_page() -> list[tuple[str, float, float]]:
    """A page with nothing but body text: the second of a very long notice."""
    long = replace(SHEET, items=(NoticeItem("四", "货架", "村" * 2000, "改"),))
    return [one for one in characters(set_notice_pdf(long), 1) if one[0] == "村"]


def test_a_page_holds_twenty_two_lines_of_twenty_eight_characters(
    full_page: list[tuple[str, float, float]],
) -> None:
    lines: dict[int, list[float]] = {}
    for _, left, bottom in full_page:
        lines.setdefault(round(bottom), []).append(left)

    assert len(lines) == 22
    assert {len(row) for row in lines.values()} == {28}
    baselines = sorted({round(bottom, 2) for _, _, bottom in full_page})
    pitches = {round(after - before, 1) for before, after in pairwise(baselines)}
    assert pitches == {10.2}  # 225 mm / 22


def test_the_text_block_keeps_the_standards_margins(
    full_page: list[tuple[str, float, float]],
) -> None:
    lefts = [left for _, left, _ in full_page]

    assert min(lefts) == pytest.approx(28, abs=0.3)
    assert max(lefts) + 156 / 28 == pytest.approx(210 - 26, abs=0.3)
    first, last = min(one[2] for one in full_page), max(one[2] for one in full_page)
    assert 37 < first < 37 + 225 / 22
    assert last < 297 - 35 + 1


def test_the_notice_says_what_to_mend_by_when_and_under_which_number() -> None:
    text = "".join(words(set_notice_pdf(SHEET))).replace("\r\n", "")

    for part in (
        "静乐县快递进村工作专班文件",
        "静快改〔2026〕17号",
        "限期整改的通知书",
        "一、货架（标准四（2））",
        "现场情况：入口处没有营业时间牌。",
        "请于2026年12月5日前（含当日）完成整改",
        "（盖章处）",
        "证据清单",
    ):
        assert part in text, part
    assert "演示数据" not in text
    assert "演示数据" in "".join(words(set_notice_pdf(replace(SHEET, demo=True))))


def test_page_numbers_stand_outside_right_on_odd_and_left_on_even_pages() -> None:
    long = set_notice_pdf(replace(SHEET, items=(NoticeItem("四", "货架", "村" * 2000, "改"),)))
    places = []
    for page in (0, 1):
        footer = [one for one in characters(long, page) if one[2] > 264 and one[0] == str(page + 1)]
        places.append(footer[-1][1])

    assert places[0] > 105 > places[1]


def test_the_docx_says_the_same_and_stays_editable_in_the_offices_own_type() -> None:
    document = Document(
        io.BytesIO(set_notice_docx(replace(SHEET, title="关于甲&乙<村>服务点限期整改的通知书")))
    )
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)

    assert "静快改〔2026〕17号" in text
    assert "关于甲&乙<村>服务点限期整改的通知书" in text.replace("\n", "")
    assert "一、货架（标准四（2））" in text
    assert "{" not in text
    section: Any = document.sections[0]
    assert round(section.top_margin.mm) == 37
    assert round(section.left_margin.mm) == 28
    assert 'w:eastAsia="仿宋_GB2312"' in document.styles["Normal"].element.xml


def test_the_docx_holds_twenty_two_lines_of_twenty_eight_characters_in_any_program() -> None:
    document = Document(io.BytesIO(set_notice_docx(SHEET)))
    section: Any = document.sections[0]
    plain = next(one for one in document.paragraphs if one.text.startswith("现场情况"))
    [title] = [one for one in document.paragraphs if one.text.startswith("关于")]

    room = section.page_width - section.left_margin - section.right_margin
    width = 16 + closer_by(plain) / 20
    height = section.page_height - section.top_margin - section.bottom_margin
    pitch = document.styles["Normal"].paragraph_format.line_spacing
    assert room / 12700 // width == 28  # in points
    assert height // pitch == 22
    assert "charSpace" not in document.element.xml  # programs draw a character grid differently
    assert title.runs[0].font.bold


@pytest.mark.parametrize(("issuer", "points"), [("县邮政局", 36), ("静乐县快递进村工作专班", 34)])
def test_the_red_head_stays_on_one_line(issuer: str, points: int) -> None:
    document = Document(io.BytesIO(set_notice_docx(replace(SHEET, issuer=issuer))))

    [head] = [one for one in document.paragraphs if one.text == f"{issuer}文件"]

    [run] = [one for one in head.runs if one.text]
    assert run.font.size is not None
    assert run.font.size.pt == points
    assert run.font.color.rgb == RGBColor(0xD0, 0x02, 0x1B)
    assert len(head.text) * points <= 442


def test_the_docx_lists_the_evidence_in_a_table() -> None:
    table = Document(io.BytesIO(set_notice_docx(SHEET))).tables[0]

    assert [cell.text for cell in table.rows[0].cells] == ["序号", "条款", "督导员看到的", "照片"]
    photos = sum(len(item.photos or ("",)) for item in SHEET.items)
    assert len(table.rows) == 1 + photos


def closer_by(paragraph: Any) -> int:
    """By how many twentieths of a point its characters stand closer."""
    found = re.findall(r'<w:spacing w:val="(-?\d+)"/>', paragraph._p.xml)
    return int(found[0])


def test_words_are_never_read_as_markup() -> None:
    odd = replace(SHEET, to="#panic(1) *村* $x$")

    assert "#panic(1) *村* $x$" in words(set_notice_pdf(odd))[0]


def test_the_copy_shows_both_words_open_clauses_and_a_refused_signature() -> None:
    text = "".join(words(set_inspection_pdf(COPY)))

    for part in ("结论：不达标", "没有查的条款：四（2）巴枪", "站长拒绝签字", "ab" * 32):
        assert part in text


def test_a_report_of_many_rows_repeats_its_header_on_every_page() -> None:
    rows = [(f"C{number:04d}", "站点") for number in range(251)]
    section = ReportSection("各站点", ("编号", "名称"), rows, (0, 1), "ll")

    pages = words(set_round_pdf(ReportSheet("结果", ("一行",), (section,), "县办")))

    assert len(pages) > 3
    assert all("编号" in page for page in pages)


def test_a_signature_stays_in_its_box_and_a_dot_can_be_seen() -> None:
    assert signature_path([[[10, 20], [700, -5]], [[300, 100]]]) == "M10 20L600 0M300 100L301 100"
    assert signature_path([[]]) == ""
    assert 'viewBox="0 0 600 200"' in signature_svg([[[1, 1]]])
