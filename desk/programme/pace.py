"""进度: any day's indicators, the stations behind each, ranking, months, two days compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.charts import figure_bar
from desk.frame.figures import behind, months_chart, trended
from desk.frame.pages import page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, table_out
from server.calendar import file_day, moment_text
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.county import Division
from server.policy.plan.indicators import IndicatorKey, keys_for
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.county.counties import townships
from server.services.people.scope import SEES_ROUNDS
from server.services.programme.days import Told, first_night
from server.services.programme.indicators import DayFigures, between, indicators_on
from server.services.programme.pace_lists import (
    ListAsked,
    Part,
    StationLine,
    cells_of,
    headers_of,
    lines_of,
)
from server.services.programme.pace_steps import StepState, step_lines, target_lines
from server.services.programme.ranking import (
    NO_PLACE,
    ORDER_SAID,
    Place,
    TrendDay,
    ranked_townships,
    ranking,
    trend,
)
from server.services.programme.targets import plan_on
from server.services.reporting.circular_sight import may_circulate

blueprint = Blueprint("desk_pace", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
PAGE_ROWS = 100
ASKED = ("on", "level", "what", "part", "township", "beside")


def _day(name: str) -> date | None:
    """The day in an address; None where none is asked for. Raises Invalid field-invalid."""
    text = request.args.get(name, "").strip()
    return read_day(text, "日期", latest=None) if text else None


def _figures(on: date) -> DayFigures:
    return indicators_on(
        session(),
        county=county_of_desk(),
        on=on,
        now=clock.now(),
        standards=standards_here(),
        seen_by=me(),
    )


def _level() -> Level:
    asked = request.args.get("level", "")
    return next((one for one in Level if one.value == asked), Level.VILLAGE_POINT)


def _what(level: Level, *, assessed: bool) -> IndicatorKey:
    """The indicator in the address, if the level speaks of it; filed where it is asked for none."""
    keys = keys_for(level, assessed=assessed)
    asked = request.args.get("what", "")
    usual = IndicatorKey.FILED if level is Level.VILLAGE_POINT else IndicatorKey.BUILT
    return next((one for one in keys if one.value == asked), usual)


@dataclass(frozen=True)
class _Shown:
    """What the page and its workbook show alike."""

    figures: DayFigures
    level: Level
    what: IndicatorKey
    places: list[Place]
    months: list[TrendDay]
    other: DayFigures | None


def _shown() -> _Shown:
    on = _day("on") or clock.today()
    figures = _figures(on)
    level = _level()
    what = _what(level, assessed=figures.day.assessed)
    beside = _day("beside")
    return _Shown(
        figures=figures,
        level=level,
        what=what,
        places=ranking(
            session(),
            figures.day,
            townships=ranked_townships(townships(session(), me().county), figures.day, level),
            level=level,
            key=what,
            seen_by=me(),
        ),
        months=trend(session(), county=county_of_desk(), today=figures.day, seen_by=me()),
        other=_figures(beside) if beside and beside != on else None,
    )


def _pace_page(problem: Problem | None = None) -> Any:
    shown = _shown()
    day = shown.figures.day
    today = clock.today()

    def address(**changes: Any) -> str:
        """This page with something changed; empty ones leave the address."""
        kept = {name: request.args.get(name) for name in ("on", "level", "what", "beside")}
        asked = {**kept, **changes}
        return url_for("desk_pace.pace", **{name: one for name, one in asked.items() if one})

    whole = whole_county_in_sight()
    plan = plan_on(session(), county_of_desk(), day.on) if whole else None
    return page(
        "pace.html",
        problem=problem,
        day=day,
        Told=Told,
        figures=shown.figures,
        whole=whole,
        plan=plan,
        targets=target_lines(plan, shown.figures) if plan else [],
        steps=step_lines(session(), county=county_of_desk(), plan=plan, figures=shown.figures)
        if plan
        else [],
        StepState=StepState,
        own=session().get(Division, me().township_code) if me().township_code else None,
        level=shown.level,
        what=shown.what,
        keys=keys_for(shown.level, assessed=day.assessed),
        places=shown.places,
        order_said=ORDER_SAID,
        no_place=NO_PLACE,
        months=shown.months,
        trended=trended(shown.months, shown.level),
        chart=months_chart(shown.months, shown.level),
        other=shown.other,
        moved=between(shown.other, shown.figures) if shown.other else [],
        first_night=first_night(session(), county=me().county),
        circulates=may_circulate(session(), me()),
        near=_near_days(day.on, today),
        address=address,
        behind=behind,
        figure_bar=figure_bar,
        later=[one for one in day.later if one.station_id in shown.figures.stations],
    )


def _near_days(on: date, today: date) -> list[tuple[str, date]]:
    """Days that are asked for often: around the day, the ends of month and year, today."""
    last_month = today.replace(day=1) - timedelta(days=1)
    last_year = date(today.year - 1, 12, 31)
    asked = [("前一天", on - timedelta(days=1)), ("后一天", on + timedelta(days=1)),
             ("今天", today), ("上月底", last_month), ("去年底", last_year)]  # fmt: skip
    return [(word, one) for word, one in asked if one <= today and one != on]


@blueprint.get("/pace")
def pace() -> Any:
    """A day's figures; without one in the address today's."""
    return _pace_page()


@blueprint.get("/pace.xlsx")
def pace_file() -> Any:
    """The same as a workbook, with every station of the day."""
    from server.papers.pace_sheet import pace_xlsx

    shown = _shown()
    county = county_of_desk()
    content = pace_xlsx(
        county,
        shown.figures,
        places=shown.places,
        months=shown.months,
        lines=_lines(shown.figures),
        scope="" if whole_county_in_sight() else "只有看得到的站点",
        at=clock.now(),
        other=shown.other,
        anchor=anchor_now(),
    )
    name = f"{county.name}进度{file_day(shown.figures.day.on)}.xlsx"
    return table_out(content, name)


def _names() -> dict[str, str]:
    return {one.code: one.name for one in townships(session(), me().county)}


def _lines(figures: DayFigures, only: Iterable[int] | None = None) -> list[StationLine]:
    return lines_of(figures, _names(), only=only)


def _asked() -> tuple[DayFigures, ListAsked]:
    """The day and the part of its stations that the address asks for."""
    on = _day("on") or clock.today()
    figures = _figures(on)
    level = _level()
    beside = _day("beside")
    part = next((one for one in Part if one.value == request.args.get("part")), Part.ALL)
    return figures, ListAsked(
        level=level,
        key=_what(level, assessed=figures.day.assessed),
        part=part,
        township=request.args.get("township", ""),
        other=_figures(beside) if beside and part.of_two_days else None,
    )


@blueprint.get("/pace/stations")
def stations() -> Any:
    """The stations behind a figure, as they were on the day."""
    figures, asked = _asked()
    ids = asked.ids(figures)
    lines = _lines(asked.day_of(figures), ids)
    leaf = page_of(len(lines), PAGE_ROWS)
    names = _names()

    def address(endpoint: str = "desk_pace.stations", **changes: Any) -> str:
        """This list, or its file, with something changed; empty ones leave the address."""
        kept: dict[str, Any] = {name: request.args.get(name) for name in ASKED} | changes
        return url_for(endpoint, **{name: one for name, one in kept.items() if one})

    return page(
        "pace_stations.html",
        day=figures.day,
        Told=Told,
        asked=asked,
        parts=[one for one in Part if not one.of_two_days],
        counts={one: len(asked.of_part(figures, one)) for one in Part if not one.of_two_days},
        lines=leaf.of(lines),
        count=len(lines),
        leaf=leaf,
        place=names.get(asked.township, ""),
        gone=_gone(lines),
        address=address,
        back=url_for("desk_pace.pace", on=figures.day.on.isoformat(), level=asked.level.value),
        file=address("desk_pace.stations_file"),
    )


def _gone(lines: Iterable[StationLine]) -> set[int]:
    """Stations that are in the register no more: they have no page to go to."""
    from server.services.programme.pace_lists import still_there

    return {one.station_id for one in lines} - still_there(session(), lines)


@blueprint.get("/pace/stations.csv")
def stations_file() -> Any:
    """The same list as a table."""
    from server.media.sheets.writing import TAKEN, write_csv

    figures, asked = _asked()
    shown = asked.day_of(figures)
    noted = "；".join(shown.day.closings_said)
    day = (shown.day.on.isoformat(), shown.day.told.label, noted, moment_text(clock.now()))
    rows = [(*cells_of(one, shown), *day) for one in _lines(shown, asked.ids(figures))]
    name = f"{asked.level.short}{asked.key.short}{asked.part.label}{file_day(figures.day.on)}.csv"
    headers = (*headers_of(shown), "哪一天", "凭什么", "注意", TAKEN)
    return table_out(write_csv(headers, rows), name)
