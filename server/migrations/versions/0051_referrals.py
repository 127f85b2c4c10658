"""referrals of facts to be looked into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
OF = (
    "inspection_id",
    "report_id",
    "monthly_version_id",
    "monthly_summary_id",
    "assessment_id",
    "circular_id",
    "referral_id",
)
PEOPLE = ("answered_by", "drafted_by", "issued_by", "withdrawn_by", "written_by")


def one_thing(columns: tuple[str, ...]) -> str:
    return " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in columns) + " = 1"


def upgrade() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("to", sa.String(length=80), nullable=False),
        sa.Column("opening", sa.String(length=2000), nullable=False),
        sa.Column("copies_to", sa.String(length=400), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.CheckConstraint("issued_by <> drafted_by", name=op.f("ck_referrals_two_people")),
        sa.CheckConstraint("issued_by <> written_by", name=op.f("ck_referrals_not_by_who_wrote")),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_referrals_county_counties")
        ),
        *(
            sa.ForeignKeyConstraint([one], ["people.id"], name=op.f(f"fk_referrals_{one}_people"))
            for one in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_county_id", ["county", "id"], unique=False)
    op.create_table(
        "referral_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signal",
                "overdue",
                "differing",
                "double",
                "reconciliation",
                "complaint",
                "reversed",
                name="factkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("statement", sa.String(length=1000), nullable=False),
        sa.Column("statement_by", sa.String(length=40), nullable=False),
        sa.Column("statement_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_items_referral_id_referrals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_items")),
        sa.UniqueConstraint(
            "referral_id", "kind", "ref", name=op.f("uq_referral_items_referral_id_kind_ref")
        ),
    )
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.add_column(sa.Column("referral_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_kept_papers_referral_id_stage_kind"), ["referral_id", "stage", "kind"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_kept_papers_referral_id_referrals"), "referrals", ["referral_id"], ["id"]
        )
        batch_op.create_check_constraint(batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF))


def downgrade() -> None:
    op.execute("DELETE FROM kept_papers WHERE referral_id IS NOT NULL")
    with op.batch_alter_table("kept_papers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_kept_papers_of_one_thing"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_kept_papers_referral_id_referrals"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_kept_papers_referral_id_stage_kind"), type_="unique"
        )
        batch_op.drop_column("referral_id")
        batch_op.create_check_constraint(
            batch_op.f("ck_kept_papers_of_one_thing"), one_thing(OF[:-1])
        )
    op.drop_table("referral_items")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index("ix_referrals_county_id")
    op.drop_table("referrals")
