"""Makes the .xlsx files that offices and other programs make, cell by cell, sound or odd."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Raw:
    """A cell as its XML stands in the file; {ref} is put in."""

    xml: str


def formula(text: str, value: str | None = None, kind: str = "") -> Raw:
    """A formula, with what was calculated; None for one that nothing ever calculated."""
    kind = f' t="{kind}"' if kind else ""
    shown = "<v></v>" if value is None else f"<v>{escape(value)}</v>"
    return Raw(f'<c r="{{ref}}"{kind}><f>{escape(text)}</f>{shown}</c>')


def number(value: float, style: int = 0) -> Raw:
    """A number in one of the book's styles."""
    return Raw(f'<c r="{{ref}}" s="{style}"><v>{value}</v></c>')


def day(value: date, style: int = 1, *, from_1904: bool = False) -> Raw:
    """A day number; style 1 is yyyy-mm-dd unless the book has other styles."""
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    return number((value - start).days, style)


@dataclass
class Tab:
    """One sheet."""

    rows: Sequence[Sequence[Any]]
    name: str = "站点"
    state: str = "visible"
    merges: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    dimension: str = ""
    after: str = ""  # more rows, as XML
    references: bool = True  # False: as some programs write it, cells and rows without a place


def letters(column: int) -> str:
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(value: Any, ref: str, *, references: bool) -> str:
    place = f' r="{ref}"' if references else ""
    if value is None or value == "":
        return "" if references else f"<c{place}/>"
    if isinstance(value, Raw):
        xml = value.xml.format(ref=ref)
        return xml if references else xml.replace(f' r="{ref}"', "")
    if isinstance(value, int | float):
        return f"<c{place}><v>{value}</v></c>"
    text = escape(str(value))
    return f'<c{place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _sheet(tab: Tab) -> str:
    rows = []
    for line, row in enumerate(tab.rows, 1):
        cells = "".join(
            _cell(value, f"{letters(column)}{line}", references=tab.references)
            for column, value in enumerate(row)
        )
        place = f' r="{line}"' if tab.references else ""
        hidden = ' hidden="1"' if line in tab.hidden_rows else ""
        rows.append(f"<row{place}{hidden}>{cells}</row>")
    cols = "".join(
        f'<col min="{one + 1}" max="{one + 1}" width="9" hidden="1"/>' for one in tab.hidden_columns
    )
    merges = "".join(f'<mergeCell ref="{one}"/>' for one in tab.merges)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}">'
        + (f'<dimension ref="{tab.dimension}"/>' if tab.dimension else "")
        + (f"<cols>{cols}</cols>" if cols else "")
        + f"<sheetData>{''.join(rows)}{tab.after}</sheetData>"
        + (f"<mergeCells>{merges}</mergeCells>" if merges else "")
        + "</worksheet>"
    )


def xlsx(
    *tabs: Tab,
    active: int = 0,
    formats: Iterable[str | int] = ("yyyy-mm-dd",),
    shared: Sequence[str] = (),
    from_1904: bool = False,
    calculates: bool = False,
    extra: dict[str, str | bytes] | None = None,
) -> bytes:
    """A book of these sheets; style 1 is the first of `formats` (a number for a
    built-in one), a cell may name `shared` texts."""
    codes = list(formats)
    numbers = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(str(code))}/>'
        for place, code in enumerate(codes)
        if isinstance(code, str)
    )
    styles = "".join(
        f'<xf numFmtId="{164 + place if isinstance(code, str) else code}"/>'
        for place, code in enumerate(codes)
    )
    sheets = "".join(
        f'<sheet name={quoteattr(tab.name)} sheetId="{n}" state="{tab.state}" r:id="rId{n}"/>'
        for n, tab in enumerate(tabs, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(tabs) + 1)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        f'<workbookPr date1904="{int(from_1904)}"/>'
        f'<bookViews><workbookView activeTab="{active}"/></bookViews><sheets>{sheets}</sheets>'
        f'<calcPr fullCalcOnLoad="{int(calculates)}"/></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}'
        f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{LINKS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{numbers}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f"<si>{one}</si>" for one in shared)
        + "</sst>",
        **{f"xl/worksheets/sheet{n}.xml": _sheet(tab) for n, tab in enumerate(tabs, 1)},
        **(extra or {}),
    }
    return packed(parts)


def remark_parts(sheet: int, **texts: str) -> dict[str, str | bytes]:
    """The parts that hang these remarks on cells (by name) of a sheet, counted from 1."""
    listed = "".join(
        f'<comment ref="{ref}" authorId="0"><text><r><t>{escape(text)}</t></r></text></comment>'
        for ref, text in texts.items()
    )
    return {
        f"xl/worksheets/_rels/sheet{sheet}.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r" Type="{LINKS}/comments" Target="../comments{sheet}.xml"/>'
        "</Relationships>",
        f"xl/comments{sheet}.xml": f'<comments xmlns="{MAIN}"><commentList>{listed}'
        "</commentList></comments>",
    }


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def bordered_blanks(first: int, last: int, columns: int) -> str:
    """Rows that hold nothing but a border."""
    return "".join(
        f'<row r="{line}">'
        + "".join(f'<c r="{letters(column)}{line}" s="1"/>' for column in range(columns))
        + "</row>"
        for line in range(first, last + 1)
    )


def locked() -> bytes:
    """What a password leaves of an .xlsx file: an old container with an encrypted package."""
    names = "".join(name.ljust(32, "\0") for name in ("Root Entry", "EncryptedPackage"))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names.encode("utf-16-le")


def old_xls() -> bytes:
    """The beginning of an .xls file, as far as anybody looks."""
    name = "Root Entry".ljust(32, "\0") + "Workbook".ljust(32, "\0")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name.encode("utf-16-le")
