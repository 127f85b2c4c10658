"""Builds notice.docx and circular.docx of server/papers, letters in GB/T 9704 layout, from code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PAPERS = Path(__file__).resolve().parent.parent / "server" / "papers"
SONG_LIKE, TITLE, BLACK, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
RED = RGBColor(0xD0, 0x02, 0x1B)
LINE_TWIPS = 579  # 225 mm / 22 lines, rounded down: 22 of them must fit
CLOSER_TWIPS = -5  # 三号's 16 pt less 0.25 pt: 28 characters in 156 mm, in any program
TEXT_WIDTH_PT = 442
SIGNED_PT = 240  # the signature stands centred over the date, whose end is four characters in
LEFT, CENTER, RIGHT = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


def main() -> None:
    """Write the templates; their names are those of `papers.notice` and `papers.circular`."""
    _letter("notice.docx", "整改通知书", _body)
    _letter("circular.docx", "通报", _circular)


def _letter(name: str, title: str, body: "Callable[[_Writer], None]") -> None:
    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    _grid(section)
    style = document.styles["Normal"]
    style.font.name, style.font.size = SONG_LIKE, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), SONG_LIKE)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(LINE_TWIPS / 20)

    body(_Writer(document))
    _page_number(section)
    document.core_properties.author = ""
    document.core_properties.title = title
    document.save(str(PAPERS / name))


def _body(say: "_Writer") -> None:
    """Every paragraph of the letter, in order."""
    say("{%p if demo %}")
    say("演示数据 不作为通知", RIGHT, BLACK, 12, color=RED)
    say("{%p endif %}")
    _head(say)
    say("{%p for words in paragraphs %}")
    say("{{ words }}", indent=True)
    say("{%p endfor %}")
    say("{%p for item in items %}")
    say("{{ item.head }}", font=BLACK, indent=True)
    say("{%p for words in item.lines %}")
    say("{{ words }}", indent=True)
    say("{%p endfor %}")
    say("{%p endfor %}")
    say("{%p for words in closing[:-1] %}")
    say("{{ words }}", indent=True)
    say("{%p endfor %}")
    # The seal never stands on a page without text of the letter: its last sentence goes with it.
    _with_next(say("{{ closing[-1] }}", indent=True))
    _with_next(say(""))
    say("{%p for words in attachments %}")
    _with_next(say("{% if loop.first %}附件：{% else %}　　　{% endif %}{{ words }}", indent=True))
    say("{%p endfor %}")
    _signed(say)
    say("{%p if evidence %}")
    _annex(say, "附件1", "证据清单")
    _table(
        say.document,
        (("序号", "{{ row.no }}", 14), ("条款", "{{ row.clause }}", 44),
         ("督导员看到的", "{{ row.seen }}", 56), ("照片", "{{ row.photo }}", 42)),
        "evidence",
    )  # fmt: skip
    say("{%p endif %}")
    _record(say)
    _imprint(say)


def _head(say: "_Writer") -> None:
    """发文机关标志, 发文字号, the red rule, the title and 主送机关."""
    head = say("{{r red_head }}", CENTER, TITLE, 36, color=RED)
    head.paragraph_format.line_spacing = Pt(60)
    rule = say("{{ number }}", CENTER)
    rule.paragraph_format.space_before = Pt(LINE_TWIPS / 20)
    _red_rule(rule)
    say("")
    say("{%p for words in title_lines %}")
    title = say("{{ words }}", CENTER, TITLE, 22, bold=True)
    title.paragraph_format.line_spacing = Pt(36)
    say("{%p endfor %}")
    say("")
    say("{{ to }}：")


def _signed(say: "_Writer") -> None:
    """落款 and 成文日期, with room for the seal over both."""
    _with_next(say(""))
    _with_next(say(""))
    for words in ("{{ issuer }}", "{{ date }}"):
        signed = say(words, CENTER)
        signed.paragraph_format.left_indent = Pt(TEXT_WIDTH_PT - SIGNED_PT)
        signed.paragraph_format.keep_with_next = words == "{{ issuer }}"


def _circular(say: "_Writer") -> None:
    """A 通报: its chapters, with the ranking's table after those that come before it."""
    say("{%p if mark %}")
    say("{{ mark }}", RIGHT, BLACK, 12, color=RED)
    say("{%p endif %}")
    _head(say)
    _chapters(say, "before")
    say("{{ table_here }}")
    say("{%p for words in table.notes %}")
    say("{{ words }}", size=10.5).paragraph_format.line_spacing = Pt(18)
    say("{%p endfor %}")
    _chapters(say, "after")
    _with_next(say("{{ closing }}", indent=True))
    _signed(say)
    _imprint(say)


def _chapters(say: "_Writer", which: str) -> None:
    say(f"{{%p for chapter in {which} %}}")
    say("{%p if chapter.heading %}")
    _with_next(say("{{ chapter.heading }}", font=BLACK, indent=True))
    say("{%p endif %}")
    say("{%p for words in chapter.paragraphs %}")
    say("{{ words }}", indent=True)
    say("{%p endfor %}")
    say("{%p endfor %}")


def _record(say: "_Writer") -> None:
    """The 督导记录 whole, as an annex."""
    say("{%p if record %}")
    _annex(say, "{{ record_annex }}", "{{ record.title }}")
    _table(
        say.document, (("项目", "{{ row[0] }}", 30), ("内容", "{{ row[1] }}", 126)), "record.head"
    )
    say("{{ record.result }}", font=BLACK, size=12)
    say("{%p if record.unanswered %}")
    say("没有查的条款：{{ record.unanswered|join('、') }}", size=12)
    say("{%p endif %}")
    say("{%p if record.rows %}")
    _table(
        say.document,
        (("条款", "{{ row.title }}（{{ row.clause }}）", 44),
         ("督导员", "{{ row.verdict }}", 20), ("说明", "{{ row.why }}", 72),
         ("站长自报", "{{ row.keeper }}", 20)),
        "record.rows",
    )  # fmt: skip
    say("{%p endif %}")
    say("{%p for one in record.signatures %}")
    say("{{ one.label }}：", size=12)
    picture = say("{{ one.picture }}", size=12)
    picture.paragraph_format.line_spacing = 1.0
    say("{%p endfor %}")
    say("{%p for words in record.notes %}")
    say("{{ words }}", size=10.5)
    say("{%p endfor %}")
    say("{%p endif %}")


def _annex(say: "_Writer", number: str, title: str) -> None:
    first = say(number, font=BLACK)
    first.paragraph_format.page_break_before = True
    say(title, CENTER, TITLE, 22, bold=True).paragraph_format.line_spacing = Pt(36)
    say("")


def _with_next(paragraph: Any) -> Any:
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.keep_together = True
    return paragraph


def _imprint(say: "_Writer") -> None:
    """版记: to whom copies go, who printed it when; at the foot of the last page."""
    table = say.document.add_table(rows=4, cols=1)
    table.autofit = False
    for number, words in enumerate((
        "{%tr if copies_to %}", "抄送：{{ copies_to }}。", "{%tr endif %}",
        "{{ issuer }}\t{{ date }}印发",
    )):  # fmt: skip
        paragraph = table.cell(number, 0).paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(22)
        paragraph.paragraph_format.left_indent = Pt(14)
        paragraph.paragraph_format.right_indent = Pt(14)
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Pt(TEXT_WIDTH_PT - 28), WD_TAB_ALIGNMENT.RIGHT
        )
        _off_the_grid(paragraph)
        _face(paragraph.add_run(words), SONG_LIKE, 14)
    table.columns[0].width = Pt(TEXT_WIDTH_PT)
    properties = table._tbl.tblPr  # noqa: SLF001
    place = OxmlElement("w:tblpPr")
    for name, value in (
        ("vertAnchor", "margin"),
        ("horzAnchor", "margin"),
        ("tblpYSpec", "bottom"),
    ):
        place.set(qn(f"w:{name}"), value)
    properties.insert_element_before(
        place, "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize", "w:tblStyleColBandSize",
        "w:tblW", "w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout",
        "w:tblCellMar", "w:tblLook",
    )  # fmt: skip
    borders = OxmlElement("w:tblBorders")
    for side, width in (("top", "8"), ("bottom", "8"), ("insideH", "6")):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", width), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    say("")


def _table(document: Any, columns: tuple[tuple[str, str, int], ...], rows: str) -> None:
    """A table with a heading and one row for each of `rows`; widths in millimetres."""
    table = document.add_table(rows=4, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    for index, (title, words, width_mm) in enumerate(columns):
        for number, text in ((0, title), (2, words)):
            paragraph = table.cell(number, index).paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(18)
            _off_the_grid(paragraph)
            _face(paragraph.add_run(text), BLACK if number == 0 else SONG_LIKE, 12)
        table.columns[index].width = Mm(width_mm)
        for row in table.rows:
            row.cells[index].width = Mm(width_mm)
    table.cell(1, 0).paragraphs[0].add_run(f"{{%tr for row in {rows} %}}")
    table.cell(3, 0).paragraphs[0].add_run("{%tr endfor %}")


class _Writer:
    """Adds paragraphs in one face and size."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def __call__(
        self,
        words: str,
        align: Any = LEFT,
        font: str = SONG_LIKE,
        size: float = 16,
        *,
        color: RGBColor | None = None,
        indent: bool = False,
        bold: bool = False,
    ) -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(32)
        run = paragraph.add_run(words)
        _face(run, font, size)
        run.font.bold = bold or None
        if font != TITLE:
            _closer(run)
        if color is not None:
            run.font.color.rgb = color
        return paragraph


def _face(run: Any, font: str, size: float) -> None:
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001


def _closer(run: Any) -> None:
    """28 characters to the line without a character grid, which not every program draws alike."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CLOSER_TWIPS))
    # Word insists on the order of a run's properties: spacing before size.
    run._element.get_or_add_rPr().insert_element_before(spacing, "w:sz", "w:szCs")  # noqa: SLF001


def _grid(section: Any) -> None:
    """22 lines to the page."""
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)  # noqa: SLF001
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))
    grid.attrib.pop(qn("w:charSpace"), None)


def _off_the_grid(paragraph: Any) -> None:
    """Lines of a table stand closer than the letter's."""
    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
        off, "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _red_rule(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "16"), ("space", "11"), ("color", "D0021B")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    # Word insists on the order of a paragraph's properties: borders before spacing and place.
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _page_number(section: Any) -> None:
    """— 1 — in 宋体 of size 4 at the foot, the day's anchor below it."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = RIGHT
    for kind, words in (("", "— "), ("begin", ""), ("text", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run(words if not kind else "")
        _face(run, SONG, 14)
        if kind == "text":
            part = OxmlElement("w:instrText")
            part.text = words
            run._r.append(part)  # noqa: SLF001
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            run._r.append(part)  # noqa: SLF001
    anchor = section.footer.add_paragraph()
    _face(anchor.add_run("{{ anchor }}"), SONG, 7.5)


if __name__ == "__main__":
    main()
