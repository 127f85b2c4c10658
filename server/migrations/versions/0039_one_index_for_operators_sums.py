"""one index for operators' sums."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
SUMS = ["county", "month_on", "current", "station_id", "day_on", "inbound", "outbound"]


def upgrade() -> None:
    with op.batch_alter_table("operator_totals", schema=None) as batch_op:
        batch_op.create_index("ix_operator_totals_sums", SUMS, unique=False)
        batch_op.drop_index("ix_operator_totals_county_month_on")


def downgrade() -> None:
    with op.batch_alter_table("operator_totals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_operator_totals_county_month_on", ["county", "month_on"], unique=False
        )
        batch_op.drop_index("ix_operator_totals_sums")
