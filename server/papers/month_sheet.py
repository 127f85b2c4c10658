"""A month's counts as a workbook for the office's report: what was approved, then corrections."""

from collections.abc import Sequence
from datetime import datetime, time

from server.calendar import BEIJING, full_day_text, moment_text
from server.media.paper.workbook import Workbook
from server.media.sheets.writing import Foot
from server.services.days.corrections import Correction
from server.services.days.month_contents import MonthContent, Version
from server.services.days.months import (
    StationMonth,
    Sums,
)

COLUMNS = ("应报（天）", "报了（天）", "没报（天）", "收到", "寄出", "其中农产品")


def month_xlsx(content: MonthContent) -> bytes:
    """The file: 汇总, 乡镇, 站点 as approved, for ever the same; then what came afterwards."""
    month, approval = content.month, content.approval
    book = Workbook(
        content.title,
        created=approval.approved_at.astimezone(BEIJING)
        if approval
        else datetime.combine(content.on, time()),
        foot=Foot(f"{content.title}　{content.stamp}", content.anchor),
    )
    book.sheet("汇总", ("项目", "数值"), _summary(content), (18, 80))
    book.sheet(
        "乡镇",
        ("乡镇", "站点数", *COLUMNS),
        [(one.name, one.stations, *_numbers(one)) for one in month.townships],
        (18, 9, *(12,) * len(COLUMNS)),
        total=("合计", month.total.stations, *_numbers(month.total)),
    )
    book.sheet(
        "站点",
        ("编号", "站点", "乡镇", *COLUMNS),
        [(one.code or "未编号", one.name, one.township, *_numbers(one)) for one in month.stations],
        (10, 32, 16, *(12,) * len(COLUMNS)),
        total=("合计", f"{month.total.stations}站", "", *_numbers(month.total)),
    )
    listed_to = Foot(f"{content.title}　列到{full_day_text(content.on)}", content.anchor)
    if approval:
        book.sheet(
            "核准后更正",
            ("哪天", "编号", "站点", "核准的收到", "更正的收到", "核准的寄出", "更正的寄出",
             "核准的农产品", "更正的农产品", "理由", "谁", "什么时候", "算不算数"),
            [_correction(one) for one in content.corrections],
            (12, 10, 30, *(9,) * 6, 36, 10, 17, 16),
            foot=listed_to,
        )  # fmt: skip
        book.sheet(
            "按更正算",
            ("乡镇", "站点数", *COLUMNS),
            [(one.name, one.stations, *_numbers(one)) for one in content.now.townships],
            (18, 9, *(12,) * len(COLUMNS)),
            total=("合计", content.now.total.stations, *_numbers(content.now.total)),
            foot=listed_to,
        )
    book.sheet(
        "改过的数",
        ("哪天", "编号", "站点", "收到", "寄出", "其中农产品", "没取走", "理由", "谁填的",
         "什么时候收到", "算不算数"),
        [
            (
                one.day_on.isoformat(), one.code or "未编号", one.station, one.received, one.sent,
                one.agri_sent, one.on_hand, one.reason, one.who, moment_text(one.at),
                _holds(one),
            )
            for one in content.versions
        ],
        (12, 10, 30, 9, 9, 11, 9, 36, 10, 17, 16),
        foot=listed_to,
    )  # fmt: skip
    return book.content()


def _summary(content: MonthContent) -> list[tuple[str, object]]:
    """Names and values of the first sheet; nothing in it changes once the month is approved."""
    total, approval = content.month.total, content.approval
    lines: list[tuple[str, object]] = [
        ("县", content.county.name),
        ("月份", content.month.name),
        ("范围", content.scope or "全县"),
        ("核准情况", content.stamp),
    ]
    if approval and approval.note:
        lines.append(("核准说明", approval.note))
    lines += [
        ("站点数", total.stations),
        *zip(COLUMNS, _numbers(total), strict=True),
        ("没报的", content.month.gap.text),
        *(
            [("没报的多，为什么核准", approval.gap_reason)]
            if approval and approval.gap_reason
            else []
        ),
        ("应报天数怎么算", "按那一天当时登记的营业时间；开办以前、停业以后的不算"),
        *(
            [("当时登记的营业时间或停业查不到、按后来登记的算的站", content.month.unread_names)]
            if content.month.unread
            else []
        ),
    ]
    if approval:
        lines += [
            (
                "哪些会变",
                "“汇总”“乡镇”“站点”是核准的数，什么时候下载都一样；后面几张列到下载那天",
            ),
            ("全县数字的校验码", approval.figures_sha256),
        ]
    if content.county.demo:
        lines.append(("说明", "演示数据，不是真实件数"))
    return lines


def _numbers(one: StationMonth | Sums) -> Sequence[int]:
    return (one.due, one.counted, one.without, one.received, one.sent, one.agri_sent)


def _correction(one: Correction) -> Sequence[object]:
    before, count = one.before, one.count
    return (
        count.day_on.isoformat(),
        one.station.code or "未编号",
        one.station.name,
        before.received if before else "没报",
        count.received,
        before.sent if before else "没报",
        count.sent,
        before.agri_sent if before else "没报",
        count.agri_sent,
        count.reason,
        one.who,
        moment_text(one.at),
        _holds(one),
    )


def _holds(one: Correction | Version) -> str:
    return "算数" if one.holds else "后来又有新的"
