"""What most stories about money begin with."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import Cast
from tests.services.subsidies.world import Money, xiping


@pytest.fixture
def money(session: Session, cast: Cast) -> Money:
    """西平县 with its one-off subsidies."""
    return xiping(session, cast)
