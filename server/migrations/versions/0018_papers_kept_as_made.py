"""papers kept as made."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(inspection_id IS NULL) <> (report_id IS NULL)",
            name=op.f("ck_kept_papers_of_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_kept_papers_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk_kept_papers_inspection_id_inspections"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["round_reports.id"], name=op.f("fk_kept_papers_report_id_round_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_papers")),
        sa.UniqueConstraint(
            "inspection_id", "stage", "kind", name=op.f("uq_kept_papers_inspection_id_stage_kind")
        ),
        sa.UniqueConstraint(
            "report_id", "stage", "kind", name=op.f("uq_kept_papers_report_id_stage_kind")
        ),
    )


def downgrade() -> None:
    op.drop_table("kept_papers")
