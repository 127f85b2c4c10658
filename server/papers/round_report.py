"""The result of a round for the file: totals, townships, clauses, stations, comparison."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from server.calendar import full_day_text
from server.media.paper.typesetting import SCREEN, faces, typeset
from server.policy.rounds.frozen import Compared, Figures, StationFigures
from server.policy.rounds.marks import Mark
from server.services.rounds.contents import RoundContent, not_inspected, sample_text
from server.services.rounds.covert import covert_text, covert_visits
from server.services.rounds.figures import (
    CHANGE_COLUMNS,
    COMPARABLE_COLUMNS,
    VERDICT_COLUMNS,
    doubts_text,
    total_columns,
)
from server.services.rounds.stays import stay_text

HERE = Path(__file__).parent
_VERDICTS = VERDICT_COLUMNS[:3]  # 不适用 is nothing to report


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


def round_pdf(content: RoundContent, font_dir: Path | None = None) -> bytes:
    """The round's result for the file: totals, townships, clauses, stations, comparison."""
    figures, campaign = content.figures, content.figures["campaign"]
    missing = not_inspected(figures)
    totals, columns = figures["totals"], total_columns(figures)
    opens, due = (date.fromisoformat(day) for day in (campaign["opens_on"], campaign["due_on"]))
    marked = any(one.get("marks") for one in figures["stations"])
    sections = [
        ReportSection(
            "各乡镇",
            ("乡镇", *(label for _, label in columns)),
            [
                (title, *(str(row[name]) for name, _ in columns))
                for title, row in (
                    *((one["name"], one) for one in figures["townships"]),
                    ("合计", totals),
                )
            ],
            (2, *(1.0,) * len(columns)),
            "l" + "r" * len(columns),
        ),
        ReportSection(
            "各条款",
            ("条款", "内容", "符合", "不符合", "未知"),
            [
                (one["clause"], one["title"], *(str(one[name]) for name, _ in _VERDICTS))
                for one in figures["clauses"]
                if any(one[name] for name, _ in _VERDICTS)
            ],
            (3, 3, 1, 1, 1),
            "llrrr",
        ),
        *([_compared(content.compared)] if content.compared else []),
        ReportSection(
            "没有查到的站点",
            ("编号", "站点", "乡镇", "督导员", "状态"),
            [
                (one["code"] or "", one["name"], one["township"], one["inspector"] or "未分派",
                 one["state_label"])
                for one in missing
            ],
            (0, 3, 1.3, 1, 1),
            "lllll",
            "应查的都查到了",
        ),
        ReportSection(
            "各站点",
            ("编号", "站点", "乡镇", "督导员", "日期", "状态", "结论", "不符合条款"),
            [
                (
                    one["code"] or "", one["name"], one["township"], one["inspector"],
                    one["day_on"] or "", _state(one), one["status_label"],
                    "；".join(one["fails"]),
                )
                for one in figures["stations"]
            ],
            # Reports of earlier releases know no marks, and are set as they were.
            (0, 3, 1.3, 1, 0, 1.3 if marked else 0, 0, 4),
            "llllllll",
        ),
        *_covert(figures),
    ]  # fmt: skip
    sheet = ReportSheet(
        title=f"{content.title}结果",
        lines=(
            content.stamp + (f"。再报的原因：{content.because}" if content.because else ""),
            f"{full_day_text(opens)}至{full_day_text(due)}，{sample_text(campaign)}。",
            "，".join(f"{label}{totals[name]}" for name, label in columns) + "。",
            *([f"{doubts}。"] if (doubts := doubts_text(totals)) else []),
            *(f"{said}。" for said in (stay_text(figures), covert_text(figures)) if said),
            *([f"没有查到的{len(missing)}个站点列在后面。"] if missing else []),
            "所用标准："
            + "；".join(str(one.get("name", one["id"])) for one in campaign["standards"])
            + "。",
        ),
        sections=tuple(sections),
        footer="　".join(
            filter(None, (content.annex.get("issuer"), content.stamp, content.anchor))
        ),
        demo=content.demo,
    )
    return set_round_pdf(sheet, font_dir)


def set_round_pdf(sheet: ReportSheet, font_dir: Path | None = None) -> bytes:
    """A round's result as tables on A4 landscape."""
    given = asdict(sheet) | {"fonts": faces(SCREEN, font_dir)}
    for section in given["sections"]:
        section["align"] = list(section["align"])
    return typeset(HERE / "round_report.typ", given, font_dir)


def _state(one: StationFigures) -> str:
    """What became of a station, with what is odd about its record."""
    return "、".join((one["state_label"], *(Mark(code).label for code in one.get("marks", ()))))


def _covert(figures: Figures) -> list[ReportSection]:
    """暗访, told apart; reports without any are set as they were."""
    visits = covert_visits(figures)
    if not visits:
        return []
    return [
        ReportSection(
            "暗访（不惊动站长，不计入以上结果，不发整改通知书）",
            ("编号", "站点", "乡镇", "督导员", "日期", "看到的情况", "不符合条款"),
            [
                (
                    one["code"] or "", one["name"], one["township"], each["inspector"],
                    each["day_on"], each["status_label"], "；".join(each["fails"]),
                )
                for one, each in visits
            ],
            (0, 3, 1.3, 1, 0, 1, 4),
            "lllllll",
        )
    ]  # fmt: skip


def _compared(compared: Compared) -> ReportSection:
    earlier = compared["earlier"]
    return ReportSection(
        f"与{earlier['period']} {earlier['name']}相比"
        f"（{len(compared['stations'])}个站点两轮都查了）",
        ("条款", "内容", *(label for _, label in CHANGE_COLUMNS)),
        [
            (one["clause"], one["title"], *(str(one[name]) for name, _ in CHANGE_COLUMNS))
            for one in compared["clauses"]
            if any(one[name] for name, _ in COMPARABLE_COLUMNS)
        ],
        (3, 3, 1, 1, 1, 1, 1),
        "llrrrrr",
        "两轮没有可比的条款",
    )
