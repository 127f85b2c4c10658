"""counts by day."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_parcel_counts_county_day", "parcel_counts", ["county", "day_on"])


def downgrade() -> None:
    op.drop_index("ix_parcel_counts_county_day", "parcel_counts")
