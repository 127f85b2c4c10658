"""一站一档: a station's whole file as one PDF, and those of a township as one ZIP."""

from typing import Any

from flask import Blueprint, request

from desk.frame.access import county_of_desk, me
from desk.frame.papers import made_out, zip_out
from server.errors import Invalid
from server.http import clock
from server.http.database import blobs_of, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here, working_days_here
from server.papers.dossier import (
    Press,
    dossier_entries,
    dossier_pdf,
    dossiers,
    packed_name,
    stations_of_township,
)
from server.services.people.scope import station_for

blueprint = Blueprint("desk_dossiers", __name__, url_prefix="/desk")
guard_desk(blueprint)


def _press() -> Press:
    settings = settings_of()
    return Press(
        blobs=blobs_of(),
        standards=standards_here(),
        calendar=working_days_here(),
        ring=settings.plaque_keys,
        base_url=settings.base_url,
        font_dir=settings.font_dir,
    )


@blueprint.get("/stations/<int:station_id>/dossier.pdf")
def dossier(station_id: int) -> Any:
    """All that is held of a station at this moment, for who prints it."""
    station = station_for(session(), me(), station_id)
    press = _press()
    [made] = dossiers(session(), [station], press=press, by=me(), now=clock.now())
    return made_out(dossier_pdf(made, press=press), f"{made.file_name}.pdf")


@blueprint.get("/dossiers.zip")
def township() -> Any:
    """The files of a township's open stations in sight, each set while the ZIP is sent."""
    code = request.args.get("township", "").strip()
    if not code:
        raise Invalid("dossier-township", "请先选一个乡镇。一站一档一次打印一个乡镇的站点。")
    county, press = county_of_desk(), _press()
    found = stations_of_township(session(), county=county.code, township_code=code, seen_by=me())
    made = dossiers(session(), found, press=press, by=me(), now=clock.now())
    name = packed_name(county, dict(made[0].head)["乡镇"], clock.now())
    return zip_out(dossier_entries(made, press=press), name)
