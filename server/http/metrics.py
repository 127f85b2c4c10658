"""`/metrics`: what Prometheus reads, shown to this machine and to whoever has the token."""

import hmac
import ipaddress
import time
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound as NoSuchPage

from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import GUARDS, Guard, bearer_token
from server.metrics import Counters

blueprint = Blueprint("metrics", __name__)
GUARDS[blueprint.name] = Guard("machine", why="this one, or the holder of CZT_METRICS_TOKEN")
TEXT = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def counters() -> Counters:
    """What this process counts."""
    found: Counters | None = current_app.extensions.get("counters")
    return found or begin_counting(current_app)


def begin_counting(app: Flask) -> Counters:
    """Take this process's place among those that count; after it was forked, not before."""
    found = app.extensions["counters"] = Counters()
    return found


def _may_read() -> bool:
    """Whether the caller has the token, or is this very machine and speaks for nobody else.

    A reverse proxy calls from this machine too; the headers it adds give it away.
    """
    wanted = settings_of().metrics_token
    if wanted and hmac.compare_digest((bearer_token() or "").encode(), wanted.encode()):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


@blueprint.before_request
def guard() -> None:
    """Let strangers see nothing, not even that something is here."""
    if not _may_read():
        raise NoSuchPage


@blueprint.get("/metrics")
def metrics() -> Any:
    """Everything counted so far, by all processes."""
    return Response(counters().text(session(), now=clock.now()), content_type=TEXT)


def attach_metrics(app: Flask) -> None:
    """Count every answer of an app, and show what was counted."""

    @app.after_request
    def count(response: Response) -> Response:
        began = g.get("began")
        counters().answered(
            request.method,
            str(request.url_rule or "-"),
            response.status_code,
            time.perf_counter() - began if began else 0.0,
        )
        return response

    app.register_blueprint(blueprint)
