"""Whatever people typed, no page takes it for markup: every page of the desk and the public ones."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import Base
from server.media.blobs import FolderStore
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.addresses import addresses
from tests.desk.held_rounds import hold
from tests.factories import Cast, Pass

pytestmark = ON_SQLITE
TYPED = "x'\"></title></script><b id=typed>&lt;"
"""Breaks out of text, of an attribute in either quotes, of a title and of a script where it may."""
WORDS = frozenset(
    [
        "name",
        "short_name",
        "short",
        "address",
        "note",
        "reason",
        "summary",
        "title",
        "words",
        "said",
        "question",
        "answer",
        "statement",
        "place",
        "hotline",
        "contact_name",
        "head_name",
        "filed_name",
        "keeper_name",
        "witness_name",
        "device_label",
        "because",
        "drawn_because",
        "what_to_do",
        "why",
        "commitment",
        "period",
        "text",
        "basis",
        "venue",
        "opener",
        "outcome_note",
        "sign_remark",
        "refusal",
        "post",
        "organisation",
        "holder",
    ]
)


def typed_everywhere(session: Session) -> int:
    """Put it into every text of people's own that is there; how many columns have it now."""
    filled = 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            free = type(column.type) in (sa.String, sa.Text)
            if free and column.name in WORDS and not (column.primary_key or column.foreign_keys):
                # Where rows are chained, or each has to have its own, they stay as they are.
                with suppress(IntegrityError), session.begin_nested():
                    change = sa.update(table).where(column != "").values({column: TYPED})
                    filled += session.connection().execute(change).rowcount > 0
    session.commit()
    session.expire_all()
    return filled


def test_what_was_typed_is_markup_on_no_page(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore,
    standards: Any, at_desk: Callable[[Person], Pass], desk_of: Callable[[Person], Any],
) -> None:  # fmt: skip
    hold(desk_of(cast.office).client, session, cast, blobs, standards)
    assert typed_everywhere(session) >= 15
    at_desk(cast.office)
    client.goes_on = False  # type: ignore[attr-defined]
    shown = 0
    for rule, method, address in addresses(app, cast):
        if method != "GET" or not rule.rule.startswith(("/desk", "/s/")):
            continue
        answer = client.get(address)
        if answer.mimetype in ("text/html", "image/svg+xml"):
            page = answer.get_data(as_text=True)
            for broken in ("<b id=typed", "x'\">"):
                assert broken not in page, f"{address}: {page[: page.find(broken) + 50][-300:]}"
            shown += "id=typed" in page
        answer.close()
    assert shown > 40
