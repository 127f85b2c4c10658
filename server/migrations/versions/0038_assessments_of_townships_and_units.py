"""assessments of townships and units."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
OF = (
    "inspection_id",
    "report_id",
    "monthly_version_id",
    "monthly_summary_id",
    "assessment_id",
)


def one_thing(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in columns) + " = 1"


def upgrade() -> None:
    op.create_table(
        "assessment_schemes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column(
            "whom",
            sa.Enum("townships", "units", name="whom", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=1000), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column(
            "items",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_assessment_schemes_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_assessment_schemes_made_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_schemes")),
        sa.UniqueConstraint(
            "county", "whom", "version", name=op.f("uq_assessment_schemes_county_whom_version")
        ),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column(
            "whom",
            sa.Enum("townships", "units", name="whom", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "period",
            sa.Enum(
                "month", "quarter", "half", "year", name="period", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.Column(
            "subjects",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "figures",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("last_day", sa.String(length=200), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("whole_ranking", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_assessments_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_assessments_issued_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["people.id"], name=op.f("fk_assessments_opened_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["assessment_schemes.id"],
            name=op.f("fk_assessments_scheme_id_assessment_schemes"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_assessments_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "county",
            "whom",
            "from_on",
            "until_on",
            "version",
            name=op.f("uq_assessments_county_whom_from_on_until_on_version"),
        ),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assessments_one_of_a_period",
            ["county", "whom", "from_on", "until_on"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "assessment_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("points", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_assessment_points_assessment_id_assessments"),
        ),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_assessment_points_by_people")),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_assessment_points_county_counties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_points")),
    )
    with op.batch_alter_table("assessment_points", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assessment_points_assessment_id", ["assessment_id", "subject"], unique=False
        )

    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.add_column(sa.Column("assessment_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_kept_papers_assessment_id_stage_kind"),
            ["assessment_id", "stage", "kind"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_kept_papers_assessment_id_assessments"),
            "assessments",
            ["assessment_id"],
            ["id"],
        )
        batch_op.create_check_constraint(batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF))


def downgrade() -> None:
    op.execute("DELETE FROM kept_papers WHERE assessment_id IS NOT NULL")
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_kept_papers_assessment_id_assessments"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_kept_papers_assessment_id_stage_kind"), type_="unique"
        )
        batch_op.drop_column("assessment_id")
        batch_op.create_check_constraint(
            batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF[:-1])
        )

    with op.batch_alter_table("assessment_points", schema=None) as batch_op:
        batch_op.drop_index("ix_assessment_points_assessment_id")

    op.drop_table("assessment_points")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assessments_one_of_a_period",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("assessments")
    op.drop_table("assessment_schemes")
