"""A July of reports: the 财政局 with its liaison, handing in what it wrote, and accepting it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.monthly_report import MonthlyReport, MonthlyReportVersion
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in
from server.services.people.scope import EVERYBODY
from server.services.programme.programmes import bring_programme
from server.services.reporting.accepting import accept_report
from server.services.reporting.drafts import Wording, report_of
from server.services.reporting.reports import figures_hash, hand_in
from server.services.reporting.rules import ReportOptions, options_asked
from server.services.reporting.unit_figures import Rulebook, figures_now
from server.services.reporting.units import units_of_month
from server.settings import ROOT
from tests.bodies import make_bureau_person, make_organisation
from tests.factories import NOW, TODAY, Cast

JULY = date(2023, 7, 1)
WORDS = Wording(
    {"progress": "补助已拨付到6月。", "problems": "", "next": "核对7月件数。"},
    {"problems": "nothing"},
)


@dataclass
class July:
    """What a month of reports needs, and short ways to its deeds."""

    session: Session
    cast: Cast
    unit: Organisation
    liaison: Person
    programme: Programme
    book: Rulebook

    @property
    def options(self) -> ReportOptions:
        return options_asked(self.cast.county, self.programme)

    @property
    def report(self) -> MonthlyReport:
        found = report_of(self.session, unit=self.unit, month_on=JULY)
        assert found is not None
        return found

    def figures(self, today: date) -> Any:
        return figures_now(
            self.session,
            county=self.cast.county,
            unit=self.unit,
            month_on=JULY,
            today=today,
            book=self.book,
        )

    def hand_in(
        self,
        wording: Wording = WORDS,
        now: datetime = NOW,
        by: Person | None = None,
        month_on: date = JULY,
        **more: Any,
    ) -> MonthlyReportVersion:
        figures = self.figures(now.date())
        return hand_in(
            self.session,
            county=self.cast.county,
            unit=self.unit,
            options=self.options,
            month_on=month_on,
            wording=wording,
            figures=figures,
            **({"seen_sha256": figures_hash(figures)} | more),
            by=by or self.liaison,
            now=now,
        )


def make_july(session: Session, cast: Cast, standards: Any) -> July:
    """静乐 from April on, and the liaison of its 财政局."""
    programme = programme_of(programmes_in(ROOT / "standards"), "140926")
    assert programme is not None
    bring_programme(session, county=cast.county, programme=programme, now=NOW, by=None)
    unit = make_organisation(session)
    liaison = make_bureau_person(session, unit, name="周联络", login="zhou")
    unit.liaison_id = liaison.id
    session.flush()
    return July(session, cast, unit, liaison, programme, Rulebook(tuple(standards)))


def row(july: July, on: date = TODAY, month_on: date = JULY) -> Any:
    [one] = units_of_month(
        july.session,
        county="140926",
        options=july.options,
        month_on=month_on,
        on=on,
        seen_by=EVERYBODY,
    )
    return one


def accept(july: July, version: int = 1, now: datetime = NOW) -> MonthlyReportVersion:
    return accept_report(
        july.session, report=july.report, version=version, by=july.cast.office, now=now
    )


def code(problem: pytest.ExceptionInfo[Problem]) -> str:
    return problem.value.code
