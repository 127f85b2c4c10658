"""Sets the papers of a round: 整改通知书 as PDF and DOCX, an inspection's copy, the report."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from server.media.signature import signature_svg
from server.media.typeface import font_files

HERE = Path(__file__).parent
# An office's own faces from FONT_DIR come first; Noto stands in where it has none.
SONG_LIKE = ("FangSong_GB2312", "FangSong", "FZFangSong-Z02", "STFangsong", "Noto Serif SC")
TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "Noto Serif SC")
SONG = ("SimSun", "Noto Serif SC")
BLACK = ("SimHei", "Noto Sans SC")
SCREEN = ("Noto Sans SC",)
TITLE_CHARACTERS_A_LINE = 20
TEXT_WIDTH_PT = 442  # 156 mm
HEAD_PT, RED, HEAD_FONT = 36, "#D0021B", "eastAsia:方正小标宋简体"


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One clause to mend: what it asks, what was seen, what to do."""

    clause: str
    title: str
    why: str
    mend: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """One 整改通知书; days are already written out (2026年11月22日)."""

    issuer: str
    number: str
    to: str
    period: str
    inspected: str
    station: str
    basis: tuple[str, ...]
    items: tuple[NoticeItem, ...]
    due: str
    date: str
    hotline: str = ""
    demo: bool = False

    @property
    def title(self) -> str:
        """The letter's title."""
        return f"关于{self.station}限期整改的通知书"


@dataclass(frozen=True, slots=True)
class CopySheet:
    """An inspection's copy: `head` are label and value pairs, two to a line."""

    title: str
    head: tuple[tuple[str, str], ...]
    result: str
    unanswered: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    inspector_strokes: Sequence[Any]
    keeper_strokes: Sequence[Any]
    keeper_words: str
    notes: tuple[str, ...]
    hash: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One table of the report; width 0 means as wide as needed, align is l or r per column."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    widths: tuple[float, ...]
    align: str
    empty: str = "没有"


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """A round's result."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[ReportSection, ...]
    footer: str
    demo: bool = field(default=False)


def notice_pdf(sheet: NoticeSheet, font_dir: Path | None = None) -> bytes:
    """The notice as PDF/A-like paper in GB/T 9704 layout, ready for the seal."""
    families = _families(font_dir)
    title_fonts = [face for face in TITLE if face in families]
    given = {
        **_notice_words(sheet),
        "demo": sheet.demo,
        "song-like": [face for face in SONG_LIKE if face in families],
        "title-fonts": title_fonts,
        "own-title": title_fonts[0] != TITLE[-1],
        "song": [face for face in SONG if face in families],
        "black": [face for face in BLACK if face in families],
    }
    return _typeset("notice.typ", given, font_dir)


def notice_docx(sheet: NoticeSheet) -> bytes:
    """The same words as an editable DOCX in the same layout, in the office's own 仿宋.

    The template beside this module may be exchanged for the office's own; it fills in the names
    of `_notice_words`.
    """
    from docxtpl import DocxTemplate, RichText

    template = DocxTemplate(HERE / "notice.docx")
    words = _notice_words(sheet)
    size = min(HEAD_PT, TEXT_WIDTH_PT // len(words["head"]))  # on one line, however long
    head = RichText(words["head"], size=size * 2, color=RED, bold=True, font=HEAD_FONT)
    template.render({**words, "red_head": head, "demo": sheet.demo}, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def inspection_copy_pdf(sheet: CopySheet, font_dir: Path | None = None) -> bytes:
    """The copy of one inspection; signatures as they were drawn."""
    given = {
        **{
            name: value
            for name, value in asdict(sheet).items()
            if name not in ("inspector_strokes", "keeper_strokes", "keeper_words")
        },
        "fonts": [face for face in SCREEN if face in _families(font_dir)],
        "signatures": [
            _signature("督导员签名", sheet.inspector_strokes, "没有签名"),
            _signature("站长签名", sheet.keeper_strokes, sheet.keeper_words),
        ],
    }
    return _typeset("inspection_copy.typ", given, font_dir)


def report_pdf(sheet: ReportSheet, font_dir: Path | None = None) -> bytes:
    """A round's result as tables on A4 landscape."""
    given = asdict(sheet) | {"fonts": [face for face in SCREEN if face in _families(font_dir)]}
    for section in given["sections"]:
        section["align"] = list(section["align"])
    return _typeset("round_report.typ", given, font_dir)


def _notice_words(sheet: NoticeSheet) -> dict[str, Any]:
    """Every sentence of the notice, the same for PDF and DOCX."""
    numbers = "一二三四五六七八九十"
    evidence = [
        {"no": index, "clause": f"{item.clause} {item.title}", "seen": item.why, "photo": photo}
        for index, (item, photo) in enumerate(
            [(item, photo) for item in sheet.items for photo in item.photos or ("无照片",)], 1
        )
    ]
    attachments = ["1.证据清单", "2.督导记录"] if evidence else []
    return {
        "head": f"{sheet.issuer}文件",
        "number": sheet.number,
        "title": sheet.title,
        "title_lines": _title_lines(sheet.title),
        "title-lines": _title_lines(sheet.title),
        "to": sheet.to,
        "paragraphs": [
            (
                f"{sheet.inspected}，{sheet.issuer}对{sheet.station}开展{sheet.period}督导验收。"
                f"对照{'、'.join(f'《{name}》' for name in sheet.basis)}，"
                f"发现下列{len(sheet.items)}项不符合要求，现通知你站限期整改。"
            )
        ],
        "items": [
            {
                "head": f"{numbers[index] if index < 10 else index + 1}、"
                f"{item.title}（标准{item.clause}）",
                "why": f"现场情况：{item.why.rstrip('。')}。",
                "mend": f"整改要求：{item.mend.rstrip('。')}。",
            }
            for index, item in enumerate(sheet.items)
        ],
        "closing": [
            (
                f"请于{sheet.due}前完成整改，并在手机“今天”页面逐项拍照上报。"
                "由县、乡镇或督导员验收后办结；逾期未改的，将报乡镇和县专班督办。"
            ),
            *([f"如有疑问或不同意见，请拨打{sheet.hotline}。"] if sheet.hotline else []),
        ],
        "attachments": attachments,
        "evidence": evidence,
        "issuer": sheet.issuer,
        "date": sheet.date,
    }


def _title_lines(title: str) -> list[str]:
    """The title in lines of like length, broken after 关于…站 rather than inside a name."""
    if len(title) <= TITLE_CHARACTERS_A_LINE:
        return [title]
    cut = title.rfind("限期整改的通知书")
    return [title[:cut], title[cut:]] if cut > 0 else [title]


def _signature(label: str, strokes: Sequence[Any], words: str) -> dict[str, Any]:
    return {"label": label, "svg": signature_svg(strokes) if strokes else None, "words": words}


@cache
def _fonts(folders: tuple[Path, ...]) -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


def _loaded(font_dir: Path | None) -> Any:
    return _fonts(tuple(dict.fromkeys(font.parent for font in font_files(font_dir))))


def _families(font_dir: Path | None) -> set[str]:
    return set(_loaded(font_dir).families())


def _typeset(template: str, given: dict[str, Any], font_dir: Path | None) -> bytes:
    import typst

    pdf: bytes = typst.compile(
        (HERE / template).read_bytes(),
        font_paths=_loaded(font_dir),
        sys_inputs={"data": json.dumps(given, ensure_ascii=False, default=str)},
        format="pdf",
        pdf_tags=False,
    )
    return pdf
