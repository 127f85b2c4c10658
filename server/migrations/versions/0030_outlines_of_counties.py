"""The county's own outline for its map, with its 审图号."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "county_outlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("review_number", sa.String(length=40), nullable=False),
        sa.Column(
            "datum",
            sa.Enum("wgs84", "gcj02", name="datum", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("rings", JSON, nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_county_outlines_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_county_outlines_recorded_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["people.id"], name=op.f("fk_county_outlines_removed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_outlines")),
    )
    with op.batch_alter_table("county_outlines", schema=None) as batch_op:
        batch_op.create_index("ix_county_outlines_county", ["county", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("county_outlines", schema=None) as batch_op:
        batch_op.drop_index("ix_county_outlines_county")
    op.drop_table("county_outlines")
