"""Which courier brands share the functions of the county's centre, from when to when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "hub_brands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("shares", JSON, nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.Column("mistaken", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_hub_brands_until_after_from")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_hub_brands_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_hub_brands_recorded_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["hub_brands.id"], name=op.f("fk_hub_brands_replaces_id_hub_brands")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_brands")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_hub_brands_replaces_id")),
    )
    with op.batch_alter_table("hub_brands", schema=None) as batch_op:
        batch_op.create_index("ix_hub_brands_county", ["county", "brand"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("hub_brands", schema=None) as batch_op:
        batch_op.drop_index("ix_hub_brands_county")
    op.drop_table("hub_brands")
