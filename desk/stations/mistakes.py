"""更正登记错误: what the register said of past days, put right; the wrong entry stays in sight."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here, working_days_here
from server.models.station import Station
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.days.register_mistakes import (
    Because,
    add_closing,
    correct_closing,
    correct_hours,
)
from server.services.days.register_past import first_day, past_of
from server.services.people.scope import OFFICE, station_for

blueprint = Blueprint("desk_mistakes", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
ASKED = "correction-asked"


def _page(station: Station, problem: Problem | None = None) -> Any:
    today = clock.today()
    past = past_of(session(), station=station, today=today)
    return page(
        "mistakes.html",
        problem=problem,
        station=station,
        past=past,
        seal=seal(past.shown),
        first=first_day(station, today),
        acted=request.form.get("what", "") if problem else "",
        asking=problem is not None and problem.code == ASKED,
        sure=request.form.get("sure", ""),
    )


@blueprint.get("/stations/<int:station_id>/mistakes")
def mistakes(station_id: int) -> Any:
    """What the register is taken to have said on past days, and two forms to put it right."""
    return _page(station_for(session(), me(), station_id))


@blueprint.post("/stations/<int:station_id>/mistakes")
@carries("seal")
def correct(station_id: int) -> Any:
    """Correct hours or a closing of past days, or add one, as it was looked at."""
    station = station_for(session(), me(), station_id)
    form = request.form
    with answering(lambda problem: _page(station, problem)):
        because = Because(form.get("reason", ""), form.get("source", ""))
        if form.get("what") == "closing":
            never = form.get("truth") == "never"
            correct_closing(
                session(),
                station=station,
                which=form.get("which", ""),
                closed_on=None if never else _day("closed_on", "真正停业的那天"),
                back_on=None if never else _day_or_none("back_on", "真正恢复营业的那天"),
                because=because,
                by=me(),
                now=clock.now(),
                holidays=working_days_here().holiday,
                seal=form.get("seal", ""),
                sure=form.get("sure", ""),
            )
        elif form.get("what") == "missed":
            add_closing(
                session(),
                station=station,
                closed_on=_day_or_none("closed_on", "停业的那天"),
                back_on=_day_or_none("back_on", "恢复营业的那天"),
                whole=form.get("whole") == "yes",
                because=because,
                by=me(),
                now=clock.now(),
                holidays=working_days_here().holiday,
                seal=form.get("seal", ""),
                sure=form.get("sure", ""),
            )
        else:
            correct_hours(
                session(),
                station=station,
                from_on=_day("from_on", "从哪天起"),
                until_on=_day_or_none("until_on", "到哪天为止"),
                hours=form.get("hours", ""),
                because=because,
                standards=standards_here(),
                by=me(),
                now=clock.now(),
                holidays=working_days_here().holiday,
                seal=form.get("seal", ""),
                sure=form.get("sure", ""),
            )
    return done(
        "更正好了。原来登错的还在变更记录里，旁边写着更正；还没核准的月份按更正后的算。",
        url_for("desk_mistakes.mistakes", station_id=station.id),
    )


def _day(name: str, label: str) -> date:
    return read_day(request.form.get(name, ""), label, latest=clock.today())


def _day_or_none(name: str, label: str) -> date | None:
    return _day(name, label) if request.form.get(name, "").strip() else None
