"""Whether what was frozen still hashes to the hash that it carries: content beside its own hash."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.models.acceptance import Acceptance
from server.models.assessment import Assessment, AssessmentScheme
from server.models.inspection import Inspection, RoundReport
from server.models.kept_paper import KeptPaper
from server.models.month import MonthApproval
from server.models.monthly_report import MonthlyReportVersion, MonthlySummary
from server.models.proposal import Proposal
from server.models.rectification import NoticePaper
from server.models.referral import Referral
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.subsidy import SubsidyEntitlement
from server.models.subsidy_payment import SubsidyBatch
from server.services.audit.excuses import Excuses
from server.services.common.chain_payloads import SOURCES
from server.services.inspections.freezing import frozen_is_whole
from server.services.programme.snapshots import digest, versions_of
from server.services.reporting.schemes import scheme_is_whole
from server.services.subsidies.released import lines_as_released

AT_ONCE = 100  # papers are large
Pair = tuple["InstrumentedAttribute[Any]", "InstrumentedAttribute[Any]"]
JSON_AND_HASH: dict[str, Pair] = {
    one.class_.__tablename__: (one, other)
    for one, other in (
        (Acceptance.record, Acceptance.record_sha256),
        (Proposal.change, Proposal.change_sha256),
        (RoundReport.figures, RoundReport.figures_sha256),
        (MonthApproval.figures, MonthApproval.figures_sha256),
        (MonthlyReportVersion.content, MonthlyReportVersion.content_sha256),
        (MonthlySummary.content, MonthlySummary.content_sha256),
        (Assessment.content, Assessment.content_sha256),
        (SubsidyEntitlement.contents, SubsidyEntitlement.contents_sha256),
        (Referral.content, Referral.content_sha256),
    )
}
BYTES_AND_HASH: dict[str, Pair] = {
    "kept_papers": (KeptPaper.content, KeptPaper.sha256),
    "notice_papers": (NoticePaper.content, NoticePaper.sha256),
}


def unsound(
    session: Session, *, kind: str, refs: Collection[str], county: str, excuses: Excuses
) -> Iterator[str]:
    """The refs of those rows whose content no longer hashes to their own hash."""
    found = sorted(refs)
    if kind == Inspection.__tablename__:
        yield from _inspections(session, found, excuses)
    elif kind == SnapshotDay.__tablename__:
        yield from _days(session, found, county)
    elif kind == AssessmentScheme.__tablename__:
        yield from _schemes(session, found)
    elif kind == SubsidyBatch.__tablename__:
        yield from _batches(session, found)
    elif kind in JSON_AND_HASH:
        compared = _compared(session, found, JSON_AND_HASH[kind], _of_json)
        yield from (ref for ref, now in compared if not excuses.content_erased(kind, ref, now))
    elif kind in BYTES_AND_HASH:
        yield from (ref for ref, _ in _compared(session, found, BYTES_AND_HASH[kind], _of_bytes))


def hash_of_content(session: Session, *, kind: str, ref: str) -> str:
    """What the JSON of something frozen (`JSON_AND_HASH`) hashes to as it is now."""
    content, _ = JSON_AND_HASH[kind]
    source = SOURCES[kind]
    asked = sa.select(content).where(source.key == source.key_of(ref))
    return _of_json(session.execute(asked).scalar_one())


def _of_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _of_json(content: Any) -> str:
    """The spelling that all wings freeze in."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _compared(
    session: Session, refs: list[str], columns: Pair, hashed: Callable[[Any], str]
) -> Iterator[tuple[str, str]]:
    """Those that differ, with what they hash to now."""
    content, sha256 = columns
    source = SOURCES[content.class_.__tablename__]
    for first in range(0, len(refs), AT_ONCE):
        some = [source.key_of(ref) for ref in refs[first : first + AT_ONCE]]
        asked = sa.select(source.key, content, sha256).where(source.key.in_(some))
        for key, held, kept in session.execute(asked):
            if (now := hashed(held)) != kept:
                yield str(key), now


def _inspections(session: Session, refs: list[str], excuses: Excuses) -> Iterator[str]:
    for ref in refs:
        one = session.get(Inspection, SOURCES[Inspection.__tablename__].key_of(ref))
        if one is None:
            continue
        text = one.document
        kept = (
            one.document_sha256 == (None if text is None else _of_bytes(text.encode()))
            if one.position_erased_on is None
            else excuses.without_place(ref, one.left_sha256)
        )
        if not kept or not frozen_is_whole(session, one):
            yield ref
        session.expunge(one)


def _schemes(session: Session, refs: list[str]) -> Iterator[str]:
    for ref in refs:
        one = session.get(AssessmentScheme, SOURCES[AssessmentScheme.__tablename__].key_of(ref))
        if one is not None and not scheme_is_whole(one):
            yield ref


def _batches(session: Session, refs: list[str]) -> Iterator[str]:
    """A released batch: its lines, and on each the account as two people entered it."""
    for ref in refs:
        batch = session.get(SubsidyBatch, SOURCES[SubsidyBatch.__tablename__].key_of(ref))
        if batch is not None and not lines_as_released(session, batch):
            yield ref


def _days(session: Session, refs: list[str], county: str) -> Iterator[str]:
    for ref in refs:
        day = session.get(SnapshotDay, (county, SOURCES[SnapshotDay.__tablename__].key_of(ref)))
        if day is None:
            continue
        rows = versions_of(
            session,
            county,
            StationSnapshot.from_on <= day.day_on,
            sa.or_(StationSnapshot.until_on.is_(None), StationSnapshot.until_on > day.day_on),
        )
        if digest(one.row for one in rows) != day.sha256:
            yield ref
