"""people are erased when they ask for it."""

import sqlalchemy as sa
from alembic import op

from server.db import Json, UtcDateTime

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.create_table(
        "person_erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.Integer(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("sought", Json, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_person_erasures_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_erasures_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by"], ["people.id"], name=op.f("fk_person_erasures_begun_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_erasures")),
        sa.UniqueConstraint("person_id", name=op.f("uq_person_erasures_person_id")),
    )


def downgrade() -> None:
    op.drop_table("person_erasures")
    with op.batch_alter_table("people") as batch:
        batch.drop_column("erased_at")
