"""督导记录: the copy of one inspection that keeper and office keep, signatures as drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.media.paper.signature import signature_svg
from server.media.paper.typesetting import SCREEN, faces, typeset
from server.models.inspection import Inspection, SignedHow
from server.policy.drawings import told
from server.policy.rounds.marks import Mark
from server.policy.standard.standards import Standard
from server.services.inspections.copies import CopyRow, InspectionCopy, copy_of

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Drawn:
    """One signature; `words` stand where there are no strokes."""

    label: str
    strokes: Sequence[Any]
    words: str


@dataclass(frozen=True, slots=True)
class CopySheet:
    """An inspection's copy: `head` are label and value pairs, two to a line."""

    title: str
    head: tuple[tuple[str, str], ...]
    result: str
    unanswered: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    drawn: tuple[Drawn, ...]
    notes: tuple[str, ...]
    hash: str
    demo: bool = False


def inspection_pdf(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
) -> bytes:
    """The copy that keeper and office keep."""
    sheet = copy_sheet(session, inspection=inspection, standards=standards)
    return set_inspection_pdf(sheet, font_dir)


def copy_sheet(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    later: bool = True,
) -> CopySheet:
    """One version of an inspection in the words that a paper says.

    `later` adds what has become of it since: what the register says now, whether a newer version
    is there.
    """
    copied = copy_of(session, inspection, standards=standards)
    if not later:
        copied = replace(copied, since=(), newer_id=None)
    station = copied.station
    there = copied.presence
    return CopySheet(
        title="快递服务站点督导记录",
        head=(
            ("站点", f"{station.code or '未编号'} {station.name}"),
            ("类别", f"{station.township_name} {station.level.label}"),
            *([("运营企业", station.operator)] if station.operator else []),
            *([("登记站长", station.keeper)] if station.keeper else []),
            *([("地址", station.address)] if station.address else []),
            ("轮次", _round(inspection, copied)),
            ("版本", _version_text(copied)),
            ("督导员", "、".join(filter(None, (copied.inspector_name, copied.second_name)))),
            ("站长", copied.keeper_name or "未记录"),
            ("到达", moment_text(copied.arrived_at)),
            ("离开", moment_text(copied.finished_at) + _unverified(copied)),
            ("在站", there.stayed),
            ("认站", there.plate),
            ("到站位置", there.arrived),
            ("签字位置", there.signed),
            ("签字情况", _outcome(copied)),
        ),
        result=f"结论：{copied.status.label}"
        + (f"，{copied.fails}条不符合" if copied.fails else ""),
        unanswered=copied.unanswered,
        rows=tuple(
            {
                "clause": row.clause,
                "title": row.title,
                "verdict": row.label,
                "against": row.counts_against,
                "why": _why(row),
                "keeper": row.keeper_label,
            }
            for row in copied.rows
        ),
        drawn=(
            Drawn("督导员签名", inspection.inspector_signature, "没有签名"),
            *(
                [Drawn("一同督导的签名", inspection.second_signature or [], "没有签名")]
                if copied.second_name
                else []
            ),
            Drawn("站长签名", inspection.keeper_signature, _outcome(copied)),
        ),
        notes=(
            "所用标准："
            + "；".join(f"{one.get('name') or one['id']}（{one['id']}，{one['sha256'][:12]}）"
                      for one in copied.standards),
            *(
                f"{one.label}：签字时是“{one.then}”，现在登记为“{one.now}”。"
                for one in copied.since
            ),
            *([f"标识牌：{copied.sign_remark}"] if copied.sign_remark else []),
            *(
                [f"签字文本校验码：{copied.document_sha256}（签字时手机上显示前8位）。"]
                if copied.document_sha256
                else []
            ),
            *(
                [f"签字文本里的位置{full_day_text(copied.position_erased_on)}已按规定删除（到期）。"]
                if copied.position_erased_on
                else []
            ),
            *(
                [f"{copied.signed_how.long}。"]
                if copied.signed_how and copied.signed_how is not SignedHow.ON_DOCUMENT
                else []
            ),
            *(f"{Mark(one['code']).label}：{one['text']}。" for one in copied.marks),
            *(
                [f"站长按了记号，见证人：{copied.witness_name}。"]
                if copied.witness_name
                else []
            ),
            *_drawn_on(inspection),
            "本记录在收到时即已固定，以后的更正另出新版，原版保留。",
        ),
        hash=copied.frozen_sha256,
        demo=station.demo,
    )  # fmt: skip


def signed_sheet(
    session: Session, *, inspection: Inspection, standards: Iterable[Standard]
) -> CopySheet:
    """The same as it was signed: nothing in it that the register or a later version says."""
    return copy_sheet(session, inspection=inspection, standards=standards, later=False)


def set_inspection_pdf(
    sheet: CopySheet, font_dir: Path | None = None, *, anchor: str = ""
) -> bytes:
    """The copy of one inspection; signatures as they were drawn."""
    given = copy_words(sheet) | {"fonts": faces(SCREEN, font_dir), "anchor": anchor}
    return typeset(HERE / "inspection_copy.typ", given, font_dir)


def copy_words(sheet: CopySheet) -> dict[str, Any]:
    """What a template fills in of a record, by itself or as a letter's annex."""
    return {
        **{name: value for name, value in asdict(sheet).items() if name != "drawn"},
        "signatures": [
            {
                "label": one.label,
                "svg": signature_svg(one.strokes) if one.strokes else None,
                "words": one.words,
            }
            for one in sheet.drawn
        ],
    }


def _drawn_on(inspection: Inspection) -> Sequence[str]:
    """One note for each photo with arrows or circles: they lie beside it, whose bytes stay."""
    kept = inspection.as_signed
    if kept is None:
        return []
    return [
        f"照片{photo_id[:8]}上督导员标了{told(drawn)}，标记另存，原片没有改动"
        f"（SHA-256 {kept['photos'].get(photo_id, '')[:16]}）。"
        for photo_id, drawn in kept.get("drawings", {}).items()
    ]


def _round(inspection: Inspection, copied: InspectionCopy) -> str:
    """The round as it was called when the record came."""
    if inspection.as_signed and inspection.as_signed["round"]:
        return inspection.as_signed["round"]
    campaign = copied.campaign
    return f"{campaign.period} {campaign.name}" if campaign else "轮次之外的督导"


def _version_text(copied: InspectionCopy) -> str:
    because = f"（更正：{copied.amended_because}）" if copied.amended_because else ""
    old = "，已有更新的一版" if copied.newer_id else ""
    return f"第{copied.version}版{because}{old}"


def _outcome(copied: InspectionCopy) -> str:
    why = copied.refusal or copied.outcome_note
    return f"{copied.outcome_label}：{why}" if why else copied.outcome_label


def _why(row: CopyRow) -> str:
    """The sentence, what was measured (where the sentence does not say it), and the note."""
    told = [f"{one.title}：{one.text}" for one in row.values if one.text not in row.why]
    note = [row.note] if row.note and row.note not in row.why else []
    extra = "；".join([*told, *note])
    return f"{row.why}（{extra}）" if extra else row.why


def _unverified(copied: InspectionCopy) -> str:
    return "" if copied.time_verified else "（时间未核实）"
