"""What all machines of one house know together: how the copies stand, which keys are its own."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class HouseNote(Base):
    """One thing that machines tell each other, by its name; it belongs to no county."""

    __tablename__ = "house_notes"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    said: Mapped[dict[str, Any]]
    at: Mapped[datetime]
