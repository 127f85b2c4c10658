"""proposals of townships."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "edit",
                "new",
                "close",
                "reopen",
                "accept",
                name="proposalkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "returned",
                "replaced",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("change", JSON, nullable=False),
        sa.Column("change_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.Column("written", JSON, nullable=False),
        sa.Column("kept", JSON, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_proposals_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_proposals_decided_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_proposals_proposed_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["proposals.id"], name=op.f("fk_proposals_replaces_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_proposals_station_id_stations")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["divisions.code"], name=op.f("fk_proposals_township_code_divisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_proposals_replaces_id")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index("ix_proposals_county_state", ["county", "state", "id"], unique=False)
        batch_op.create_index("ix_proposals_proposed_by", ["proposed_by", "state"], unique=False)
        batch_op.create_index("ix_proposals_station_id", ["station_id"], unique=False)
        batch_op.create_index(
            "uq_proposals_waiting",
            ["station_id", "kind", "proposed_by"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )
        batch_op.create_index(
            "uq_proposals_waiting_change",
            ["county", "change_sha256"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )


def downgrade() -> None:
    op.drop_table("proposals")
