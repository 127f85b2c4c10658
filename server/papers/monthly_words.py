"""What a monthly report and the office's summary say on paper, the same in PDF, DOCX and XLSX."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.calendar import BEIJING, full_day_text, full_month_text, moment_text
from server.media.sheets.writing import Foot
from server.policy.plan.report_frozen import (
    FrozenPart,
    ReportContent,
    ReportFigure,
    SummarisedUnit,
    SummaryContent,
)
from server.policy.plan.reports import Part, Section
from server.services.reporting.figures import told

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What became of it: `accepted` tells by whom and when, "" while nobody has accepted it."""

    accepted: str
    sha256: str
    at: datetime
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with its paragraphs; `lead` of a paragraph is set apart, "" where there is none."""

    heading: str
    paragraphs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; `widths` are shares."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MonthlyPaper:
    """A paper in words: days are written out."""

    title: str
    to: str
    lines: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    tables: tuple[Table, ...]
    signed: tuple[str, ...]
    stamp: str
    footer: Foot
    created: datetime
    demo: bool


def report_words(content: ReportContent, stamp: Stamp) -> MonthlyPaper:
    """One version of one unit's month."""
    month = _month(content["month"])
    by = f"{content['by']}代录，依据：{content['source']}" if content["source"] else content["by"]
    title = f"{content['unit']}{month}工作报送"
    state = f"{stamp.accepted}审定" if stamp.accepted else "还没有审定"
    return MonthlyPaper(
        title=title,
        to=f"{content['county']}快递进村工作专班办公室",
        lines=(
            ("单位", content["unit"]),
            ("联络员", content["liaison"] or "没有登记"),
            ("月份", f"{month}（{_day(content['due_on'])}前报到）"),
            ("报到", f"{_day(content['received_on'])}，第{content['version']}版，{by}"),
            *([("改了什么", content["because"])] if content["because"] else []),
            ("审定", state),
        ),
        chapters=_chapters(content["parts"]),
        tables=(_figures(content["figures"], content["on"]),),
        signed=(content["unit"], _day(content["received_on"])),
        stamp=f"校验码（SHA-256）：{stamp.sha256}",
        footer=Foot(f"{title}　第{content['version']}版　{state}", stamp.anchor),
        created=stamp.at.astimezone(BEIJING),
        demo=content["demo"],
    )


def summary_words(content: SummaryContent, stamp: Stamp) -> MonthlyPaper:
    """The office's summary: first who is missing, then part by part what each unit wrote."""
    month = _month(content["month"])
    title = f"{content['county']}快递进村工作{month}报送汇总"
    there = [one for one in content["units"] if one["version"]]
    missing = [one for one in content["units"] if not one["version"]]
    chapters = [
        Chapter(
            f"{NUMERALS[index]}、{part.label}",
            tuple(
                (f"（{one['unit_short']}）", text)
                for one in there
                for text in _texts(one["parts"], part)
            ),
        )
        for index, part in enumerate(Part)
    ]
    if content["words"]:
        chapters.append(
            Chapter(
                f"{NUMERALS[len(Part)]}、县专班意见",
                tuple(("", one) for one in content["words"].splitlines() if one.strip()),
            )
        )
    absent = "、".join(f"{one['unit_short']}（{one['missing']}）" for one in missing)
    return MonthlyPaper(
        title=title,
        to=content["issuer"],
        lines=(
            ("报齐没有", f"{len(content['units'])}个单位，汇总{len(there)}个"),
            ("没有汇总的", absent or "没有，都报齐了"),
            ("统计到", f"{_day(content['on'])}，第{content['version']}版"),
            *([("再出的原因", content["because"])] if content["because"] else []),
        ),
        chapters=tuple(chapters),
        tables=(_units(content["units"]), _figures(content["figures"], content["on"])),
        signed=(f"{content['issuer']}办公室", _day(content["on"])),
        stamp=f"{content['by']}于{moment_text(stamp.at)}出具。校验码（SHA-256）：{stamp.sha256}",
        footer=Foot(f"{title}　第{content['version']}版", stamp.anchor),
        created=stamp.at.astimezone(BEIJING),
        demo=content["demo"],
    )


def _chapters(parts: Sequence[FrozenPart]) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            f"{NUMERALS[index]}、{part.label}",
            tuple(("", text) for text in _texts(parts, part)),
        )
        for index, part in enumerate(Part)
    )


def _texts(parts: Iterable[FrozenPart], part: Part) -> list[str]:
    """A part's paragraphs; a blank one says why, or that it does not say why."""
    for one in parts:
        if one["key"] == part.value:
            lines = [line.strip() for line in one["text"].splitlines() if line.strip()]
            return lines or [f"（{one['blank_label'] or '空着，没有写原因'}）"]
    return []


def _figures(figures: Sequence[ReportFigure], on: str) -> Table:
    sections = ["", *(one["section"] for one in figures)]  # each is named once, at its first
    return Table(
        f"系统里的数字（{_day(on)}）",
        ("项目", "内容", "数字", "上月报送", "说明"),
        tuple(
            (
                Section(one["section"]).label if one["section"] != before else "",
                one["label"],
                told(one) if one["value"] is not None else "还不知道",
                "" if one["before"] is None else f"{one['before']}{one['unit']}",
                one["note"],
            )
            for one, before in zip(figures, sections, strict=False)
        ),
        (1.6, 2.3, 1.6, 1, 2),
    )


def _units(units: Iterable[SummarisedUnit]) -> Table:
    return Table(
        "各单位报送情况",
        ("单位", "报到", "按时没有", "汇总的是"),
        tuple(
            (
                one["unit_short"],
                _day(one["received_on"]) if one["received_on"] else "没报",
                f"{one['timeliness']}{one['days_late']}天"
                if one["days_late"]
                else one["timeliness"],
                f"第{one['version']}版" if one["version"] else one["missing"],
            )
            for one in units
        ),
        (1.5, 1.5, 1.2, 2),
    )


def _day(text: str) -> str:
    return full_day_text(date.fromisoformat(text))


def _month(text: str) -> str:
    return full_month_text(date.fromisoformat(f"{text}-01"))
