"""Public pages that carry their style with them: one request over a thin line, and no script."""

import base64
import hashlib
from contextlib import suppress
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData
from werkzeug.wsgi import get_input_stream

from miniapp_api.public import STYLE
from server.http.watch import HEADERS, READ_OUT_AT_MOST

TEXTS_WITHIN = 512 * 1024
"""So many first bytes of a body that is too large are searched for what was typed."""


def open_page(name: str, status: int = 200, **context: Any) -> Response:
    """One public page with its style inside; nothing of it stays in a cache."""
    style = STYLE.read_text(encoding="utf-8")
    made = make_response(render_template(f"public/{name}", style=style, **context), status)
    key = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = HEADERS["Content-Security-Policy"]
    made.headers["Content-Security-Policy"] = policy.replace(
        "style-src 'self'", f"style-src 'self' 'sha256-{key}'"
    )
    made.headers["Cache-Control"] = "no-store"
    return made


def typed_texts() -> dict[str, str]:
    """What was typed into the form of this request, also where its photos are too large to take."""
    try:
        return {name: text.replace("\0", "") for name, text in request.form.items()}
    except RequestEntityTooLarge:
        return _first_texts()
    except ClientDisconnected:  # the sender is gone, and nobody will see the form
        return {}


def _first_texts() -> dict[str, str]:
    """The texts that stand before the files of a multipart body; the rest is read and forgotten."""
    stream = get_input_stream(request.environ)
    begin, left = b"", READ_OUT_AT_MOST
    with suppress(ClientDisconnected):
        begin = stream.read(TEXTS_WITHIN)
        while left > 0 and (piece := stream.read(min(left, 65536))):
            left -= len(piece)
    # Whoever reads the body after us finds its end: a bare socket would wait for more forever.
    request.environ["CONTENT_LENGTH"] = "0"
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        return {}
    decoder = MultipartDecoder(boundary.encode(errors="replace"))
    found: dict[str, bytes] = {}
    name: str | None = None
    try:
        decoder.receive_data(begin)
        while not isinstance(event := decoder.next_event(), NeedData | File):
            if isinstance(event, Field):
                name = event.name
                found[name] = b""
            elif isinstance(event, Data) and name is not None:
                found[name] += event.data
    except (ValueError, RequestEntityTooLarge):
        pass  # no multipart body, or not a whole one: what was found so far is what there is
    return {key: text.decode(errors="replace").replace("\0", "") for key, text in found.items()}
