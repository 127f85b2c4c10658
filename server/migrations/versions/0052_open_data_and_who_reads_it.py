"""Files of open data, tokens with which other systems read, and the order in which events came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "form",
            sa.Enum("xlsx", "csv", "geojson", name="exportform", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "townships",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sight", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "working",
                "ready",
                "failed",
                "cancelled",
                "gone",
                name="exportstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_all", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_bytes", sa.BigInteger(), nullable=True),
        sa.Column("keep_until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_open_exports_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_open_exports_made_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_exports")),
    )
    with op.batch_alter_table("open_exports", schema=None) as batch_op:
        batch_op.create_index("ix_open_exports_file_sha256", ["file_sha256"], unique=False)
        batch_op.create_index("ix_open_exports_made_by", ["made_by", "id"], unique=False)

    op.create_table(
        "read_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column(
            "kinds",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("begins", sa.String(length=12), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_read_tokens_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_read_tokens_issued_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_read_tokens_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["people.id"], name=op.f("fk_read_tokens_revoked_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"],
            ["divisions.code"],
            name=op.f("fk_read_tokens_township_code_divisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_read_tokens_token_sha256")),
    )
    with op.batch_alter_table("read_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_read_tokens_county", ["county", "id"], unique=False)

    op.create_table(
        "read_token_days",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["read_tokens.id"], name=op.f("fk_read_token_days_token_id_read_tokens")
        ),
        sa.PrimaryKeyConstraint("token_id", "day_on", "kind", name=op.f("pk_read_token_days")),
    )
    with op.batch_alter_table("phone_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_phone_events_county_received", ["county", "received_at", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("phone_events", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_events_county_received")

    op.drop_table("read_token_days")
    with op.batch_alter_table("read_tokens", schema=None) as batch_op:
        batch_op.drop_index("ix_read_tokens_county")

    op.drop_table("read_tokens")
    with op.batch_alter_table("open_exports", schema=None) as batch_op:
        batch_op.drop_index("ix_open_exports_made_by")
        batch_op.drop_index("ix_open_exports_file_sha256")

    op.drop_table("open_exports")
