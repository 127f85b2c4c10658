"""The two ways of a request: the short one before Flask, and the long one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

NEVER_THE_SAME = {"Date", "X-Request-ID", "Content-Length"}


@contextmanager
def ways(app: Flask, *, short: bool) -> Iterator[list[str]]:
    """Which way each request goes: all the long way, or each the short way if it can."""
    quick: Any = app.wsgi_app
    long_way, taken = quick._long_way, []

    def told(environ: Any, start: Any) -> Any:
        taken.append("long")
        return long_way(environ, start)

    quick._long_way = told
    if not short:
        app.wsgi_app = told  # type: ignore[assignment, method-assign]
    try:
        yield taken
    finally:
        quick._long_way = long_way
        app.wsgi_app = quick  # type: ignore[method-assign]


def told_by(answer: Any) -> dict[str, str]:
    """The headers that both ways have to give alike."""
    return {name: one for name, one in answer.headers if name not in NEVER_THE_SAME}
