"""plans beside each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "county_programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_county_programmes_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_county_programmes_entered_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_programmes")),
        sa.UniqueConstraint("county", "from_on", name=op.f("uq_county_programmes_county_from_on")),
        sa.UniqueConstraint("county", "key", name=op.f("uq_county_programmes_county_key")),
    )
    op.create_table(
        "programme_milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "track",
            sa.Enum(
                "task_deadline", "rhythm_milestone", name="track", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column(
            "levels",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_programme_milestones_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_programme_milestones_entered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["county_programmes.id"],
            name=op.f("fk_programme_milestones_programme_id_county_programmes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_milestones")),
    )
    with op.batch_alter_table("programme_milestones", schema=None) as batch_op:
        batch_op.create_index(
            "ix_programme_milestones_programme", ["programme_id", "due_on", "id"], unique=False
        )

    op.create_table(
        "programme_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "county_hub",
                "township_station",
                "village_point",
                name="level",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "indicator",
            sa.Enum(
                "demo",
                "built_to_standard",
                "filed",
                "running",
                name="targetkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=60), nullable=False),
        sa.Column("conflict_key", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number IS NULL OR number >= 0", name=op.f("ck_programme_targets_number_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_programme_targets_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_programme_targets_entered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["county_programmes.id"],
            name=op.f("fk_programme_targets_programme_id_county_programmes"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["programme_targets.id"],
            name=op.f("fk_programme_targets_replaces_id_programme_targets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_targets")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_programme_targets_replaces_id")),
    )
    with op.batch_alter_table("programme_targets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_programme_targets_programme", ["programme_id", "id"], unique=False
        )

    with op.batch_alter_table("plan_decisions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("programme", sa.String(length=60), nullable=False, server_default="")
        )
    # Until now a county had one plan; a rule of the whole country belongs to none.
    op.execute(
        "UPDATE plan_decisions SET programme = COALESCE((SELECT programme_id FROM counties "
        "WHERE counties.code = plan_decisions.county), '') "
        "WHERE conflict_key NOT IN ('deadline-day-off', 'postal-filing')"
    )
    with op.batch_alter_table("plan_decisions", schema=None) as batch_op:
        batch_op.alter_column("programme", existing_type=sa.String(60), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("plan_decisions", schema=None) as batch_op:
        batch_op.drop_column("programme")

    with op.batch_alter_table("programme_targets", schema=None) as batch_op:
        batch_op.drop_index("ix_programme_targets_programme")

    op.drop_table("programme_targets")
    with op.batch_alter_table("programme_milestones", schema=None) as batch_op:
        batch_op.drop_index("ix_programme_milestones_programme")

    op.drop_table("programme_milestones")
    op.drop_table("county_programmes")
