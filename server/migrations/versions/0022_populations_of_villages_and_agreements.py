"""populations of villages, and agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("parties", sa.String(length=400), nullable=False),
        sa.Column("covers", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.String(length=400), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mistaken", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_agreements_until_after_from")
        ),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_agreements_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["people.id"], name=op.f("fk_agreements_ended_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["agreements.id"], name=op.f("fk_agreements_follows_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_agreements_recorded_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index("ix_agreements_county", ["county", "mode"], unique=False)
        batch_op.create_index(
            "ux_agreements_follows_id",
            ["follows_id"],
            unique=True,
            sqlite_where=sa.text("NOT mistaken"),
            postgresql_where=sa.text("NOT mistaken"),
        )

    op.create_table(
        "population_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_population_lists_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_population_lists_entered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_population_lists_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_lists")),
    )
    with op.batch_alter_table("population_lists", schema=None) as batch_op:
        batch_op.create_index("ix_population_lists_county", ["county", "id"], unique=False)

    op.create_table(
        "village_populations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "registered",
                "resident",
                "unstated",
                name="populationbasis",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=400), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_village_populations_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_village_populations_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["population_lists.id"],
            name=op.f("fk_village_populations_list_id_population_lists"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_village_populations_recorded_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["village_code"],
            ["divisions.code"],
            name=op.f("fk_village_populations_village_code_divisions"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_village_populations_withdrawn_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_populations")),
    )
    with op.batch_alter_table("village_populations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_village_populations_county", ["county", "village_code"], unique=False
        )
        batch_op.create_index("ix_village_populations_list_id", ["list_id"], unique=False)

    # What a division said of its population had neither day, basis nor source.
    op.execute(
        sa.text(
            "INSERT INTO village_populations (county, village_code, basis, people, source, "
            "recorded_at, withdrawn_because, demo) "
            "SELECT county, code, 'unstated', population, '来源没有记（升级前登记）', "
            "CURRENT_TIMESTAMP, '', false FROM divisions "
            "WHERE population >= 0 AND level = 'village'"
        )
    )
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.drop_column("population")


def downgrade() -> None:
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("population", sa.INTEGER(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE divisions SET population = (SELECT MAX(people) FROM village_populations "
            "WHERE village_code = divisions.code AND basis = 'unstated')"
        )
    )

    with op.batch_alter_table("village_populations", schema=None) as batch_op:
        batch_op.drop_index("ix_village_populations_list_id")
        batch_op.drop_index("ix_village_populations_county")

    op.drop_table("village_populations")
    with op.batch_alter_table("population_lists", schema=None) as batch_op:
        batch_op.drop_index("ix_population_lists_county")

    op.drop_table("population_lists")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_agreements_follows_id",
            sqlite_where=sa.text("NOT mistaken"),
            postgresql_where=sa.text("NOT mistaken"),
        )
        batch_op.drop_index("ix_agreements_county")

    op.drop_table("agreements")
