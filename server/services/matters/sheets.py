"""The list of problems as a table, for WPS and Excel: what the page shows, all its pages."""

from collections.abc import Sequence
from datetime import date

from server.calendar import file_day
from server.media.sheets.writing import TAKEN, Foot, write_csv, write_xlsx
from server.services.matters.lists import MatterLine

HEADERS = (
    "编号", "来源", "来文或工单编号", "类别", "收到日期", "谁反映的", "内容", "站点", "乡镇",
    "状态", "在谁手上", "本步期限", "逾期天数", "申请延到", "附材料",
)  # fmt: skip


def matters_xlsx(
    lines: Sequence[MatterLine], *, title: str, on: date, which: str, anchor: str
) -> bytes:
    """One sheet of these lines; `title` says whose list it is, `on` the Beijing day.

    `which` says in words what it was narrowed to.
    """
    notes = [
        ("列了哪些", which),
        ("期限", "整改的期限是站长的；别的问题，是现在这一步的。"),
        ("逾期天数", "没有办结的才有；空着就是没有逾期。"),
    ]
    foot = Foot(f"{title}　{file_day(on)}", anchor)
    return write_xlsx(
        "问题清单", HEADERS, _rows(lines), choices={}, notes=notes, foot=foot,
        numbers=("逾期天数",), guide="说明",
    )  # fmt: skip


def matters_csv(lines: Sequence[MatterLine], *, which: str, taken: str) -> bytes:
    """The same as text; each line says to what the list was narrowed, and `taken` out when."""
    headers = (*HEADERS, "列了哪些", TAKEN)
    return write_csv(headers, [[*row, which, taken] for row in _rows(lines)])


def _rows(lines: Sequence[MatterLine]) -> list[list[str]]:
    return [
        [
            one.number,
            one.source.label,
            one.ref,
            one.kind.label,
            one.heard_on.isoformat(),
            one.said_by,
            one.words,
            one.station,
            one.township,
            one.stage.label,
            one.holder,
            one.due_on.isoformat(),
            str(-one.days_left) if one.days_left is not None and one.days_left < 0 else "",
            one.wanted_on.isoformat() if one.wanted_on else "",
            f"{one.papers}份" if one.papers else "",
        ]
        for one in lines
    ]
