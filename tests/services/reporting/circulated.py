"""A circular over an issued assessment, for every test of circulars."""

from datetime import datetime

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.http import clock
from server.models.assessment import Assessment
from server.models.circular import Circular
from server.policy.standard.standards import Standard
from server.services.reporting.circulars import (
    Wording,
    content_of,
    draft_of_assessment,
    draft_shown,
    issue_circular,
    save_draft,
)
from server.services.reporting.reports import content_hash
from tests.factories import Cast

NUMBER = "静快专〔2023〕5号"


def write(session: Session, cast: Cast, circular: Circular, now: datetime, **texts: str) -> None:
    """Save a draft with a number and today's day, and the texts given."""
    held = {one.field: one.text for one in draft_shown(circular) if one.field != "dated_on"}
    wording = Wording(held | {"number": NUMBER} | texts, beijing_day(now))
    save_draft(session, circular=circular, wording=wording, by=cast.office)


def issue_it(
    session: Session,
    cast: Cast,
    circular: Circular,
    now: datetime,
    standards: tuple[Standard, ...] = (),
    *,
    as_drafted: str = "",
) -> Circular:
    return issue_circular(
        session, circular=circular, seen=content_hash(content_of(session, circular)),
        as_drafted=as_drafted, by=cast.office, now=now, standards=standards,
    )  # fmt: skip


def issued_circular(
    session: Session, cast: Cast, sheet: Assessment, *, now: datetime | None = None
) -> Circular:
    at = now or clock.now()
    made = draft_of_assessment(session, county=cast.county, sheet=sheet, by=cast.office, now=at)
    write(session, cast, made, at)
    return issue_it(session, cast, made, at)
