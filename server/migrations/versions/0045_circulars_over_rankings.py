"""circulars over rankings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
OF = (
    "inspection_id",
    "report_id",
    "monthly_version_id",
    "monthly_summary_id",
    "assessment_id",
    "circular_id",
)


def one_thing(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in columns) + " = 1"


def upgrade() -> None:
    op.create_table(
        "circulars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column(
            "source",
            sa.Enum("assessment", "pace", name="circularsource", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("pace_on", sa.Date(), nullable=True),
        sa.Column(
            "pace_level",
            sa.Enum(
                "county_hub",
                "township_station",
                "village_point",
                name="level",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("pace_key", sa.String(length=24), nullable=False),
        sa.Column(
            "table",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("to", sa.String(length=400), nullable=False),
        sa.Column("opening", sa.String(length=2000), nullable=False),
        sa.Column("praise", sa.String(length=2000), nullable=False),
        sa.Column("problems", sa.String(length=2000), nullable=False),
        sa.Column("demands", sa.String(length=2000), nullable=False),
        sa.Column("copies_to", sa.String(length=400), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_circulars_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_circulars_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["people.id"], name=op.f("fk_circulars_drafted_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_circulars_issued_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_circulars_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulars")),
    )
    with op.batch_alter_table("circulars", schema=None) as batch_op:
        batch_op.create_index("ix_circulars_county_id", ["county", "id"], unique=False)

    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.add_column(sa.Column("circular_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_kept_papers_circular_id_stage_kind"), ["circular_id", "stage", "kind"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_kept_papers_circular_id_circulars"), "circulars", ["circular_id"], ["id"]
        )
        batch_op.create_check_constraint(batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF))


def downgrade() -> None:
    op.execute("DELETE FROM kept_papers WHERE circular_id IS NOT NULL")
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_kept_papers_circular_id_circulars"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_kept_papers_circular_id_stage_kind"), type_="unique"
        )
        batch_op.drop_column("circular_id")
        batch_op.create_check_constraint(
            batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF[:-1])
        )

    with op.batch_alter_table("circulars", schema=None) as batch_op:
        batch_op.drop_index("ix_circulars_county_id")

    op.drop_table("circulars")
