"""A month reported, accepted and summarised at the desk's own clock."""

from typing import Any

from sqlalchemy.orm import Session

from server.calendar import first_of_month, month_of
from server.http import clock
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.reading import programme_of, programmes_in
from server.services.reporting.accepting import accept_report
from server.services.reporting.drafts import Wording, report_of
from server.services.reporting.reports import figures_hash, hand_in
from server.services.reporting.rules import options_asked
from server.services.reporting.summaries import accepted_seal, issue_summary, summary_figures
from server.services.reporting.unit_figures import Rulebook, figures_now
from server.settings import ROOT
from tests.factories import Cast

WORDS = Wording(
    {"progress": "补助已拨付。\n核对了件数。", "problems": "", "next": "按月核对。"},
    {"problems": "nothing"},
)


def report_this_month(session: Session, cast: Cast, liaison: Person, standards: Any) -> str:
    """The liaison's unit has handed in, the office has accepted and summarised; which month."""
    unit = session.get_one(Organisation, liaison.organisation_id)
    unit.liaison_id = liaison.id
    session.flush()
    programme = programme_of(programmes_in(ROOT / "standards"), cast.county.code)
    options, today = options_asked(cast.county, programme), clock.today()
    book, month_on = Rulebook(tuple(standards)), first_of_month(today)
    figures = figures_now(
        session, county=cast.county, unit=unit, month_on=month_on, today=today, book=book
    )
    made = hand_in(
        session, county=cast.county, unit=unit, options=options, month_on=month_on, wording=WORDS,
        figures=figures, seen_sha256=figures_hash(figures), by=liaison, now=clock.now(),
    )  # fmt: skip
    report = report_of(session, unit=unit, month_on=month_on)
    assert report is not None
    accept_report(session, report=report, version=made.version, by=cast.office, now=clock.now())
    issue_summary(
        session, county=cast.county, options=options, month_on=month_on, words="", because="",
        seen=0, by=cast.office, now=clock.now(), book=book,
        seen_units=accepted_seal(session, county=cast.county.code, month_on=month_on),
        seen_figures=figures_hash(
            summary_figures(
                session, county=cast.county, month_on=month_on, today=today, book=book
            )
        ),
    )  # fmt: skip
    unit.liaison_id = None
    session.flush()
    return month_of(month_on)
