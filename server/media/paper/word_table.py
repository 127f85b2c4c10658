"""A table in a Word document: column widths that hold, a header on every page, whole rows."""

from collections.abc import Iterable, Sequence
from typing import Any


def word_table(
    document: Any,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    *,
    width_pt: float,
    size_pt: float,
    faces: tuple[str, str],
    align: str = "",
) -> Any:
    """Put a table at the end of a document; it may be moved from there.

    `widths` are shares of `width_pt`; `faces` the header's typeface and that of the rows; `align`
    has an r for each column of figures.
    """
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    made = document.add_table(rows=0, cols=len(header), style="Table Grid")
    made.autofit = False
    columns = [Pt(width_pt * share / sum(widths)) for share in widths]
    # WPS and LibreOffice go by the grid, Word by the cells.
    for column, width in zip(made.columns, columns, strict=True):
        column.width = width
    for number, row in enumerate((header, *rows)):
        line = made.add_row()
        marks = line._tr.get_or_add_trPr()  # noqa: SLF001
        for mark in ("w:cantSplit", *(["w:tblHeader"] if number == 0 else [])):
            marks.append(OxmlElement(mark))
        for place, (cell, words, width) in enumerate(zip(line.cells, row, columns, strict=True)):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(size_pt * 1.5)
            # Else the page's grid of lines (28.95 pt) spreads the rows.
            grid = OxmlElement("w:snapToGrid")
            grid.set(qn("w:val"), "0")
            paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
                grid, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
            )
            if align[place : place + 1] == "r":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run, face = paragraph.add_run(words), faces[min(number, 1)]
            run.font.name, run.font.size = face, Pt(size_pt)
            run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return made
