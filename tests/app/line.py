"""The net between a phone and the house: passes on what is asked, or is gone, or lies."""

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

HOPS = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


@dataclass(frozen=True)
class Answer:
    """What comes back instead of the truth."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200


Lie = Callable[[str], Answer | None]


class Line:
    """Listens on a port of its own; `there` switches it off and on, `lie` answers by path."""

    def __init__(self, house: str) -> None:
        self._house = urlsplit(house).netloc
        self.there, self.lie = True, _truth
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        line = self

        class Passing(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                line.pass_on(self)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.do_GET
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """One request: its answer, a lie, or nothing at all."""
        sent = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        request.close_connection = not self.there
        if not self.there:
            return
        path = request.path.split("?")[0]
        self.asked.append(path)
        lie = self.lie(path)
        if lie is not None:
            _answer(request, lie.status, [("Content-Type", lie.kind)], lie.body)
            return
        house = http.client.HTTPConnection(self._house, timeout=60)
        try:
            headers = {k: v for k, v in request.headers.items() if k.lower() not in HOPS}
            house.request(request.command, request.path, sent or None, headers)
            said = house.getresponse()
            kept = [(k, v) for k, v in said.getheaders() if k.lower() not in HOPS]
            _answer(request, said.status, kept, said.read())
        finally:
            house.close()


def _truth(_: str) -> Answer | None:
    return None


def _answer(
    request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    try:
        request.send_response(status)
        for name, value in headers:
            if name.lower() != "content-length":
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
    except OSError:
        request.close_connection = True  # the phone has gone away
