"""The inspector's pages: the stations of the county, and what a scanned plate stands for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, g

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.reading_rows import Beside
from miniapp_api.shapes import BINARY, InspectedList, ScanOut
from miniapp_api.views import (
    county_here,
    photo_view,
    picture_answer,
    plate_token,
)
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_phones
from server.http.rulebook import standards_here
from server.models.phone_event import Photo
from server.policy.standard.examine import Finding
from server.services.days import activity
from server.services.home import inspector as inspections
from server.services.people.scope import INSPECTING
from server.services.photos.photos import photo_for, subject_of
from server.services.plates.signs import live_signs
from server.services.review.reading_views import readings_of
from server.services.standing.standing import narrowed, standings

blp = ApiBlueprint("inspector", __name__, url_prefix="/api/v1/inspector", description="督导员")
guard_phones(blp, *INSPECTING)


class StationsIn(Lenient):
    """How to narrow the list."""

    township = Text(12, load_default="")
    q = Text(60, load_default="", metadata={"description": "name or number"})


class ScanIn(Lenient):
    """What the camera read, or the number that was typed."""

    text = Text(300, required=True)


@blp.route("/stations")
@blp.arguments(StationsIn, location="query")
@blp.response(200, InspectedList)
def stations(query: dict[str, str]) -> dict[str, Any]:
    """The stations this person may look at, each with its state."""
    found = standings(
        session(),
        county=county_here(),
        on=clock.today(),
        standards=standards_here(),
        seen_by=g.person,
    )
    signs = live_signs(session(), station_ids=[one.station.id for one in found])
    return {
        "stations": [
            Beside(
                standing.station,
                standing,
                status=standing.status if standing.assessed else None,
                plate_token=plate_token(signs.get(standing.station.id)),
            )
            for standing in narrowed(found, township=query["township"] or None, q=query["q"])
        ]
    }


@blp.route("/scan")
@blp.arguments(ScanIn, location="query")
@blp.response(200, ScanOut)
def scan(query: dict[str, str]) -> dict[str, Any]:
    """The station behind a plate: every clause with its verdict, and the newest photos."""
    today = clock.today()
    seen = inspections.scan_station(
        session(),
        person=g.person,
        text=query["text"],
        ring=settings_of().plaque_keys,
        now=clock.now(),
        on=today,
        standards=standards_here(),
    )
    view, standing = seen.view, seen.standing
    station = view.station
    newest = {photo.subject: photo for photo in seen.photos}
    read = readings_of(session(), [photo.id for photo in seen.photos])
    month = activity.activity(
        session(),
        county=station.county,
        since=today - timedelta(days=29),
        until=today,
        station_ids=[station.id],
    ).get(station.id, activity.Activity())
    return {
        "station": Beside(
            station,
            view,
            status=standing.status if standing.assessed else None,
            plate_token=plate_token(view.sign),
            area=seen.area,
        ),
        "sign": seen.sign,
        "method": seen.method,
        "status": standing.status if standing.assessed else None,
        "findings": [_finding_view(one, newest) for one in standing.findings],
        "photos": [photo_view(one, reading=read.get(one.id)) for one in newest.values()],
        "last_check_in": month.last_check_in_at,
        "counts_30d": month,
    }


def _finding_view(finding: Finding, newest: Mapping[str, Photo]) -> Beside:
    """A clause as the inspector reads it, with the picture that shows it."""
    subject = subject_of(finding.rule)
    photo = newest.get(subject) if subject else None
    return Beside(finding, photo_id=photo.id if photo else None)


@blp.route("/photos/<uuid:photo_id>/thumb")
@blp.response(200, BINARY, content_type="image/jpeg")
def thumb(photo_id: UUID) -> Response:
    """A photo of a station in this person's scope, small."""
    return picture_answer(photo_for(session(), g.person, photo_id), "thumb")


@blp.route("/photos/<uuid:photo_id>/view")
@blp.response(200, BINARY, content_type="image/jpeg")
def view(photo_id: UUID) -> Response:
    """A photo of a station in this person's scope, stamped."""
    return picture_answer(photo_for(session(), g.person, photo_id), "view")
