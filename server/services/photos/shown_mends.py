"""整改 answered with photos that show nothing: they came and do not open, or will not come."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.models.phone_event import Photo, PhotoState
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.services.common import history
from server.services.common.written import cut
from server.services.photos.actions import PhotosAction

SHOWS_NOTHING = (PhotoState.UNREADABLE, PhotoState.WITHDRAWN)


def return_unshown(session: Session, *, photo: Photo, why: str, now: datetime) -> int:
    """Give back to the keeper what was answered with this photo alone; how many.

    Nobody could judge such an answer, and the keeper would wait for a yes or no that rests on
    nothing. What another photo of the same answer shows, or may still show, waits as before. `why`
    is read by the keeper.
    """
    step = RectificationStep
    told = (
        sa.select(Rectification)
        .where(
            Rectification.station_id == photo.station_id,
            Rectification.state == RectificationState.ANSWERED,
            sa.exists().where(step.rectification_id == Rectification.id, step.photo_id == photo.id),
        )
        .order_by(Rectification.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    given_back = [one for one in session.scalars(told).all() if not _shows(session, one)]
    for one in given_back:
        one.state = RectificationState.RETURNED
        session.add(
            step(rectification_id=one.id, action="returned", at=now, note=cut(why, step.note))
        )
        history.write(
            session,
            of=one,
            by=None,
            at=now,
            action=PhotosAction.MEND_UNSHOWN,
            summary=f"整改的照片看不到，请站长重拍：{one.clause}{one.title}",
            reason=cut(why, HistoryLine.reason),
        )
    session.flush()
    return len(given_back)


def _shows(session: Session, one: Rectification) -> bool:
    """Whether a photo sent since the last return shows something, or may yet."""
    step, back = RectificationStep, sa.orm.aliased(RectificationStep)
    last = sa.select(sa.func.coalesce(sa.func.max(back.id), 0)).where(
        back.rectification_id == one.id, back.action == "returned"
    )
    seen = (
        sa.select(step.id)
        .join(Photo, Photo.id == step.photo_id)
        .where(
            step.rectification_id == one.id,
            step.id > last.scalar_subquery(),
            Photo.state.not_in(SHOWS_NOTHING),
        )
    )
    return bool(session.scalar(sa.select(seen.exists())))
