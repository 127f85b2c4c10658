"""The files of records and reports as kept; what is not kept yet is made now, once."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Inspection, RoundReport
from server.models.person import Person
from server.papers.inspection_copy import set_inspection_pdf, signed_sheet
from server.papers.round_report import round_pdf
from server.papers.round_sheet import round_xlsx
from server.policy.standard.standards import Standard
from server.services.common import chain
from server.services.inspections.kept_papers import keep_paper, kept_paper, stage_of
from server.services.people.scope import Everybody, sees_whole_county
from server.services.rounds.contents import reported_content

REPORT_KINDS = ("pdf", "xlsx")


def record_made(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    font_dir: Path | None = None,
) -> bytes:
    """A record on paper as it was signed, made anew."""
    sheet = signed_sheet(session, inspection=inspection, standards=standards)
    at = inspection.confirmed_at or inspection.refused_at or inspection.received_at
    anchor = chain.foot(session, county=inspection.county, at=at)
    return set_inspection_pdf(sheet, font_dir, anchor=anchor)


def record_to_keep(
    session: Session,
    *,
    inspection_id: UUID,
    standards: Iterable[Standard],
    font_dir: Path | None,
    now: datetime,
) -> Callable[[Session], None]:
    """Typeset a record that has no paper yet; what is given back keeps it.

    Nothing is kept where the keeper answered meanwhile: what was set may show half of it. The
    next night sets the answered one.
    """
    one = session.get_one(Inspection, inspection_id)
    stage = stage_of(one)
    content = record_made(session, inspection=one, standards=standards, font_dir=font_dir)

    def keep(own: Session) -> None:
        record = _held(own, inspection_id)
        if stage_of(record) == stage:
            keep_paper(own, of=record, stage=stage, kind="pdf", content=content, now=now)

    return keep


def record_paper(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """A record on paper, the same bytes whenever it is asked for.

    The keeper's answer on the own phone makes a second paper; both are kept. Call it in a writing
    transaction: where a paper has to be made, an answer waits for it or stands in it whole.
    """
    kept = kept_paper(session, of=inspection, stage=stage_of(inspection), kind="pdf")
    if kept is not None:
        return kept
    stage = stage_of(_held(session, inspection.id))
    kept = kept_paper(session, of=inspection, stage=stage, kind="pdf")
    if kept is not None:
        return kept
    made = record_made(session, inspection=inspection, standards=standards, font_dir=font_dir)
    return keep_paper(session, of=inspection, stage=stage, kind="pdf", content=made, now=now)


def _held(session: Session, inspection_id: UUID) -> Inspection:
    """A record as it stands now; its keeper's answer waits for this transaction."""
    return session.get_one(Inspection, inspection_id, with_for_update=True, populate_existing=True)


def kept_report(
    session: Session, *, report: RoundReport, kind: str, seen_by: Person | Everybody
) -> bytes | None:
    """A reported result as kept for this person's sight; None where nothing is kept yet."""
    return kept_paper(session, of=report, stage=_part(report, seen_by), kind=kind)


def _part(report: RoundReport, seen_by: Person | Everybody) -> str:
    whole = sees_whole_county(seen_by, report.county)
    return "" if whole or not isinstance(seen_by, Person) else seen_by.township_code or "-"


def report_paper(
    session: Session,
    *,
    report: RoundReport,
    campaign: Campaign,
    kind: str,
    seen_by: Person | Everybody,
    now: datetime,
    font_dir: Path | None = None,
) -> bytes:
    """A reported result as a file; an officer's is the part of the own township."""
    stage = _part(report, seen_by)
    kept = kept_paper(session, of=report, stage=stage, kind=kind)
    if kept is not None:
        return kept
    content = replace(
        reported_content(session, made=report, campaign=campaign, seen_by=seen_by),
        anchor=chain.foot(session, county=report.county, at=now),
    )
    made = round_xlsx(content) if kind == "xlsx" else round_pdf(content, font_dir)
    return keep_paper(session, of=report, stage=stage, kind=kind, content=made, now=now)
