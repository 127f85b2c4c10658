"""A round's result as a workbook that WPS and Excel open."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import Campaign
from server.policy.rounds import VisitState
from server.services.disagreements import items
from server.services.rectification_lists import views
from server.services.round_reports import comparison, figures

TOTAL_COLUMNS = (
    ("total", "应查"),
    ("inspected", "已有结果"),
    ("done", VisitState.DONE.label),
    ("late", VisitState.LATE.label),
    ("refused", VisitState.REFUSED.label),
    ("closed_door", VisitState.CLOSED_DOOR.label),
    ("due", VisitState.DUE.label),
    ("missed", VisitState.MISSED.label),
    ("meets", "达标"),
    ("fails", "不达标"),
    ("to_verify", "待核实"),
    ("not_assessed", "未评估"),
)
LEVELS = {"shall": "应", "should": "宜", "may": "可"}


def round_xlsx(
    session: Session, *, campaign: Campaign, on: date, earlier: Campaign | None = None
) -> bytes:
    """The figures as sheets: county, townships, stations, clauses, 整改, two words, comparison."""
    content = figures(session, campaign=campaign, on=on)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    writer = _Book(book)
    county = session.get_one(County, campaign.county)
    totals = content["totals"]
    standards = "、".join(f"{one['name']}（{one['id']}）" for one in campaign.standards)
    writer.sheet(
        "全县",
        ("项目", "数值"),
        [
            ("轮次", f"{county.name} {campaign.period} {campaign.name}"),
            ("统计到", on.isoformat()),
            ("所用标准", standards),
            ("抽查办法", sample_text(campaign)),
            *((label, totals[name]) for name, label in TOTAL_COLUMNS),
            *([("说明", "演示数据，不是真实督导结果")] if campaign.demo else []),
        ],
        (16, 60),
    )
    writer.sheet(
        "乡镇",
        ("乡镇", *(label for _, label in TOTAL_COLUMNS)),
        [(one["name"], *(one[name] for name, _ in TOTAL_COLUMNS)) for one in content["townships"]],
        (16, *(9,) * len(TOTAL_COLUMNS)),
    )
    writer.sheet(
        "站点",
        ("编号", "站点", "乡镇", "督导员", "日期", "督导状态", "签字情况", "结论", "不符合条款",
         "另有记录"),
        [
            (
                one["code"], one["name"], one["township"], one["inspector"], one["day_on"],
                one["state_label"], one["outcome_label"], one["status_label"],
                "；".join(one["fails"]), one["others"] or None,
            )
            for one in content["stations"]
        ],
        (9, 30, 12, 10, 12, 10, 14, 9, 50, 9),
    )  # fmt: skip
    writer.sheet(
        "条款",
        ("条款", "内容", "要求", "符合", "不符合", "未知", "不适用"),
        [
            (
                one["clause"], one["title"], LEVELS[one["level"]], one["pass"], one["fail"],
                one["unknown"], one["not_applicable"],
            )
            for one in content["clauses"]
        ],
        (24, 24, 6, 8, 8, 8, 8),
    )  # fmt: skip
    writer.sheet(
        "整改",
        ("编号", "站点", "乡镇", "通知书", "条款", "内容", "期限", "状态", "催办"),
        [
            (
                one.station.code, one.station.name, one.township_name, one.notice_text,
                one.rectification.clause, one.rectification.title,
                one.rectification.due_on.isoformat(),
                one.state_label + ("（逾期）" if one.overdue else ""), one.escalation_label,
            )
            for one in views(session, county=campaign.county, on=on, campaign_id=campaign.id)
        ],
        (9, 30, 12, 18, 24, 20, 12, 14, 12),
    )  # fmt: skip
    writer.sheet(
        "说法不一",
        ("编号", "站点", "站长", "督导员", "条款", "站长自报", "督导员判定", "裁定"),
        [
            (
                one.station.code, one.station.name, one.keeper_name, one.inspector_name,
                f"{one.clause}{one.title}", one.keeper_says["why"], one.inspector_says["why"],
                one.decision_label or "待裁定",
            )
            for one in items(
                session, county=campaign.county, open_only=False, campaign_id=campaign.id
            )
        ],
        (9, 30, 10, 10, 24, 30, 30, 16),
    )  # fmt: skip
    if earlier is not None:
        _compare(writer, comparison(session, campaign=campaign, earlier=earlier, on=on))
    book.close()
    return out.getvalue()


def sample_text(campaign: Campaign) -> str:
    """How the stations were chosen, so that anybody can choose them again."""
    if not campaign.seed:
        return f"全部{campaign.sample_size}个站点"
    kind = "按不符合条数加签抽签" if campaign.sample.value == "weighted" else "随机抽签"
    return f"{kind}，{campaign.drawn_from}个站点抽{campaign.sample_size}个，抽签码 {campaign.seed}"


def _compare(writer: "_Book", compared: Mapping[str, Any]) -> None:
    earlier = f"{compared['earlier']['period']} {compared['earlier']['name']}"
    writer.sheet(
        "与上一轮比条款",
        ("条款", "内容", "已改好", "仍不符合", "新出现", "保持符合", "不可比"),
        [
            (
                one["clause"], one["title"], one["mended"], one["still_failing"],
                one["newly_failing"], one["steady"], one["not_comparable"],
            )
            for one in compared["clauses"]
        ],
        (24, 24, 9, 9, 9, 9, 9),
    )  # fmt: skip
    writer.sheet(
        "与上一轮比站点",
        ("编号", "站点", "乡镇", earlier, "这一轮", "已改好", "仍不符合", "新出现"),
        [
            (
                one["code"], one["name"], one["township"], one["before"], one["after"],
                "；".join(one["mended"]), "；".join(one["still_failing"]),
                "；".join(one["newly_failing"]),
            )
            for one in compared["stations"]
        ],
        (9, 30, 12, 14, 9, 36, 36, 36),
    )  # fmt: skip


class _Book:
    """Writes plain tables with a frozen, filterable head."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8EFEA", "border": 1, "text_wrap": True}
        )
        self.cell = book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Any]],
        widths: Sequence[int],
    ) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, header, self.head)
        last = 0
        for last, row in enumerate(rows, 1):
            sheet.write_row(last, 0, ["" if value is None else value for value in row], self.cell)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(header) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
