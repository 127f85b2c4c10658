"""The worker's look at an arrived photo, as the worker itself runs it."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.media.blobs import FolderStore
from server.models.phone_event import Photo, PhotoState
from server.services.phone_items import AnnouncedPhoto, NoteEntry, PhoneItem
from server.services.photos import keep_photo, newest_pictures
from server.services.sync import receive
from server.worker import HANDLERS, Workshop
from tests.api.events import jpeg
from tests.factories import NOW, RING, Cast


def arrived(session: Session, blobs: FolderStore, cast: Cast, content: bytes) -> Photo:
    """A photo of C0001 whose bytes are kept, whatever they are."""
    sha256 = blobs.put(content)
    announced = AnnouncedPhoto(uuid4(), "shelves", sha256, len(content), NOW)
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


def work_off(engine: Engine, blobs: FolderStore, args: Mapping[str, Any]) -> None:
    """Both steps of the handler, the second in a writing transaction."""
    record = HANDLERS["examine_photo"].begin(Workshop(engine, blobs), args, NOW)
    with writing(engine) as session:
        record(session)


def test_a_photo_is_measured_and_its_small_pictures_are_made(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    photo = arrived(session, blobs, cast, jpeg(side=1280))

    work_off(engine, blobs, {"photo_id": str(photo.id)})

    session.commit()
    session.refresh(photo)
    assert (photo.state, photo.width_px) == (PhotoState.EXAMINED, 1280)
    assert photo.quality["dark"] is False
    assert blobs.rendition("thumb", photo.sha256)
    assert blobs.rendition("view", photo.sha256)
    assert newest_pictures(session, station=cast.c1) == [photo]


@pytest.mark.parametrize("content", [b"no picture at all", b"\xff\xd8\xff\xe0" + b"\0" * 99])
def test_what_cannot_be_opened_is_marked_with_the_reason_and_keeps_its_bytes(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast, content: bytes
) -> None:
    photo = arrived(session, blobs, cast, content)

    work_off(engine, blobs, {"photo_id": str(photo.id)})

    session.commit()
    session.refresh(photo)
    assert photo.state is PhotoState.UNREADABLE
    assert photo.quality["complaints"][0].startswith(("这个文件不是照片", "照片"))
    assert blobs.stat(photo.sha256) is not None


def test_a_photo_that_is_gone_or_not_here_yet_is_no_fault(
    engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    work_off(engine, blobs, {"photo_id": str(uuid4())})
