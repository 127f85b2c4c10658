"""closings and corrections by index: which days a station was closed is asked of them as well."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

BEFORE = sa.text(
    "action IN ('station-reopened', 'station-edited', 'station-imported', 'station-put-back')"
)
OF_REGISTERS = sa.text(
    "action IN ('station-reopened', 'station-edited', 'station-imported', 'station-put-back',"
    " 'station-closed', 'station-corrected')"
)


def upgrade() -> None:
    _index(OF_REGISTERS)


def downgrade() -> None:
    _index(BEFORE)


def _index(which: sa.TextClause) -> None:
    op.drop_index("ix_history_of_registers", "history")
    op.create_index(
        "ix_history_of_registers",
        "history",
        ["county", "id"],
        sqlite_where=which,
        postgresql_where=which,
    )
