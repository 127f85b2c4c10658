"""days of the county by index."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

OPENINGS = sa.text("kind = 'opening'")


def upgrade() -> None:
    op.create_index(
        "ix_parcel_counts_days",
        "parcel_counts",
        ["county", "day_on", "station_id", "version", "received", "sent", "agri_sent"],
    )
    op.drop_index("ix_parcel_counts_county_day", "parcel_counts")
    op.create_index(
        "ix_phone_events_openings",
        "phone_events",
        ["county", "station_id", "day_on"],
        sqlite_where=OPENINGS,
        postgresql_where=OPENINGS,
    )


def downgrade() -> None:
    op.drop_index("ix_phone_events_openings", "phone_events")
    op.create_index("ix_parcel_counts_county_day", "parcel_counts", ["county", "day_on"])
    op.drop_index("ix_parcel_counts_days", "parcel_counts")
