"""no telephone of who takes over a station: the office asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("keeper_requests") as batch:
        batch.drop_column("phone")


def downgrade() -> None:
    with op.batch_alter_table("keeper_requests") as batch:
        batch.add_column(sa.Column("phone", sa.String(200), nullable=False, server_default=""))
