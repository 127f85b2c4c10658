"""What the gate itself says to whoever does not get as far as the application, as raw bytes."""

import html
import json
from http import HTTPStatus

PAGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<body style="font:1.25rem/1.7 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem">'
    "<h1>{title}</h1><p>{message}</p></body></html>"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""The page has a style in its own text, and nothing else."""
TITLES = {408: "没有收完整", 503: "系统正忙"}


def refusal(status: int, *, path: str = "", retry_after_s: int | None = None) -> bytes:
    """A whole answer that ends its connection: a problem for programs, a page for browsers."""
    from server.http.problems import PLAIN

    code, message = PLAIN.get(status, PLAIN[400])
    if path.startswith(("/desk", "/s/", "/app")) or path == "/":
        kind = "text/html; charset=utf-8"
        title = TITLES.get(status, "没有办成")
        body = PAGE.format(title=title, message=html.escape(message)).encode()
    else:
        kind = "application/problem+json"
        said = {"type": f"/api/problems#{code}", "title": message, "status": status}
        body = json.dumps(said | {"code": code, "detail": message}, ensure_ascii=False).encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {kind}",
        "X-Content-Type-Options: nosniff",
        f"Content-Security-Policy: {POLICY}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if retry_after_s is not None:
        lines.append(f"Retry-After: {retry_after_s}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
