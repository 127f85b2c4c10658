"""Compresses JSON for phones: villages pay for every byte, and lists shrink to a sixth.

Only the API's answers. Its callers prove themselves by a header that no other site can make a
browser send, so nobody can guess at secrets by watching sizes (BREACH); the desk's pages, which
browsers open with a cookie, stay as they are.
"""

import gzip

from flask import Flask, Response, request

SMALLEST = 1024
"""Bytes; below this it all fits into the same packet anyway."""
LEVEL = 6
KINDS = ("application/json", "application/problem+json", "application/geo+json")


def squeezed(body: bytes) -> bytes:
    """A body as gzip sends it."""
    return gzip.compress(body, LEVEL, mtime=0)


def attach_squeeze(app: Flask) -> None:
    """Compress an app's larger JSON answers for whoever takes gzip."""

    @app.after_request
    def squeeze(response: Response) -> Response:
        if not request.path.startswith("/api/") or response.mimetype not in KINDS:
            return response
        response.vary.add("Accept-Encoding")
        if (
            response.is_streamed
            or response.direct_passthrough
            or "Content-Encoding" in response.headers
            or len(response.get_data()) < SMALLEST
            or request.accept_encodings["gzip"] <= 0
        ):
            return response
        response.set_data(squeezed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        return response
