"""What tests of the phones' door share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from server.models.person import Person
from tests.factories import Cast

# A sign of life and a failed try are written whatever happens.
NOT_LOOKED_AT = {"sign_ins", "failed_tries"}


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows of all tables that matter."""
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_LOOKED_AT
    }


@pytest.fixture
def headers(cast: Cast, signed_in: Callable[[Person], dict[str, str]]) -> dict[str, str]:
    return signed_in(cast.li)


@pytest.fixture
def unchanged(session: Session) -> Iterator[Callable[[], None]]:
    """Call it when all is arranged; at the end every row must be as it was then."""
    before: dict[str, list[Any]] = {}

    def look() -> None:
        session.commit()
        before.update(everything(session))

    yield look
    session.commit()
    assert before, "the test never said when all was arranged"
    assert everything(session) == before
