"""what people allow to be told in WeChat, and what they were told."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wechat_permissions",
        sa.Column(
            "identity_id",
            sa.Integer(),
            sa.ForeignKey(
                "wechat_identities.id", name="fk_wechat_permissions_identity_id_wechat_identities"
            ),
            nullable=False,
        ),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "template", name="pk_wechat_permissions"),
    )
    op.create_table(
        "wechat_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name="fk_wechat_messages_county_counties"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_wechat_messages_person_id_people"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_messages"),
        sa.UniqueConstraint(
            "kind", "key", "person_id", name="uq_wechat_messages_kind_key_person_id"
        ),
    )
    op.create_index("ix_wechat_messages_state_next_at", "wechat_messages", ["state", "next_at"])


def downgrade() -> None:
    op.drop_index("ix_wechat_messages_state_next_at", "wechat_messages")
    op.drop_table("wechat_messages")
    op.drop_table("wechat_permissions")
