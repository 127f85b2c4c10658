"""lists that can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
KIND = sa.Enum("stations", "keepers", "operators", name="listkind", native_enum=False, length=24)


def upgrade() -> None:
    with op.batch_alter_table("sheet_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", KIND, nullable=False, server_default="stations"))
    with op.batch_alter_table("sheet_imports", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=KIND, server_default=None)


def downgrade() -> None:
    # What an earlier release knows as tables of stations alone; the history keeps the others.
    op.execute("DELETE FROM sheet_imports WHERE kind <> 'stations'")
    with op.batch_alter_table("sheet_imports", schema=None) as batch_op:
        batch_op.drop_column("kind")
