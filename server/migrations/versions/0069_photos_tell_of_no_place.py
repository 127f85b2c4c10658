"""photos tell of no place: what cameras wrote of it was used for nothing."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

AT_ONCE = 1000
PLACE = ("latitude", "longitude", "gps")


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in ("exif", "phone_notes"):
        kind = JSONB() if postgres else sa.Text()
        rows = sa.table("photos", sa.column("id"), sa.column(name, kind))
        text = sa.cast(rows.c[name], sa.Text)
        told = sa.or_(*(text.contains(f'"{one}":') for one in PLACE))
        asked = sa.select(rows.c.id, text).where(told).order_by(rows.c.id).limit(AT_ONCE)
        last: Any = None  # by their ids, for a name with a quote in it is found and stays
        while some := (
            op.get_bind().execute(asked if last is None else asked.where(rows.c.id > last)).all()
        ):
            change = (
                sa.update(rows)
                .where(rows.c.id == sa.bindparam("row"))
                .values({name: sa.bindparam("left", type_=kind)})
            )
            left = [(key, _without(json.loads(said))) for key, said in some]
            op.get_bind().execute(
                change,
                [{"row": key, "left": one if postgres else json.dumps(one)} for key, one in left],
            )
            last = some[-1][0]


def downgrade() -> None:
    """What is gone stays gone."""


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items() if name not in PLACE}
    return [_without(one) for one in value] if isinstance(value, list) else value
