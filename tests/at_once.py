"""Presses several buttons in the same moment, and says what each person was told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Conflict
from server.models.county import County
from server.models.inspection import Campaign, Disagreement, Inspection
from server.models.matter import Matter
from server.models.person import Person
from server.models.proposal import Proposal
from server.models.signal import IntegritySignal

Press = Callable[[Session, Person], Any]
READ = (County, Proposal, Disagreement, Inspection, Campaign, IntegritySignal, Matter)


def pressed_at_once(engine: Engine, by: Person, *presses: Press) -> list[str]:
    """What each was told; both have read everything before either presses."""
    ready = Barrier(len(presses), timeout=60)
    whose = by.id  # read here: two threads must not look it up in the test's own session

    def one(press: Press) -> str:
        try:
            with writing(engine) as own:
                person = own.get_one(Person, whose)
                if engine.dialect.name == "postgresql":  # SQLite lets one in at a time anyway
                    for noun in READ:
                        own.scalars(select(noun)).all()
                    ready.wait()
                press(own, person)
        except Conflict as refused:
            return refused.code
        except BaseException:
            ready.abort()  # nobody waits for one who fell
            raise
        return "kept"

    with ThreadPoolExecutor(len(presses)) as both:
        return sorted(both.map(one, presses))
