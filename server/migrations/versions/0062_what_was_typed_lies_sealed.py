"""what was typed lies sealed: in lists, proposals, forms, phones' records, notes and wishes."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from server.db import sealing_keys
from server.sealed_text import key_ring, open_same, seal_same

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

JSONS = (
    ("sheet_imports", "rows"),
    ("sheet_imports", "left"),
    ("proposals", "change"),
    ("proposals", "written"),
    ("kept_forms", "fields"),
    ("kept_forms", "problem"),
    ("phone_events", "payload"),
)
TEXTS = (
    ("complaint_steps", "note", 1000),
    ("keeper_requests", "wish", 200),
    ("keeper_requests", "note", 200),
)
AT_ONCE = 1000


def upgrade() -> None:
    for table, name, length in TEXTS:
        _widen(table, name, sa.String(length), sa.Text())
        _texts(table, name, shut=True)
    for table, name in JSONS:
        _jsons(table, name, shut=True)


def downgrade() -> None:
    for table, name in JSONS:
        _jsons(table, name, shut=False)
    for table, name, length in TEXTS:
        _texts(table, name, shut=False)
        _widen(table, name, sa.Text(), sa.String(length))


def _widen(table: str, name: str, old: Any, new: Any) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, existing_type=old, type_=new, existing_nullable=False)


def _texts(table: str, name: str, *, shut: bool) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(name, sa.Text))
    turn, ring, about = (seal_same if shut else open_same), None, f"{table}.{name}"
    for some in _portions(rows, rows.c[name], rows.c[name] != ""):
        ring = ring or key_ring(list(sealing_keys(op.get_bind().dialect)))
        _write(rows, name, [(key, turn(ring, said, about=about)) for key, said in some])


def _jsons(table: str, name: str, *, shut: bool) -> None:
    """JSON as the text it is: what SQLite holds, or what PostgreSQL says of it."""
    postgres = op.get_bind().dialect.name == "postgresql"
    rows = sa.table(table, sa.column("id"), sa.column(name, JSONB if postgres else sa.Text))
    text = sa.cast(rows.c[name], sa.Text)
    sealed = sa.func.substr(text, 1, 1) == '"'
    wanted = ~sealed & text.not_in(["{}", "[]"]) if shut else sealed
    ring, about = None, f"{table}.{name}"
    for some in _portions(rows, text, wanted):
        ring = ring or key_ring(list(sealing_keys(op.get_bind().dialect)))
        turned = []
        for key, said in some:
            value = json.loads(said)
            if shut:
                plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                left: Any = seal_same(ring, plain, about=about)
            else:
                left = json.loads(open_same(ring, value, about=about))
            turned.append((key, left if postgres else json.dumps(left)))
        _write(rows, name, turned)


def _portions(rows: sa.TableClause, column: Any, wanted: Any) -> Iterator[Sequence[sa.Row[Any]]]:
    """Rows of a table in the order of their keys, a thousand at a time."""
    asked = sa.select(rows.c.id, column).where(wanted).order_by(rows.c.id).limit(AT_ONCE)
    last = None
    while True:
        some = op.get_bind().execute(asked if last is None else asked.where(rows.c.id > last)).all()
        if not some:
            return
        last = some[-1][0]
        yield some


def _write(rows: sa.TableClause, name: str, turned: list[tuple[Any, Any]]) -> None:
    change = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam("turned", type_=rows.c[name].type)})
    )
    op.get_bind().execute(change, [{"row": key, "turned": left} for key, left in turned])
