"""What every answer carries, for one that is written without Flask: id, headers, log line, count.

The same as watch.py, metrics.py and squeeze.py beside this give an answer that goes through Flask;
a test holds both against each other.
"""

import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog
from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.sansio.utils import host_is_trusted

from server.http.squeeze import SMALLEST, squeezed
from server.http.watch import HEADERS, ID_FORM, ONLY_HTTPS, OWN
from server.metrics import Counters

log = structlog.get_logger()
ALWAYS = [
    *HEADERS.items(),
    ("Cache-Control", OWN),
    ("Vary", "Accept-Encoding"),
    ("Content-Type", "application/json"),
]
Environ = Mapping[str, Any]


class Lean:
    """One request that is answered with somebody's own JSON; begins with it."""

    def __init__(self, app: Flask, environ: Environ) -> None:
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        self._began = time.perf_counter()
        self._app, self._environ = app, environ
        self._id = sent if ID_FORM.match(sent) else secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=self._id)

    def answer(self, body: bytes, *, rule: str, status: int) -> tuple[bytes, list[tuple[str, str]]]:
        """The body as it goes out and its headers; logged and counted as answered."""
        headers = ALWAYS.copy()
        if len(body) >= SMALLEST and _takes_gzip(self._environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = squeezed(body)
            headers.append(("Content-Encoding", "gzip"))
        if self._environ["wsgi.url_scheme"] == "https":
            headers.append(("Strict-Transport-Security", ONLY_HTTPS))
        headers.append(("Content-Length", str(len(body))))
        headers.append(("X-Request-ID", self._id))
        took_s = time.perf_counter() - self._began
        method = self._environ["REQUEST_METHOD"]
        counters: Counters = self._app.extensions["counters"]
        counters.answered(method, rule, status, took_s)
        if self._app.config.get("LOG_REQUESTS", True):
            ms = round(took_s * 1000, 1)
            log.info("request", method=method, rule=rule, status=status, ms=ms)
        return body, headers


@lru_cache(maxsize=64)
def _takes_gzip(accepts: str) -> bool:
    return bool(parse_accept_header(accepts, Accept)["gzip"] > 0)


@lru_cache(maxsize=64)
def _is_ours(host: str, ours: tuple[str, ...]) -> bool:
    return host_is_trusted(host, ours)


def asked_by_our_name(app: Flask, environ: Environ) -> bool:
    """Whether a request names us as we are called, where we have been told how."""
    ours = app.config["TRUSTED_HOSTS"]
    return not ours or _is_ours(environ.get("HTTP_HOST", ""), tuple(ours))
