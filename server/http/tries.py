"""Counts failed sign-ins at the doors, although the failing request itself rolls back."""

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request

from server.db import begin_write
from server.errors import Problem, TooMany
from server.http import clock
from server.http.database import session
from server.models.person import Person
from server.services.people.tries import NETWORK, note_failure, refuse_if_too_many, tell_failure


def source() -> str:
    """Where a request comes from, as far as guessing is concerned.

    An IPv6 caller owns a whole /64 network, so the network counts, not the address.
    """
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "-"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def network() -> str:
    """The key by which a whole network's tries count: more of them than one device may have."""
    return f"{NETWORK}{source()}"


@contextmanager
def counting_failures(
    what: str, *keys: str, person_of: Callable[[], Person | None]
) -> Iterator[None]:
    """Around a sign-in: refuse after too many failures, and remember this one if it fails.

    `keys` are what the tries are counted by: network, device, login or person. Where
    `person_of` says whose account was tried, the history says so too; of a login that nobody has
    it says nothing, for that may be a password in the wrong field. Raises `TooMany`
    (too-many-tries).
    """
    refuse_if_too_many(session(), what=what, keys=keys, now=clock.now())
    try:
        yield
    except TooMany:
        raise
    except Problem:
        session().rollback()
        begin_write(session())
        note_failure(session(), what=what, keys=keys, now=clock.now())
        if (person := person_of()) is not None:
            tell_failure(session(), what=what, person=person, source=source(), now=clock.now())
        session().commit()
        raise
