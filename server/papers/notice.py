"""The 整改通知书 and the 撤销通知 on paper, in GB/T 9704 layout; PDF and DOCX say the same."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.media.paper.signature import signature_png
from server.media.paper.typesetting import BLACK, SONG, SONG_LIKE, TITLE, faces, typeset
from server.papers.inspection_copy import CopySheet, copy_words

HERE = Path(__file__).parent
TITLE_CHARACTERS_A_LINE = 20
TEXT_WIDTH_PT = 442  # 156 mm
HEAD_PT, RED, HEAD_FONT = 36, "#D0021B", "eastAsia:方正小标宋简体"
NUMERALS = "一二三四五六七八九十"
SIGNATURE_MM = 50


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One clause to mend: where it stands, what was seen, what is to be done, and by whom.

    `clause` is cited whole; `asks` is its text word for word, empty where the source is not held;
    `by` is empty for the station itself.
    """

    clause: str
    title: str
    why: str
    mend: str
    photos: tuple[str, ...] = ()
    asks: str = ""
    remark: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """One letter, in words: days are already written out (2026年11月22日).

    `closing` has at least one sentence: its last stands on the page of the seal.
    """

    issuer: str
    number: str
    title: str
    to: str
    opening: tuple[str, ...]
    items: tuple[NoticeItem, ...]
    closing: tuple[str, ...]
    date: str
    copies_to: str = ""
    record: CopySheet | None = None
    demo: bool = False
    anchor: str = ""


def set_notice_pdf(sheet: NoticeSheet, font_dir: Path | None = None) -> bytes:
    """The letter as PDF/A-like paper in GB/T 9704 layout, ready for the seal."""
    title_fonts = faces(TITLE, font_dir)
    given = {
        **{name.replace("_", "-"): value for name, value in _words(sheet).items()},
        "record": _record(sheet.record) if sheet.record else None,
        "demo": sheet.demo,
        "song-like": faces(SONG_LIKE, font_dir),
        "title-fonts": title_fonts,
        "own-title": title_fonts[0] != TITLE[-1],
        "song": faces(SONG, font_dir),
        "black": faces(BLACK, font_dir),
    }
    return typeset(HERE / "notice.typ", given, font_dir)


def set_notice_docx(sheet: NoticeSheet) -> bytes:
    """The same words as an editable DOCX in the same layout, in the office's own 仿宋.

    The template beside this module may be exchanged for the office's own; it fills in the names
    of `_words`.
    """
    from docxtpl import DocxTemplate

    template = DocxTemplate(HERE / "notice.docx")
    words = _words(sheet)
    head = red_head(words["head"])
    record = _record_in_docx(template, sheet.record) if sheet.record else None
    template.render(
        {**words, "red_head": head, "record": record, "demo": sheet.demo}, autoescape=True
    )
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def red_head(words: str) -> Any:
    """发文机关标志 for a template of Word: red, and on one line however long it is."""
    from docxtpl import RichText

    size = min(HEAD_PT, TEXT_WIDTH_PT // len(words))
    return RichText(words, size=size * 2, color=RED, bold=True, font=HEAD_FONT)


def _record_in_docx(template: Any, record: CopySheet) -> dict[str, Any]:
    """The record's words, with its signatures as pictures."""
    from docx.shared import Mm
    from docxtpl import InlineImage

    words = _record(record)
    for one, signature in zip(words["signatures"], record.drawn, strict=True):
        picture = io.BytesIO(signature_png(signature.strokes))
        one["picture"] = (
            InlineImage(template, picture, width=Mm(SIGNATURE_MM))
            if signature.strokes
            else one["words"]
        )
    return words


def _record(record: CopySheet) -> dict[str, Any]:
    """The record's words as an annex, which has no foot of its own for the hash."""
    words = copy_words(record)
    return words | {"notes": [*words["notes"], f"督导记录的校验码：{record.hash}"]}


def _words(sheet: NoticeSheet) -> dict[str, Any]:
    """Every sentence of the letter, the same for PDF and DOCX."""
    evidence = [
        {"no": index, "clause": f"{item.title}（{item.clause}）", "seen": item.why, "photo": photo}
        for index, (item, photo) in enumerate(
            [(item, photo) for item in sheet.items for photo in item.photos or ("无照片",)], 1
        )
    ]
    annexes = [*(["证据清单"] if evidence else []), *(["督导记录"] if sheet.record else [])]
    return {
        "head": f"{sheet.issuer}文件",
        "number": sheet.number,
        "title": sheet.title,
        "title_lines": title_lines(sheet.title),
        "to": sheet.to,
        "paragraphs": list(sheet.opening),
        "items": [
            {"head": f"{_numeral(index)}、{item.title}（{item.clause}）", "lines": _lines(item)}
            for index, item in enumerate(sheet.items)
        ],
        "closing": list(sheet.closing),
        "attachments": [
            f"{number}.{words}" if len(annexes) > 1 else words
            for number, words in enumerate(annexes, 1)
        ],
        "record_annex": "附件2" if evidence else "附件",
        "evidence": evidence,
        "issuer": sheet.issuer,
        "date": sheet.date,
        "copies_to": sheet.copies_to,
        "anchor": sheet.anchor,
    }


def _lines(item: NoticeItem) -> list[str]:
    said = (
        (f"条款原文：“{item.asks.rstrip('。')}”。", item.asks),
        (f"现场情况：{item.why.rstrip('。')}。", item.why),
        (f"督导员备注：{item.remark.rstrip('。')}。", item.remark),
        (f"整改要求：{item.mend.rstrip('。')}。", item.mend),
        (f"由谁整改：{item.by}。", item.by),
    )
    return [sentence for sentence, given in said if given]


def _numeral(index: int) -> str:
    """一 … 十, 十一 … 九十九: the numbers that first-level headings of a letter bear."""
    tens, ones = divmod(index + 1, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return f"{ten}{NUMERALS[ones - 1] if ones else ''}"


def title_lines(title: str) -> list[str]:
    """The title in lines of like length, broken after 关于…站 rather than inside a name."""
    if len(title) <= TITLE_CHARACTERS_A_LINE:
        return [title]
    for tail in ("限期整改的通知书", "有关内容的通知", "结果的通报", "情况的通报", "的通知"):
        if title.endswith(tail):
            return [title.removesuffix(tail), tail]
    return [title]
