"""A phone was heard of: noted in the same statement that asks whether its sign-in is still good."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.calendar import beijing_day
from server.db import table_of
from server.models.person import Person, SignIn
from server.services.people.scope import let_in_on
from server.services.people.sign_ins import PHONE_LASTS

_sign_ins = table_of(SignIn).c
SEEN_AGAIN = (
    sa.update(table_of(SignIn))
    .where(
        _sign_ins.id == sa.bindparam("sign_in"),
        _sign_ins.revoked_at.is_(None),
        _sign_ins.expires_at > sa.bindparam("at"),
        sa.exists().where(Person.id == _sign_ins.person_id, let_in_on(sa.bindparam("on"))),
    )
    .values(seen_at=sa.bindparam("at"), expires_at=sa.bindparam("lasts"))
)
"""Note a sign of life from a phone, if its sign-in is still good: one row, or none."""


def seen_again(sign_in: SignIn, *, now: datetime) -> dict[str, Any]:
    """What `SEEN_AGAIN` asks for; a phone in use never has to bind anew."""
    return {
        "sign_in": sign_in.id,
        "at": now,
        "on": beijing_day(now),
        "lasts": now + PHONE_LASTS,
    }
