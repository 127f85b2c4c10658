"""Request ids, log lines, safety headers, health pages: what every answer carries."""

import contextlib
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from server.http import clock
from server.http.database import WRITING, session
from server.http.problems import attach_problems

READ_OUT_AT_MOST = 64 * 1024 * 1024
ID_FORM = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "script-src 'self'; style-src 'self'; worker-src 'self'; "
        "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'"
    ),
}
# A page's own headers say what its styles, scripts and pictures may do; villages pay for each byte.
OWN = "private, no-store"
"""What is somebody's own lies in no cache but the app's, which ends with the sign-in."""
ONLY_HTTPS = "max-age=31536000; includeSubDomains"
PART_OF_A_PAGE = {"X-Content-Type-Options": "nosniff"}


class Known:
    """What was found when somebody last looked; one looks at a time, and the others hear of it.

    Looking writes to disk and database: whoever asks often must not keep others from working.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: list[str] = []
        self._looked_s = float("-inf")

    def within(self, seconds: float, look: Callable[[], list[str]]) -> list[str]:
        """What `look` found at most so many seconds ago."""
        with self._lock:
            if time.monotonic() - self._looked_s >= seconds:
                self._found = look()
                self._looked_s = time.monotonic()
            return self._found


def _read_out() -> None:
    """Read a refused body to its end and forget it: a sender cut off never sees our answer."""
    left = READ_OUT_AT_MOST
    try:
        body = request.stream  # knows how much was read: a bare socket would wait for more forever
    except RequestEntityTooLarge:
        body = get_input_stream(request.environ)
    # The sender is gone, the body was broken off, or it has no length and is longer than we take.
    with contextlib.suppress(OSError, ClientDisconnected, RequestEntityTooLarge):
        while left > 0 and (piece := body.read(min(left, 65536))):
            left -= len(piece)


def _of_this_answer() -> dict[str, str]:
    """Headers that depend on who asks, and how."""
    found = {}
    if request.is_secure:
        found["Strict-Transport-Security"] = ONLY_HTTPS
    if "person" in g and request.path.startswith("/api/"):
        found["Cache-Control"] = OWN
    return found


def attach_watch(app: Flask) -> None:
    """Give every request an id and a log line, every answer its safety headers."""
    import secrets

    log = structlog.get_logger()
    attach_problems(app)

    @app.before_request
    def begin() -> None:
        if "began" in g:  # a guard that is asked again begins no second request
            return
        sent = request.headers.get("X-Request-ID", "")
        g.request_id = sent if ID_FORM.match(sent) else secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        if response.status_code >= 400 and request.method in WRITING:
            _read_out()
        headers = PART_OF_A_PAGE if g.get("part_of_a_page") else HEADERS
        for name, value in {**headers, **_of_this_answer()}.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if app.config.get("LOG_REQUESTS", True) and not request.path.startswith("/app/"):
            log.info(
                "request",
                method=request.method,
                rule=str(request.url_rule or "-"),
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            )
        return response

    @app.get("/healthz")
    def healthz() -> Any:
        return {"ok": True}

    app.config.setdefault("READYZ_KEPT_S", 5.0)
    known = Known()

    @app.get("/readyz")
    def readyz() -> Any:
        from server.services.upkeep.keys import key_faults
        from server.services.upkeep.readiness import faults

        def look() -> list[str]:
            found = faults(session(), app.extensions["blobs"], now=clock.now())
            return found or key_faults(session(), app.extensions["settings"])

        found = known.within(app.config["READYZ_KEPT_S"], look)
        return {"ok": not found, "faults": found}, 503 if found else 200
