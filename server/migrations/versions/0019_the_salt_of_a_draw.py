"""the salt of a draw."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draw_previews", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("salt", sa.String(length=32), nullable=False, server_default="")
        )
    with op.batch_alter_table("draw_previews", schema=None) as batch_op:
        batch_op.alter_column("salt", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("draw_previews", schema=None) as batch_op:
        batch_op.drop_column("salt")
