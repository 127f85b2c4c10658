"""The keeper's yes or no to an inspection, given on the own phone after the visit."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict
from server.models.history import HistoryLine
from server.models.inspection import Inspection, InspectionOutcome
from server.models.person import Person
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.inspections.actions import InspectionsAction
from server.services.inspections.disagreements import open_refusal
from server.services.inspections.versions import newer_than


def waits_for_keeper(inspection: Inspection) -> bool:
    """Whether the keeper has yet to say yes or no on the own phone."""
    return (
        inspection.outcome is InspectionOutcome.TO_CONFIRM
        and inspection.confirmed_at is None
        and inspection.refused_at is None
    )


def to_confirm(session: Session, *, county: str) -> list[Inspection]:
    """Current inspections that wait for their keeper, the longest waiting first."""
    return list(
        session.scalars(
            sa.select(Inspection)
            .where(
                Inspection.county == county,
                Inspection.outcome == InspectionOutcome.TO_CONFIRM,
                Inspection.confirmed_at.is_(None),
                Inspection.refused_at.is_(None),
                Inspection.is_current(),
            )
            .order_by(Inspection.received_at, Inspection.id)
        )
    )


def confirm(
    session: Session,
    *,
    inspection: Inspection,
    person: Person,
    agree: bool,
    note: str,
    now: datetime,
) -> None:
    """The keeper's yes or no on the own phone; the frozen record itself does not change.

    A no becomes an item for the office, with the keeper's words. Saying the same again is fine.
    Raises Invalid reason-needed for a no without a reason, Conflict
    inspection-answered-already, inspection-needs-no-answer, inspection-amended-already.
    """
    session.refresh(inspection, with_for_update=True)  # two phones may answer at once
    if inspection.confirmed_at is not None or inspection.refused_at is not None:
        if (inspection.confirmed_at is not None) == agree and inspection.confirmed_by == person.id:
            return
        raise Conflict(
            "inspection-answered-already",
            "这份督导记录已经答复过了，不能再改。如有疑问请找县专班。",
        )
    if inspection.outcome is not InspectionOutcome.TO_CONFIRM:
        raise Conflict("inspection-needs-no-answer", "这份督导记录不用再确认。")
    if newer_than(session, inspection) is not None:
        raise Conflict(
            "inspection-amended-already", "这份记录已经更正过了。请打开最新的一版再确认。"
        )
    if agree:
        note = written(note, "说明", field="note", into=HistoryLine.reason)
    else:
        note = reason_given(note, "请写一句为什么不同意。", field="note", into=Inspection.refusal)
    inspection.confirmed_by = person.id
    if agree:
        inspection.confirmed_at = now
    else:
        inspection.refused_at, inspection.refusal = now, note
        open_refusal(session, inspection=inspection, keeper=person, note=note, now=now)
    session.flush()
    history.write(
        session,
        of=inspection,
        by=person,
        at=now,
        action=InspectionsAction.INSPECTION_ANSWERED,
        summary=f"{person.name}{'确认' if agree else '不同意'}"
        f"{full_day_text(inspection.day_on)}的督导记录",
        reason=note,
    )


def outcome_text(inspection: Inspection) -> str:
    """How the visit ended, with the keeper's later answer in it."""
    return answered_text(
        inspection.outcome, confirmed=inspection.confirmed_at, refused=inspection.refused_at
    )


def answered_text(
    outcome: InspectionOutcome, *, confirmed: datetime | None, refused: datetime | None
) -> str:
    """The same of a record's columns alone."""
    if confirmed is not None:
        return "站长已在手机上确认"
    if refused is not None:
        return "站长在手机上表示不同意"
    return outcome.label
