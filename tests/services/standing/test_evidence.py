"""What others see of a photo: stamped, made once, without the phone's data; the original stays."""

import hashlib
from datetime import timedelta

from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.phone_event import CheckIn, Photo
from server.services.photos.photos import picture, stamp_of
from tests.factories import NOW, Cast
from tests.media.scenes import PHOTO, with_exif
from tests.reviews import make_photo


def kept(session: Session, blobs: FolderStore, cast: Cast, content: bytes) -> Photo:
    blobs.put(content)
    photo = make_photo(session, cast.c1, content=content, person_id=cast.li.id)
    session.flush()
    return photo


def original(blobs: FolderStore, photo: Photo) -> bytes:
    with blobs.open(photo.sha256) as file:
        return file.read()


def views(blobs: FolderStore, photo: Photo) -> int:
    return len(list(blobs.root.glob(f"renditions/view/*/*/{photo.sha256}*")))


def test_the_stamp_names_station_number_and_time(session: Session, cast: Cast) -> None:
    photo = make_photo(session, cast.c1)
    assert stamp_of(session, photo) == [
        "C0001 马家沟村快递便民服务点",
        "门头标识牌  2023-07-05 14:30",
    ]


def test_the_stamp_says_what_is_not_certain(session: Session, cast: Cast) -> None:
    photo = make_photo(session, cast.c1)
    photo.time_verified = False
    session.add(
        CheckIn(
            id=photo.event_id, county="140926", station_id=cast.c1.id, person_id=cast.li.id,
            day_on=photo.day_on, occurred_at=NOW, time_verified=False, method="scan",
            latitude=38.3, longitude=111.9, accuracy_m=24.6,
        )
    )  # fmt: skip
    session.flush()
    assert stamp_of(session, photo)[1] == (
        "门头标识牌  2023-07-05 14:30  时间未核实  定位误差约25米"
    )


def test_what_is_shown_has_no_exif_and_the_original_is_not_touched(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    content = with_exif()
    photo = kept(session, blobs, cast, content)

    shown = [picture(session, blobs, photo, size) for size in ("thumb", "view")]

    assert b"Xiaomi" in content
    assert all(b"Xiaomi" not in one and b"Exif" not in one for one in shown)
    assert hashlib.sha256(original(blobs, photo)).hexdigest() == photo.sha256


def test_a_stamped_view_is_made_once_and_anew_only_when_its_stamp_is_another(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    photo = kept(session, blobs, cast, PHOTO)
    first = picture(session, blobs, photo, "view")
    [file] = blobs.root.glob(f"renditions/view/*/*/{photo.sha256}*")
    file.write_bytes(b"as it was made")

    again = picture(session, blobs, photo, "view")
    cast.c1.name = "马家峪村快递便民服务点"
    session.flush()
    renamed = picture(session, blobs, photo, "view")

    assert again == b"as it was made"
    assert renamed not in (first, again)
    assert views(blobs, photo) == 2


def test_the_same_bytes_under_two_ids_share_a_thumbnail_and_no_stamp(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    one = kept(session, blobs, cast, PHOTO)
    two = kept(session, blobs, cast, PHOTO)
    two.taken_at = NOW + timedelta(days=30)
    session.flush()
    thumbs = {picture(session, blobs, photo, "thumb") for photo in (one, two)}
    shown = {picture(session, blobs, photo, "view") for photo in (one, two)}
    assert (len(thumbs), len(shown)) == (1, 2)


def test_forgetting_a_photo_forgets_its_stamped_views(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    photo = kept(session, blobs, cast, PHOTO)
    picture(session, blobs, photo, "view")
    blobs.delete(photo.sha256)
    assert views(blobs, photo) == 0
