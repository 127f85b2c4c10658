"""What one machine of the house writes down for all of them, in the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.models.house_note import HouseNote


def write_note(session: Session, name: str, said: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the newest of a name."""
    session.merge(HouseNote(name=name, said=dict(said), at=now))


def note_of(session: Session, name: str) -> dict[str, Any] | None:
    """What was last written under a name."""
    found = session.get(HouseNote, name)
    return found.said if found else None
