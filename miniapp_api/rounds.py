"""The inspector's rounds: the list, what to take along offline, copies, rectifications."""

import gzip
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from miniapp_api.fields import Text
from miniapp_api.inspection_payloads import Values
from miniapp_api.lenient import Lenient
from miniapp_api.package_shapes import PackageOut
from miniapp_api.reading_rows import Beside
from miniapp_api.round_shapes import (
    CopyOut,
    RectificationOut,
    RectificationsOut,
    RoundsOut,
)
from miniapp_api.round_views import (
    copy_here,
    package_view,
    paper_answer,
    paper_name,
    paper_of,
    rectification_view,
    round_view,
)
from miniapp_api.shapes import BINARY
from server.http import clock
from server.http.database import blobs_of, session
from server.http.guards import guard_phones
from server.http.rulebook import standards_here
from server.models.rectification import Rectification, RectificationState
from server.services.inspections.copies import InspectionCopy
from server.services.inspections.versions import inspection_of
from server.services.mending import lists as rectification_lists
from server.services.mending import rectifications
from server.services.people.scope import INSPECTING, station_for
from server.services.rounds.campaigns import campaign_of, campaigns_of
from server.services.rounds.packages import Package, package_for, package_outside, plates_of
from server.services.rounds.visits import visit_views

blp = Blueprint("rounds", __name__, url_prefix="/api/v1/rounds", description="督导轮次")
guard_phones(blp, *INSPECTING)


class PackageIn(Lenient):
    """Which part of a round to take along."""

    township = Text(12, load_default="")
    thumbs = fields.Boolean(load_default=True)
    all = fields.Boolean(load_default=False, metadata={"description": "colleagues' stations too"})


class StationPackageIn(Lenient):
    """How one station's form is taken along."""

    thumbs = fields.Boolean(load_default=True)


class StatesIn(Lenient):
    """Which rectifications to list."""

    state = fields.String(
        load_default="",
        validate=validate.OneOf(["", *(state.value for state in RectificationState)]),
    )
    station_id = fields.Integer(load_default=None, allow_none=True)


class AcceptIn(Lenient):
    """Mended; `values` where a measure or a text was found wanting."""

    note = Text(400, load_default="")
    values = Values()


class ReturnIn(Lenient):
    """Not mended yet, and what is missing."""

    reason = Text(400, load_default="")


@blp.route("/mine")
@blp.response(200, RoundsOut)
def mine() -> dict[str, Any]:
    """The open rounds with every station this person may see, and which are the own ones."""
    today = clock.today()
    campaigns = [
        one for one in campaigns_of(session(), county=g.person.county) if one.closed_at is None
    ]
    found = []
    for campaign in campaigns:
        views = visit_views(session(), campaign=campaign, on=today, seen_by=g.person)
        plates = plates_of(session(), [one.station.id for one in views])
        found.append(round_view(campaign, views, plates))
    return {"server_now": clock.now(), "today": today, "campaigns": found}


@blp.route("/<int:campaign_id>/package")
@blp.arguments(PackageIn, location="query")
@blp.response(200, PackageOut)
def package(query: dict[str, Any], campaign_id: int) -> Response:
    """Everything needed offline for a township's stations; small pictures inside, gzipped."""
    campaign = campaign_of(session(), county=g.person.county, campaign_id=campaign_id)
    packed = package_for(
        session(),
        blobs_of(),
        campaign=campaign,
        person=g.person,
        on=clock.today(),
        standards=standards_here(),
        township_code=query["township"] or None,
        with_thumbs=query["thumbs"],
        everybodys=query["all"],
    )
    return _packed_answer(packed, query["township"] or None)


@blp.route("/stations/<int:station_id>/package")
@blp.arguments(StationPackageIn, location="query")
@blp.response(200, PackageOut)
def station_package(query: dict[str, Any], station_id: int) -> Response:
    """The form of one station for a visit outside any round, under today's standards."""
    packed = package_outside(
        session(),
        blobs_of(),
        station=station_for(session(), g.person, station_id),
        person=g.person,
        on=clock.today(),
        standards=standards_here(),
        with_thumbs=query["thumbs"],
    )
    return _packed_answer(packed, None)


def _packed_answer(packed: Package, township: str | None) -> Response:
    text = PackageOut().dumps(package_view(packed, township))
    answer = current_app.response_class(text, mimetype="application/json")
    if request.accept_encodings.quality("gzip") > 0:
        answer.set_data(gzip.compress(text.encode(), 5))
        answer.content_encoding = "gzip"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.vary.add("Accept-Encoding")
    return answer


@blp.route("/inspections/<uuid:inspection_id>")
@blp.response(200, CopyOut)
def inspection(inspection_id: UUID) -> InspectionCopy:
    """An inspection of a station in this person's scope."""
    found = inspection_of(session(), county=g.person.county, inspection_id=inspection_id)
    station_for(session(), g.person, found.station_id)
    return copy_here(found)


@blp.route("/inspections/<uuid:inspection_id>/copy.pdf")
@blp.response(200, BINARY, content_type="application/pdf")
def inspection_pdf(inspection_id: UUID) -> Response:
    """The same on paper."""
    found = inspection_of(session(), county=g.person.county, inspection_id=inspection_id)
    station_for(session(), g.person, found.station_id)
    return paper_answer(paper_of(found), paper_name(found))


@blp.route("/rectifications")
@blp.arguments(StatesIn, location="query")
@blp.response(200, RectificationsOut)
def to_judge(query: dict[str, Any]) -> dict[str, Any]:
    """Rectifications in this person's scope; without `state` all that are open."""
    states = [RectificationState(query["state"])] if query["state"] else rectifications.OPEN_STATES
    found = rectification_lists.rectifications_seen(
        session(),
        county=g.person.county,
        on=clock.today(),
        seen_by=g.person,
        states=states,
        station_id=query["station_id"],
    )
    return {"rectifications": [rectification_view(one) for one in found]}


@blp.route("/rectifications/<int:rectification_id>/accept", methods=["POST"])
@blp.arguments(AcceptIn)
@blp.response(200, RectificationOut)
def accept(body: dict[str, Any], rectification_id: int) -> Beside:
    """It is mended; by an inspector this counts as seen on the spot."""
    one = _in_county(rectification_id)
    rectifications.accept(
        session(),
        rectification=one,
        by=g.person,
        now=clock.now(),
        standards=standards_here(),
        note=body["note"],
        values=body["values"],
    )
    return _shown(one)


@blp.route("/rectifications/<int:rectification_id>/return", methods=["POST"])
@blp.arguments(ReturnIn)
@blp.response(200, RectificationOut)
def send_back(body: dict[str, Any], rectification_id: int) -> Beside:
    """Not mended yet; the keeper reads the reason."""
    one = _in_county(rectification_id)
    rectifications.return_to_keeper(
        session(), rectification=one, by=g.person, now=clock.now(), reason=body["reason"]
    )
    return _shown(one)


def _in_county(rectification_id: int) -> Rectification:
    return rectifications.rectification_of(
        session(), county=g.person.county, rectification_id=rectification_id
    )


def _shown(one: Rectification) -> Beside:
    [view] = [
        view
        for view in rectification_lists.rectifications_seen(
            session(),
            county=one.county,
            on=clock.today(),
            seen_by=g.person,
            station_id=one.station_id,
        )
        if view.rectification.id == one.id
    ]
    return rectification_view(view)
