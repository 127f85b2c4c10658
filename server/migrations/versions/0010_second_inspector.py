"""a second inspector who signs beside the first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_inspector_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("second_signature", JSON, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_inspections_second_inspector_id_people"),
            "people",
            ["second_inspector_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_inspections_second_inspector_id_people"), type_="foreignkey"
        )
        batch_op.drop_column("second_signature")
        batch_op.drop_column("second_inspector_id")
