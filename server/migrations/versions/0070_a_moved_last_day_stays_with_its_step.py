"""a moved last day stays with its step: what was late by the day before stays late."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Days that were moved before this are nowhere written: those rows stay empty."""
    op.add_column("rectification_steps", sa.Column("before_on", sa.Date(), nullable=True))
    op.add_column("rectification_steps", sa.Column("due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rectification_steps") as batch:
        batch.drop_column("due_on")
        batch.drop_column("before_on")
