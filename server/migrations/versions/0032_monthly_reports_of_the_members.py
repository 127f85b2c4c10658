"""monthly reports of the members."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
OF = ("inspection_id", "report_id", "monthly_version_id", "monthly_summary_id")
ONE_THING = " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in OF) + " = 1"


def upgrade() -> None:
    op.create_table(
        "monthly_report_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("reminder", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_monthly_report_reminders_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_monthly_report_reminders_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_monthly_report_reminders_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report_reminders")),
        sa.UniqueConstraint(
            "organisation_id",
            "month_on",
            "reminder",
            name=op.f("uq_monthly_report_reminders_organisation_id_month_on_reminder"),
        ),
    )
    op.create_table(
        "monthly_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("progress", sa.String(length=2000), nullable=False),
        sa.Column("problems", sa.String(length=2000), nullable=False),
        sa.Column("next", sa.String(length=2000), nullable=False),
        sa.Column(
            "blanks",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("reopened_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_monthly_reports_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_monthly_reports_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_monthly_reports_written_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_reports")),
        sa.UniqueConstraint(
            "organisation_id", "month_on", name=op.f("uq_monthly_reports_organisation_id_month_on")
        ),
    )
    with op.batch_alter_table("monthly_reports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_monthly_reports_county_month", ["county", "month_on"], unique=False
        )

    op.create_table(
        "monthly_summaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_monthly_summaries_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_monthly_summaries_issued_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_summaries")),
        sa.UniqueConstraint(
            "county",
            "month_on",
            "version",
            name=op.f("uq_monthly_summaries_county_month_on_version"),
        ),
    )
    op.create_table(
        "monthly_report_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"], ["people.id"], name=op.f("fk_monthly_report_steps_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_monthly_report_steps_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["monthly_reports.id"],
            name=op.f("fk_monthly_report_steps_report_id_monthly_reports"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report_steps")),
    )
    with op.batch_alter_table("monthly_report_steps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_monthly_report_steps_report_id", ["report_id", "id"], unique=False
        )

    op.create_table(
        "monthly_report_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_by", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_monthly_report_versions_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["handed_in_by"],
            ["people.id"],
            name=op.f("fk_monthly_report_versions_handed_in_by_people"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["monthly_reports.id"],
            name=op.f("fk_monthly_report_versions_report_id_monthly_reports"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report_versions")),
        sa.UniqueConstraint(
            "report_id", "version", name=op.f("uq_monthly_report_versions_report_id_version")
        ),
    )
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.add_column(sa.Column("monthly_version_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("monthly_summary_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_kept_papers_monthly_summary_id_stage_kind"),
            ["monthly_summary_id", "stage", "kind"],
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_kept_papers_monthly_version_id_stage_kind"),
            ["monthly_version_id", "stage", "kind"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_kept_papers_monthly_summary_id_monthly_summaries"),
            "monthly_summaries",
            ["monthly_summary_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_kept_papers_monthly_version_id_monthly_report_versions"),
            "monthly_report_versions",
            ["monthly_version_id"],
            ["id"],
        )
        batch_op.create_check_constraint(batch_op.f("ck_kept_papers_of_one_thing"), ONE_THING)


def downgrade() -> None:
    op.execute("DELETE FROM kept_papers WHERE inspection_id IS NULL AND report_id IS NULL")
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_kept_papers_monthly_version_id_monthly_report_versions"),
            type_="foreignkey",
        )
        batch_op.drop_constraint(
            batch_op.f("fk_kept_papers_monthly_summary_id_monthly_summaries"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_kept_papers_monthly_version_id_stage_kind"), type_="unique"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_kept_papers_monthly_summary_id_stage_kind"), type_="unique"
        )
        batch_op.drop_column("monthly_summary_id")
        batch_op.drop_column("monthly_version_id")
        batch_op.create_check_constraint(
            batch_op.f("ck_kept_papers_of_one_thing"),
            "(inspection_id IS NULL) <> (report_id IS NULL)",
        )

    op.drop_table("monthly_report_versions")
    with op.batch_alter_table("monthly_report_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_monthly_report_steps_report_id")

    op.drop_table("monthly_report_steps")
    op.drop_table("monthly_summaries")
    with op.batch_alter_table("monthly_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_monthly_reports_county_month")

    op.drop_table("monthly_reports")
    op.drop_table("monthly_report_reminders")
