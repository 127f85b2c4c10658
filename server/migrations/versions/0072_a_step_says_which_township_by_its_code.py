"""a step says by its code which township had a problem, whatever that is called later."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

STEPS = sa.table(
    "matter_steps",
    *(sa.column(name) for name in ("id", "matter_id", "deed", "handed_to", "handed_township")),
)
MATTERS = sa.table("matters", *(sa.column(name) for name in ("id", "county", "holder_township")))
PLACES = sa.table("divisions", *(sa.column(name) for name in ("code", "county", "level", "name")))
ALIASES = sa.table("division_aliases", sa.column("division_code"), sa.column("alias"))
BACK = "乡镇"  # how a step said that a problem came back to the township that had it


def upgrade() -> None:
    """Old steps told a township in words alone: by the problem itself, its name, an older name."""
    op.add_column("matter_steps", sa.Column("handed_township", sa.String(length=12), nullable=True))
    with op.batch_alter_table("matter_steps") as batch:
        batch.create_foreign_key(
            "fk_matter_steps_handed_township_divisions", "divisions", ["handed_township"], ["code"]
        )
    later = STEPS.alias("later")
    newest = ~sa.exists().where(
        later.c.matter_id == STEPS.c.matter_id,
        later.c.deed == "referred",
        later.c.id > STEPS.c.id,
    )
    of = MATTERS.c.id == STEPS.c.matter_id
    called = PLACES.c.name == STEPS.c.handed_to
    once = PLACES.c.code.in_(
        sa.select(ALIASES.c.division_code)
        .where(ALIASES.c.alias == STEPS.c.handed_to)
        .correlate(STEPS)
    )
    own = sa.select(MATTERS.c.holder_township).where(of)
    here = (PLACES.c.county == MATTERS.c.county) & (PLACES.c.level == "township") & of
    for found, which in (
        (own, newest & (sa.func.coalesce(own.scalar_subquery(), "") != "")),
        (sa.select(sa.func.max(PLACES.c.code)).where(here, called), sa.true()),
        (sa.select(sa.func.max(PLACES.c.code)).where(here, once), sa.true()),
    ):
        op.execute(
            sa.update(STEPS)
            .where(STEPS.c.deed == "referred", STEPS.c.handed_township.is_(None), which)
            .values(handed_township=found.scalar_subquery())
        )
    before = STEPS.alias("before")
    had = (
        sa.select(before.c.handed_township)
        .where(
            before.c.matter_id == STEPS.c.matter_id,
            before.c.deed == "referred",
            before.c.id < STEPS.c.id,
        )
        .order_by(before.c.id.desc())
        .limit(1)
    )
    op.execute(
        sa.update(STEPS)
        .where(STEPS.c.deed == "returned", STEPS.c.handed_to == BACK)
        .values(handed_township=had.scalar_subquery())
    )


def downgrade() -> None:
    with op.batch_alter_table("matter_steps") as batch:
        batch.drop_constraint("fk_matter_steps_handed_township_divisions", type_="foreignkey")
        batch.drop_column("handed_township")
