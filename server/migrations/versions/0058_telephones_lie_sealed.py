"""telephones lie sealed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db import sealing_keys
from server.sealed_text import key_ring, open_same, seal_same

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

COLUMNS = (
    ("people", "phone", True),
    ("stations", "head_phone", False),
    ("operators", "contact_phone", False),
    ("complaints", "phone", False),
    ("task_force_heads", "phone", False),
    ("keeper_requests", "phone", False),
)
AT_ONCE = 1000


def upgrade() -> None:
    for table, name, empty in COLUMNS:
        _resize(table, name, 20, 200, empty=empty)
        _each(table, name, seal_same)


def downgrade() -> None:
    for table, name, empty in COLUMNS:
        _each(table, name, open_same)
        _resize(table, name, 200, 20, empty=empty)


def _resize(table: str, name: str, old: int, new: int, *, empty: bool) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(
            name,
            existing_type=sa.String(old),
            type_=sa.String(new),
            existing_nullable=empty,
        )


def _each(table: str, name: str, turn: Callable[..., str]) -> None:
    """Every number that there is, a thousand at a time."""
    connection = op.get_bind()
    rows = sa.table(table, sa.column("id"), sa.column(name))
    column, about = rows.c[name], f"{table}.{name}"
    there = connection.execute(
        sa.select(rows.c.id, column).where(column.is_not(None), column != "")
    ).all()
    if not there:
        return
    ring = key_ring(list(sealing_keys(connection.dialect)))
    change = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam("turned")})
    )
    for some in batched(there, AT_ONCE):
        connection.execute(
            change, [{"row": id_, "turned": turn(ring, said, about=about)} for id_, said in some]
        )


def batched(rows: Sequence[Any], number: int) -> Iterator[Sequence[Any]]:
    """So many rows at a time."""
    return (rows[at : at + number] for at in range(0, len(rows), number))
