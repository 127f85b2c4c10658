"""newest photos and corrections by index: neither reads what has been sent in all the years."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

OF_REGISTERS = sa.text(
    "action IN ('station-reopened', 'station-edited', 'station-imported', 'station-put-back')"
)
CORRECTIONS = sa.text("version > 1")


def upgrade() -> None:
    op.drop_index("ix_photos_station_subject", "photos")
    op.create_index(
        "ix_photos_station_subject",
        "photos",
        ["county", "station_id", "subject", "taken_at", "id"],
    )
    op.create_index(
        "ix_parcel_counts_corrected",
        "parcel_counts",
        ["county", "station_id", "day_on", "version"],
        sqlite_where=CORRECTIONS,
        postgresql_where=CORRECTIONS,
    )
    op.create_index(
        "ix_history_of_registers",
        "history",
        ["county", "id"],
        sqlite_where=OF_REGISTERS,
        postgresql_where=OF_REGISTERS,
    )


def downgrade() -> None:
    op.drop_index("ix_history_of_registers", "history")
    op.drop_index("ix_parcel_counts_corrected", "parcel_counts")
    op.drop_index("ix_photos_station_subject", "photos")
    op.create_index(
        "ix_photos_station_subject", "photos", ["county", "station_id", "subject", "taken_at"]
    )
