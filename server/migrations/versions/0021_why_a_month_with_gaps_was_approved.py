"""why a month was approved though many station-days had not been reported."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("month_approvals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("gap_reason", sa.String(length=400), nullable=False, server_default="")
        )
    with op.batch_alter_table("month_approvals", schema=None) as batch_op:
        batch_op.alter_column("gap_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("month_approvals", schema=None) as batch_op:
        batch_op.drop_column("gap_reason")
