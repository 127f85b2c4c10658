"""Letters round a table of any length: no row is torn apart, no page is spent on air."""

import io

import pypdfium2
from docx import Document

from server.papers.table_letter import table_letter
from server.policy.plan.circular import TableLetter

LONG = "静乐县杜家村镇" + "马家沟" * 14 + "快递便民服务点"


def letter(count: int) -> TableLetter:
    rows = [
        [f"№{n:03d}", LONG if n % 3 == 0 else f"第{n}村", "" if n % 5 else "没有办", f"末{n:03d}"]
        for n in range(count)
    ]
    return {
        "county": "静乐县", "issuer": "静乐县快递进村工作专班", "number": "静快移〔2026〕3号",
        "title": "移送函", "to": "静乐县纪委监委",
        "chapters": [{"heading": "", "paragraphs": ["有 & <b>“引号”</b> {{ x }} #let *星*"]}],
        "table": {
            "title": "清单", "header": ["序号", "站点", "内容", "证据"], "rows": rows,
            "align": "llll", "widths": [2, 3, 6, 3], "notes": ["注"],
        },
        "table_after": 1, "closing": "特此函告。", "date": "2026-12-03", "copies_to": "",
    }  # fmt: skip


def test_no_row_is_torn_over_two_pages_and_none_is_lost() -> None:
    book = pypdfium2.PdfDocument(table_letter(letter(120), "pdf"))
    pages = [page.get_textpage().get_text_bounded() for page in book]

    for n in range(120):
        [first] = [at for at, text in enumerate(pages) if f"№{n:03d}" in text]
        [last] = [at for at, text in enumerate(pages) if f"末{n:03d}" in text]
        assert first == last
    names = sum("".join(text.split()).count("快递便民服务点") for text in pages)
    assert names == 40
    whole = ["".join(text.split()).count("马家沟") for text in pages]
    assert all(count % 14 == 0 for count in whole), "a name stands whole on its page"


def test_an_empty_table_and_a_word_table_off_the_page_s_grid() -> None:
    assert table_letter(letter(0), "pdf")
    document = Document(io.BytesIO(table_letter(letter(30), "docx")))
    table = max(document.tables, key=lambda one: len(one.rows))
    assert len(table.rows) == 31
    off = table._tbl.xpath(".//w:pPr/w:snapToGrid[@w:val='0']")
    assert len(off) == 31 * 4
    words = "".join(one.text for one in document.paragraphs)
    assert "有 & <b>“引号”</b> {{ x }} #let *星*" in words


def test_a_row_that_no_page_can_hold_goes_on_over_the_page() -> None:
    long = letter(3)
    long["table"]["rows"][1][2] = "很" * 3000
    book = pypdfium2.PdfDocument(table_letter(long, "pdf"))

    assert len(book) > 2
    text = "".join(page.get_textpage().get_text_bounded() for page in book)
    assert text.count("很") == 3000
