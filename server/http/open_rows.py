"""A page of open data as JSON: the same for other systems and for people of the desk."""

import hashlib
import json
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Response, request

from server.errors import Invalid
from server.http.database import session, settings_of
from server.http.problems import answer
from server.services.opendata.columns import as_json
from server.services.opendata.cursors import cursor_after, key_of
from server.services.opendata.reading import Wanted, page_of, table_named

USUAL, MOST = 500, 1000
"""Records in one page, where nobody says otherwise, and at most."""
BAD_REQUEST = 400


class Asked(NamedTuple):
    """One question, as an address asks it; both days are included."""

    kind: str
    wanted: Wanted
    cursor: str
    limit: int


class Told(NamedTuple):
    """An answer and how many rows it has; none in one that says that nothing has changed."""

    response: Response
    rows: int


def tell_rows(asked: Asked, *, county: str, seen: sa.ColumnElement[bool], now: datetime) -> Told:
    """The page that was asked for; 304 where the reader has it already, 400 for a bad cursor.

    Raises `NotFound` (open-data-unknown), and as `page_of`.
    """
    table, secret = table_named(asked.kind), settings_of().secret_key
    question: dict[str, Any] = {"table": table, "county": county, "wanted": asked.wanted}
    try:
        after = key_of(asked.cursor, secret=secret, **question) if asked.cursor else None
    except Invalid as problem:
        return Told(answer(BAD_REQUEST, problem.code, problem.message), 0)
    page = page_of(
        session(), table, county=county, seen=seen, wanted=asked.wanted, after=after,
        most=asked.limit, now=now,
    )  # fmt: skip
    names = [one.name for one in table.columns]
    rows = [
        {name: as_json(value) for name, value in zip(names, line, strict=True)}
        for record in page.records
        for line in record.lines
    ]
    last = page.records[-1].key if page.records else after
    body = {
        "kind": table.name,
        "county": county,
        "rows": rows,
        "next": cursor_after(last, secret=secret, **question) if last else None,
        "more": page.more,
    }
    text = json.dumps(body, ensure_ascii=False)
    told = Response(text, mimetype="application/json")
    # Weak: the same page may leave compressed or not.
    told.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32], weak=True)
    told.headers["Cache-Control"] = "private, no-cache"
    told.make_conditional(request)
    return Told(told, 0 if told.status_code == 304 else len(rows))
