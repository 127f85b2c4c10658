"""Public pages that carry their style with them: one request over a thin line, and no script."""

import base64
import hashlib
from typing import Any

from flask import Response, make_response, render_template

from miniapp_api.public import STYLE
from server.http.watch import HEADERS


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
