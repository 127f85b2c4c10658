"""positions and photos have their time: what was blanked says when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("check_ins", sa.Column("position_erased_on", sa.Date(), nullable=True))
    placed = sa.text("latitude IS NOT NULL")
    op.create_index(
        "ix_check_ins_placed",
        "check_ins",
        ["county", "day_on"],
        sqlite_where=placed,
        postgresql_where=placed,
    )
    op.add_column("inspections", sa.Column("position_erased_on", sa.Date(), nullable=True))
    op.add_column("inspections", sa.Column("left_sha256", sa.String(64), nullable=True))
    op.add_column("photos", sa.Column("erased_on", sa.Date(), nullable=True))
    kept = sa.text("erased_on IS NULL")
    op.create_index(
        "ix_photos_kept",
        "photos",
        ["county", "day_on"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
    _let_it_rest()


def _let_it_rest() -> None:
    """In counties that are here already nothing goes before their office has seen the days."""
    counties = sa.table(
        "counties",
        sa.column("code", sa.String),
        sa.column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    )
    connection = op.get_bind()
    for code, options in connection.execute(sa.select(counties.c.code, counties.c.options)).all():
        connection.execute(
            sa.update(counties)
            .where(counties.c.code == code)
            .values(options={**options, "retention": {"paused": True}})
        )


def downgrade() -> None:
    op.drop_index("ix_photos_kept", "photos")
    with op.batch_alter_table("photos") as batch:
        batch.drop_column("erased_on")
    with op.batch_alter_table("inspections") as batch:
        batch.drop_column("left_sha256")
        batch.drop_column("position_erased_on")
    op.drop_index("ix_check_ins_placed", "check_ins")
    with op.batch_alter_table("check_ins") as batch:
        batch.drop_column("position_erased_on")
