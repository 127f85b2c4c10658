"""A bare Flask: a hello, and an insert of a check-in by SQLAlchemy Core, committed at once."""

import os
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, request

from server.db import prepare_engine

app = Flask(__name__)
# As it comes, but with our durability: its writers stand in no line.
_engine = prepare_engine(sa.create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=8))
_rows = sa.Table(
    "check_ins",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    *(sa.Column(name, sa.String(64)) for name in ("station", "person", "day", "at", "method")),
    *(sa.Column(name, sa.Float) for name in ("latitude", "longitude", "accuracy_m", "distance_m")),
    sa.Index("ix_day", "station", "day"),
    sa.Index("ix_person", "person"),
)
_rows.metadata.create_all(_engine)
_insert = _rows.insert()


@app.get("/")
def hello() -> str:
    """Nothing at all."""
    return "hello"


@app.post("/check-in")
def check_in() -> Any:
    """Keep what was sent, as it was sent."""
    sent: Any = request.get_json()
    sent["id"] = UUID(sent["id"])
    with _engine.begin() as connection:
        connection.execute(_insert, sent)
    return {"ok": True}
