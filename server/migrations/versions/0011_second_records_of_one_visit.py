"""second records of one visit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "double_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("beside_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_double_records_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_double_records_station_id_stations")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk_double_records_inspection_id_inspections"),
        ),
        sa.ForeignKeyConstraint(
            ["beside_id"],
            ["inspections.id"],
            name=op.f("fk_double_records_beside_id_inspections"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_double_records_settled_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_records")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_double_records_inspection_id")),
    )
    with op.batch_alter_table("double_records", schema=None) as batch_op:
        batch_op.create_index(
            "ix_double_records_county_open", ["county", "settled_at"], unique=False
        )
    # Records of before this step count as they did, also where a visit has two of them.
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("counted", sa.String(length=24), nullable=False, server_default="yes")
        )
        batch_op.add_column(sa.Column("withheld", JSON, nullable=True))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_column("heard_at")
        batch_op.drop_column("withheld")
        batch_op.drop_column("counted")
    op.drop_table("double_records")
