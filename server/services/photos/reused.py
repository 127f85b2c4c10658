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
    """Of these photos those that stand for nothing, each with the sentence why; at most one query.

    Which of two that is says `sent_again`. A decision that is revised takes the sentence back.
    """
    told: dict[UUID, str] = {}
    if not photo_ids:
        return told
    for again, before, place in session.execute(_AGAIN, {"photos": list(photo_ids)}):
        where = "" if again.station_id == before.station_id else place.name
        told.setdefault(again.id, _sentence(again, before, where))
    return told


# Built once: building it anew takes longer than answering it, on every keeper's home.
_MINE = sa.bindparam("photos", type_=sa.Uuid, expanding=True)
_pairs = (
    doubles()
    .where(ReviewItem.photo_id.in_(_MINE) | ReviewItem.other_photo_id.in_(_MINE))
    .subquery()
)
_later, _earlier = aliased(Photo), aliased(Photo)
_AGAIN = (
    sa.select(_later, _earlier, Station)
    .select_from(_pairs)
    .join(_later, _later.id == _pairs.c.later)
    .join(_earlier, _earlier.id == _pairs.c.earlier)
    .join(Station, Station.id == _earlier.station_id)
    .where(_later.id.in_(_MINE))
    .order_by(_pairs.c.item)
)


def _sentence(later: Photo, earlier: Photo, where: str) -> str:
    day = day_text(earlier.day_on, beside=later.day_on)
    what = Subject(earlier.subject).label
    return (
        f"县里看过，这张和{where}{day}的“{what}”照片是同一张，"
        "这次就不算了。请到站里再拍一张；要是弄错了，请给县专班打电话。"
    )
