"""papers of problems."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_kind", sa.String(length=8), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_papers_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["matter_steps.id"], name=op.f("fk_matter_papers_step_id_matter_steps")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_papers")),
    )
    with op.batch_alter_table("matter_papers", schema=None) as batch_op:
        batch_op.create_index("ix_matter_papers_matter_id", ["matter_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("matter_papers")
