"""Short ways before Flask, for what phones send most; all else goes the long way, as it came.

The long way (Flask, schemas, a session) costs many times what keeping costs. A short way does the
same by the same verbs, or it does nothing: whatever is unusual, wrong or refused goes the long way,
with its words. Sending again is safe, so going twice is.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import structlog
from flask import Flask

from server.commits import Commits
from server.errors import Problem
from server.http.database import db
from server.http.lean import Lean, asked_by_our_name
from server.http.problems import busy
from server.media.blobs import StoreFailed
from server.prepared import NeedsSession
from server.writers import WaitedTooLong

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
STATUS = {200: "200 OK", 201: "201 CREATED"}
log = structlog.get_logger()


class Unusual(Exception):  # noqa: N818 - no fault, but for the long way
    """Something that phones of today do not send, right or wrong."""


class Asked(NamedTuple):
    """One request whose head is plain, with its whole body."""

    app: Flask
    commits: Commits
    environ: dict[str, Any]
    token_sha256: str
    body: bytes


class ShortWay(NamedTuple):
    """What may go a short way: requests to `path`, of these kinds and of at most so many bytes.

    `answer` keeps what came and gives status and JSON; it raises Unusual, NeedsSession, a Problem
    or StoreFailed where the long way has to answer.
    """

    method: str
    rule: str
    path: re.Pattern[str]
    kinds: frozenset[str]
    most_bytes: int
    answer: Callable[[Asked], tuple[int, bytes]]


class Quick:
    """Stands before an app, and answers what it can."""

    def __init__(self, app: Flask, ways: Sequence[ShortWay]) -> None:
        self._app, self._ways = app, ways
        self._long_way: Wsgi = app.wsgi_app
        with app.app_context():
            self._commits = Commits(db.engine)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, or hand it on as it came."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        for way in self._ways:
            if method == way.method and way.path.fullmatch(path):
                return self._by(way, environ, start)
        return self._long_way(environ, start)

    def _by(
        self, way: ShortWay, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            return self._answer(way, environ, start)
        except (Unusual, NeedsSession, Problem, StoreFailed):
            pass
        except WaitedTooLong as error:
            return busy(self._app, environ, error)(environ, start)
        except Exception as error:  # noqa: BLE001 - the long way tells what it is, or keeps it
            log.warning("kept the long way", error=type(error).__name__)
        return self._long_way(environ, start)

    def _answer(
        self, way: ShortWay, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        token = _token(environ)
        length = environ.get("CONTENT_LENGTH", "")
        if (
            not token
            or environ.get("CONTENT_TYPE", "").lower() not in way.kinds
            or not (length.isascii() and length.isdecimal())
            or int(length) > way.most_bytes
            or not asked_by_our_name(self._app, environ)
        ):
            raise Unusual
        lean = Lean(self._app, environ)
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)  # for the long way
        if len(body) != int(length):
            raise Unusual
        token_sha256 = hashlib.sha256(token.encode()).hexdigest()
        status, said = way.answer(Asked(self._app, self._commits, environ, token_sha256, body))
        out, headers = lean.answer(said, rule=way.rule, status=status)
        start(STATUS[status], headers)
        return [out]


def _token(environ: dict[str, Any]) -> str:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
