"""a villager's words lie sealed."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from server.db import sealing_keys
from server.sealed_text import key_ring, open_same, seal_same

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

ABOUT = "complaints.words"
AT_ONCE = 1000


def upgrade() -> None:
    _widen(sa.String(1000), sa.Text())
    _turn(seal_same)


def downgrade() -> None:
    _turn(open_same)
    _widen(sa.Text(), sa.String(1000))


def _widen(old: sa.types.TypeEngine[str], new: sa.types.TypeEngine[str]) -> None:
    with op.batch_alter_table("complaints") as batch:
        batch.alter_column("words", existing_type=old, type_=new, existing_nullable=False)


def _turn(turn: Callable[..., str]) -> None:
    rows, ring = sa.table("complaints", sa.column("id"), sa.column("words", sa.Text)), None
    asked = sa.select(rows.c.id, rows.c.words).where(rows.c.words != "").order_by(rows.c.id)
    last = 0
    while some := op.get_bind().execute(asked.where(rows.c.id > last).limit(AT_ONCE)).all():
        ring = ring or key_ring(list(sealing_keys(op.get_bind().dialect)))
        change = (
            sa.update(rows)
            .where(rows.c.id == sa.bindparam("row"))
            .values(words=sa.bindparam("turned"))
        )
        op.get_bind().execute(
            change,
            [{"row": key, "turned": turn(ring, said, about=ABOUT)} for key, said in some],
        )
        last = some[-1][0]
