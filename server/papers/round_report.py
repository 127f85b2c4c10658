"""Gathers what a round's papers say, and has them set: notice, copy, report."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, full_month_text, moment_text
from server.media.round_paper import (
    CopySheet,
    NoticeItem,
    NoticeSheet,
    ReportSection,
    ReportSheet,
    inspection_copy_pdf,
    report_pdf,
)
from server.media.round_paper import notice_docx as set_docx
from server.media.round_paper import notice_pdf as set_pdf
from server.models.county import County
from server.models.inspection import Inspection
from server.models.phone_event import Photo
from server.models.rectification import Notice, Rectification, RectificationState
from server.models.station import Station
from server.papers.round_sheet import TOTAL_COLUMNS
from server.policy.standard import Standard
from server.services.county.round_options import names_on_notice
from server.services.inspections.copies import copy_of, ids_so_far, photos_of
from server.services.mending.notices import notice_number
from server.services.rounds.contents import RoundContent, sample_text

__all__ = ["inspection_pdf", "notice_docx", "notice_pdf", "notice_sheet", "round_pdf"]


def notice_pdf(session: Session, *, notice: Notice, font_dir: Path | None = None) -> bytes:
    """The notice as PDF in GB/T 9704 layout."""
    return set_pdf(notice_sheet(session, notice=notice), font_dir)


def notice_docx(session: Session, *, notice: Notice) -> bytes:
    """The notice as an editable DOCX."""
    return set_docx(notice_sheet(session, notice=notice))


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


def inspection_pdf(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
) -> bytes:
    """The copy that keeper and office keep."""
    copied = copy_of(session, inspection, standards=standards)
    station, campaign = copied["station"], copied["campaign"]
    place = (
        "未记录" if copied["distance_m"] is None else f"离登记位置约{copied['distance_m']:.0f}米"
    )
    sheet = CopySheet(
        title="快递服务站点督导记录",
        head=(
            ("站点", f"{station['code'] or '未编号'} {station['name']}"),
            ("类别", f"{station['township_name']} {station['level_label']}"),
            ("轮次", f"{campaign['period']} {campaign['name']}" if campaign else "轮次之外的督导"),
            ("版本", _version_text(copied)),
            ("督导员", copied["inspector_name"]),
            ("站长", copied["keeper_name"] or "未记录"),
            ("到达", moment_text(copied["arrived_at"])),
            ("离开", moment_text(copied["finished_at"]) + _unverified(copied)),
            ("定位", place),
            ("签字情况", _outcome(copied)),
        ),
        result=f"结论：{copied['status'].label}"
        + (f"，{copied['fails']}条不符合" if copied["fails"] else ""),
        unanswered=tuple(copied["unanswered"]),
        rows=tuple(
            {
                "clause": row["clause"],
                "title": row["title"],
                "verdict": row["verdict_label"],
                "against": row["counts_against"],
                "why": _why(row),
                "keeper": row["keeper_verdict_label"],
            }
            for row in copied["rows"]
        ),
        inspector_strokes=inspection.inspector_signature,
        keeper_strokes=inspection.keeper_signature,
        keeper_words=_outcome(copied),
        notes=(
            "所用标准："
            + "；".join(f"{one['name']}（{one['id']}，{one['sha256'][:12]}）"
                      for one in copied["standards"]),
            *([f"标识牌：{copied['sign_remark']}"] if copied["sign_remark"] else []),
            "本记录在收到时即已固定，以后的更正另出新版，原版保留。",
        ),
        hash=copied["frozen_sha256"],
        demo=station["demo"],
    )  # fmt: skip
    return inspection_copy_pdf(sheet, font_dir)


def round_pdf(content: RoundContent, font_dir: Path | None = None) -> bytes:
    """The round's result for the file: totals, townships, clauses, stations, comparison."""
    figures, campaign = content.figures, content.figures["campaign"]
    totals = figures["totals"]
    opens, due = (date.fromisoformat(campaign[name]) for name in ("opens_on", "due_on"))
    sections = [
        ReportSection(
            "各乡镇",
            ("乡镇", *(label for _, label in TOTAL_COLUMNS)),
            [
                (one["name"], *(str(one[name]) for name, _ in TOTAL_COLUMNS))
                for one in figures["townships"]
            ],
            (2, *(1.0,) * len(TOTAL_COLUMNS)),
            "l" + "r" * len(TOTAL_COLUMNS),
        ),
        ReportSection(
            "各条款",
            ("条款", "内容", "符合", "不符合", "未知"),
            [
                (one["clause"], one["title"], *(str(one[name]) for name in _VERDICTS))
                for one in figures["clauses"]
                if any(one[name] for name in _VERDICTS)
            ],
            (3, 3, 1, 1, 1),
            "llrrr",
        ),
        *([_compared(content.compared)] if content.compared else []),
        ReportSection(
            "各站点",
            ("编号", "站点", "乡镇", "督导员", "日期", "状态", "结论", "不符合条款"),
            [
                (
                    one["code"] or "", one["name"], one["township"], one["inspector"],
                    one["day_on"] or "", one["state_label"], one["status_label"],
                    "；".join(one["fails"]),
                )
                for one in figures["stations"]
            ],
            (0, 3, 1.3, 1, 0, 0, 0, 4),
            "llllllll",
        ),
    ]  # fmt: skip
    sheet = ReportSheet(
        title=f"{content.title}结果",
        lines=(
            content.stamp + (f"。再报的原因：{content.because}" if content.because else ""),
            f"{full_day_text(opens)}至{full_day_text(due)}，{sample_text(campaign)}。",
            "，".join(f"{label}{totals[name]}" for name, label in TOTAL_COLUMNS) + "。",
            "所用标准："
            + "；".join(str(one.get("name", one["id"])) for one in campaign["standards"])
            + "。",
        ),
        sections=tuple(sections),
        footer="　".join(filter(None, (content.annex.get("issuer"), content.stamp))),
        demo=content.demo,
    )
    return report_pdf(sheet, font_dir)


_VERDICTS = ("pass", "fail", "unknown")


def _compared(compared: Mapping[str, Any]) -> ReportSection:
    earlier = compared["earlier"]
    kinds = ("mended", "still_failing", "newly_failing", "steady", "not_comparable")
    return ReportSection(
        f"与{earlier['period']} {earlier['name']}相比"
        f"（{len(compared['stations'])}个站点两轮都查了）",
        ("条款", "内容", "已改好", "仍不符合", "新出现", "保持符合", "不可比"),
        [
            (one["clause"], one["title"], *(str(one[kind]) for kind in kinds))
            for one in compared["clauses"]
            if any(one[kind] for kind in kinds[:4])
        ],
        (3, 3, 1, 1, 1, 1, 1),
        "llrrrrr",
        "两轮没有可比的条款",
    )


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


def _version_text(copied: Mapping[str, Any]) -> str:
    because = f"（更正：{copied['amended_because']}）" if copied["amended_because"] else ""
    old = "，已有更新的一版" if copied["newer_id"] else ""
    return f"第{copied['version']}版{because}{old}"


def _outcome(copied: Mapping[str, Any]) -> str:
    why = copied["refusal"] or copied["outcome_note"]
    return f"{copied['outcome_label']}：{why}" if why else str(copied["outcome_label"])


def _why(row: Mapping[str, Any]) -> str:
    """The sentence, what was measured (where the sentence does not say it), and the note."""
    told = [
        f"{one['title']}：{one['text']}" for one in row["values"] if one["text"] not in row["why"]
    ]
    note = [row["note"]] if row["note"] and row["note"] not in row["why"] else []
    extra = "；".join([*told, *note])
    return f"{row['why']}（{extra}）" if extra else str(row["why"])


def _unverified(copied: Mapping[str, Any]) -> str:
    return "" if copied["time_verified"] else "（时间未核实）"
