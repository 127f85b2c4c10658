"""Stations chosen as models, and where the county told of its work."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
LIVE = sa.text("ended_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "model_stations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("standing", sa.String(length=400), nullable=False),
        sa.Column("acknowledged", sa.String(length=400), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.String(length=400), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["people.id"], name=op.f("fk_model_stations_chosen_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_model_stations_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["people.id"], name=op.f("fk_model_stations_ended_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_model_stations_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_stations")),
    )
    with op.batch_alter_table("model_stations", schema=None) as batch_op:
        batch_op.create_index("ix_model_stations_county", ["county", "id"], unique=False)
        batch_op.create_index(
            "ux_model_stations_station_id",
            ["station_id"],
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
    op.create_table(
        "publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("medium", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("station_ids", JSON, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mistaken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mistaken_by", sa.Integer(), nullable=True),
        sa.Column("mistaken_because", sa.String(length=400), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_publicity_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["mistaken_by"], ["people.id"], name=op.f("fk_publicity_mistaken_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_publicity_recorded_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.create_index("ix_publicity_county", ["county", "told_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.drop_index("ix_publicity_county")
    op.drop_table("publicity")
    with op.batch_alter_table("model_stations", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_model_stations_station_id", sqlite_where=LIVE, postgresql_where=LIVE
        )
        batch_op.drop_index("ix_model_stations_county")
    op.drop_table("model_stations")
