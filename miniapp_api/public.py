"""What anybody sees who scans a plate: the public page, its JSON, and WeChat's proof files."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint as Pages
from flask import Response, make_response, redirect, render_template
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound as NoSuchPage

from miniapp_api.session_shapes import TelephonesOut
from miniapp_api.shapes import ProblemOut, PublicStation
from server.calendar import beijing_day, clock_text, full_month_text
from server.errors import Conflict, NotFound
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import open_to_all
from server.http.problems import answer
from server.models.county import County, Division
from server.models.station import Station
from server.policy.dialling import dialled
from server.policy.hours import OpenNow, hours_lines
from server.services.common.openings import openings_told
from server.services.complaints.figures import public_figures, public_months
from server.services.county.complaint_options import complaint_options
from server.services.county.telephones import public_telephones
from server.services.days.open_now import open_now_at
from server.services.plates.scans import read_scan
from server.services.registry.fields import SERVICES
from server.services.registry.nearby import Near, points_near

blp = Blueprint("public", __name__, url_prefix="/api/v1/public", description="村民扫牌")
open_to_all(blp, "a villager without an account scans the plate")
pages = Pages("public_pages", __name__, template_folder="templates", static_folder=None)
open_to_all(pages, "a villager without an account scans the plate")
PROOF_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\.txt")
GONE = 410
STYLE = Path(__file__).with_name("static") / "public.css"


@dataclass(frozen=True)
class Shown:
    """A station without anything personal."""

    token: str
    county: str
    code: str
    name: str
    level_label: str
    county_name: str
    township_name: str
    address: str
    hours_lines: tuple[str, ...]
    today: str
    now: OpenNow
    looked_at: str
    near: list[Near]
    delivery: str
    services: tuple[str, ...]
    filing: dict[str, Any]
    hotline: str
    demo: bool


def _shown(token: str, now: datetime) -> Shown:
    """The station behind a token; raises what `read_scan` raises. Typed numbers are not taken."""
    station: Station = read_scan(
        session(), text=token, ring=settings_of().plaque_keys, county=None, now=now
    ).station
    county = session().get_one(County, station.county)
    day = beijing_day(now)
    told = openings_told(
        session(), county=station.county, station_ids=[station.id], since=day, until=day
    ).get((station.id, day))
    township = session().get(Division, station.township_code) if station.township_code else None
    return Shown(
        token=token,
        county=county.code,
        code=station.code or "",
        name=station.name,
        level_label=station.level.label,
        county_name=county.name,
        township_name=township.name if township else "",
        address=station.address,
        hours_lines=hours_lines(station.hours),
        today=told.label if told else "",
        now=open_now_at(session(), station=station, now=now),
        looked_at=clock_text(now),
        near=points_near(session(), station=station),
        delivery=complaint_options(county).delivery,
        services=tuple(SERVICES.get(name, name) for name in station.services),
        filing={"filed": station.filed_on is not None, "on": station.filed_on},
        hotline=county.hotline,
        demo=county.demo or station.demo,
    )


@blp.route("/stations/<token>")
@blp.response(200, PublicStation)
@blp.alt_response(GONE, schema=ProblemOut, description="the plate is no longer in use")
def station(token: str) -> Any:
    """What anybody may know of the station behind a plate."""
    try:
        return _shown(token, clock.now())
    except Conflict as problem:
        return answer(GONE, problem.code, problem.message)


@blp.route("/telephones")
@blp.response(200, TelephonesOut)
def telephones() -> dict[str, Any]:
    """Whom to call where a phone is not bound yet: what counties have made public."""
    return {"counties": public_telephones(session())}


@pages.get("/s/<token>")
def page(token: str) -> Any:
    """The page behind every printed code; works without JavaScript."""
    try:
        shown = _shown(token, clock.now())
    except (Conflict, NotFound) as problem:
        status = GONE if isinstance(problem, Conflict) else 404
        body = render_template(
            "public/no_station.html", message=problem.message, gone=status == GONE
        )
        return body, status
    dial = dialled(shown.hotline)
    made = make_response(render_template("public/station.html", station=shown, dial=dial))
    made.headers["Cache-Control"] = "no-cache"  # whether it is open now holds for now
    return made


@pages.get("/s/county/<code>")
def voices(code: str) -> Any:
    """How a county's townships answer complaints: twelve whole months, and nothing of few."""
    county = session().get(County, code) if len(code) <= County.code.type.length else None
    if county is None:
        raise NoSuchPage
    since, until = public_months(clock.today())
    return render_template(
        "public/voices.html",
        county=county,
        townships=public_figures(session(), county=code, on=clock.today()),
        since=full_month_text(since),
        until=full_month_text(until - timedelta(days=1)),
    )


@pages.get("/s/")
def slip() -> Any:
    """What a slip's code leads a browser to: the app, which reads the code behind the #."""
    return redirect("/app/")


@pages.get("/s/<name>.txt")
@pages.get("/<name>.txt")
def proof(name: str) -> Response:
    """The file by which WeChat checks that this address is ours; put into `wx_verify` by hand."""
    file = f"{name}.txt"
    if not PROOF_NAME.fullmatch(file):
        raise NoSuchPage
    path = settings_of().home / "wx_verify" / file
    if not path.is_file():
        raise NoSuchPage
    return Response(path.read_bytes(), mimetype="text/plain")


@pages.get("/s/public.css")
def style() -> Response:
    """The look of the public pages."""
    response = Response(STYLE.read_bytes(), mimetype="text/css")
    response.cache_control.max_age = 86400
    return response
