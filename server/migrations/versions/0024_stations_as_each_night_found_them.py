"""what every station was at the end of each day, as that night found it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_days",
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("standard_id", sa.String(60), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_snapshot_days_county_counties")
        ),
        sa.PrimaryKeyConstraint("county", "day_on", name=op.f("pk_snapshot_days")),
    )
    op.create_table(
        "station_snapshots",
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("station_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "county_hub",
                "township_station",
                "village_point",
                name="level",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("township_code", sa.String(12), nullable=True),
        sa.Column("village_code", sa.String(12), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "planned",
                "built_before",
                "built",
                "standardised",
                name="stage",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("filed", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "meets",
                "meets_open",
                "fails",
                "to_verify",
                "not_assessed",
                name="status",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("open_work", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_station_snapshots_county_counties")
        ),
        sa.PrimaryKeyConstraint(
            "county", "station_id", "from_on", name=op.f("pk_station_snapshots")
        ),
    )
    op.create_index(
        "ix_station_snapshots_county_until_on", "station_snapshots", ["county", "until_on"]
    )


def downgrade() -> None:
    op.drop_index("ix_station_snapshots_county_until_on", table_name="station_snapshots")
    op.drop_table("station_snapshots")
    op.drop_table("snapshot_days")
