"""of a past day a station is filed, is not, or nobody can say."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("station_snapshots", schema=None) as batch_op:
        batch_op.alter_column("filed", existing_type=sa.Boolean(), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE station_snapshots SET filed = false WHERE filed IS NULL")
    with op.batch_alter_table("station_snapshots", schema=None) as batch_op:
        batch_op.alter_column("filed", existing_type=sa.Boolean(), nullable=False)
