"""bytes that killed a try."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "killed_tries",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("software", sa.String(length=16), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "software", name=op.f("pk_killed_tries")),
    )


def downgrade() -> None:
    op.drop_table("killed_tries")
