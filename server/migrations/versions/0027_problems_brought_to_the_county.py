"""problems brought to the county."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "round",
                "superior",
                "hotline",
                "complaint",
                "dispatch",
                "spot_check",
                "office",
                name="mattersource",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "closed",
                "delivery",
                "charging",
                "parcel",
                "attitude",
                "premises",
                "safety",
                "other",
                name="matterkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "registered",
                "handling",
                "checking",
                "checked",
                "closed",
                name="matterstage",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "holder",
            sa.Enum(
                "township",
                "operator",
                "keeper",
                "unit",
                name="holder",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("holder_township", sa.String(length=12), nullable=True),
        sa.Column("holder_operator_id", sa.Integer(), nullable=True),
        sa.Column("holder_unit_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outer_due_on", sa.Date(), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "solved",
                "punished",
                "unfounded",
                "elsewhere",
                "double",
                name="matteroutcome",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_matters_answered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_matters_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["holder_operator_id"],
            ["operators.id"],
            name=op.f("fk_matters_holder_operator_id_operators"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_township"],
            ["divisions.code"],
            name=op.f("fk_matters_holder_township_divisions"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_unit_id"],
            ["organisations.id"],
            name=op.f("fk_matters_holder_unit_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["people.id"], name=op.f("fk_matters_opened_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_matters_station_id_stations")
        ),
        sa.ForeignKeyConstraint(
            ["township_code"], ["divisions.code"], name=op.f("fk_matters_township_code_divisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
        sa.UniqueConstraint("county", "year", "number", name=op.f("uq_matters_county_year_number")),
    )
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_matters_county_stage", ["county", "stage", "due_on"], unique=False
        )
        batch_op.create_index(
            "ix_matters_ref",
            ["county", "source", "ref"],
            unique=True,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        )
        batch_op.create_index("ix_matters_station_id", ["station_id"], unique=False)

    op.create_table(
        "matter_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "registered",
                "referred",
                "passed",
                "answered",
                "punished",
                "returned",
                "sent_back",
                "checked",
                "extension_asked",
                "extension_granted",
                "extension_refused",
                "noted",
                "closed",
                "reopened",
                "reminded",
                "yellow",
                "red",
                name="matterdeed",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("handed_to", sa.String(length=80), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_steps_matter_id_matters")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_matter_steps_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_steps")),
    )
    with op.batch_alter_table("matter_steps", schema=None) as batch_op:
        batch_op.create_index("ix_matter_steps_matter_id", ["matter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matter_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_matter_steps_matter_id")

    op.drop_table("matter_steps")
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.drop_index("ix_matters_station_id")
        batch_op.drop_index(
            "ix_matters_ref",
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        )
        batch_op.drop_index("ix_matters_county_stage")

    op.drop_table("matters")
