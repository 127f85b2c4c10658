"""draws seen before a round."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
SAMPLE = sa.Enum("all", "random", "weighted", native_enum=False, length=24)


def upgrade() -> None:
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draw_text", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("commitment", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.alter_column("commitment", server_default=None)
    op.create_table(
        "draw_previews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("sample", SAMPLE, nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("drawn_from", sa.Integer(), nullable=False),
        sa.Column("stations", JSON, nullable=False),
        sa.Column("deleted_round", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_draw_previews_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_draw_previews_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_draw_previews_made_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_previews")),
    )
    with op.batch_alter_table("draw_previews", schema=None) as batch_op:
        batch_op.create_index("ix_draw_previews_county_campaign_id", ["county", "campaign_id"])


def downgrade() -> None:
    op.drop_table("draw_previews")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("commitment")
        batch_op.drop_column("draw_text")
