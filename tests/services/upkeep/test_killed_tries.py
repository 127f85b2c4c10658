"""Bytes that killed a try are known to every process of the house, until the software changes."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.killed_try import KilledTry
from server.services.upkeep.killed_tries import KilledTries
from tests.factories import NOW


def test_what_killed_one_process_is_known_to_the_next_and_tried_again_after_an_upgrade(
    engine: Engine, session: Session
) -> None:
    session.add(KilledTry(sha256="b" * 64, software="older", deed="admit", why="slow", at=NOW))
    session.commit()
    here, there = (KilledTries(lambda: engine, lambda: NOW) for _ in range(2))
    assert not here.knows("a" * 64)
    assert not here.knows("b" * 64)  # it killed what is no longer here

    here.note("a" * 64, "names", "memory")
    assert here.knows("a" * 64)  # at once
    assert here.writing is not None
    here.writing.join()

    assert there.knows("a" * 64)
    [kept] = session.scalars(sa.select(KilledTry))
    assert (kept.deed, kept.why, kept.at) == ("names", "memory", NOW)


def test_without_a_database_a_process_knows_what_it_has_seen() -> None:
    alone = KilledTries(lambda: None, lambda: NOW)
    alone.note("a" * 64, "admit", "crashed")
    assert alone.knows("a" * 64)
    assert not alone.knows("b" * 64)
