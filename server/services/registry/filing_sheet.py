"""末端备案 as a table: one line a station, with its state, its days left and what was filed."""

from collections.abc import Iterable
from datetime import date

from server.calendar import full_day_text
from server.media.sheets.writing import Foot, write_xlsx
from server.models.county import County
from server.services.registry.filing_lists import FilingRow, left_text

HEADERS = (
    "编号", "站点", "级别", "乡镇", "开办企业", "状态", "期限", "剩余", "开办日期", "备案日期",
    "备案编号", "备案名称", "备案事项变更日期", "变更备案日期", "回执", "说明",
)  # fmt: skip


def filings_xlsx(
    rows: Iterable[FilingRow], *, county: County, on: date, which: str, anchor: str
) -> bytes:
    """The rows as they are given, in their order; `which` says what they were narrowed to."""
    return write_xlsx(
        "末端备案",
        HEADERS,
        (_cells(row) for row in rows),
        choices={},
        notes=(
            ("列了哪些", which),
            ("期限", "开办后20天、变更后10天；最后一天是休息日的，按县里的决定。"),
            ("剩余", f"算到{full_day_text(on)}。"),
        ),
        foot=Foot(f"{county.name}末端备案　{full_day_text(on)}", anchor),
        guide="说明",
    )


def _cells(row: FilingRow) -> list[str]:
    station = row.station
    why = "；".join(one for one in ("变更待确认" if row.pending else "", row.why) if one)
    return [
        station.code or "未编号",
        station.name,
        station.level.label,
        row.township_name,
        row.opener,
        row.state.label,
        _day(row.clock.last_on if row.clock else None),
        left_text(row),
        _day(station.opened_on),
        _day(station.filed_on),
        station.filing_number,
        station.filed_name,
        _day(station.filing_changed_on),
        _day(station.filing_change_filed_on),
        f"{row.receipts}份" if row.receipts else "",
        why,
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
