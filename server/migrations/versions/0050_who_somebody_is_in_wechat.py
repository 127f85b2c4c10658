"""who somebody is in WeChat."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wechat_tokens",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "wechat_identities",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appid", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("openid_sealed", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("sign_in_id", sa.Integer, sa.ForeignKey("sign_ins.id"), nullable=False),
        sa.Column("bound_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    op.create_index(
        "uq_wechat_identities_appid_mark",
        "wechat_identities",
        ["appid", "mark"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_wechat_identities_person_id", "wechat_identities", ["person_id"])


def downgrade() -> None:
    op.drop_table("wechat_identities")
    op.drop_table("wechat_tokens")
