"""What services of monthly reports show of 鹅城镇's own body; a part of the lists of sights.py."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from server.errors import NotFound
from server.models.assessment import Assessment, AssessmentScheme
from server.models.monthly_report import MonthlyReport, MonthlyReportStep
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.assessment import Period, Whom
from server.policy.plan.duties import Duty, OrganisationType
from server.services.reporting import accepting, assessments, units
from server.services.reporting.rules import ReportOptions
from tests.bodies import make_organisation
from tests.factories import NOW, TODAY
from tests.services.days.of_june import JUNE
from tests.services.world import World

OPTIONS = ReportOptions(day=18, first=JUNE, townships=True)
Shown = Callable[[World, Organisation, dict[str, Any]], list[Organisation]]


def _here(world: World, seen_by: dict[str, Any], look: Shown) -> int:
    """How often a look shows the township's body, whose June was accepted and opened again."""
    session, attempt = world.session, world.session.begin_nested()
    try:
        unit = make_organisation(
            session, name="鹅城镇人民政府", duties=(Duty.RESPONSIBLE_BODY,),
            type=OrganisationType.TOWNSHIP_GOVERNMENT, township_code=world.c1.township_code,
        )  # fmt: skip
        report = MonthlyReport(
            county=unit.county, organisation_id=unit.id, month_on=JUNE, blanks={}, newest=1,
            accepted=1, due_on=JUNE, received_on=TODAY,
        )  # fmt: skip
        session.add(report)
        session.flush()
        office = session.scalars(select(Person.id).where(Person.login == "xian")).one()
        reopened = MonthlyReportStep(
            county=unit.county, report_id=report.id, version=1, deed="reopened", at=NOW, by=office,
            until_on=TODAY,
        )  # fmt: skip
        session.add(reopened)
        session.flush()
        return sum(one.id == unit.id for one in look(world, unit, seen_by))
    except NotFound:
        return 0
    finally:
        attempt.rollback()


def _months(world: World, seen_by: dict[str, Any]) -> list[Organisation]:
    found = units.units_of_month(
        world.session, county=world.county.code, options=OPTIONS, month_on=JUNE, on=TODAY,
        **seen_by,
    )  # fmt: skip
    return [one.unit for one in found]


def _late(world: World, seen_by: dict[str, Any]) -> list[Organisation]:
    found = units.late_months(
        world.session, county=world.county.code, options=OPTIONS, on=TODAY, **seen_by
    )
    return [one.unit for one in found]


def _waiting(world: World, unit: Organisation, seen_by: dict[str, Any]) -> list[Organisation]:
    """The same month while nobody has accepted it."""
    report = world.session.scalars(
        select(MonthlyReport).where(MonthlyReport.organisation_id == unit.id)
    ).one()
    report.accepted = None
    world.session.flush()
    found = units.waiting_months(
        world.session, county=world.county.code, options=OPTIONS, on=TODAY, **seen_by
    )
    return [one.unit for one in found]


def _reopened(world: World, seen_by: dict[str, Any]) -> list[Organisation]:
    found = accepting.reopened_of(world.session, county=world.county.code, **seen_by)
    return [world.session.get_one(Organisation, one.organisation_id) for one, _, _ in found]


def _assessed(world: World, seen_by: dict[str, Any], look: Callable[[Any], int]) -> int:
    """What a look shows of an issued sheet of 鹅城镇 alone."""
    session, attempt = world.session, world.session.begin_nested()
    try:
        office = session.scalars(select(Person).where(Person.login == "xian")).one()
        sheet = Assessment(
            county=world.county.code, scheme_id=1, whom=Whom.TOWNSHIPS, period=Period.MONTH,
            from_on=JUNE, until_on=TODAY, version=1, figures={}, last_day="", drawn_at=NOW,
            subjects=[{"key": world.c1.township_code, "name": "鹅城镇"}], opened_by=office.id,
            opened_at=NOW, issued_by=office.id, issued_at=NOW,
        )  # fmt: skip
        scheme = AssessmentScheme(
            id=1, county=world.county.code, whom=Whom.TOWNSHIPS, version=1, name="办法", from_on=JUNE,
            items=[], content_sha256="0" * 64, made_by=office.id, made_at=NOW,
        )  # fmt: skip
        session.add(scheme)
        session.flush()
        session.add(sheet)
        session.flush()
        return look(sheet)
    except NotFound:
        return 0
    finally:
        attempt.rollback()


REPORT_LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "reporting.units.units_of_month": lambda w, a: _here(w, a, lambda w, _, a: _months(w, a)),
    "reporting.units.late_months": lambda w, a: _here(w, a, lambda w, _, a: _late(w, a)),
    "reporting.units.waiting_months": lambda w, a: _here(w, a, _waiting),
    "reporting.units.unit_for": lambda w, a: _here(
        w, a, lambda w, one, a: [units.unit_for(w.session, organisation_id=one.id, **a)]
    ),
    "reporting.assessments.assessments_in_sight": lambda w, a: _assessed(
        w, a,
        lambda _: len(assessments.assessments_in_sight(w.session, county=w.county.code, **a)),
    ),
    "reporting.assessments.assessment_for": lambda w, a: _assessed(
        w, a,
        lambda one: int(
            assessments.assessment_for(w.session, assessment_id=one.id, **a) is one
        ),
    ),
    "reporting.accepting.reopened_of": lambda w, a: _here(w, a, lambda w, _, a: _reopened(w, a)),
}  # fmt: skip
