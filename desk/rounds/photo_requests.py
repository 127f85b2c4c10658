"""抽查拍照: which stations were asked for a photo today, and how often each one answers."""

import re
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.photo_proofs import proofs
from server.calendar import full_day_text
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.services.county.round_options import round_options
from server.services.people.scope import SEES_ROUNDS, TOWNSHIP
from server.services.photos.requests import (
    ASKED_SUBJECTS,
    Rate,
    ask_by_name,
    draw_more,
    rates,
    requests_on,
)
from server.services.registry.stations import stations_in_sight

blueprint = Blueprint("desk_photo_requests", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
PERIOD = timedelta(days=29)  # with today: thirty days
DAYS_BACK = 366


def _day() -> date:
    """The day in the address, or today; nonsense and the future show today."""
    today = clock.today()
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today
    return day if today - timedelta(days=DAYS_BACK) <= day <= today else today


@blueprint.get("/photo-requests")
def requests() -> Any:
    """A day's requests, and thirty days' answer rate per station, the lowest first."""
    return _page()


@blueprint.post("/photo-requests")
@carries("on")
def ask() -> Any:
    """Ask some more today: so many drawn, or these by their numbers."""
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "抽查拍照由县专班或乡镇安排。如需抽查，请联系县专班。")
    form = request.form
    common: dict[str, Any] = {"county": county_of_desk(), "by": me(), "now": clock.now()}
    with answering(_page):
        _refuse_another_day(form.get("on", ""))
        if form.get("how") == "names":
            codes = re.split(r"[\s,，、;；]+", form.get("codes", "").strip())
            subject = form.get("subject", "")
            asked = ask_by_name(
                session(), codes=[one for one in codes if one], subject=subject, **common
            )
        else:
            count = form.get("count", "").strip()
            wanted = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
            asked = draw_more(session(), count=wanted, **common)
    return done(
        f"已请 {len(asked)} 个站点今天拍一张，站长手机“今天”页面上会看到。",
        url_for("desk_photo_requests.requests"),
    )


def _refuse_another_day(shown: str) -> None:
    """Raise Invalid photo-request-impossible for a page of yesterday: who was asked is another."""
    today = clock.today()
    if shown != today.isoformat():
        raise Invalid(
            "photo-request-impossible",
            f"您打开这一页以后过了零点，今天是{full_day_text(today)}了，还没有请。请看过今天的再点。",
        )


def _page(problem: Problem | None = None) -> Any:
    on, now = clock.today() if problem else _day(), clock.now()
    asked = requests_on(session(), county=me().county, on=on, seen_by=me())
    answered = rates(
        session(), county=me().county, seen_by=me(), since=on - PERIOD, until=on, now=now
    )
    found = [
        (station, township, answered[station.id])
        for station, township in stations_in_sight(session(), seen_by=me())
        if station.id in answered
    ]
    found.sort(key=lambda row: (row[2].share or 0, -row[2].asked, row[0].code or "", row[0].id))
    return page(
        "photo_requests.html",
        problem=problem,
        on=on,
        since=on - PERIOD,
        now=now,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1) if on < clock.today() else None,
        asked=asked,
        proofs=proofs([one.photo_id for one, _ in asked if one.photo_id]),
        rates=found,
        whole=Rate(sum(rate.asked for *_, rate in found), sum(rate.answered for *_, rate in found)),
        seeds=list(dict.fromkeys(one.seed for one, _ in asked)),
        subjects=ASKED_SUBJECTS,
        typed=request.form if problem else {"codes": request.args.get("name", "")[:20]},
        percent=round_options(county_of_desk()).photo_request_percent,
    )
