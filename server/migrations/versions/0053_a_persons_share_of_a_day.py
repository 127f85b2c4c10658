"""a person's share of a day."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_phone_events_person_received", "phone_events", ["person_id", "received_at"])
    op.create_index("ix_photos_person_arrived", "photos", ["person_id", "arrived_at"])


def downgrade() -> None:
    op.drop_index("ix_photos_person_arrived", "photos")
    op.drop_index("ix_phone_events_person_received", "phone_events")
