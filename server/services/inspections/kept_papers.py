"""Files of records, results and monthly reports: made once, kept by SHA-256, given as kept."""

import hashlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from server.errors import Conflict
from server.media.zips import safe_name
from server.models.assessment import Assessment
from server.models.circular import Circular
from server.models.inspection import Counted, Inspection, RoundReport
from server.models.kept_paper import KeptPaper
from server.models.monthly_report import MonthlyReportVersion, MonthlySummary
from server.models.referral import Referral
from server.models.station import Station
from server.services.inspections.versions import newer_than

Thing = (
    Inspection
    | RoundReport
    | MonthlyReportVersion
    | MonthlySummary
    | Assessment
    | Circular
    | Referral
)
COLUMNS = {
    Inspection: "inspection_id",
    RoundReport: "report_id",
    MonthlyReportVersion: "monthly_version_id",
    MonthlySummary: "monthly_summary_id",
    Assessment: "assessment_id",
    Circular: "circular_id",
    Referral: "referral_id",
}


def stage_of(inspection: Inspection) -> str:
    """Which state of a record its paper shows: after the keeper's answer it is another paper."""
    answered = inspection.confirmed_at is not None or inspection.refused_at is not None
    return "answered" if answered else ""


def station_said(session: Session, inspection: Inspection) -> str:
    """The station's number, or else its name, as it stands in the name of a record's paper."""
    station = session.get_one(Station, inspection.station_id)
    return station.code or safe_name(station.name)


def since_said(session: Session, inspection: Inspection) -> str:
    """What has become of a record, beside the name of its paper, which stays as it was made."""
    if newer_than(session, inspection) is not None:
        return "（旧版，已更正）"
    if inspection.counted in (Counted.WAITS, Counted.SET_ASIDE):
        return f"（{inspection.counted.label}）"
    return ""


def version_said(version: int, newest: int, said: str = "") -> str:
    """The same of something that is filed in versions; `said` is what came of this one."""
    later = f"已有第{newest}版" if newest > version else ""
    return f"（{'，'.join(filter(None, (f'第{version}版', said, later)))}）"


def keep_paper(
    session: Session, *, of: Thing, stage: str, kind: str, content: bytes, now: datetime
) -> bytes:
    """Keep a file; where one has been kept meanwhile, that one is given back."""
    noun = type(of)
    session.execute(sa.select(noun.id).where(noun.id == of.id).with_for_update())
    kept = kept_paper(session, of=of, stage=stage, kind=kind)
    if kept is not None:
        return kept
    session.add(
        KeptPaper(
            county=of.county,
            **{COLUMNS[noun]: of.id},
            stage=stage,
            kind=kind,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            made_at=now,
        )
    )
    session.flush()
    return content


def kept_paper(session: Session, *, of: Thing, stage: str, kind: str) -> bytes | None:
    """A file as it was made, None where none was kept yet.

    Raises Conflict paper-changed when its bytes no longer are those that were made.
    """
    column = getattr(KeptPaper, COLUMNS[type(of)])
    paper = session.scalars(
        sa.select(KeptPaper)
        .where(column == of.id, KeptPaper.stage == stage, KeptPaper.kind == kind)
        .options(undefer(KeptPaper.content))
    ).one_or_none()
    if paper is None:
        return None
    if hashlib.sha256(paper.content).hexdigest() != paper.sha256:
        raise Conflict(
            "paper-changed",
            "这份文件与当初留的校验码对不上，可能被人改过，没有给出。请联系技术人员。",
        )
    return paper.content


def no_paper_yet() -> sa.ColumnElement[bool]:
    """Of which records no paper is kept as they stand now, with the keeper's answer or without."""
    answered = Inspection.confirmed_at.is_not(None) | Inspection.refused_at.is_not(None)
    kept = sa.select(KeptPaper.id).where(
        KeptPaper.inspection_id == Inspection.id,
        KeptPaper.kind == "pdf",
        KeptPaper.stage == sa.case((answered, "answered"), else_=""),
    )
    return ~kept.exists()


def without_papers(session: Session, *, county: str, after: UUID | None, most: int) -> list[UUID]:
    """A county's records of which no paper is kept yet, in the order of their ids."""
    found = sa.select(Inspection.id).where(Inspection.county == county, no_paper_yet())
    if after is not None:
        found = found.where(Inspection.id > after)
    return list(session.scalars(found.order_by(Inspection.id).limit(most)))
