"""Sets a monthly report or the office's summary: PDF, DOCX to be edited on, XLSX."""

import io
from pathlib import Path
from typing import Any

from server.media.paper.typesetting import BLACK, SONG_LIKE, TITLE, faces, typeset
from server.media.paper.word_table import word_table
from server.media.paper.workbook import Workbook
from server.papers.monthly_words import MonthlyPaper

HERE = Path(__file__).parent
KINDS = ("pdf", "docx", "xlsx")
WORD_FONT, WORD_TITLE, WORD_BLACK = "仿宋_GB2312", "方正小标宋简体", "黑体"
TEXT_MM = 156  # 210 less 28 and 26, as GB/T 9704 has it
XLSX_WIDTH = 15  # characters for each share of a table


def monthly_file(paper: MonthlyPaper, kind: str, font_dir: Path | None = None) -> bytes:
    """The paper as one of `KINDS`; all say the same, and the same words give the same bytes."""
    if kind == "xlsx":
        return _xlsx(paper)
    return _docx(paper) if kind == "docx" else _pdf(paper, font_dir)


def _pdf(paper: MonthlyPaper, font_dir: Path | None) -> bytes:
    given = {
        "title": paper.title,
        "to": paper.to,
        "lines": paper.lines,
        "chapters": [
            {"heading": one.heading, "paragraphs": one.paragraphs} for one in paper.chapters
        ],
        "tables": [
            {"title": one.title, "header": one.header, "rows": one.rows, "widths": one.widths}
            for one in paper.tables
        ],
        "signed": paper.signed,
        "stamp": paper.stamp,
        "footer": paper.footer.text,
        "demo": paper.demo,
        "song-like": faces(SONG_LIKE, font_dir),
        "title-fonts": faces(TITLE, font_dir),
        "black": faces(BLACK, font_dir),
    }
    return typeset(HERE / "monthly_report.typ", given, font_dir)


def _xlsx(paper: MonthlyPaper) -> bytes:
    book = Workbook(paper.title, created=paper.created, foot=paper.footer)
    said = [
        (
            chapter.heading.split("、", 1)[-1],
            "\n".join(lead + text for lead, text in chapter.paragraphs),
        )
        for chapter in paper.chapters
    ]
    demo = [("说明", "演示数据，不是真实报送")] if paper.demo else []
    book.sheet(
        "报送", ("项目", "内容"), [*paper.lines, *said, *demo, ("凭证", paper.stamp)], (18, 100)
    )
    for table in paper.tables:
        name = table.title.partition("（")[0]
        widths = [round(XLSX_WIDTH * share) for share in table.widths]
        book.sheet(name, table.header, table.rows, widths)
    return book.content()


def _docx(paper: MonthlyPaper) -> bytes:
    """The same words in the office's own faces, to be edited on."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    document: Any = Document()
    [section] = document.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = WORD_FONT, Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), WORD_FONT)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = Pt(28.9)

    def say(
        words: str,
        *,
        font: str = WORD_FONT,
        size: float = 16,
        where: Any = None,
        indent: bool = True,
    ) -> Any:
        line = document.add_paragraph()
        if where is not None:
            line.alignment = where
        if indent:
            line.paragraph_format.first_line_indent = Pt(2 * size)
        run = line.add_run(words)
        run.font.name, run.font.size = font, Pt(size)
        run.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), font)
        return line

    center, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    if paper.demo:
        mark = say("演示数据，不是真实报送", font=WORD_BLACK, size=12, where=right, indent=False)
        mark.runs[0].font.color.rgb = RGBColor(0xB3, 0x26, 0x1E)
    title = say(paper.title, font=WORD_TITLE, size=22, where=center, indent=False)
    title.paragraph_format.line_spacing = Pt(36)
    title.paragraph_format.space_after = Pt(16)
    say(f"{paper.to}：", indent=False)
    for label, text in paper.lines:
        say(f"{label}：{text}")
    for chapter in paper.chapters:
        say(chapter.heading, font=WORD_BLACK)
        for lead, text in chapter.paragraphs or (("", "（没有）"),):
            say(f"{lead}{text}")
    say("", indent=False)
    for words in paper.signed:
        say(words, where=right, indent=False)
    for table in paper.tables:
        say(table.title, font=WORD_BLACK, size=14, indent=False)
        word_table(
            document,
            table.header,
            table.rows or [("没有", *[""] * (len(table.header) - 1))],
            table.widths,
            width_pt=Mm(TEXT_MM).pt,
            size_pt=10.5,
            faces=(WORD_BLACK, WORD_FONT),
        )
    say(paper.stamp, size=9, indent=False)
    foot = section.footer.paragraphs[0].add_run(paper.footer.text)
    foot.font.size = Pt(9)
    properties = document.core_properties
    properties.title, properties.author = paper.title, ""
    properties.created = properties.modified = paper.created.replace(tzinfo=None)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
