"""What of subsidies waits for somebody: to be reviewed, approved, listed, released, recorded."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.person import Person, Role
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyReview
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyAccount,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.policy.plan.duties import Deed
from server.policy.plan.subsidies import SchemeKind
from server.services.common.queues import NOTHING, Asked, QueueLine, counted, waiting
from server.services.people.scope import OFFICE, deeds_open_to, stations_visible_to

_BY_DEED = {kind.deed: kind for kind in SchemeKind}


def _waiting(asked: Asked, state: EntitlementState) -> sa.Select[Any]:
    return (
        sa.select(SubsidyEntitlement)
        .join(Station, Station.id == SubsidyEntitlement.station_id)
        .where(
            SubsidyEntitlement.county == asked.county,
            SubsidyEntitlement.state == state,
            stations_visible_to(asked.seen_by),
        )
    )


def review_queue(session: Session, asked: Asked) -> QueueLine:
    """What waits for the word of the person's body."""
    who = asked.seen_by
    kinds = {kind for deed, kind in _BY_DEED.items() if deed in deeds_open_to(session, who)}
    if not kinds:
        return NOTHING
    rows = _waiting(asked, EntitlementState.PROPOSED).where(SubsidyEntitlement.kind.in_(kinds))
    if who.role is Role.BUREAU:
        said = sa.select(SubsidyReview.entitlement_id).where(
            SubsidyReview.organisation_id == who.organisation_id
        )
        rows = rows.where(SubsidyEntitlement.id.not_in(said))
    return waiting(session, rows, SubsidyEntitlement.proposed_at)


def approve_queue(session: Session, asked: Asked) -> QueueLine:
    """What is reviewed and waits for 财政局."""
    if not _pays(session, asked.seen_by):
        return NOTHING
    rows = _waiting(asked, EntitlementState.REVIEWED)
    return waiting(session, rows, SubsidyEntitlement.reviewed_at)


def list_queue(session: Session, asked: Asked) -> QueueLine:
    """What is approved and stands in no batch."""
    if asked.seen_by.role not in OFFICE and not _pays(session, asked.seen_by):
        return NOTHING
    return _to_list(session, asked)


@counted
def _to_list(session: Session, asked: Asked) -> QueueLine:
    listed = sa.select(SubsidyPaymentPart.entitlement_id).where(
        SubsidyPaymentPart.ended_at.is_(None)
    )
    rows = _waiting(asked, EntitlementState.APPROVED).where(SubsidyEntitlement.id.not_in(listed))
    return waiting(session, rows, SubsidyEntitlement.approved_at)


def release_queue(session: Session, asked: Asked) -> QueueLine:
    """Batches that somebody else made and 财政局 has not released."""
    if not _pays(session, asked.seen_by):
        return NOTHING
    rows = sa.select(SubsidyBatch).where(
        SubsidyBatch.county == asked.county,
        SubsidyBatch.released_at.is_(None),
        SubsidyBatch.ended_at.is_(None),
        SubsidyBatch.made_by != asked.seen_by.id,
    )
    return waiting(session, rows, SubsidyBatch.made_at)


def record_queue(session: Session, asked: Asked) -> QueueLine:
    """Released lines of which nobody knows yet whether they were paid."""
    if not _pays(session, asked.seen_by):
        return NOTHING
    rows = (
        sa.select(SubsidyPayment)
        .join(SubsidyBatch, SubsidyBatch.id == SubsidyPayment.batch_id)
        .where(
            SubsidyPayment.county == asked.county,
            SubsidyPayment.state == PaymentState.LISTED,
            SubsidyBatch.released_at.is_not(None),
        )
    )
    return waiting(session, rows, SubsidyBatch.released_at)


def account_queue(session: Session, asked: Asked) -> QueueLine:
    """Accounts that somebody else entered and that wait to be confirmed."""
    if asked.seen_by.role not in OFFICE and not _pays(session, asked.seen_by):
        return NOTHING
    return _accounts(session, asked)


@counted
def _accounts(session: Session, asked: Asked) -> QueueLine:
    rows = sa.select(SubsidyAccount).where(
        SubsidyAccount.county == asked.county,
        SubsidyAccount.ended_at.is_(None),
        SubsidyAccount.confirmed_at.is_(None),
        SubsidyAccount.entered_by != asked.seen_by.id,
    )
    return waiting(session, rows, SubsidyAccount.entered_at)


def _pays(session: Session, person: Person) -> bool:
    return person.role is Role.BUREAU and Deed.PAY in deeds_open_to(session, person)
