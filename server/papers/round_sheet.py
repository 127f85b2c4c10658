"""A round's result as a workbook that WPS and Excel open."""

from datetime import datetime, time

from server.calendar import BEIJING
from server.media.paper.workbook import Workbook
from server.media.sheets.writing import Foot
from server.policy.rounds.frozen import Compared, StationFigures
from server.policy.rounds.marks import Mark
from server.policy.standard.standards import RuleLevel
from server.services.rounds.contents import RoundContent, not_inspected, sample_text
from server.services.rounds.covert import covert_visits
from server.services.rounds.figures import (
    CHANGE_COLUMNS,
    TOLD_COLUMNS,
    VERDICT_COLUMNS,
    doubts_text,
    total_columns,
)


def round_xlsx(content: RoundContent) -> bytes:
    """The figures as sheets: county, townships, stations, clauses, 整改, two words, comparison.

    The same content gives the same bytes: what went up is stamped with the moment it did.
    """
    figures, campaign = content.figures, content.figures["campaign"]
    writer = Workbook(
        f"{content.title}结果",
        created=_created(content),
        foot=Foot("　".join(filter(None, (content.title, content.stamp))), content.anchor),
    )
    totals, columns = figures["totals"], total_columns(figures)
    standards = "、".join(
        f"{one.get('name', one['id'])}（{one['id']}）" for one in campaign["standards"]
    )
    writer.sheet(
        "汇总",
        ("项目", "数值"),
        [
            ("轮次", content.title),
            ("上报情况", content.stamp),
            *([("再报的原因", content.because)] if content.because else []),
            ("统计到", content.on.isoformat()),
            ("起止", f"{campaign['opens_on']}至{campaign['due_on']}"),
            ("所用标准", standards),
            ("抽查办法", sample_text(campaign)),
            *([("抽签的盐", content.annex["salt"])] if content.annex.get("salt") else []),
            *((label, totals[name]) for name, label in columns),
            *([("存疑的记录", doubts)] if (doubts := doubts_text(totals)) else []),
            *([("说明", "演示数据，不是真实督导结果")] if content.demo else []),
        ],
        (16, 100),
    )
    writer.sheet(
        "乡镇",
        ("乡镇", *(label for _, label in columns)),
        [
            (one["name"], *(one[name] for name, _ in columns))
            for one in (*figures["townships"], {"name": "合计"} | totals)
        ],
        (16, *(9,) * len(columns)),
    )
    # Reports of earlier releases know no marks, and are the same bytes as they were.
    marked = any("marks" in one for one in figures["stations"])
    writer.sheet(
        "站点",
        ("编号", "站点", "乡镇", "督导员", "日期", "督导状态", "签字情况", "结论", "不符合条款",
         "另有记录", *(("在站分钟", "存疑") if marked else ())),
        [
            (
                one["code"], one["name"], one["township"], one["inspector"], one["day_on"],
                one["state_label"], one["outcome_label"], one["status_label"],
                "；".join(one["fails"]), one["others"] or None,
                *((one.get("minutes"), _marks(one)) if marked else ()),
            )
            for one in figures["stations"]
        ],
        (9, 30, 12, 10, 12, 10, 14, 9, 50, 9, *((9, 24) if marked else ())),
    )  # fmt: skip
    if visits := covert_visits(figures):
        writer.sheet(
            "暗访",
            ("编号", "站点", "乡镇", "督导员", "日期", "看到的情况", "不符合条款"),
            [
                (
                    one["code"], one["name"], one["township"], each["inspector"], each["day_on"],
                    each["status_label"], "；".join(each["fails"]),
                )
                for one, each in visits
            ],
            (9, 30, 12, 10, 12, 10, 50),
        )  # fmt: skip
    writer.sheet(
        "没有查到的站点",
        ("编号", "站点", "乡镇", "督导员", "督导状态"),
        [
            (one["code"], one["name"], one["township"], one["inspector"], one["state_label"])
            for one in not_inspected(figures)
        ],
        (9, 30, 12, 10, 12),
    )
    writer.sheet(
        "条款",
        ("条款", "内容", "要求", *(label for _, label in VERDICT_COLUMNS)),
        [
            (
                one["clause"], one["title"], RuleLevel(one["level"]).short,
                *(one[name] for name, _ in VERDICT_COLUMNS),
            )
            for one in figures["clauses"]
        ],
        (24, 24, 6, 8, 8, 8, 8),
    )  # fmt: skip
    if "mends" in content.annex:  # reports of the first release froze figures alone
        writer.sheet(
            "整改",
            ("编号", "站点", "乡镇", "通知书", "条款", "内容", "期限", "状态", "催办"),
            [
                (
                    one["code"], one["name"], one["township"], one["notice"], one["clause"],
                    one["title"], one["due_on"], one["state"], one["escalation"],
                )
                for one in content.annex["mends"]
            ],
            (9, 30, 12, 18, 24, 20, 12, 14, 12),
        )  # fmt: skip
        writer.sheet(
            "说法不一",
            ("编号", "站点", "站长", "督导员", "条款", "站长自报", "督导员判定", "裁定"),
            [
                (
                    one["code"], one["name"], one["keeper"], one["inspector"], one["clause"],
                    one["keeper_says"], one["inspector_says"], one["decision"],
                )
                for one in content.annex["words"]
            ],
            (9, 30, 10, 10, 24, 30, 30, 16),
        )  # fmt: skip
    if "drum" in content.annex:
        writer.sheet(
            "抽签名单",
            ("编号", "签", "为什么", "站点"),
            sorted([*row, ""][:4] for row in content.annex["drum"]),
            (12, 8, 50, 30),
        )
    if content.annex.get("previews"):
        writer.sheet(
            "开轮前的试抽",
            ("什么时候", "谁", "抽签码", "抽到的站"),
            content.annex["previews"],
            (18, 12, 20, 80),
        )
    if content.compared:
        _compare(writer, content.compared)
    return writer.content()


def _created(content: RoundContent) -> datetime:
    """The file's own date: when it went up, else the day it tells of; never the clock."""
    return content.at.astimezone(BEIJING) if content.at else datetime.combine(content.on, time())


def _compare(writer: Workbook, compared: Compared) -> None:
    earlier = f"{compared['earlier']['period']} {compared['earlier']['name']}"
    writer.sheet(
        "与上一轮比条款",
        ("条款", "内容", *(label for _, label in CHANGE_COLUMNS)),
        [
            (one["clause"], one["title"], *(one[name] for name, _ in CHANGE_COLUMNS))
            for one in compared["clauses"]
        ],
        (24, 24, *(9 for _ in CHANGE_COLUMNS)),
    )
    writer.sheet(
        "与上一轮比站点",
        ("编号", "站点", "乡镇", earlier, "这一轮", *(label for _, label in TOLD_COLUMNS)),
        [
            (
                one["code"], one["name"], one["township"], one["before"], one["after"],
                *("；".join(one[name]) for name, _ in TOLD_COLUMNS),
            )
            for one in compared["stations"]
        ],
        (9, 30, 12, 14, 9, 36, 36, 36),
    )  # fmt: skip


def _marks(one: StationFigures) -> str | None:
    """What is odd about a station's record."""
    return "、".join(Mark(code).label for code in one.get("marks", ())) or None
