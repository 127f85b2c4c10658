"""Every paper from the longest words that the register takes: nothing overprinted, nothing lost."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest

from server.papers.inspection_copy import Drawn, set_inspection_pdf
from server.papers.monthly_report import monthly_file
from server.papers.monthly_words import report_words
from server.papers.notice import NoticeItem, NoticeSheet, set_notice_pdf
from server.papers.round_report import ReportSection, ReportSheet, set_round_pdf
from server.policy.plan.report_frozen import ReportContent
from tests.papers.sheets import COPY, MONTH, MONTH_STAMP, SHEET

CLAUSE = "快递暂行条例（2019年文本）第十八条；2025年修订文本为第十九条" + "甲" * 40
NAME, REMARK, REASON = "乙" * 60, "丙" * 400, "丁" * 400
WHY, MEND, TEXT = "戊" * 400, "己" * 200, "庚" * 400
LATIN = "Q" * 200  # a sign's text without a blank
KEEPER, ISSUER, OPERATOR = "辛" * 40, "壬" * 40, "癸" * 80

LONGEST_COPY = replace(
    COPY,
    head=(("站点", f"C0001 {NAME}"), ("督导员", KEEPER), ("签字情况", REASON), ("版本", REMARK)),
    unanswered=(CLAUSE,),
    rows=(
        {"clause": CLAUSE, "title": "开办后20天内备案", "verdict": "待确认不符合", "against": True,
         "why": f"{WHY}（{REMARK}）", "keeper": "待确认不符合"},
        {"clause": "四（2）", "title": NAME, "verdict": "不符合", "against": True,
         "why": LATIN, "keeper": ""},
    ),
    drawn=(
        Drawn("督导员签名", [[[20, 100], [60, 40]]], "没有签名"),
        Drawn("一同督导的签名", [[[20, 100], [60, 40], [300, 60]]], "没有签名"),
        Drawn("站长签名", [], REASON),
    ),
    notes=(TEXT,),
)  # fmt: skip
LONGEST_NOTICE = NoticeSheet(
    issuer=ISSUER,
    number="静快改〔2026〕1234号",
    title=f"关于{NAME}限期整改的通知书",
    to=f"{NAME}、{OPERATOR}",
    opening=(f"对{NAME}开展督导验收。",),
    items=tuple(
        NoticeItem(
            CLAUSE,
            "开办后20天内备案",
            WHY,
            MEND,
            (f"照片{number}，{LATIN}",),
            TEXT,
            REMARK,
            OPERATOR,
        )
        for number in range(3)
    ),
    closing=("请于2026年12月5日前（含当日）完成整改。", REASON),
    date="2026年11月22日",
    copies_to=OPERATOR,
    record=LONGEST_COPY,
)
REPORT = ReportSheet(
    NAME,
    (REASON,),
    (
        ReportSection(
            "各站点",
            ("编号", "站点", "乡镇", "督导员", "日期", "状态", "结论", "不符合条款"),
            [("C0001", NAME, NAME, KEEPER, "2026-11-22", "已完成", "不达标", f"{CLAUSE}{LATIN}")]
            * 9,
            (0, 3, 1.3, 1, 0, 0, 0, 4),
            "llllllll",
        ),
    ),
    ISSUER,
)

Box = tuple[str, float, float, float, float]


def boxes(pdf: bytes) -> list[list[Box]]:
    """Every visible character of every page with its tight box, in points from the bottom left."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            every = [
                (text.get_text_range(index, 1), *text.get_charbox(index))
                for index in range(text.count_chars())
            ]
            pages.append([one for one in every if one[0].strip() and one[3] > one[1]])
        return pages


def overprinted(page: list[Box]) -> list[tuple[str, str]]:
    """Pairs of characters of which one stands a third or more on another."""
    found = []
    ordered = sorted(page, key=lambda one: one[1])
    widest = max((one[3] - one[1] for one in page), default=0)
    for index, (char, left, bottom, right, top) in enumerate(ordered):
        for other, left_, bottom_, right_, top_ in ordered[index + 1 :]:
            if left_ > left + widest:
                break
            wide = min(right, right_) - max(left, left_)
            high = min(top, top_) - max(bottom, bottom_)
            smaller = min((right - left) * (top - bottom), (right_ - left_) * (top_ - bottom_))
            if wide > 0 and high > 0 and wide * high > smaller / 3:
                found.append((char, other))
    return found


LONGEST_MONTH: ReportContent = {
    **MONTH, "unit": "乙" * 80, "because": "丁" * 400,
    "parts": [
        {**part, "text": text, "blank": ""}
        for part, text in zip(MONTH["parts"], ("丙" * 2000, "庚" * 2000, "Q" * 2000), strict=True)
    ],
}  # fmt: skip


PAPERS: dict[str, tuple[bytes, dict[str, int]]] = {
    "notice": (
        set_notice_pdf(LONGEST_NOTICE),
        {"乙": 60 * 5, "戊": 400 * 7, "己": 200 * 3, "庚": 400 * 4, "Q": 200 * 4, "壬": 40 * 3},
    ),
    "record": (
        set_inspection_pdf(LONGEST_COPY),
        {
            "甲": 40 * 2,
            "乙": 60 * 2,
            "丙": 400 * 2,
            "丁": 800,
            "戊": 400,
            "庚": 400,
            "辛": 40,
            "Q": 200,
        },
    ),
    "report": (
        set_round_pdf(REPORT),
        {"乙": 60 * 19, "甲": 40 * 9, "丁": 400, "Q": 200 * 9, "辛": 40 * 9},
    ),
    "month": (
        monthly_file(report_words(LONGEST_MONTH, MONTH_STAMP), "pdf"),
        {"乙": 80, "丙": 2000, "丁": 400, "庚": 2000, "Q": 2000},
    ),
    "usual notice": (set_notice_pdf(SHEET), {"架": 4}),
    "usual record": (set_inspection_pdf(COPY), {"架": 3}),
}


@pytest.mark.parametrize("name", PAPERS)
def test_no_character_is_printed_on_another_and_every_one_is_there(name: str) -> None:
    pdf, wanted = PAPERS[name]

    pages = boxes(pdf)

    assert [overprinted(page) for page in pages] == [[]] * len(pages)
    there = Counter(one[0] for page in pages for one in page)
    missing = {char: (there[char], n) for char, n in wanted.items() if there[char] < n}
    assert missing == {}


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_is_cut_off_at_the_papers_edge(name: str) -> None:
    pdf, _ = PAPERS[name]
    with pypdfium2.PdfDocument(pdf) as document:
        sizes = [page.get_size() for page in document]

    for (width, height), page in zip(sizes, boxes(pdf), strict=True):
        assert min(one[1] for one in page) > 28
        assert max(one[3] for one in page) < width - 28
        assert min(one[2] for one in page) > 20
        assert max(one[4] for one in page) < height - 20


@pytest.mark.parametrize("sentences", range(1, 14))
def test_the_seal_never_stands_on_a_page_without_text_of_the_letter(sentences: int) -> None:
    sheet = replace(SHEET, opening=tuple("村" * 40 for _ in range(sentences)))

    pages = boxes(set_notice_pdf(sheet))

    [sealed] = [page for page in pages if "盖" in {one[0] for one in page}]
    said = "".join(one[0] for one in sealed)
    assert "如有疑问" in said


def test_the_imprint_stands_at_the_foot_of_the_last_page() -> None:
    pages = boxes(set_notice_pdf(SHEET))

    said = ["".join(one[0] for one in page) for page in pages]
    assert ["印发" in page for page in said] == [*([False] * (len(pages) - 1)), True]
    lowest = max(one[2] for one in pages[-1] if one[0] in "印发")
    assert lowest < 35 / 25.4 * 72 + 40  # the text block ends 35 mm above the edge


def test_the_record_gives_its_sentences_more_room_than_any_other_column() -> None:
    page = boxes(set_inspection_pdf(LONGEST_COPY))[0]

    lines: Counter[int] = Counter(round(one[2]) for one in page if one[0] == "戊")
    assert max(lines.values()) > 20
    assert all(below - above < 0 for above, below in pairwise(sorted(lines, reverse=True)))


def test_the_letter_and_its_annex_say_the_whole_record() -> None:
    words: Any = "".join(one[0] for page in boxes(set_notice_pdf(SHEET)) for one in page)

    for part in ("附件：1.证据清单2.督导记录", "附件2", "站长拒绝签字：货架借出去了", COPY.hash):
        assert part in words, part
