"""Every column that names bytes in the photo store: what none of them names is nobody's."""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.models.complaint import ComplaintPhoto
from server.models.coverage import Agreement
from server.models.filing import FilingStep
from server.models.hub import HubBrand
from server.models.matter import MatterPaper
from server.models.open_data import OpenExport
from server.models.operator_total import OperatorFile, ReconciliationDecision
from server.models.phone_event import GIVEN_UP, Photo
from server.models.showcase import Publicity
from server.models.subsidy_payment import SubsidyPayment

BLOB_COLUMNS: tuple[InstrumentedAttribute[str] | InstrumentedAttribute[str | None], ...] = (
    Photo.sha256,
    Agreement.file_sha256,
    FilingStep.receipt_sha256,
    HubBrand.file_sha256,
    OperatorFile.file_sha256,
    ReconciliationDecision.evidence_sha256,
    MatterPaper.file_sha256,
    Publicity.file_sha256,
    ComplaintPhoto.sha256,
    SubsidyPayment.paper_sha256,
    OpenExport.file_sha256,
)


def names_bytes(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> sa.ColumnElement[bool]:
    """In a query over such a column: rows that want the bytes kept; a given up photo does not."""
    return Photo.state.not_in(GIVEN_UP) if column is Photo.sha256 else column.is_not(None)


def times_named(session: Session, key: str) -> int:
    """How many rows name these bytes and want them kept."""
    return sum(
        session.scalar(sa.select(sa.func.count()).where(column == key, names_bytes(column))) or 0
        for column in BLOB_COLUMNS
    )
