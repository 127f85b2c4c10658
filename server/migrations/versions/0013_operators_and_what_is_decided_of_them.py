"""operators and what is decided of them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATUSES = ("active", "suspended", "left")
NEW_TEXTS = (("licence_scope", 200), ("contact_name", 40), ("contact_phone", 20), ("address", 120))


def _status() -> sa.Enum:
    return sa.Enum(*STATUSES, name="operatorstatus", native_enum=False, length=24)


def upgrade() -> None:
    with op.batch_alter_table("operators", schema=None) as batch_op:
        for name, length in NEW_TEXTS:
            batch_op.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
        batch_op.add_column(sa.Column("status", _status(), nullable=False, server_default="active"))
    with op.batch_alter_table("operators", schema=None) as batch_op:
        for name, length in NEW_TEXTS:
            batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)
        batch_op.alter_column("status", existing_type=_status(), server_default=None)
    op.create_table(
        "operator_status_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("before", _status(), nullable=False),
        sa.Column("status", _status(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("deciders", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_operator_status_changes_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_status_changes_operator_id_operators"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
            name=op.f("fk_operator_status_changes_recorded_by_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_status_changes")),
    )
    with op.batch_alter_table("operator_status_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_operator_status_changes_operator_id", ["operator_id", "id"], unique=False
        )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("operator_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_history_operator_id", ["operator_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_operator_id")
        batch_op.drop_column("operator_id")
    op.drop_table("operator_status_changes")
    with op.batch_alter_table("operators", schema=None) as batch_op:
        batch_op.drop_column("status")
        for name, _ in reversed(NEW_TEXTS):
            batch_op.drop_column(name)
