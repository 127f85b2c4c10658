"""how an inspector was there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    # Of older records nobody knows how somebody was there.
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("presence", JSON, nullable=True))
        batch_op.add_column(sa.Column("marks", JSON, nullable=True))
        batch_op.add_column(
            sa.Column("witness_name", sa.String(length=40), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_column("witness_name")
        batch_op.drop_column("marks")
        batch_op.drop_column("presence")
