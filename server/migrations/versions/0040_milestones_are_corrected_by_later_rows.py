"""milestones are corrected by later rows."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
TABLE = "programme_milestones"
TEXTS = {"source": 200, "reason": 400}


def upgrade() -> None:
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for name, length in TEXTS.items():
            batch_op.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("taken_out", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_programme_milestones_replaces_id"), ["replaces_id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_programme_milestones_replaces_id_programme_milestones"),
            TABLE,
            ["replaces_id"],
            ["id"],
        )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for name, length in TEXTS.items():
            batch_op.alter_column(name, existing_type=sa.String(length), server_default=None)
        batch_op.alter_column("taken_out", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    # Corrections are later rows: without the columns that tell them apart they would count beside
    # what they corrected, so what the plan itself says stands again.
    op.execute(f"DELETE FROM {TABLE} WHERE replaces_id IS NOT NULL")  # noqa: S608
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_programme_milestones_replaces_id_programme_milestones"),
            type_="foreignkey",
        )
        batch_op.drop_constraint(batch_op.f("uq_programme_milestones_replaces_id"), type_="unique")
        for name in ("reason", "taken_out", "replaces_id", "valid_from", "source"):
            batch_op.drop_column(name)
