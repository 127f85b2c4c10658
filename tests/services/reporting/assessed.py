"""A county's own 考核办法 and a sheet of 鹅城镇 (and 杜家村镇) held by it, for every test of them."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.http import clock
from server.models.assessment import Assessment, AssessmentScheme
from server.policy.plan.assessment import Period, Whom
from server.services.reporting.assessment_sheets import (
    give_points,
    issue_assessment,
    row_of,
    rows_hash,
    rows_of,
)
from server.services.reporting.assessments import Asked, CountBook, open_assessment
from server.services.reporting.schemes import SchemeTyped, save_scheme
from tests.factories import Cast

JULY_31 = date(2023, 7, 31)
NOW = datetime(2023, 8, 2, 2, 0, tzinfo=UTC)
HERE, THERE = "140926100", "140926101"
FILED = {"title": "村级站备案", "points": "60", "way": "share", "measure": "village_point.filed"}
BUILT = {
    "title": "村级站建成", "points": "30", "way": "bands", "measure": "village_point.built",
    "bands": "100:30 50:12.5 0:0",
}  # fmt: skip
HAND = {"title": "组织领导", "points": "10", "basis": "专班会议纪要第3条"}
ROWS = (FILED, BUILT, HAND)


def make_scheme(
    session: Session,
    cast: Cast,
    *,
    rows: Collection[Mapping[str, str]] = ROWS,
    from_on: date = date(2023, 1, 1),
    now: datetime | None = None,
    seen: int = 0,
    **more: Any,
) -> AssessmentScheme:
    values: dict[str, Any] = {
        "whom": Whom.TOWNSHIPS, "name": "静乐县乡镇考核办法", "basis": "专班会议", "from_on": from_on,
        "rows": list(rows), "because": "会议改了分值",
    }  # fmt: skip
    return save_scheme(
        session, county=cast.county, typed=SchemeTyped(**(values | more)), seen=seen,
        by=cast.office, now=now or clock.now(),
    )  # fmt: skip


def open_sheet(
    session: Session,
    cast: Cast,
    standards: Any,
    *,
    now: datetime,
    until_on: date | None = None,
    chosen: Collection[str] = (),
    **more: Any,
) -> Assessment:
    last = until_on or beijing_day(now) - timedelta(days=1)
    values: dict[str, Any] = {
        "whom": Whom.TOWNSHIPS, "period": Period.MONTH, "from_on": last - timedelta(days=29),
        "until_on": last, "chosen": chosen or [cast.township.code, cast.other_township.code],
    }  # fmt: skip
    return open_assessment(
        session, county=cast.county, asked=Asked(**(values | more)), by=cast.office, now=now,
        book=CountBook(tuple(standards), None),
    )  # fmt: skip


def july(session: Session, cast: Cast, standards: Any, **more: Any) -> Assessment:
    return open_sheet(
        session, cast, standards, now=NOW, until_on=JULY_31, from_on=date(2023, 7, 1), **more
    )


def give(
    session: Session, cast: Cast, sheet: Assessment, now: datetime, subject: str, **typed: Any
) -> int:
    """Points by item key (`i3=("8", "例会按时开")`) over the row as it is."""
    row = row_of(rows_of(session, sheet), subject)
    return give_points(
        session, sheet=sheet, subject=subject, typed=typed, seen=rows_hash([row]), by=cast.office,
        now=now,
    )  # fmt: skip


def fill(session: Session, cast: Cast, sheet: Assessment, now: datetime) -> None:
    """Give every missing number by hand: what only a person can say."""
    for row in rows_of(session, sheet):
        typed = {one["item"]: ("8", "看过台账") for one in row["cells"] if not one["points"]}
        give(session, cast, sheet, now, row["subject"], **typed)


def issue(
    session: Session, cast: Cast, sheet: Assessment, now: datetime, *, whole: bool = False
) -> Assessment:
    return issue_assessment(
        session, sheet=sheet, seen=rows_hash(rows_of(session, sheet)), whole_ranking=whole,
        by=cast.office, now=now,
    )  # fmt: skip


def issued_sheet(
    session: Session, cast: Cast, standards: Any, *, now: datetime | None = None, **more: Any
) -> Assessment:
    """鹅城镇 alone, assessed and issued."""
    at = now or clock.now()
    make_scheme(session, cast, now=at)
    sheet = open_sheet(session, cast, standards, now=at, **{"chosen": [cast.township.code], **more})
    fill(session, cast, sheet, at)
    return issue(session, cast, sheet, at)
