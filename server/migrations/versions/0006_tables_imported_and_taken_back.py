"""tables imported and taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("history", schema=None) as batch_op:
        # History outlives a station that was entered by mistake and taken out again.
        batch_op.drop_constraint(op.f("fk_history_station_id_stations"), type_="foreignkey")
        batch_op.add_column(sa.Column("part_of_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_history_part_of_id_history"), "history", ["part_of_id"], ["id"]
        )
        batch_op.create_index("ix_history_part_of_id", ["part_of_id"], unique=False)
    op.create_table(
        "sheet_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("history_id", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_sheet_imports_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["history_id"], ["history.id"], name=op.f("fk_sheet_imports_history_id_history")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["people.id"], name=op.f("fk_sheet_imports_imported_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_sheet_imports_undone_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_imports")),
    )
    with op.batch_alter_table("sheet_imports", schema=None) as batch_op:
        batch_op.create_index("ix_sheet_imports_county_id", ["county", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("sheet_imports")
    op.execute(
        "UPDATE history SET station_id = NULL WHERE station_id NOT IN (SELECT id FROM stations)"
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_part_of_id")
        batch_op.drop_constraint(op.f("fk_history_part_of_id_history"), type_="foreignkey")
        batch_op.drop_column("part_of_id")
        batch_op.create_foreign_key(
            op.f("fk_history_station_id_stations"), "stations", ["station_id"], ["id"]
        )
