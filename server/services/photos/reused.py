"""Which photos a person has found to be older ones sent again, told kindly to who sent them."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import day_text
from server.models.phone_event import Photo, Subject
from server.models.reading import ReviewItem, doubles
from server.models.station import Station


def reused(session: Session, photo_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of these photos those that stand for nothing, each with the sentence why; one query.

    Which of two that is says `sent_again`. A decision that is revised takes the sentence back.
    """
    ids = list(photo_ids)
    pairs = (
        doubles()
        .where(ReviewItem.photo_id.in_(ids) | ReviewItem.other_photo_id.in_(ids))
        .subquery()
    )
    later, earlier = aliased(Photo), aliased(Photo)
    told: dict[UUID, str] = {}
    for again, before, place in session.execute(
        sa.select(later, earlier, Station)
        .select_from(pairs)
        .join(later, later.id == pairs.c.later)
        .join(earlier, earlier.id == pairs.c.earlier)
        .join(Station, Station.id == earlier.station_id)
        .where(later.id.in_(ids))
        .order_by(pairs.c.item)
    ):
        where = "" if again.station_id == before.station_id else place.name
        told.setdefault(again.id, _sentence(again, before, where))
    return told


def _sentence(later: Photo, earlier: Photo, where: str) -> str:
    day = day_text(earlier.day_on, beside=later.day_on)
    what = Subject(earlier.subject).label
    return (
        f"县里看过，这张和{where}{day}的“{what}”照片是同一张，"
        "这次就不算了。请到站里再拍一张；要是弄错了，请给县专班打电话。"
    )
