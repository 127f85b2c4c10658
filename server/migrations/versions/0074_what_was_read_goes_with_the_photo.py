"""what was read in a photo goes with it: of those deleted by now, the lines go as well."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

PHOTOS = sa.table("photos", sa.column("id"), sa.column("erased_on"))
KIND = sa.JSON().with_variant(JSONB(), "postgresql")
READINGS = sa.table(
    "photo_readings", sa.column("photo_id"), sa.column("lines", KIND), sa.column("number", KIND)
)


def upgrade() -> None:
    gone = sa.select(PHOTOS.c.id).where(PHOTOS.c.erased_on.is_not(None))
    op.execute(sa.update(READINGS).where(READINGS.c.photo_id.in_(gone)).values(lines=[], number=[]))


def downgrade() -> None:
    """What is gone does not come back."""
