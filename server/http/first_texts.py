"""What was typed into a form whose files are too large to take: it comes before them."""

from contextlib import suppress

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData
from werkzeug.wsgi import get_input_stream

from server.http.watch import READ_OUT_AT_MOST

TEXTS_WITHIN = 512 * 1024
"""So many first bytes of a body that is too large are searched for what was typed."""


def typed_texts() -> MultiDict[str, str]:
    """The texts of this request's form; where its files are too large, those that stand before.

    Nothing where the sender is gone.
    """
    if "first_texts" in g:  # the body has been read to its end
        found: MultiDict[str, str] = g.first_texts
        return found
    try:
        return request.form
    except RequestEntityTooLarge:
        g.first_texts = MultiDict(_texts_in(_first_bytes()))
        return typed_texts()
    except HTTPException:
        return MultiDict()


def _first_bytes() -> bytes:
    stream = get_input_stream(request.environ)
    begin, left = b"", READ_OUT_AT_MOST
    with suppress(ClientDisconnected):
        begin = stream.read(TEXTS_WITHIN)
        while left > 0 and (piece := stream.read(min(left, 65536))):
            left -= len(piece)
    # Whoever reads the body after us finds its end: a bare socket would wait for more forever.
    request.environ["CONTENT_LENGTH"] = "0"
    return begin


def _texts_in(begin: bytes) -> list[tuple[str, str]]:
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        return []
    decoder = MultipartDecoder(boundary.encode(errors="replace"))
    found: list[tuple[str, bytes]] = []
    with suppress(
        ValueError, RequestEntityTooLarge
    ):  # no whole body: what is found is what is there
        decoder.receive_data(begin)
        while not isinstance(event := decoder.next_event(), NeedData | File):
            if isinstance(event, Field):
                found.append((event.name, b""))
            elif isinstance(event, Data) and found:
                name, text = found[-1]
                found[-1] = (name, text + event.data)
    return [(name, text.decode(errors="replace").replace("\0", "")) for name, text in found]
