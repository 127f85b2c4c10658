"""what people agreed to, purpose by purpose."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def _purpose() -> sa.Column[str]:
    kinds = sa.Enum("position", "messages", name="purpose", native_enum=False, length=24)
    return sa.Column("purpose", kinds, nullable=False)


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _purpose(),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "way",
            sa.Enum("web", "miniapp", name="consentway", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_consents_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["phone_events.id"], name=op.f("fk_consents_event_id_phone_events")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("event_id", name=op.f("uq_consents_event_id")),
    )
    op.create_index("ix_consents_person_id", "consents", ["person_id", "purpose", "said_at"])
    op.create_index("ix_consents_county_purpose", "consents", ["county", "purpose"])
    op.create_table(
        "consent_texts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        _purpose(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_consent_texts_county_counties")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_consent_texts")),
    )
    moment = sa.DateTime(timezone=True)
    op.add_column("people", sa.Column("position_declined_at", moment, nullable=True))
    op.add_column("people", sa.Column("messages_declined_at", moment, nullable=True))
    op.add_column(
        "check_ins",
        sa.Column("position_declined", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    with op.batch_alter_table("check_ins") as batch:
        batch.drop_column("position_declined")
    with op.batch_alter_table("people") as batch:
        batch.drop_column("messages_declined_at")
        batch.drop_column("position_declined_at")
    op.drop_table("consent_texts")
    op.drop_index("ix_consents_county_purpose", "consents")
    op.drop_index("ix_consents_person_id", "consents")
    op.drop_table("consents")
