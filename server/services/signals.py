"""Integrity signals from question to decision: the keeper answers, a person settles."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.signal import IntegritySignal, SignalState


def open_counts(session: Session, *, county: str) -> dict[int, int]:
    """How many questions are not settled yet, by station; stations without any are left out."""
    return dict(
        session.execute(
            sa.select(IntegritySignal.station_id, sa.func.count())
            .where(IntegritySignal.county == county, IntegritySignal.state != SignalState.SETTLED)
            .group_by(IntegritySignal.station_id)
        ).all()
    )
