"""Papers of monthly reports and summaries as kept; what is not kept yet is made now, once."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.calendar import moment_text
from server.models.monthly_report import MonthlyReportVersion, MonthlySummary
from server.papers.monthly_report import monthly_file
from server.papers.monthly_words import Stamp, report_words, summary_words
from server.services.common import chain
from server.services.inspections.kept_papers import keep_paper, kept_paper
from server.services.reporting.accepting import acceptance_of


def version_made(
    session: Session, *, made: MonthlyReportVersion, kind: str, font_dir: Path | None = None
) -> bytes:
    """A version's paper, made anew; it says whether anybody has accepted it."""
    accepted = acceptance_of(session, made=made)
    at = accepted[1] if accepted else made.handed_in_at
    stamp = Stamp(
        f"{accepted[0]}于{moment_text(accepted[1])}" if accepted else "",
        made.content_sha256,
        at,
        chain.foot(session, county=made.county, at=at),
    )
    return monthly_file(report_words(made.content, stamp), kind, font_dir)


def kept_version(session: Session, *, made: MonthlyReportVersion, kind: str) -> bytes | None:
    """An accepted version's paper as kept; None where nothing is kept."""
    return kept_paper(session, of=made, stage="", kind=kind)


def version_paper(
    session: Session,
    *,
    made: MonthlyReportVersion,
    kind: str,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """An accepted version's paper, the same bytes whenever it is asked for."""
    kept = kept_version(session, made=made, kind=kind)
    if kept is not None:
        return kept
    content = version_made(session, made=made, kind=kind, font_dir=font_dir)
    return keep_paper(session, of=made, stage="", kind=kind, content=content, now=now)


def kept_summary(session: Session, *, made: MonthlySummary, kind: str) -> bytes | None:
    """A summary's paper as kept; None where nothing is kept."""
    return kept_paper(session, of=made, stage="", kind=kind)


def summary_paper(
    session: Session,
    *,
    made: MonthlySummary,
    kind: str,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """A summary's paper, the same bytes whenever it is asked for."""
    kept = kept_summary(session, made=made, kind=kind)
    if kept is not None:
        return kept
    anchor = chain.foot(session, county=made.county, at=made.issued_at)
    words = summary_words(made.content, Stamp("", made.content_sha256, made.issued_at, anchor))
    content = monthly_file(words, kind, font_dir)
    return keep_paper(session, of=made, stage="", kind=kind, content=content, now=now)
