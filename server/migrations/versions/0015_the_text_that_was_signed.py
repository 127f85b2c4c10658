"""the text that was signed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
NEW = (
    "document", "document_sha256", "signed_how", "differences", "differing", "looked_at",
    "looked_by", "looked_decision", "looked_reason",
)  # fmt: skip


def upgrade() -> None:
    # Records from before keep their shape and hash: no text came with them, and how they were
    # signed is not said of them.
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("document_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("signed_how", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("differences", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("differing", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("looked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("looked_decision", sa.String(length=24), nullable=True))
        batch_op.add_column(
            sa.Column("looked_reason", sa.String(length=400), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_inspections_looked_by_people"), "people", ["looked_by"], ["id"]
        )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        for name in ("differences", "differing", "looked_reason"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_inspections_looked_by_people"), type_="foreignkey")
        for name in NEW:
            batch_op.drop_column(name)
