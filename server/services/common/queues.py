"""What waits for somebody, counted: how many, and since when, in one query a queue."""

from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.person import Person
from server.policy.standard.working_days import WorkingDays


class Asked(NamedTuple):
    """Who looks at the queues, and when; the county is the person's own.

    `calendar` are the days off of this installation's standards. Without any nobody knows whether
    the last day of a deadline moves, and what may still be in time is not called over.
    """

    seen_by: Person
    now: datetime
    calendar: WorkingDays = WorkingDays()

    @property
    def county(self) -> str:
        """The county's six-digit code."""
        return self.seen_by.county

    @property
    def on(self) -> date:
        """The Beijing day."""
        return beijing_day(self.now)


class QueueLine(NamedTuple):
    """How many wait, and the Beijing day since which the first of them does (None: unknown)."""

    number: int
    oldest: date | None = None


NOTHING = QueueLine(0)


def waiting(
    session: Session, rows: sa.Select[Any], since: sa.ColumnElement[Any] | Any
) -> QueueLine:
    """Count what `rows` would select; `since` is the column of the day or moment of each."""
    number, first = session.execute(
        rows.with_only_columns(
            sa.func.count(), sa.func.min(since), maintain_column_froms=True
        ).order_by(None)
    ).one()
    return QueueLine(number, beijing_day(first) if isinstance(first, datetime) else first)
