"""Help for people at the desk, in Chinese."""

from typing import Any

from flask import Blueprint

from desk.frame.pages import page
from server.http.guards import guard_desk

blueprint = Blueprint("desk_help", __name__, url_prefix="/desk")
guard_desk(blueprint)


@blueprint.get("/help")
def help_page() -> Any:
    """How to do what one does at the desk."""
    return page("help.html")
