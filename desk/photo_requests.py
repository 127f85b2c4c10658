"""抽查拍照: which stations were asked for a photo today, and how often each one answers."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select

from desk.pages import county_of_desk, me, page
from desk.photo_proofs import proofs
from desk.rounds import SEES_ROUNDS
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.county import Division
from server.models.station import Station
from server.services.photo_requests import Rate, rates, requests_on
from server.services.round_options import round_options
from server.services.scope import stations_visible_to

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
    on, now = _day(), clock.now()
    places = {
        station.id: (station, township or "")
        for station, township in session().execute(
            select(Station, Division.name)
            .outerjoin(Division, Division.code == Station.township_code)
            .where(stations_visible_to(me()))
        )
    }
    asked = [
        (request_, station)
        for request_, station in requests_on(session(), county=me().county, on=on)
        if station.id in places
    ]
    found = [
        (*places[station_id], rate)
        for station_id, rate in rates(
            session(), county=me().county, since=on - PERIOD, until=on, now=now
        ).items()
        if station_id in places
    ]
    found.sort(key=lambda row: (row[2].share or 0, -row[2].asked, row[0].code or "", row[0].id))
    return page(
        "photo_requests.html",
        on=on,
        since=on - PERIOD,
        now=now,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1) if on < clock.today() else None,
        asked=asked,
        proofs=proofs([one.photo_id for one, _ in asked if one.photo_id]),
        rates=found,
        whole=Rate(sum(rate.asked for *_, rate in found), sum(rate.answered for *_, rate in found)),
        percent=round_options(county_of_desk()).photo_request_percent,
    )
