"""Monthly reports that wait: for a liaison to hand in, for the office to accept."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.monthly_report import (
    MonthlyReport,
    MonthlyReportReminder,
    MonthlyReportVersion,
)
from server.models.organisation import Organisation
from server.models.person import Person
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.people.scope import OFFICE


@counted
def reports_due_queue(session: Session, asked: Asked) -> QueueLine:
    """Months of which somebody was reminded and that have not come; one query.

    The office sees all of its county, everybody else those of the units whose liaison they are. A
    month waits since its last day.
    """
    came = (
        sa.select(MonthlyReport.id)
        .where(
            MonthlyReport.organisation_id == MonthlyReportReminder.organisation_id,
            MonthlyReport.month_on == MonthlyReportReminder.month_on,
            MonthlyReport.newest > 0,
        )
        .exists()
    )
    first = (
        sa.select(sa.func.min(MonthlyReportReminder.id))
        .where(MonthlyReportReminder.county == asked.county)
        .group_by(MonthlyReportReminder.organisation_id, MonthlyReportReminder.month_on)
    )
    return waiting(
        session,
        sa.select(MonthlyReportReminder)
        .join(Organisation, Organisation.id == MonthlyReportReminder.organisation_id)
        .where(MonthlyReportReminder.id.in_(first), ~came, _whose(asked.seen_by)),
        MonthlyReportReminder.due_on,
    )


@counted
def reports_returned_queue(session: Session, asked: Asked) -> QueueLine:
    """Months that the office gave back and that have not come again; one query."""
    return waiting(
        session,
        _newest(asked).where(
            MonthlyReport.returned == MonthlyReport.newest,
            MonthlyReport.accepted.is_(None) | (MonthlyReport.reopened_until >= asked.on),
        ),
        MonthlyReportVersion.handed_in_at,
    )


@counted
def reports_queue(session: Session, asked: Asked) -> QueueLine:
    """Months whose newest version nobody has accepted or returned; one query."""
    return waiting(
        session,
        _newest(asked).where(
            sa.func.coalesce(MonthlyReport.accepted, 0) < MonthlyReport.newest,
            sa.func.coalesce(MonthlyReport.returned, 0) < MonthlyReport.newest,
        ),
        MonthlyReportVersion.handed_in_at,
    )


def _newest(asked: Asked) -> "sa.Select[MonthlyReport]":
    return (
        sa.select(MonthlyReport)
        .join(
            MonthlyReportVersion,
            (MonthlyReportVersion.report_id == MonthlyReport.id)
            & (MonthlyReportVersion.version == MonthlyReport.newest),
        )
        .join(Organisation, Organisation.id == MonthlyReport.organisation_id)
        .where(MonthlyReport.county == asked.county, _whose(asked.seen_by))
    )


def _whose(person: Person) -> sa.ColumnElement[bool]:
    return sa.true() if person.role in OFFICE else Organisation.liaison_id == person.id
