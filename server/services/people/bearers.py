"""Whose phone a token is, for statements past the mapper: the guard's question and its answer."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.models.person import Role, SignIn, SignInKind
from server.services.people.scope import let_in_on


class Who(NamedTuple):
    """A person, in the names of the noun."""

    id: int
    county: str
    name: str
    role: Role
    position_declined_at: datetime | None


class Phone(NamedTuple):
    """A phone's sign-in, in the names of the noun."""

    id: int


def columns(noun: Any, of: Any) -> list[Any]:
    """The columns of a noun that a NamedTuple names."""
    return [getattr(noun, name) for name in of._fields]


BEARS = (
    SignIn.token_sha256 == sa.bindparam("token"),
    SignIn.kind == SignInKind.PHONE,
    SignIn.revoked_at.is_(None),
    SignIn.expires_at > sa.bindparam("now"),
    let_in_on(sa.bindparam("today")),
)
"""The WHERE clauses of a phone that is signed in by a token, on `SignIn` and its `Person`."""
