"""questions about a photo by index: every keeper's home asks whether its photos are old ones."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

BESIDE = sa.text("other_photo_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_review_items_photo_id", "review_items", ["photo_id"])
    op.create_index(
        "ix_review_items_other_photo_id",
        "review_items",
        ["other_photo_id"],
        sqlite_where=BESIDE,
        postgresql_where=BESIDE,
    )


def downgrade() -> None:
    op.drop_index("ix_review_items_other_photo_id", "review_items")
    op.drop_index("ix_review_items_photo_id", "review_items")
