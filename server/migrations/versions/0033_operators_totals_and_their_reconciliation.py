"""operators' totals and their reconciliation."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
CURRENT = sa.text("current")
TOLERANCE = ("tolerance_parcels", "tolerance_percent")


def upgrade() -> None:
    op.create_table(
        "operator_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_operator_files_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_operator_files_entered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_operator_files_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_operator_files_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_files")),
    )
    with op.batch_alter_table("operator_files", schema=None) as batch_op:
        batch_op.create_index("ix_operator_files_county", ["county", "month_on"], unique=False)

    op.create_table(
        "reconciliation_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "keeper",
                "operator",
                "other",
                "not_payable",
                name="choice",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.Column("outbound", sa.Integer(), nullable=False),
        sa.Column("keeper_received", sa.Integer(), nullable=True),
        sa.Column("keeper_sent", sa.Integer(), nullable=True),
        sa.Column("operator_inbound", sa.Integer(), nullable=True),
        sa.Column("operator_outbound", sa.Integer(), nullable=True),
        sa.Column("seen_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("evidence_name", sa.String(length=120), nullable=False),
        sa.Column("evidence_kind", sa.String(length=4), nullable=False),
        sa.Column("evidence_bytes", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "inbound >= 0 AND outbound >= 0", name=op.f("ck_reconciliation_decisions_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_reconciliation_decisions_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
            name=op.f("fk_reconciliation_decisions_decided_by_people"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_reconciliation_decisions_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_decisions")),
        sa.UniqueConstraint(
            "station_id",
            "day_on",
            "seq",
            name=op.f("uq_reconciliation_decisions_station_id_day_on_seq"),
        ),
    )
    with op.batch_alter_table("reconciliation_decisions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reconciliation_decisions_county_day_on", ["county", "day_on"], unique=False
        )

    op.create_table(
        "operator_totals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.Column("outbound", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "inbound >= 0 AND outbound >= 0", name=op.f("ck_operator_totals_not_negative")
        ),
        sa.CheckConstraint(
            "place = coalesce(station_id, 0)", name=op.f("ck_operator_totals_place_is_the_station")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_operator_totals_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["operator_files.id"],
            name=op.f("fk_operator_totals_file_id_operator_files"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_operator_totals_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_operator_totals_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_totals")),
        sa.UniqueConstraint(
            "operator_id",
            "place",
            "day_on",
            "brand",
            "version",
            name=op.f("uq_operator_totals_operator_id_place_day_on_brand_version"),
        ),
    )
    with op.batch_alter_table("operator_totals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_operator_totals_county_month_on", ["county", "month_on"], unique=False
        )
        batch_op.create_index("ix_operator_totals_file_id", ["file_id"], unique=False)
        batch_op.create_index(
            "ix_operator_totals_station_id", ["station_id", "day_on"], unique=False
        )
        batch_op.create_index(
            "ux_operator_totals_current",
            ["operator_id", "place", "day_on", "brand"],
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        )

    with op.batch_alter_table("month_approvals", schema=None) as batch_op:
        for name in TOLERANCE:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("month_approvals") as batch_op:
        for name in TOLERANCE:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("month_approvals", schema=None) as batch_op:
        batch_op.drop_column("tolerance_percent")
        batch_op.drop_column("tolerance_parcels")

    with op.batch_alter_table("operator_totals", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_operator_totals_current", sqlite_where=CURRENT, postgresql_where=CURRENT
        )
        batch_op.drop_index("ix_operator_totals_station_id")
        batch_op.drop_index("ix_operator_totals_file_id")
        batch_op.drop_index("ix_operator_totals_county_month_on")

    op.drop_table("operator_totals")
    with op.batch_alter_table("reconciliation_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliation_decisions_county_day_on")

    op.drop_table("reconciliation_decisions")
    with op.batch_alter_table("operator_files", schema=None) as batch_op:
        batch_op.drop_index("ix_operator_files_county")

    op.drop_table("operator_files")
