"""notices kept as issued."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
ORIGINAL = sa.text("revokes_id IS NULL")
CUT = {"clause": 20, "title": 40, "why": 400, "what_to_do": 400}


def upgrade() -> None:
    op.create_table(
        "notice_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_later", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_papers_notice_id_notices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_papers")),
        sa.UniqueConstraint("notice_id", "kind", name=op.f("uq_notice_papers_notice_id_kind")),
    )
    op.create_table(
        "notice_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("rectification_ids", JSON, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("revocation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_notice_questions_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk_notice_questions_inspection_id_inspections"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_questions_notice_id_notices")
        ),
        sa.ForeignKeyConstraint(
            ["revocation_id"],
            ["notices.id"],
            name=op.f("fk_notice_questions_revocation_id_notices"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_notice_questions_settled_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_notice_questions_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_questions")),
        sa.UniqueConstraint(
            "notice_id",
            "inspection_id",
            name=op.f("uq_notice_questions_notice_id_inspection_id"),
        ),
    )
    with op.batch_alter_table("notice_questions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_questions_county_open", ["county", "settled_at"], unique=False
        )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revokes_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f("uq_notices_inspection_id"), type_="unique")
        batch_op.create_foreign_key(
            op.f("fk_notices_revokes_id_notices"), "notices", ["revokes_id"], ["id"]
        )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_inspection_id",
            ["inspection_id"],
            unique=True,
            sqlite_where=ORIGINAL,
            postgresql_where=ORIGINAL,
        )
    with op.batch_alter_table("rectifications", schema=None) as batch_op:
        for name, length in CUT.items():
            batch_op.alter_column(
                name,
                existing_type=sa.String(length=length),
                type_=sa.Text(),
                existing_nullable=False,
            )


def downgrade() -> None:
    for name, length in CUT.items():
        op.execute(
            sa.update(sa.table("rectifications", sa.column(name))).values(
                {name: sa.func.substr(sa.column(name), 1, length)}
            )
        )
    with op.batch_alter_table("rectifications", schema=None) as batch_op:
        for name, length in CUT.items():
            batch_op.alter_column(
                name,
                existing_type=sa.Text(),
                type_=sa.String(length=length),
                existing_nullable=False,
            )
    op.drop_table("notice_questions")
    op.drop_table("notice_papers")
    op.execute("DELETE FROM notices WHERE revokes_id IS NOT NULL")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_inspection_id")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_notices_revokes_id_notices"), type_="foreignkey")
        batch_op.create_unique_constraint(op.f("uq_notices_inspection_id"), ["inspection_id"])
        batch_op.drop_column("revokes_id")
