"""The short way of `POST /api/v1/sync`: what phones of today send, read and kept with little ado.

Most of what reaches a county in a day are check-ins and counts of phones that are signed in. For
these the long way (Flask, schemas, a session: `miniapp_api/sync.py`) costs many times what keeping
costs. The short way does the same by the same verbs, or it does nothing: whatever is unusual, wrong
or refused goes the long way, with its words. Sending again is safe, so going twice is.
"""

import hashlib
import io
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import structlog
from flask import Flask

from miniapp_api.quick_batch import Unusual, read_batch
from miniapp_api.sync import MOST_BATCH_BYTES
from server.commits import Commits
from server.http import clock
from server.http.database import db
from server.http.day_use import records_over
from server.http.lean import Lean, asked_by_our_name
from server.http.problems import busy
from server.http.rulebook import standards_of
from server.logs import of_person
from server.prepared import NeedsSession
from server.services.common.phone_items import ItemResult
from server.services.intake.at_once import keep_at_once, sender_of
from server.services.people.scope import INSPECTING, KEEPERS
from server.writers import WaitedTooLong

RULE = "/api/v1/sync"
KINDS = frozenset({"application/json", "application/json; charset=utf-8"})
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
log = structlog.get_logger()


class QuickSync:
    """Stands before an app, and answers what it can."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._long_way: Wsgi = app.wsgi_app
        with app.app_context():
            self._commits = Commits(db.engine)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, or hand it on as it came."""
        if environ["PATH_INFO"] != RULE or environ["REQUEST_METHOD"] != "POST":
            return self._long_way(environ, start)
        try:
            return self._answer(environ, start)
        except (Unusual, NeedsSession):
            pass
        except WaitedTooLong as error:
            return busy(self._app, environ, error)(environ, start)
        except Exception as error:  # noqa: BLE001 - the long way tells what it is, or keeps it
            log.warning("kept the long way", error=type(error).__name__)
        return self._long_way(environ, start)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        token = _token(environ)
        length = environ.get("CONTENT_LENGTH", "")
        if (
            not token
            or environ.get("CONTENT_TYPE", "").lower() not in KINDS
            or not (length.isascii() and length.isdecimal())
            or int(length) > MOST_BATCH_BYTES
            or not asked_by_our_name(self._app, environ)
        ):
            raise Unusual
        lean = Lean(self._app, environ)
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)  # for the long way
        if len(body) != int(length):
            raise Unusual
        out, headers = lean.answer(self._kept(token, body), rule=RULE)
        start("200 OK", headers)
        return [out]

    def _kept(self, token: str, body: bytes) -> bytes:
        """Keep a batch; the answer's body."""
        batch, now = read_batch(body), clock.now()
        for item in batch.items:
            _ = item.content_sha256  # worked out before anybody waits for us
        with self._commits.reading() as asked:
            sender = sender_of(
                asked,
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                items=batch.items,
                now=now,
            )
            of_person(sender.person.id)
            if sender.person.role not in KEEPERS + INSPECTING:
                raise NeedsSession
            if records_over(
                self._app, asked.as_session(), person=sender.person, add=len(batch.items), now=now
            ):
                raise NeedsSession
        settings = self._app.extensions["settings"]
        standards = standards_of(settings)
        results, need = self._commits.write(
            lambda straight: keep_at_once(
                straight,
                sender,
                device_id=batch.device_id,
                client_now=batch.client_now,
                items=batch.items,
                now=now,
                ring=settings.plaque_keys,
                standards=standards,
            )
        )
        self._app.extensions["counters"].taken_in(results)
        return _ENCODER.encode(
            {
                "server_now": now.isoformat(),
                "results": [_told(one) for one in results],
                "need_photos": need,
            }
        )


_ENCODER = msgspec.json.Encoder()


def _told(one: ItemResult) -> dict[str, Any]:
    return {
        "id": one.id,
        "result": one.result,
        "code": one.code,
        "message": one.message,
        "fields": one.fields,
    }


def _token(environ: dict[str, Any]) -> str:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
