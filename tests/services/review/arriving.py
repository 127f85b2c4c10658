"""Photos that have arrived, without having been looked at."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.phone_event import Photo
from server.services.common.phone_items import AnnouncedPhoto, NoteEntry, PhoneItem
from server.services.intake.sync import receive
from server.services.photos.arriving import keep_photo
from tests.factories import NOW, RING, Cast


def arrived(
    session: Session,
    blobs: FolderStore,
    cast: Cast,
    content: bytes,
    notes: Mapping[str, Any] | None = None,
    subject: str = "shelves",
    *,
    come: bool = True,
) -> Photo:
    """A photo of C0001 whose bytes are kept, whatever they are; only announced without `come`."""
    sha256 = blobs.put(content)
    announced = AnnouncedPhoto(uuid4(), subject, sha256, len(content), NOW, notes=notes or {})
    item = PhoneItem(uuid4(), cast.c1.id, NOW, NoteEntry(), (announced,))
    [result] = receive(
        session,
        person=cast.li,
        device_id="phone-1",
        client_now=NOW,
        items=[item],
        now=NOW,
        ring=RING,
    )
    assert result.result == "ok"
    if come:
        keep_photo(
            session,
            person=cast.li,
            photo_id=announced.id,
            sha256=sha256,
            size=len(content),
            now=NOW,
        )
    session.commit()
    return session.get_one(Photo, announced.id)
