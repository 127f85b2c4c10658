"""What stands behind the lines of the chain: lines of the history, and whatever was frozen."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from server.models.acceptance import Acceptance
from server.models.assessment import Assessment, AssessmentScheme
from server.models.consent import Consent, ConsentText
from server.models.coverage import PopulationList
from server.models.history import HistoryLine
from server.models.inspection import Inspection, RoundReport
from server.models.kept_paper import KeptPaper
from server.models.matter import Matter, MatterPaper
from server.models.month import MonthApproval
from server.models.monthly_report import MonthlyReportVersion, MonthlySummary
from server.models.operator_total import OperatorFile, ReconciliationDecision
from server.models.phone_help import UnsentImport
from server.models.proposal import Proposal
from server.models.rectification import Notice, NoticePaper
from server.models.referral import Referral
from server.models.sheet_import import SheetImport
from server.models.snapshot import SnapshotDay
from server.models.subsidy import SubsidyEntitlement, SubsidyReview
from server.models.subsidy_order import SubsidyOrderFile
from server.models.subsidy_payment import SubsidyBankList, SubsidyBatch, SubsidyEntry
from server.services.common.chain_canonical import sha256_of

AT_ONCE = 500  # so many rows are asked for in one statement
MOSTLY_THERE = 2  # a stretch of keys is read whole where every second one of it is wanted
HISTORY = HistoryLine.__tablename__


class Payload(NamedTuple):
    """One row as the chain knows it."""

    county: str
    ref: str
    at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are chained: `columns` are what is hashed, by their names.

    `kind` is the table's name, by which a line names it, `key_of` makes a key of a line's `ref`.
    `columns` of something frozen are its own hashes; the line holds the hash of these, so that a
    frozen record and its line stand and fall together. `through` leads to the county.
    """

    kind: str
    label: str
    key: "InstrumentedAttribute[Any]"
    key_of: Callable[[str], Any]
    at: "InstrumentedAttribute[datetime]"
    county: "InstrumentedAttribute[str]"
    columns: Mapping[str, "InstrumentedAttribute[Any]"]
    through: "InstrumentedAttribute[Any] | None" = None
    whole: bool = False  # county and moment are hashed as well
    once: "InstrumentedAttribute[Any] | None" = None  # set when the row is frozen, and never again

    def select(self) -> sa.Select[Any]:
        """County, key, moment, and what is hashed."""
        asked = sa.select(self.county, self.key, self.at, *self.columns.values())
        if self.through is not None:
            asked = asked.join(self.county.class_, self.through == self.county.class_.id)
        return asked if self.once is None else asked.where(self.once.is_not(None))

    def payload(self, row: Any, hashed: Callable[[Any], str] = sha256_of) -> Payload:
        """A row of `select` as the chain knows it."""
        county, key, at, *values = row
        ref = ref_of(key)
        said = dict(zip(self.columns, values, strict=True))
        said["table"], said["id"] = self.kind, ref
        if self.whole:
            said["county"], said["at"] = county, at
        return Payload(county, ref, at, hashed(said))


_READ: dict[type, Callable[[str], Any]] = {int: int, UUID: UUID, date: date.fromisoformat}


def ref_of(key: Any) -> str:
    """A row's key as the chain writes it."""
    return key.isoformat() if isinstance(key, date) else str(key)


def _frozen(
    label: str,
    at: "InstrumentedAttribute[Any]",
    *hashed: "InstrumentedAttribute[Any]",
    key: "InstrumentedAttribute[Any] | None" = None,
    county: "InstrumentedAttribute[str] | None" = None,
    through: "InstrumentedAttribute[Any] | None" = None,
    whole: bool = False,
    once: "InstrumentedAttribute[Any] | None" = None,
) -> Source:
    noun = at.class_
    key = key or noun.id
    return Source(
        kind=noun.__tablename__,
        label=label,
        key=key,
        key_of=_READ[key.type.python_type],
        at=at,
        county=county or noun.county,
        columns={one.key: one for one in hashed},
        through=through,
        whole=whole,
        once=once,
    )


# A column that the history gets later needs a second version of the spelling (a test says so).
LINES = _frozen(
    "变更记录",
    HistoryLine.at,
    HistoryLine.station_id,
    HistoryLine.operator_id,
    HistoryLine.organisation_id,
    HistoryLine.part_of_id,
    HistoryLine.person_id,
    HistoryLine.action,
    HistoryLine.summary,
    HistoryLine.changes,
    HistoryLine.reason,
    whole=True,
)
FROZEN = (
    _frozen("督导记录", Inspection.received_at, Inspection.frozen_sha256,
            Inspection.document_sha256),
    _frozen("验收记录", Acceptance.accepted_at, Acceptance.record_sha256),
    _frozen("变更申请", Proposal.proposed_at, Proposal.change_sha256),
    _frozen("整轮结果", RoundReport.reported_at, RoundReport.figures_sha256),
    _frozen("月度核准", MonthApproval.approved_at, MonthApproval.figures_sha256),
    _frozen("单位月报", MonthlyReportVersion.handed_in_at, MonthlyReportVersion.content_sha256),
    _frozen("月报汇总", MonthlySummary.issued_at, MonthlySummary.content_sha256),
    _frozen("留存文件", KeptPaper.made_at, KeptPaper.sha256),
    _frozen("通知书文件", NoticePaper.made_at, NoticePaper.sha256, county=Notice.county,
            through=NoticePaper.notice_id),
    _frozen("导入批次", SheetImport.imported_at, SheetImport.file_sha256),
    _frozen("问题材料", MatterPaper.recorded_at, MatterPaper.file_sha256, county=Matter.county,
            through=MatterPaper.matter_id),
    _frozen("人口名单", PopulationList.entered_at, PopulationList.file_sha256),
    _frozen("企业件数文件", OperatorFile.entered_at, OperatorFile.file_sha256),
    _frozen("对账决定", ReconciliationDecision.decided_at, ReconciliationDecision.choice,
            ReconciliationDecision.inbound, ReconciliationDecision.outbound,
            ReconciliationDecision.seen_sha256, ReconciliationDecision.evidence_sha256),
    _frozen("补贴", SubsidyEntitlement.proposed_at, SubsidyEntitlement.contents_sha256,
            SubsidyEntitlement.amount_fen, SubsidyEntitlement.payee_key,
            SubsidyEntitlement.once_key),
    _frozen("补贴审核", SubsidyReview.at, SubsidyReview.entitlement_id, SubsidyReview.passed,
            SubsidyReview.seen_sha256),
    _frozen("补贴账目", SubsidyEntry.at, SubsidyEntry.account, SubsidyEntry.amount_fen,
            SubsidyEntry.entitlement_id, SubsidyEntry.part_id, SubsidyEntry.reverses),
    _frozen("上行订单清单", SubsidyOrderFile.entered_at, SubsidyOrderFile.file_sha256),
    _frozen("银行名单", SubsidyBankList.entered_at, SubsidyBankList.file_sha256),
    _frozen("补贴批次", SubsidyBatch.released_at, SubsidyBatch.contents_sha256,
            once=SubsidyBatch.contents_sha256),
    _frozen("考核结果", Assessment.issued_at, Assessment.content_sha256,
            once=Assessment.content_sha256),
    _frozen("考核办法", AssessmentScheme.made_at, AssessmentScheme.content_sha256),
    _frozen("问责线索移送", Referral.issued_at, Referral.content_sha256,
            once=Referral.content_sha256),
    _frozen("补交批次", UnsentImport.imported_at, UnsentImport.file_sha256),
    _frozen("每日快照", SnapshotDay.taken_at, SnapshotDay.sha256, key=SnapshotDay.day_on),
    _frozen("同意的话", ConsentText.first_at, ConsentText.sha256, ConsentText.purpose,
            ConsentText.text),
    _frozen("同意与不同意", Consent.received_at, Consent.person_id, Consent.purpose,
            Consent.agreed, Consent.text_sha256, Consent.way, Consent.event_id, Consent.said_at),
)  # fmt: skip
SOURCES: Mapping[str, Source] = {one.kind: one for one in (LINES, *FROZEN)}


def payloads(
    connection: Connection,
    source: Source,
    refs: Collection[str],
    *,
    county: str | None = None,
    hashed: Callable[[Any], str] = sha256_of,
) -> Iterator[Payload]:
    """What stands under these refs now, in the order of the keys; what is gone is left out.

    `county` None asks whatever county they are of: no key but a day's is in two.
    """
    keys = sorted(source.key_of(ref) for ref in refs)
    asked = source.select().order_by(source.key)
    if county is not None:
        asked = asked.where(source.county == county)
    if _close_together(keys):
        wanted, between = frozenset(keys), source.key.between(keys[0], keys[-1])
        for row in connection.execute(asked.where(between)):
            if row[1] in wanted:
                yield source.payload(row, hashed)
        return
    for first in range(0, len(keys), AT_ONCE):
        for row in connection.execute(asked.where(source.key.in_(keys[first : first + AT_ONCE]))):
            yield source.payload(row, hashed)


def _close_together(keys: list[Any]) -> bool:
    """Whether one stretch of the table holds hardly more than these: thousands of lines do."""
    return (
        len(keys) > AT_ONCE
        and isinstance(keys[0], int)
        and keys[-1] - keys[0] < MOSTLY_THERE * len(keys)
    )
