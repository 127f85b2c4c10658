"""a chain over what was done."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What stands already is taken into the chain when all steps are done (migrations/env.py).
    op.create_table(
        "chain_heads",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_chain_heads_county_counties")
        ),
        sa.PrimaryKeyConstraint("county", name=op.f("pk_chain_heads")),
    )
    op.create_table(
        "chain_anchors",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_chain_anchors_county_counties")
        ),
        sa.PrimaryKeyConstraint("county", "on", name=op.f("pk_chain_anchors")),
    )
    op.create_table(
        "chain_checks",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column(
            "faults",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_chain_checks_county_counties")
        ),
        sa.PrimaryKeyConstraint("county", name=op.f("pk_chain_checks")),
    )
    op.create_table(
        "chain_lines",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("county", "seq", name=op.f("pk_chain_lines")),
        sa.UniqueConstraint("county", "kind", "ref", name=op.f("uq_chain_lines_county_kind_ref")),
    )


def downgrade() -> None:
    op.drop_table("chain_lines")
    op.drop_table("chain_checks")
    op.drop_table("chain_anchors")
    op.drop_table("chain_heads")
