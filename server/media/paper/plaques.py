"""Print stations' plaques and door stickers, and read every printed code again before release."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from server.errors import Invalid
from server.media.paper.qr import Level, qr_modules, qr_svg, require_readable, token_in
from server.media.paper.reading_back import PDFIUM
from server.media.paper.typeface import font_files, unprintable

Kind = Literal["a4", "sticker"]

A4_MM = (210.0, 297.0)
_POINTS_A_MM = 72 / 25.4

# An office that owns a heavy face gets it; else Noto, thickened a little by the template.
_FACES = ("FZDaHei-B02S", "FZHei-B01S", "SimHei", "Source Han Sans SC", "Noto Sans SC",
          "Noto Serif SC")  # fmt: skip

# A village's name stands above the words that 附件3 二（2） asks for.
_KINDS = re.compile(r"(.{2,}?)(快递(?:综合服务站|便民服务点).*|统仓共配中心.*)")
_LONGEST_LINE = 13
_MOST_HOURS = 5


class PlaqueUnreadable(Exception):  # noqa: N818 - named like the problems a person reads
    """A code on a finished page does not read back as its station's address; nothing is released.

    It means a mistake of ours (template, fonts, encoder), so it is no `Problem` of the user's.
    """


@dataclass(frozen=True, slots=True)
class PlaqueSheet:
    """What one plaque says; `url` is what its code holds, `hours` one printed line each."""

    name: str
    number: str
    level_label: str
    hours: tuple[str, ...]
    hotline: str
    url: str
    county: str
    township: str
    plate_no: int
    operator: str = ""
    demo: bool = False


Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of plaque is printed and read back; lengths in millimetres.

    A4 signs hang outdoors for years: level Q survives more dirt, and at 86 mm its squares are
    still 2 mm wide. On a small sticker larger squares help more than correction (h5 report,
    section 2), so M. `read_dpi` gives the finest square allowed at least three pixels.
    """

    template: str
    level: Level
    code_mm: float
    code_at: tuple[float, float]  # within its cell
    cells: tuple[Box, ...]
    read_dpi: int


_FORMS: dict[Kind, _Form] = {
    "a4": _Form("plaque_a4.typ", "Q", 86.0, (16.0, 110.0), ((0.0, 0.0, *A4_MM),), 72),
    "sticker": _Form(
        "plaque_sticker.typ",
        "M",
        42.0,
        (2.5, 22.0),
        tuple((10.0 + 97 * column, 10.0 + 70 * row, 93.0, 66.0)
              for row in range(4) for column in range(2)),
        96,
    ),
}  # fmt: skip


def plaques_pdf(
    sheets: Sequence[PlaqueSheet], kind: Kind = "a4", font_dir: Path | None = None
) -> bytes:
    """A PDF of A4 plaques, one a page, or of door stickers, eight a page, in the order given.

    Every code is read back from the finished pages. Raises `Invalid`: plaques-none,
    plaque-glyph-missing, plaque-text-missing, plaque-hours-many, qr-too-fine; and
    `PlaqueUnreadable`.
    """
    if not sheets:
        raise Invalid("plaques-none", "没有要打印的标牌。请先给站点发编号，再来打印。")
    form = _FORMS[kind]
    fonts = font_files(font_dir)
    entries = [_entry(sheet, form) for sheet in sheets]
    _require_printable(sheets, entries, fonts)
    pdf = _typeset(entries, form, fonts, title=f"{sheets[0].county}快递服务站点标识牌")
    _read_back(pdf, sheets, form)
    return pdf


def name_lines(name: str) -> list[str]:
    """Break a sign's name where a reader would: the place, then what kind of station it is."""
    found = _KINDS.fullmatch(name)
    parts = list(found.groups()) if found else [name]
    lines = []
    for part in parts:
        rows = -(-len(part) // _LONGEST_LINE)
        length = -(-len(part) // rows)
        lines += [part[start : start + length] for start in range(0, len(part), length)]
    return lines


def _entry(sheet: PlaqueSheet, form: _Form) -> dict[str, Any]:
    """One sheet's words as the template places them."""
    if not (sheet.name.strip() and sheet.number.strip()):
        raise Invalid(
            "plaque-text-missing",
            f"{sheet.number or sheet.name or '有一个站点'}的名称或编号是空的，标牌没有打印。"
            "请先把站点资料补全。",
        )
    if len(sheet.hours) > _MOST_HOURS:
        raise Invalid(
            "plaque-hours-many",
            f"{sheet.number} 的营业时间有 {len(sheet.hours)} 行，标牌上最多印 {_MOST_HOURS} 行。"
            "请把相同的日子合并成一行。",
            number=sheet.number,
        )
    modules = qr_modules(sheet.url, form.level)
    require_readable(modules, form.code_mm)
    token = token_in(sheet.url)
    return {
        "name_lines": name_lines(sheet.name.strip()),
        "number": sheet.number,
        "level_label": sheet.level_label,
        "place": " · ".join(part for part in (sheet.county, sheet.township) if part),
        "hours": list(sheet.hours) or ["以店内公告为准"],
        "hotline": f"监督服务电话 {sheet.hotline}" if sheet.hotline else f"{sheet.county}快递进村",
        "typed": _in_groups(token.upper()) if token else sheet.number,
        "url": sheet.url.partition("://")[2] or sheet.url,
        "footer": " · ".join(
            part
            for part in (
                f"{sheet.county}农村寄递物流 快递进村",
                f"运营企业：{sheet.operator}" if sheet.operator else "",
                f"{sheet.number} 第 {sheet.plate_no} 块",
            )
            if part
        ),
        "demo": sheet.demo,
        "qr": qr_svg(modules),
    }


def _in_groups(token: str) -> str:
    return " ".join(token[start : start + 4] for start in range(0, len(token), 4))


def _require_printable(
    sheets: Sequence[PlaqueSheet], entries: Sequence[dict[str, Any]], fonts: Sequence[Path]
) -> None:
    """Refuse characters that would come out as empty boxes, naming the first sign that has one."""
    words = ["".join(_words(entry)) for entry in entries]
    missing = unprintable("".join(words), fonts)
    if not missing:
        return
    sheet = next(s for s, said in zip(sheets, words, strict=True) if set(missing) & set(said))
    raise Invalid(
        "plaque-glyph-missing",
        f"{sheet.number} {sheet.name} 里有字印不出来：{' '.join(missing)}。"
        "请换成常用写法，或者把有这个字的字体放进字体文件夹（CZT_FONT_DIR）后再打印。",
        number=sheet.number,
        characters=missing,
    )


def _words(entry: dict[str, Any]) -> Iterator[str]:
    for name, value in entry.items():
        if isinstance(value, str) and name != "qr":
            yield value
        elif isinstance(value, list):
            yield from value


@cache
def _loaded(folders: tuple[Path, ...]) -> Any:
    """The fonts in memory; loading takes 30 ms, and the same ones serve every print."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


def _typeset(
    entries: Sequence[dict[str, Any]], form: _Form, fonts: Sequence[Path], *, title: str
) -> bytes:
    import typst

    loaded = _loaded(tuple(dict.fromkeys(font.parent for font in fonts)))
    families = set(loaded.families())
    given = {
        "title": title,
        "fonts": [face for face in _FACES if face in families],
        "cells": form.cells,
        "sheets": entries,
    }
    template = (Path(__file__).parent / form.template).read_bytes()
    pdf: bytes = typst.compile(
        template, font_paths=loaded, sys_inputs={"data": json.dumps(given)}, format="pdf",
        pdf_tags=False,
    )  # fmt: skip
    return pdf


def _read_back(pdf: bytes, sheets: Sequence[PlaqueSheet], form: _Form) -> None:
    """Rasterise each code from the finished PDF and compare it and the number with its sheet."""
    import pypdfium2

    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        pages = -(-len(sheets) // len(form.cells))
        if len(document) != pages:
            raise PlaqueUnreadable(f"{len(document)} pages for {pages}: a text ran over")
        for index, page in enumerate(document):
            first = index * len(form.cells)
            words = page.get_textpage()
            for sheet, cell in zip(sheets[first:], form.cells, strict=False):
                seen = _seen_code(page, cell, form)
                if seen != [sheet.url]:
                    raise PlaqueUnreadable(f"{sheet.number}: its code reads {seen or 'nothing'}")
                if sheet.number not in _seen_words(words, cell):
                    raise PlaqueUnreadable(f"{sheet.number}: its number is not on its plaque")


def _seen_code(page: Any, cell: Box, form: _Form) -> list[str]:
    """What a scanner reads where the code is printed; only that part is rasterised, for speed."""
    import zxingcpp

    left, top = cell[0] + form.code_at[0], cell[1] + form.code_at[1]
    margins = (
        left,
        A4_MM[1] - top - form.code_mm,
        A4_MM[0] - left - form.code_mm,
        top,
    )
    shades = page.render(
        scale=form.read_dpi / 72,
        crop=tuple(margin * _POINTS_A_MM for margin in margins),
        grayscale=True,
        may_draw_forms=False,
    ).to_numpy()
    found = zxingcpp.read_barcodes(
        shades.reshape(shades.shape[:2]), zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found]


def _seen_words(words: Any, cell: Box) -> str:
    left, top, width, height = (length * _POINTS_A_MM for length in cell)
    above = A4_MM[1] * _POINTS_A_MM - top
    shown: str = words.get_text_bounded(
        left=left, right=left + width, top=above, bottom=above - height
    )
    return shown
