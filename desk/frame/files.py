"""Serves the desk's own style, script and icons, and the fetched htmx, to any browser."""

from typing import Any

from flask import Blueprint, abort, request, send_file

from desk.frame.assets import asset_path
from server.http.guards import open_to_all

blueprint = Blueprint("desk_files", __name__, url_prefix="/desk/static")
open_to_all(blueprint, "style, script and icons tell nothing about anybody")
YEAR_S = 365 * 24 * 3600


@blueprint.get("/<path:name>")
def static_file(name: str) -> Any:
    """One file; with its hash in the address it may be kept for a year."""
    path = asset_path(name)
    if path is None:
        abort(404)
    answer = send_file(path, conditional=True, max_age=YEAR_S if request.args.get("v") else 60)
    answer.headers["Cache-Control"] = (
        f"public, max-age={YEAR_S}, immutable" if request.args.get("v") else "public, max-age=60"
    )
    return answer
