"""The 整改通知书: one station's failed clauses, by when to mend them; PDF and DOCX say the same."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, full_month_text, moment_text
from server.media.paper.typesetting import BLACK, SONG, SONG_LIKE, TITLE, faces, typeset
from server.models.county import County
from server.models.inspection import Inspection
from server.models.phone_event import Photo
from server.models.rectification import Notice, Rectification, RectificationState
from server.models.station import Station
from server.services.county.round_options import names_on_notice
from server.services.inspections.versions import ids_so_far, photos_of
from server.services.mending.notices import notice_number

HERE = Path(__file__).parent
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


def notice_pdf(session: Session, *, notice: Notice, font_dir: Path | None = None) -> bytes:
    """The notice as PDF in GB/T 9704 layout."""
    return set_notice_pdf(notice_sheet(session, notice=notice), font_dir)


def notice_docx(session: Session, *, notice: Notice) -> bytes:
    """The notice as an editable DOCX."""
    return set_notice_docx(notice_sheet(session, notice=notice))


def notice_sheet(session: Session, *, notice: Notice) -> NoticeSheet:
    """What the notice says; what has been mended since still stands in it, for it was issued so."""
    county = session.get_one(County, notice.county)
    station = session.get_one(Station, notice.station_id)
    inspection = session.get_one(Inspection, notice.inspection_id)
    names = {str(one["id"]): str(one["name"]) for one in inspection.standards}
    wanting = list(
        session.scalars(
            sa.select(Rectification)
            .where(
                Rectification.notice_id == notice.id,
                Rectification.state != RectificationState.WITHDRAWN,
            )
            .order_by(Rectification.id)
        )
    )
    seen = (session.get_one(Inspection, one) for one in ids_so_far(session, inspection))
    pictures = _pictures([photo for version in seen for photo in photos_of(session, version)])
    return NoticeSheet(
        issuer=names_on_notice(county, year=notice.year, number=notice.number)[0],
        number=notice_number(county, notice),
        to=station.name,
        period=full_month_text(inspection.day_on),
        inspected=full_day_text(inspection.day_on),
        station=station.name,
        basis=tuple(dict.fromkeys(names.get(one.standard_id, one.standard_id) for one in wanting)),
        items=tuple(
            NoticeItem(
                one.clause, one.title, one.why, one.what_to_do, pictures.get(one.rule_code, ())
            )
            for one in wanting
        ),
        due=full_day_text(notice.due_on),
        date=full_day_text(notice.issued_on),
        hotline=county.hotline,
        demo=station.demo or county.demo,
    )


def set_notice_pdf(sheet: NoticeSheet, font_dir: Path | None = None) -> bytes:
    """The notice as PDF/A-like paper in GB/T 9704 layout, ready for the seal."""
    title_fonts = faces(TITLE, font_dir)
    given = {
        **_notice_words(sheet),
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


def _pictures(photos: Iterable[Photo]) -> dict[str, tuple[str, ...]]:
    """What the evidence list says of each clause's photos."""
    found: dict[str, tuple[str, ...]] = {}
    for number, photo in enumerate(photos, 1):
        code = str(photo.phone_notes.get("rule_code"))
        words = f"照片{number}，{moment_text(photo.taken_at)}，{_short(photo.id)}"
        found[code] = (*found.get(code, ()), words)
    return found


def _short(photo_id: UUID) -> str:
    return photo_id.hex[:8]
