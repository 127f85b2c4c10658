"""What the house counts of those assessed: as found at the end of a period's last day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, full_month_text
from server.models.county import County
from server.models.organisation import Organisation
from server.policy.plan.assessment import COVERED, LEVELS, MEASURES, MENDED, REPORTED
from server.policy.plan.assessment_frozen import FrozenFigure
from server.policy.plan.indicators import IndicatorKey, StationDay, Tell, keys_for, told
from server.policy.plan.reports import Timeliness
from server.policy.standard.standards import Standard
from server.services.coverage.serving import villages_served
from server.services.mending.deadlines import mends_due
from server.services.people.scope import EVERYBODY
from server.services.programme.days import Told, day_of
from server.services.programme.reconstructed import register_of
from server.services.reporting.rules import ReportOptions
from server.services.reporting.units import unit_months

ONLY_THAT_NIGHT = (IndicatorKey.MET, IndicatorKey.FILED_AND_MET, IndicatorKey.BOUND)
"""Of these nothing is kept but what the night wrote: no record says afterwards how they were."""
MOST_NAMED, MOST_OF_A_NAME = 3, 24  # the line holds 200 characters
Figures = dict[str, dict[str, FrozenFigure]]


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted: of whom (`subjects` by key with their name), what, and of which days."""

    county: County
    subjects: Mapping[str, str]
    measures: Collection[str]
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Drawn:
    """The counts by subject and measure, and on what the last day's stations rest."""

    figures: Figures
    last_day: str


def draw(
    session: Session,
    span: Span,
    *,
    options: ReportOptions | None,
    standards: Sequence[Standard],
    now: datetime,
) -> Drawn:
    """Count everything that is asked for; the stations as their last night wrote them down.

    Raises Invalid day-not-yet.
    """
    day = day_of(session, county=span.county, on=span.until_on, now=now, standards=standards)
    source = f"{full_day_text(day.on)}{day.told.label}"
    figures = _others(session, span, options=options, on=beijing_day(now))
    _stations(figures, span, day.stations, source, assessed=day.assessed)
    broken = "" if day.whole else "；注意：与当晚的校验码对不上"
    told = f"{day.told.label}：{day.told.long}{broken}{_unread(day.unread)}"
    return Drawn(figures, f"{told}{_put_right(day.put_right)}")


def _put_right(names: Sequence[str]) -> str:
    """How many have a closing that was corrected."""
    return f"；{len(names)}个站停业的登记更正过，按更正后的算" if names else ""


def _unread(names: Sequence[str]) -> str:
    """Whose closings nobody can tell any more, for the line under which the counts are signed."""
    if not names:
        return ""
    some = "、".join(name[:MOST_OF_A_NAME] for name in names[:MOST_NAMED])
    more = f"等{len(names)}个站" if len(names) > MOST_NAMED else ""
    return f"；注意：{some}{more}停业的记录已按规定删除，那天停没停业查不到，按没停算"


def draw_again(
    session: Session,
    span: Span,
    *,
    options: ReportOptions | None,
    standards: Sequence[Standard],
    now: datetime,
) -> Figures:
    """The same counts as today's records have them; what only that night could tell is left out.

    Of stations that were written down that night it says what the register and the acceptances say
    of that day now; who was entered later was not there then.
    """
    day = day_of(session, county=span.county, on=span.until_on, now=now, standards=standards)
    figures = _others(session, span, options=options, on=beijing_day(now))
    if day.told is Told.RECKONED:
        _stations(figures, span, day.stations, "", assessed=day.assessed)
        return figures
    register = register_of(session, county=span.county)
    then = {one.station_id for one in day.stations}
    known = register.on(day.on, open_work=register.open_work(session, day.on))
    stations = [one for one in known if one.station_id in then]
    _stations(figures, span, stations, "", assessed=day.assessed, but=ONLY_THAT_NIGHT)
    return figures


def _stations(
    figures: Figures,
    span: Span,
    stations: Iterable[StationDay],
    source: str,
    *,
    assessed: bool,
    but: Collection[IndicatorKey] = (),
) -> None:
    """Count the stations' measures; of a standard that was not chosen nothing is counted."""
    by_place: dict[tuple[str, str], list[StationDay]] = defaultdict(list)
    for one in stations:
        by_place[one.township_code or "", one.level.value].append(one)
    for level in LEVELS:
        for key in keys_for(level, assessed=assessed):
            measure = f"{level.value}.{key.value}"
            if measure not in span.measures or key in but:
                continue
            for subject in span.subjects:
                found = by_place[subject, level.value]
                figures[subject][measure] = _figure(
                    ((f"{one.code} {one.name}".strip(), told(key, one)) for one in found), source
                )


def _others(session: Session, span: Span, *, options: ReportOptions | None, on: date) -> Figures:
    """What is not of a day's stations: villages, rectifications, monthly reports."""
    figures: Figures = {subject: {} for subject in span.subjects}
    found: dict[str, dict[str, list[tuple[str, Tell]]]] = {}
    sources = {COVERED: f"{full_day_text(span.until_on)}，照现在的登记"}
    if COVERED in span.measures:
        found[COVERED] = _villages(session, span)
    if MENDED in span.measures:
        found[MENDED] = _mended(session, span, on)
    if REPORTED in span.measures:
        found[REPORTED] = _reported(session, span, options, on)
    for measure, told_of in found.items():
        source = sources.get(
            measure, f"{full_day_text(span.from_on)}至{full_day_text(span.until_on)}到期的"
        )
        for subject in span.subjects:
            figures[subject][measure] = _figure(told_of.get(subject, ()), source)
    return figures


def _figure(told_of: Iterable[tuple[str, Tell]], source: str) -> FrozenFigure:
    rows = list(told_of)
    return {
        "done": sum(tell is True for _, tell in rows),
        "not_done": sum(tell is False for _, tell in rows),
        "unknown": sum(tell is None for _, tell in rows),
        "missing": [name for name, tell in rows if tell is False],
        "untold": [name for name, tell in rows if tell is None],
        "source": source,
    }


def _villages(session: Session, span: Span) -> dict[str, list[tuple[str, Tell]]]:
    found: dict[str, list[tuple[str, Tell]]] = defaultdict(list)
    for one in villages_served(
        session, county=span.county.code, on=span.until_on, seen_by=EVERYBODY
    ):
        if one.committee:
            found[one.township_code].append((one.name, one.how.covers))
    return found


def _mended(session: Session, span: Span, on: date) -> dict[str, list[tuple[str, Tell]]]:
    """Rectifications with a last day in the period (`mending.deadlines` says which were kept).

    One that was answered in time and waits for the office is nobody's fault: it is unknown.
    """
    found: dict[str, list[tuple[str, Tell]]] = defaultdict(list)
    for one in mends_due(
        session, county=span.county.code, since=span.from_on, until=span.until_on, on=on
    ):
        if one.station.township_code:
            found[one.station.township_code].append(
                (f"{one.station.name}：{one.mend.title}", one.in_time)
            )
    return found


def _reported(
    session: Session, span: Span, options: ReportOptions | None, on: date
) -> dict[str, list[tuple[str, Tell]]]:
    if options is None:
        return {}
    found: dict[str, list[tuple[str, Tell]]] = {}
    for unit in session.scalars(
        sa.select(Organisation)
        .where(Organisation.county == span.county.code)
        .order_by(Organisation.id)
    ):
        key = subject_of(unit)
        if key in span.subjects:
            found[key] = [
                (full_month_text(one.month_on), one.timeliness is Timeliness.ON_TIME)
                for one in reversed(unit_months(session, unit=unit, options=options, on=on))
                if span.from_on <= one.due_on <= span.until_on
            ]
    return found


def subject_of(unit: Organisation) -> str:
    """The key of a body among those assessed."""
    return f"u{unit.id}"


def same_counts(one: FrozenFigure, other: FrozenFigure) -> bool:
    """Whether two figures say the same."""
    return all(one[name] == other[name] for name in ("done", "not_done", "unknown"))


def figure_text(measure: str, figure: FrozenFigure) -> str:
    """A figure in a few words: 12/14 站，1 站说不清."""
    unit = MEASURES[measure].unit if measure in MEASURES else ""
    among = figure["done"] + figure["not_done"] + figure["unknown"]
    if among == 0:
        return "没有可算的"
    unknown = f"，{figure['unknown']}{unit}说不清" if figure["unknown"] else ""
    return f"{figure['done']}/{among}{unit}{unknown}"
