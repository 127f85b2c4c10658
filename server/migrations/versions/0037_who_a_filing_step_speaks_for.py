"""for which body of the plan a step of a filing was said."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("filing_steps") as batch_op:
        batch_op.add_column(
            sa.Column("body", sa.String(length=80), nullable=False, server_default="")
        )
    with op.batch_alter_table("filing_steps") as batch_op:
        batch_op.alter_column("body", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("filing_steps") as batch_op:
        batch_op.drop_column("body")
