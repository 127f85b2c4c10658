"""bodies of the plan and who acts for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
TYPES = (
    "department",
    "regulator",
    "postal_enterprise",
    "cooperative_union",
    "enterprise",
    "township_government",
)


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("short", sa.String(length=20), nullable=False),
        sa.Column(
            "type",
            sa.Enum(*TYPES, name="organisationtype", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("in_task_force", sa.Boolean(), nullable=False),
        sa.Column("duties", JSON, nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("liaison_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_organisations_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"],
            ["divisions.code"],
            name=op.f("fk_organisations_township_code_divisions"),
        ),
        sa.ForeignKeyConstraint(
            ["liaison_id"], ["people.id"], name=op.f("fk_organisations_liaison_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("county", "name", name=op.f("uq_organisations_county_name")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("until_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_people_organisation_id_organisations"),
            "organisations",
            ["organisation_id"],
            ["id"],
        )
    # Which bureau a 财政／工信 reviewer belongs to nobody wrote down; the office says it.
    op.execute("UPDATE people SET role = 'bureau' WHERE role = 'finance_reviewer'")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_history_organisation_id", ["organisation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_organisation_id")
        batch_op.drop_column("organisation_id")
    op.execute("UPDATE people SET role = 'finance_reviewer' WHERE role = 'bureau'")
    # There was nobody who only reads: such an account cannot stay, and must not read as another.
    op.execute("UPDATE people SET role = 'finance_reviewer', active = false WHERE role = 'auditor'")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint("fk_people_organisation_id_organisations", type_="foreignkey")
        batch_op.drop_column("until_on")
        batch_op.drop_column("organisation_id")
    op.drop_table("organisations")
