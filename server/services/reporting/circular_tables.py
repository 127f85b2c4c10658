"""The rankings that a circular tells: of an issued assessment, or of a day by one indicator."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.assessment import Assessment
from server.models.county import County
from server.policy.plan.assessment import RANK_SAID, points_text
from server.policy.plan.circular import CircularTable
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.county.counties import townships
from server.services.people.scope import EVERYBODY
from server.services.programme.days import day_of
from server.services.programme.ranking import NO_PLACE, ORDER_SAID, ranked_townships, ranking
from server.services.reporting.assessment_sheets import by_rank

ITEMS_SHOWN = 5
"""So many items of an assessment have a column of their own; of more the totals alone are told."""


def assessment_table(sheet: Assessment) -> CircularTable:
    """An issued assessment's totals and ranks, with the items where there is room for them."""
    if sheet.content is None:
        raise ValueError(f"assessment {sheet.id} was not issued")
    content = sheet.content
    items = content["scheme"]["items"]
    shown = items if len(items) <= ITEMS_SHOWN else []
    scheme = content["scheme"]
    ground = f"依据《{scheme['name']}》第{scheme['version']}版（满分{_most(sheet)}分）"
    return {
        "title": "考核结果",
        "header": ["名次", "名称", "总分", *(one["title"] for one in shown)],
        "rows": [
            [
                str(row["rank"] or ""),
                row["name"],
                row["total"],
                *(cell["points"] for cell in row["cells"][: len(shown)]),
            ]
            for row in by_rank(content["rows"])
        ],
        "align": "rlr" + "r" * len(shown),
        "widths": [0.7, 1.8, 0.9, *(1.1,) * len(shown)],
        "notes": [f"{ground}，{RANK_SAID}。"],
    }


def _most(sheet: Assessment) -> str:
    items = sheet.content["scheme"]["items"] if sheet.content else []
    return points_text(sum((Decimal(one["points"]) for one in items), Decimal(0)))


def pace_table(
    session: Session,
    *,
    county: County,
    on: date,
    level: Level,
    key: IndicatorKey,
    now: datetime,
    standards: Sequence[Standard],
) -> CircularTable:
    """The townships in order of one indicator on a day, as 进度 shows them."""
    day = day_of(session, county=county, on=on, now=now, standards=standards)
    places = ranking(
        session,
        day,
        townships=ranked_townships(townships(session, county.code), day, level),
        level=level,
        key=key,
        seen_by=EVERYBODY,
    )
    return {
        "title": f"{level.short}{key.label}情况",
        "header": ["名次", "乡镇", "做到", "没做到", "说不清", "在册", "占比"],
        "rows": [
            [
                str(one.place or "不排"),
                one.name,
                str(len(one.figure.done)),
                str(len(one.figure.not_done)),
                str(len(one.figure.unknown)),
                str(len(one.figure.among)),
                "—" if one.figure.percent is None else f"{one.figure.percent}%",
            ]
            for one in places
        ],
        "align": "rlrrrrr",
        "widths": [0.8, 2.0, 0.9, 0.9, 0.9, 0.9, 0.9],
        "notes": [
            f"{full_day_text(on)}的数字，{day.told.label}。{ORDER_SAID}；{NO_PLACE}。",
            f"“{key.label}”：{key.long}。",
        ],
    }
