"""Which photos a person has found to be older ones sent again, told kindly to who sent them."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import day_text
from server.models.phone_event import Photo, Subject
from server.models.reading import ReviewItem, ReviewState
from server.models.station import Station


def reused(session: Session, photo_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of these photos those that stand for nothing, each with the sentence why; one query.

    Of two that are one picture it is the one taken later (as in services/station_facts.py). A
    decision that is revised takes the sentence back.
    """
    ids = list(photo_ids)
    one, other = aliased(Photo), aliased(Photo)
    found = session.execute(
        sa.select(one, other, Station)
        .select_from(ReviewItem)
        .join(one, one.id == ReviewItem.photo_id)
        .join(other, other.id == ReviewItem.other_photo_id)
        .join(Station, Station.id == other.station_id)
        .where(
            ReviewItem.state == ReviewState.DECIDED,
            ReviewItem.decision == "same_picture",
            ReviewItem.photo_id.in_(ids) | ReviewItem.other_photo_id.in_(ids),
        )
        .order_by(ReviewItem.id)
    ).all()
    told: dict[UUID, str] = {}
    for asked, beside, place in found:
        if asked.taken_at >= beside.taken_at:
            later, earlier = asked, beside
            where = "" if asked.station_id == beside.station_id else place.name
        else:
            later, earlier, where = beside, asked, ""
        if later.id in photo_ids:
            told.setdefault(later.id, _sentence(later, earlier, where))
    return told


def _sentence(later: Photo, earlier: Photo, where: str) -> str:
    day = day_text(earlier.day_on, beside=later.day_on)
    what = Subject(earlier.subject).label
    return (
        f"县里看过，这张和{where}{day}的“{what}”照片是同一张，"
        "这次就不算了。请到站里再拍一张；要是弄错了，请给县专班打电话。"
    )
