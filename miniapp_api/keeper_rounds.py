"""The keeper's side of a round: the inspections of the own station, their copy, yes or no."""

from typing import Any
from uuid import UUID

from flask import Response, g
from flask_smorest import Blueprint
from marshmallow import fields

from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.round_shapes import CopyOut, InspectionsOut
from miniapp_api.round_views import copy_here, inspection_line, paper_answer, paper_name, paper_of
from miniapp_api.shapes import BINARY
from server.errors import NotFound
from server.http import clock
from server.http.database import session
from server.http.guards import guard_phones
from server.models.inspection import Inspection, InspectionOutcome
from server.models.person import Person
from server.services.inspections.answers import confirm
from server.services.inspections.copies import InspectionCopy
from server.services.inspections.versions import inspection_of, of_stations
from server.services.people.scope import KEEPERS, stations_kept_by
from server.services.standing.open_work import record_statuses

blp = Blueprint("keeper_rounds", __name__, url_prefix="/api/v1/keeper", description="站长看督导")
guard_phones(blp, *KEEPERS)


class ConfirmIn(Lenient):
    """The keeper's answer; a no needs its reason."""

    agree = fields.Boolean(required=True)
    note = Text(400, load_default="")


@blp.route("/inspections")
@blp.response(200, InspectionsOut)
def inspections() -> dict[str, Any]:
    """Every inspection of the stations this keeper keeps now, the newest first."""
    kept = stations_kept_by(session(), g.person, clock.now())
    found = of_stations(session(), station_ids=[station.id for station in kept])
    people = {one.inspector_id for one in found}
    names = {key: session().get_one(Person, key).name for key in people}
    states = record_statuses(session(), found)
    return {
        "inspections": [
            inspection_line(one, names[one.inspector_id], states[one.id]) for one in found
        ]
    }


@blp.route("/inspections/<uuid:inspection_id>")
@blp.response(200, CopyOut)
def inspection(inspection_id: UUID) -> InspectionCopy:
    """The keeper's copy of an inspection of the own station."""
    return copy_here(_own(inspection_id))


@blp.route("/inspections/<uuid:inspection_id>/copy.pdf")
@blp.response(200, BINARY, content_type="application/pdf")
def inspection_pdf(inspection_id: UUID) -> Response:
    """The same on paper."""
    found = _own(inspection_id)
    return paper_answer(paper_of(found), paper_name(found))


@blp.route("/inspections/<uuid:inspection_id>/confirm", methods=["POST"])
@blp.arguments(ConfirmIn)
@blp.response(200, CopyOut)
def answer(body: dict[str, Any], inspection_id: UUID) -> InspectionCopy:
    """Say yes, or no with the reason; saying the same again is fine."""
    found = _own(inspection_id)
    confirm(
        session(),
        inspection=found,
        person=g.person,
        agree=body["agree"],
        note=body["note"],
        now=clock.now(),
    )
    return copy_here(found)


def _own(inspection_id: UUID) -> Inspection:
    """An inspection of a station this keeper keeps; others look the same as none at all."""
    found = inspection_of(session(), county=g.person.county, inspection_id=inspection_id)
    kept = stations_kept_by(session(), g.person, clock.now())
    hidden = found.outcome is InspectionOutcome.COVERT  # the keeper was not told of it
    if hidden or found.station_id not in {station.id for station in kept}:
        raise NotFound("inspection-unknown", "没有找到这份督导记录。请返回列表重新选择。")
    return found
