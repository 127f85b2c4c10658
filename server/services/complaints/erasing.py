"""What villagers gave of their own person is erased after the county's days: words, number, photos.

What the county did stays: that there was a complaint, about what, how it was answered. The history
repeats nothing of what a villager wrote, so the chain stays whole (decision 0028).
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day
from server.chain_guards import ERASED
from server.media.blobs import BlobStore, StoreFailed
from server.models.blob_columns import times_named
from server.models.complaint import Complaint, ComplaintPhoto, ComplaintState, ComplaintStep
from server.models.county import County
from server.models.matter import Matter, MatterStage, MatterStep
from server.models.referral import Referral, ReferralItem
from server.policy.masking import masked_text
from server.policy.plan.referral import FactKind
from server.services.common import history
from server.services.complaints.actions import ComplaintAction
from server.services.county.complaint_options import complaint_options

A_NIGHT = 500
log = structlog.get_logger()


def due_for_erasing(session: Session, *, county: County, on: date) -> list[Complaint]:
    """Answered complaints whose days are over, the oldest first; none that is still handled.

    The days count from the answer, or from when the villager last looked. One whose problem is
    open, or which waits in a referral for an answer, is kept until that is over.
    """
    before = on - timedelta(days=complaint_options(county).keep_days)
    open_matter = sa.select(Matter.id).where(
        Matter.id == Complaint.matter_id, Matter.stage != MatterStage.CLOSED
    )
    referred = (
        sa.select(ReferralItem.id)
        .join(Referral, Referral.id == ReferralItem.referral_id)
        .where(
            ReferralItem.kind == FactKind.COMPLAINT,
            ReferralItem.ref == sa.cast(Complaint.id, sa.String),
            Referral.answered_at.is_(None),
            Referral.withdrawn_at.is_(None),
        )
    )
    return list(
        session.scalars(
            sa.select(Complaint)
            .where(
                Complaint.county == county.code,
                Complaint.erased_at.is_(None),
                Complaint.state == ComplaintState.ANSWERED,
                Complaint.answered_on < before,
                Complaint.looked_at.is_(None)
                | (Complaint.looked_at < datetime.combine(before, time(), BEIJING)),
                ~open_matter.exists(),
                ~referred.exists(),
            )
            .order_by(Complaint.id)
            .limit(A_NIGHT)
        )
    )


def forget_photos(session: Session, blobs: BlobStore, *, county: County, on: date) -> set[str]:
    """Delete the bytes of photos of what is due, but for those that anything else names.

    Gives those that their store did not delete: their rows stay for the next night.
    """
    due = [one.id for one in due_for_erasing(session, county=county, on=on)]
    named = session.execute(
        sa.select(ComplaintPhoto.sha256, sa.func.count())
        .where(ComplaintPhoto.complaint_id.in_(due), ComplaintPhoto.sha256.is_not(None))
        .group_by(ComplaintPhoto.sha256)
    )
    stuck = set()
    for key, times in named:
        if times_named(session, str(key)) == times:
            try:
                blobs.delete(str(key))
            except StoreFailed:
                log.exception("photo of a complaint not deleted", county=county.code)
                stuck.add(str(key))
    return stuck


def erase_complaints(
    session: Session, *, county: County, now: datetime, stuck: Collection[str] = ()
) -> int:
    """Blank what is due, with one line in the history; gives how many complaints it was.

    Complaints with a `stuck` photo, which the store did not delete, wait whole for another night.
    """
    waits = set(
        session.scalars(
            sa.select(ComplaintPhoto.complaint_id).where(ComplaintPhoto.sha256.in_(stuck))
        )
    )
    due = [
        one
        for one in due_for_erasing(session, county=county, on=beijing_day(now))
        if one.id not in waits
    ]
    if not due:
        return 0
    ids = [one.id for one in due]
    for one in due:
        one.words, one.phone, one.phone_shared, one.network = ERASED, "", False, ""
        one.erased_at = now
    session.execute(
        sa.update(ComplaintPhoto).where(ComplaintPhoto.complaint_id.in_(ids)).values(sha256=None)
    )
    for step in session.scalars(
        sa.select(ComplaintStep).where(
            ComplaintStep.complaint_id.in_(ids), ComplaintStep.note != ""
        )
    ):
        step.note = ERASED if step.person_id is None else masked_text(step.note)
    matters = [one.matter_id for one in due if one.matter_id is not None]
    session.execute(sa.update(Matter).where(Matter.id.in_(matters)).values(words=ERASED))
    for move in session.scalars(
        sa.select(MatterStep).where(MatterStep.matter_id.in_(matters), MatterStep.note != "")
    ):
        move.note = masked_text(move.note)
    session.flush()
    numbers = "、".join(one.number for one in due[:10])
    history.write(
        session,
        of=county,
        by=None,
        at=now,
        action=ComplaintAction.COMPLAINT_ERASED,
        summary=f"到期删除{len(due)}件投诉里的原话、电话和照片（{numbers}"
        f"{'等' if len(due) > 10 else ''}），办理经过留着",
        reason=f"县里定的：答复以后留{complaint_options(county).keep_days}天",
    )
    return len(due)
