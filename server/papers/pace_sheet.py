"""A day's progress as a workbook: what it rests on, the indicators, ranking, months, stations."""

from collections.abc import Sequence
from datetime import datetime

from server.calendar import BEIJING, full_day_text, moment_text
from server.media.paper.workbook import Share, Workbook
from server.media.sheets.writing import Foot
from server.models.county import County
from server.policy.plan.indicators import Indicator
from server.services.programme.days import Told
from server.services.programme.indicators import DayFigures, between
from server.services.programme.pace_lists import UNKNOWN, StationLine, cells_of, headers_of
from server.services.programme.ranking import NO_PLACE, ORDER_SAID, Place, TrendDay

COLUMNS = ("做到", "没做到", "说不清", "在册", "做到的占比")


def pace_xlsx(
    county: County,
    figures: DayFigures,
    *,
    places: Sequence[Place],
    months: Sequence[TrendDay],
    lines: Sequence[StationLine],
    scope: str,
    at: datetime,
    other: DayFigures | None = None,
    anchor: str = "",
) -> bytes:
    """The file; `scope` names whose stations these are when they are not the whole county's.

    `other` is a day to hold this one against.
    """
    day = figures.day
    title = f"{county.name}{full_day_text(day.on)}进度"
    foot = Foot(f"{title}　{day.told.label}", anchor)
    book = Workbook(title, created=at.astimezone(BEIJING), foot=foot)
    book.sheet("说明", ("项目", "内容"), _said(county, figures, scope, at), (18, 80))
    book.sheet(
        "指标",
        ("级别", "指标", *COLUMNS, "怎么算做到"),
        [
            (level.short, one.key.label, *_cells(one), one.key.long)
            for level, held in figures.per_level()
            for one in held
        ],
        (10, 16, 8, 8, 8, 8, 12, 44),
    )
    what = f"{places[0].figure.level.short}{places[0].figure.key.label}" if places else ""
    book.sheet(
        "乡镇排名",
        ("名次", "乡镇", "排什么", *COLUMNS),
        [(one.place or "不排", one.name, what, *_cells(one.figure)) for one in places],
        (8, 18, 22, 8, 8, 8, 8, 12),
    )
    if other is not None:
        told = f"{other.day.on.isoformat()}（{other.day.told.label}）"
        book.sheet(
            "两天比",
            (
                "级别", "指标", told, f"{day.on.isoformat()}（{day.told.label}）", "新做到",
                "不再做到", "说不清动没动",
            ),
            [
                (
                    one.level.short, one.key.label, _cells(one.first)[0], _cells(one.second)[0],
                    len(one.newly), len(one.no_longer), len(one.unsure),
                )
                for one in between(other, figures)
            ],
            (10, 16, 18, 18, 8, 10, 14),
        )  # fmt: skip
    book.sheet(
        "按月",
        ("到", "凭什么", "级别", "指标", *COLUMNS),
        [
            (one.on.isoformat(), one.told.label, level.short, key.label, *_cells(figure))
            for one in months
            for (level, key), figure in one.indicators.items()
            if figure.among
        ],
        (12, 18, 10, 16, 8, 8, 8, 8, 12),
    )
    headers = headers_of(figures)
    widths = (10, 30, 10, 16, 16, 10, *((16,) if day.assessed else ()), 8, 10)
    book.sheet("站点", headers, [cells_of(one, figures) for one in lines], widths)
    if day.later:
        seen = [one for one in day.later if one.station_id in figures.stations]
        book.sheet(
            "后来更正的",
            ("站点", "哪一样", "当晚记的", "现在的记录说那一天"),
            [(one.name, one.what, one.then, one.now) for one in seen],
            (30, 12, 26, 26),
        )
    return book.content()


def _cells(one: Indicator) -> tuple[object, ...]:
    dark = bool(one.among) and one.share is None
    return (
        UNKNOWN if dark else len(one.done),
        UNKNOWN if dark else len(one.not_done),
        len(one.unknown),
        len(one.among),
        "—" if one.percent is None else Share(one.percent),
    )


def _said(
    county: County, figures: DayFigures, scope: str, at: datetime
) -> list[tuple[str, object]]:
    day = figures.day
    lines: list[tuple[str, object]] = [
        ("县", county.name),
        ("哪一天", full_day_text(day.on)),
        ("凭什么", f"{day.told.label}：{day.told.long}"),
        ("范围", scope or "全县"),
        ("下载时间", moment_text(at)),
    ]
    if day.taken_at:
        lines.append(("留底时间", moment_text(day.taken_at)))
    if not day.whole:
        lines.append(("注意", "这一天留的底和当时的校验码对不上，数据库里有人改过"))
    if day.told is Told.RECKONED:
        lines.append(
            (
                "倒推不出来的",
                f"当天{'达不达标、' if day.assessed else ''}手机在不在用，写作“说不清”",
            )
        )
    lines += [("注意", told) for told in day.closings_said]
    lines += [
        ("分母", "当天在册的站；占比去掉零头，写100%的就是一个也不差"),
        ("说不清", "不算做到，也不算没做到"),
        ("排名怎么排", f"{ORDER_SAID}；{NO_PLACE}"),
    ]
    if county.demo:
        lines.append(("说明", "演示数据，不是真实情况"))
    return lines
