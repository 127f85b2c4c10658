"""an index of the few records that part from the county's reckoning."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_inspections_differing",
        "inspections",
        ["county"],
        sqlite_where=sa.text("differing > 0"),
        postgresql_where=sa.text("differing > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_inspections_differing", table_name="inspections")
