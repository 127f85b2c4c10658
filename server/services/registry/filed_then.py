"""When stations were filed under a filing that was withdrawn since; the register forgets it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.filing import FilingStep
from server.policy.plan.filing import Step, StepKind, filed_until_withdrawn
from server.services.registry.filing_books import as_step


@dataclass(frozen=True, slots=True)
class FiledThen:
    """By station, the days of filing and of withdrawing; on the latter it is filed no more."""

    times: Mapping[int, list[tuple[date, date]]] = field(default_factory=dict)

    def on(self, station_id: int, filed_on: date | None, day: date) -> bool:
        """Whether a station was filed on a day, by what the register says now and was withdrawn."""
        if filed_on is not None and filed_on <= day:
            return True
        return any(first <= day < end for first, end in self.times.get(station_id, ()))


def filed_then(session: Session, *, county: str) -> FiledThen:
    """A county's filings that were withdrawn; one query, of which few counties have many rows."""
    withdrawn = sa.select(FilingStep.filing_id).where(
        FilingStep.county == county, FilingStep.kind == StepKind.WITHDRAWN
    )
    lives: dict[tuple[int, int], list[Step]] = defaultdict(list)
    for row in session.scalars(
        sa.select(FilingStep)
        .where(FilingStep.filing_id.in_(withdrawn))
        .order_by(FilingStep.filing_id, FilingStep.seq)
    ):
        lives[row.station_id, row.filing_id].append(as_step(row))
    times: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for (station_id, _), steps in lives.items():
        if (held := filed_until_withdrawn(steps)) is not None:
            times[station_id].append(held)
    return FiledThen(times)
