"""件数核准: a month's parcels per township and station, its approval, and what was put right."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, whole_county_in_sight
from desk.frame.addresses import day_of_address
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from server.calendar import first_of_month, full_day_text, full_month_text, next_month
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.models.county import Division, Operator
from server.models.person import Person
from server.models.station import Station
from server.policy.numerals import whole
from server.policy.reconciliation import Tolerance
from server.services.common import chain
from server.services.common.phone_items import CountEntry
from server.services.common.seals import seal
from server.services.county.round_options import round_options
from server.services.days import months
from server.services.days.corrections import corrections
from server.services.days.counts import LABELS, correct_count, count_shown, versions_of
from server.services.days.reconciliation import reconciled_month
from server.services.people.scope import OFFICE, station_for

blueprint = Blueprint("desk_months", __name__, url_prefix="/desk")
guard_desk(blueprint)


def _month(text: str) -> date:
    """The month in an address (2023-07); nonsense and the future give the newest that is over."""
    this = first_of_month(clock.today())
    try:
        month_on = date.fromisoformat(f"{text}-01")
    except ValueError:
        month_on = date.max
    if date(2000, 1, 1) <= month_on <= this:
        return month_on
    return first_of_month(date.fromordinal(this.toordinal() - 1))


def _figures(county: str, month_on: date, today: date) -> months.Month:
    holidays = working_days_here().holiday
    return months.month_figures(
        session(), county=county, month_on=month_on, today=today, holidays=holidays
    )


def _page(month_on: date, problem: Problem | None = None) -> Any:
    county, today = me().county, clock.today()
    approval = months.approval_of(session(), county=county, month_on=month_on)
    whole = _figures(county, month_on, today)
    now = months.month_seen(session(), whole, seen_by=me())
    frozen = (
        months.month_seen(session(), months.frozen_month(approval), seen_by=me())
        if approval
        else None
    )
    return page(
        "months.html",
        problem=problem,
        month=now,
        frozen=frozen,
        changed={
            one.station_id: one for one in now.stations if frozen and one not in frozen.stations
        },
        seen_sha256=whole.sha256,
        gap=whole.gap,
        gap_asked=round_options(county_of_desk()).month_gap_percent,
        approval=approval,
        approver=session().get(Person, approval.approved_by) if approval else None,
        over=next_month(month_on) <= today,
        every=months.months_of(session(), county=county, today=today),
        corrections=corrections(session(), approval=approval, seen_by=me()) if approval else [],
        month_name=full_month_text,
        reconciled=reconciled_month(
            session(),
            county=county,
            month_on=month_on,
            today=today,
            seen_by=me(),
            holidays=working_days_here().holiday,
        ),
    )


@blueprint.get("/months")
def month() -> Any:
    """One month; without a name in the address the newest that is over."""
    return _page(_month(request.args.get("month", "")))


@blueprint.get("/months.xlsx")
def month_file() -> Any:
    """The month as a workbook; once it is approved its figures are the same for ever."""
    from server.papers.month_sheet import month_xlsx
    from server.services.days.month_contents import month_content

    county, today = county_of_desk(), clock.today()
    month_on = _month(request.args.get("month", ""))
    approval = months.approval_of(session(), county=county.code, month_on=month_on)
    content = month_content(
        session(),
        county=county,
        now=_figures(county.code, month_on, today),
        approval=approval,
        seen_by=me(),
        on=today,
        scope=_scope(),
    )
    at = approval.approved_at if approval else clock.now()
    anchor = chain.foot(session(), county=county.code, at=at)
    return made_out(
        month_xlsx(replace(content, anchor=anchor)),
        f"{content.title}（{'已核准' if approval else '未核准'}）.xlsx",
    )


def _scope() -> str:
    """Whose stations somebody sees who does not see the whole county's."""
    if whole_county_in_sight():
        return ""
    township = session().get(Division, me().township_code) if me().township_code else None
    operator = session().get(Operator, me().operator_id) if me().operator_id else None
    return f"只有{township.name if township else operator.name if operator else '本人'}的站点"


@blueprint.post("/months/approve")
@carries("sha256", "tolerance")
def approve() -> Any:
    """Close the month with the figures that stood on the page."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "件数由县专班核准。如有出入，请告诉县专班。")
    month_on = _month(request.form.get("month", ""))
    with answering(lambda problem: _page(month_on, problem)):
        if request.form.get("sure") != "yes":
            raise Invalid("month-not-sure", "核准以后不能撤回。请勾选“我看过了”，再点核准。")
        approval = months.approve_month(
            session(),
            county=me().county,
            month_on=month_on,
            seen_sha256=request.form.get("sha256", ""),
            note=request.form.get("note", ""),
            gap_reason=request.form.get("gap_reason", ""),
            by=me(),
            now=clock.now(),
            holidays=working_days_here().holiday,
            tolerance=_tolerance(request.form.get("tolerance", "0/0")),
        )
    return done(
        f"{full_month_text(approval.month_on)}的件数已经核准。以后要改，须写明理由。",
        url_for("desk_months.month", month=f"{month_on:%Y-%m}"),
    )


def _tolerance(text: str) -> Tolerance:
    """How far both sides might lie apart when the form was shown; nonsense holds nowhere."""
    parcels, _, percent = text.partition("/")
    if not (parcels.isdecimal() and percent.isdecimal() and len(text) < 12):
        return Tolerance(-1, -1)
    return Tolerance(int(parcels), int(percent))


def _day(text: str) -> date:
    return day_of_address(text, back="站点页的每日数字")


def _day_page(station: Station, day_on: date, problem: Problem | None = None) -> Any:
    versions = versions_of(session(), station=station, day_on=day_on)
    holds = versions[0].count if versions else None
    # Where nobody reported the boxes are empty: nought is what somebody says, not what is lacking.
    given = {
        name: request.form.get(name, str(getattr(holds, name)) if holds else "") for name in LABELS
    }
    return page(
        "day_count.html",
        problem=problem,
        wrong={name.removeprefix("payload.") for name in problem.details.get("fields", ())}
        if problem
        else set(),
        station=station,
        day_on=day_on,
        versions=versions,
        given=given,
        reason=request.form.get("reason", ""),
        seal=seal(count_shown(session(), station=station, day_on=day_on)),
        labels=LABELS,
        approval=months.approval_of(
            session(), county=station.county, month_on=first_of_month(day_on)
        ),
    )


@blueprint.get("/stations/<int:station_id>/counts/<day>")
def day_count(station_id: int, day: str) -> Any:
    """All versions of one day's count."""
    return _day_page(station_for(session(), me(), station_id), _day(day))


def _number(name: str) -> int:
    try:
        return whole(request.form.get(name, ""), "件")
    except ValueError as odd:
        raise Invalid(
            "count-unreadable",
            f"“{LABELS[name]}”{odd}，例如 12；没有就填 0。",
            fields=[f"payload.{name}"],
        ) from odd


@blueprint.post("/stations/<int:station_id>/counts/<day>")
@carries("seal")
def correct(station_id: int, day: str) -> Any:
    """Put a day right by hand; the versions before stay, and the reason stands beside."""
    station, day_on = station_for(session(), me(), station_id), _day(day)
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "件数由县专班更正。如有出入，请告诉县专班。")
    with answering(lambda problem: _day_page(station, day_on, problem)):
        entry = CountEntry(
            day_on,
            received=_number("received"),
            sent=_number("sent"),
            agri_sent=_number("agri_sent"),
            on_hand=_number("on_hand"),
            reason=request.form.get("reason", "").strip(),
        )
        made = correct_count(
            session(),
            station=station,
            entry=entry,
            by=me(),
            now=clock.now(),
            seal=request.form.get("seal"),
        )
    return done(
        f"{full_day_text(day_on)}的件数已更正，原来的各版都留着。"
        if made.version > 1
        else f"{full_day_text(day_on)}的件数已补报。",
        url_for("desk_months.day_count", station_id=station.id, day=day_on.isoformat()),
    )
