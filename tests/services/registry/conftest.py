"""The cast of the tests of tables; a module that needs another house says so itself."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import Cast
from tests.services.registry.office import add_villages


@pytest.fixture
def house(session: Session, cast: Cast) -> Cast:
    """The cast, and three more villages without a station."""
    add_villages(session)
    return cast
