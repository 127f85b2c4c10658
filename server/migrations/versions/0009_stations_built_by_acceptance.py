"""stations built by acceptance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
STAGES = ("planned", "built_before", "built", "standardised")


def _stage() -> sa.Enum:
    return sa.Enum(*STAGES, name="stage", native_enum=False, length=24)


def upgrade() -> None:
    # Nobody accepted what is in the register already: it is counted apart from what was accepted.
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stage", _stage(), nullable=False, server_default="built_before")
        )
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.alter_column("stage", existing_type=_stage(), server_default=None)
    op.create_table(
        "acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("grade", _stage(), nullable=False),
        sa.Column("stage_before", _stage(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("record", JSON, nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["people.id"], name=op.f("fk_acceptances_accepted_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_acceptances_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_acceptances_station_id_stations")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_acceptances_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
    )
    with op.batch_alter_table("acceptances", schema=None) as batch_op:
        batch_op.create_index("ix_acceptances_station_id", ["station_id", "id"], unique=False)
        batch_op.create_index(
            "ix_acceptances_county_accepted_on", ["county", "accepted_on"], unique=False
        )


def downgrade() -> None:
    op.drop_table("acceptances")
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.drop_column("stage")
