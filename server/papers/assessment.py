"""An issued 考核 as a workbook and on paper: ranking, every item with its ground, the scheme."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.media.paper.workbook import Workbook
from server.media.sheets.writing import Foot
from server.models.assessment import Assessment
from server.models.person import Person
from server.papers.round_report import ReportSection, ReportSheet, set_round_pdf
from server.policy.plan.assessment import MEASURES, RANK_SAID, ROUNDING_SAID, Untold, Way
from server.policy.plan.assessment_frozen import (
    AssessmentContent,
    FrozenCell,
    FrozenItem,
    FrozenRow,
)
from server.services.common import chain
from server.services.inspections.kept_papers import keep_paper, kept_paper
from server.services.people.scope import Everybody
from server.services.reporting.assessment_figures import figure_text
from server.services.reporting.assessment_sheets import by_rank, content_for
from server.services.reporting.assessments import sees_all_of

KINDS = ("pdf", "xlsx")
STAGE_LONGEST, TAKEN_BACK = 12, "-w"
NAMES_ON_PAPER = 12


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands on the file beside what was issued; `withdrawn` "" while it holds.

    `anchor` is the day's of the chain.
    """

    sha256: str
    at: datetime
    withdrawn: str = ""
    anchor: str = ""


def assessment_paper(
    session: Session,
    *,
    sheet: Assessment,
    kind: str,
    seen_by: Person | Everybody,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """An issued sheet's file as somebody may see it, the same bytes whenever it is asked for.

    Of a sheet that was taken back it is another file, which says so; the first stays kept. Raises
    NotFound assessment-unknown.
    """
    stage = _stage(session, sheet, seen_by)
    kept = kept_assessment(session, sheet=sheet, kind=kind, seen_by=seen_by)
    if kept is not None:
        return kept
    content = content_for(session, sheet=sheet, reader=seen_by)
    taken_back = ""
    if sheet.withdrawn_at is not None:
        taken_back = f"已撤回：{moment_text(sheet.withdrawn_at)}，原因：{sheet.withdrawn_because}"
    anchor = chain.foot(session, county=sheet.county, at=now)
    issued_at = sheet.issued_at or sheet.opened_at
    stamp = Stamp(sheet.content_sha256 or "", issued_at, taken_back, anchor)
    made = assessment_file(content, stamp, kind, font_dir)
    if len(stage) > STAGE_LONGEST:
        return made
    return keep_paper(session, of=sheet, stage=stage, kind=kind, content=made, now=now)


def kept_assessment(
    session: Session, *, sheet: Assessment, kind: str, seen_by: Person | Everybody
) -> bytes | None:
    """The same as kept; None where nothing is kept yet."""
    stage = _stage(session, sheet, seen_by)
    return kept_paper(session, of=sheet, stage=stage[:STAGE_LONGEST], kind=kind)


def _stage(session: Session, sheet: Assessment, seen_by: Person | Everybody) -> str:
    """Which of several files: the whole or the part of one assessed; taken back or not."""
    part = ""
    if not sees_all_of(session, sheet, seen_by):
        content = content_for(session, sheet=sheet, reader=seen_by)
        part = "+".join(row["subject"] for row in content["rows"] if row["cells"]) or "-"
    return part + (TAKEN_BACK if sheet.withdrawn_at is not None else "")


def assessment_file(
    content: AssessmentContent, stamp: Stamp, kind: str, font_dir: Path | None = None
) -> bytes:
    """The sheet as one of `KINDS`; the same content gives the same bytes."""
    return _xlsx(content, stamp) if kind == "xlsx" else _pdf(content, stamp, font_dir)


def _said(content: AssessmentContent, stamp: Stamp) -> list[tuple[str, str]]:
    """What holds for the whole sheet, as names and values."""
    scheme = content["scheme"]
    asked = date.fromisoformat(scheme["from_on"])
    issued = full_day_text(date.fromisoformat(content["on"]))
    taken = moment_text(datetime.fromisoformat(content["drawn_at"]))
    return [
        *([("注意", stamp.withdrawn)] if stamp.withdrawn else []),
        ("考核期", content["period"]),
        ("考核办法", f"《{scheme['name']}》第{scheme['version']}版，{full_day_text(asked)}起施行"),
        *([("办法的依据", scheme["basis"])] if scheme["basis"] else []),
        ("系统里的数", f"{content['last_day']}；{taken}取数"),
        ("怎么算", f"{ROUNDING_SAID}；{RANK_SAID}"),
        ("发布", f"{content['issuer']}，{issued}，{content['by']}，第{content['version']}版"),
        *([("为什么再发", content["because"])] if content["because"] else []),
        ("校验码", f"SHA-256 {stamp.sha256}"),
    ]  # fmt: skip


def _title(content: AssessmentContent, stamp: Stamp) -> str:
    return f"{content['title']}结果{'（已撤回）' if stamp.withdrawn else ''}"


def _foot(title: str, stamp: Stamp) -> Foot:
    return Foot(f"{title}　校验码 {stamp.sha256[:32]}", stamp.anchor)


def _number(points: str) -> float | str:
    """Points as a workbook's number: with one decimal a float is exact on paper."""
    return float(points) if points else ""


def _xlsx(content: AssessmentContent, stamp: Stamp) -> bytes:
    title, items = _title(content, stamp), content["scheme"]["items"]
    book = Workbook(title, created=stamp.at, foot=_foot(title, stamp))
    rows = by_rank(content["rows"])
    book.sheet(
        "名次",
        ("名次", "名称", "总分", *(f"{one['title']}（{one['points']}分）" for one in items)),
        [
            (
                row["rank"],
                row["name"],
                _number(row["total"]),
                *(_number(cell["points"]) for cell in row["cells"] or [_EMPTY] * len(items)),
            )
            for row in rows
        ],
        (6, 18, 8, *(12,) * len(items)),
    )
    book.sheet(
        "各项依据",
        ("名称", "考核内容", "分值", "做到", "没做到", "说不清", "全部", "建议最低", "建议最高",
         "得分", "打分人", "原因", "没做到的", "说不清的", "数从哪来"),
        [_line(row, item, cell) for row in rows for item, cell in _pairs(row, items)],
        (16, 18, 7, 7, 7, 7, 7, 9, 9, 7, 10, 30, 40, 30, 24),
    )  # fmt: skip
    book.sheet(
        "考核办法",
        ("考核内容", "分值", "怎么打分", "依据"),
        [(one["title"], _number(one["points"]), way_text(one), one["basis"]) for one in items],
        (20, 8, 50, 50),
    )
    demo = [("说明", "演示数据，不是真实考核")] if content["demo"] else []
    said = [*_said(content, stamp), *demo]
    book.sheet("说明", ("项目", "内容"), said, (16, 90))
    return book.content()


_EMPTY: FrozenCell = {
    "item": "", "figure": None, "lowest": "", "highest": "", "points": "", "reason": "", "by": "",
}  # fmt: skip


def _pairs(row: FrozenRow, items: list[FrozenItem]) -> list[tuple[FrozenItem, FrozenCell]]:
    return list(zip(items, row["cells"], strict=True)) if row["cells"] else []


def _line(row: FrozenRow, item: FrozenItem, cell: FrozenCell) -> tuple[object, ...]:
    figure = cell["figure"]
    counts: tuple[object, ...] = ("", "", "", "")
    if figure is not None:
        done, other, dark = figure["done"], figure["not_done"], figure["unknown"]
        counts = (done, other, dark, done + other + dark)
    return (
        row["name"],
        item["title"],
        _number(item["points"]),
        *counts,
        _number(cell["lowest"]),
        _number(cell["highest"]),
        _number(cell["points"]),
        cell["by"],
        cell["reason"],
        "、".join(figure["missing"]) if figure else "",
        "、".join(figure["untold"]) if figure else "",
        figure["source"] if figure else "",
    )


def way_text(item: FrozenItem) -> str:
    """How an item gets its points, in words, with its bands."""
    way = Way(item["way"])
    if way is Way.HAND:
        return way.label
    measure = MEASURES[item["measure"]].label if item["measure"] in MEASURES else item["measure"]
    bands = "，".join(f"达到{percent}%得{points}分" for percent, points in item["bands"])
    unknown = Untold(item["untold"]).label
    return f"{measure}，{way.short}{f'：{bands}' if bands else ''}；{unknown}"


def _pdf(content: AssessmentContent, stamp: Stamp, font_dir: Path | None) -> bytes:
    title, items = _title(content, stamp), content["scheme"]["items"]
    rows = by_rank(content["rows"])
    ranking = ReportSection(
        "总分和名次",
        ("名次", "名称", "总分", *(f"{one['title']} {one['points']}" for one in items)),
        [
            (
                str(row["rank"] or ""),
                row["name"],
                row["total"],
                *(cell["points"] or "—" for cell in row["cells"] or [_EMPTY] * len(items)),
            )
            for row in rows
        ],
        (0, 2, 1, *(1.0,) * len(items)),
        "rlr" + "r" * len(items),
    )
    grounds = ReportSection(
        "各项的依据",
        ("名称", "考核内容", "系统里的数", "建议", "得分", "打分人和原因；没做到、说不清的"),
        [
            (
                row["name"],
                item["title"],
                figure_text(item["measure"], cell["figure"]) if cell["figure"] else "—",
                span_text(cell) or "—",
                cell["points"],
                _ground(cell),
            )
            for row in rows
            for item, cell in _pairs(row, items)
        ],
        (1.4, 1.8, 1.7, 0.9, 0.7, 5.0),
        "lllrrl",
    )
    scheme = ReportSection(
        "考核办法",
        ("考核内容", "分值", "怎么打分", "依据"),
        [(one["title"], one["points"], way_text(one), one["basis"]) for one in items],
        (2.0, 0.7, 4.0, 4.0),
        "lrll",
    )
    sheet = ReportSheet(
        title=title,
        lines=tuple(f"{label}：{text}" for label, text in _said(content, stamp)),
        sections=(ranking, grounds, scheme),
        footer=_foot(title, stamp).text,
        demo=content["demo"],
    )
    return set_round_pdf(sheet, font_dir)


def span_text(cell: FrozenCell) -> str:
    """What is proposed: one number, or from – to; "" where nothing is."""
    if cell["lowest"] == cell["highest"]:
        return cell["lowest"]
    return f"{cell['lowest']}—{cell['highest']}"


def _ground(cell: FrozenCell) -> str:
    parts = [f"{cell['by']}：{cell['reason']}"] if cell["by"] else []
    figure = cell["figure"]
    if figure is not None:
        parts += [
            f"{word}：{_some(names)}"
            for word, names in (("没做到", figure["missing"]), ("说不清", figure["untold"]))
            if names
        ]
    return "；".join(parts)


def _some(names: list[str]) -> str:
    """The first names, and how many more there are: all stand in the workbook."""
    more = len(names) - NAMES_ON_PAPER
    shown = "、".join(names[:NAMES_ON_PAPER])
    return f"{shown}等{len(names)}处，全部见表格" if more > 0 else shown
