"""Photos used twice are found over the whole county, on both engines."""

import functools
import hashlib
import io
import random

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.media.pictures.lookalike import Compared
from server.media.pictures.print_search import PrintShelf, random_rows
from server.media.pictures.prints import PRINTS, Prints, prints_of
from server.media.pictures.resemblance import Resemblance
from server.models.phone_event import Photo
from server.models.photo_print import PhotoPrint
from server.models.reading import ReviewItem
from server.services.review import lookalikes
from server.services.review.decisions import decide
from server.services.review.lookalikes import (
    Pair,
    PrintCache,
    doubles_of,
    note_double,
    remember_prints,
)
from tests.factories import NOW, Cast
from tests.reviews import make_photo
from tests.services.review.arriving import arrived
from tools.boards import our_faces
from tools.changed_photos import as_jpeg, changed, taken_anew
from tools.sign_photos import sign_photos


@functools.cache
def scenes() -> list[bytes]:
    """Drawn when asked for: every test process reads this file, one runs it."""
    return [photo.content for photo in sign_photos(3, seed=31, fonts=our_faces())]


def kept(session: Session, blobs: FolderStore, cast: Cast, content: bytes) -> tuple[Photo, Prints]:
    photo = arrived(session, blobs, cast, content)
    prints = prints_of(content)
    remember_prints(session, photo=photo, prints=prints)
    session.commit()
    return photo, prints


def test_a_cropped_copy_is_found_among_the_countys_photos(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    first, _ = kept(session, blobs, cast, scenes()[0])
    kept(session, blobs, cast, scenes()[1])
    copy = changed(scenes()[0], "cropped by 10 %", random.Random(4))
    photo, prints = kept(session, blobs, cast, copy)

    [double] = doubles_of(session, blobs, photo=photo, prints=prints, cache=PrintCache())

    assert double.photo.id == first.id
    assert double.compared.resemblance is Resemblance.SAME


def test_the_same_bytes_are_always_found(session: Session, blobs: FolderStore, cast: Cast) -> None:
    first, _ = kept(session, blobs, cast, scenes()[0])
    again, prints = kept(session, blobs, cast, scenes()[0])
    [double] = doubles_of(session, blobs, photo=again, prints=prints, cache=PrintCache())
    assert (double.photo.id, double.compared.resemblance) == (first.id, Resemblance.IDENTICAL)


def test_an_honest_photo_of_another_day_raises_no_question(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    kept(session, blobs, cast, scenes()[0])
    photo, prints = kept(session, blobs, cast, taken_anew(scenes()[0], random.Random(6)))
    assert doubles_of(session, blobs, photo=photo, prints=prints, cache=PrintCache()) == []


def test_two_stations_files_of_one_finer_picture_are_asked_about_one_stations_are_not(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    finer = Image.open(io.BytesIO(scenes()[0])).convert("RGB")
    cut = finer.crop((0, 0, finer.width - 30, finer.height - 20))
    by_chat, by_app = (
        as_jpeg(image.resize((side, side * image.height // image.width)), quality)
        for image, side, quality in ((finer, 1080, 70), (cut, 1180, 75))
    )
    first, _ = kept(session, blobs, cast, by_app)
    photo, prints = kept(session, blobs, cast, by_chat)

    def found() -> list[Photo]:
        cache = PrintCache()
        doubles = doubles_of(session, blobs, photo=photo, prints=prints, cache=cache)
        return [double.photo for double in doubles]

    at_one_station = found()
    first.station_id = cast.c2.id
    session.commit()

    assert at_one_station == []  # it may have been a tripod
    assert found() == [first]


def test_only_the_nearest_three_are_looked_at_for_what_takes_seconds(
    session: Session, blobs: FolderStore, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.open(io.BytesIO(scenes()[0])).convert("RGB").resize((320, 240))
    for quality in range(60, 95, 5):
        kept(session, blobs, cast, as_jpeg(image, quality))
    photo, prints = kept(session, blobs, cast, as_jpeg(image, 40))
    asked: list[tuple[bytes, bool]] = []

    def seen(_mine: bytes, theirs: bytes, *, closely: bool, in_order: bool) -> Compared:
        assert in_order  # the new photo came later than all that are held against it
        asked.append((theirs, closely))
        return Compared(Resemblance.DIFFERENT, 3, mirrored=False)

    monkeypatch.setattr(lookalikes, "compare", seen)
    cache = PrintCache()
    assert doubles_of(session, blobs, photo=photo, prints=prints, cache=cache) == []

    near = cache.near(session, county=photo.county, prints=prints)
    order = [session.get_one(Photo, other).sha256 for other, _ in near if other != photo.id]
    assert [hashlib.sha256(theirs).hexdigest() for theirs, _ in asked] == order
    assert [closely for _, closely in asked] == [True] * 3 + [False] * 4


def test_another_countys_photos_are_not_searched(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    first, _ = kept(session, blobs, cast, scenes()[0])
    cache = PrintCache()
    prints = prints_of(scenes()[0])
    assert cache.near(session, county="411721", prints=prints) == []
    assert cache.near(session, county="140926", prints=prints) == [(first.id, 0)]


def test_a_second_original_is_a_question_of_its_own_until_a_person_has_said_yes(
    session: Session, cast: Cast
) -> None:
    here, there, far = (
        make_photo(session, station, days_ago=days)
        for station, days in ((cast.c1, 3), (cast.c2, 5), (cast.c3, 9))
    )
    later = make_photo(session, cast.c1, days_ago=1)
    alike = Compared(Resemblance.SAME, 3, mirrored=False, likeness=1.0, overlap=1.0)

    for earlier in (here, there, here):
        note_double(session, pair=Pair(later.id, earlier.id, alike), now=NOW)
    first, second = session.scalars(sa.select(ReviewItem).order_by(ReviewItem.id)).all()
    decide(session, item=first, decision="same_picture", by=cast.office, now=NOW)
    note_double(session, pair=Pair(later.id, far.id, alike), now=NOW)

    for item, original, place in ((first, here, "本站"), (second, there, cast.c2.name)):
        assert item.other_photo_id == original.id  # the words and the picture beside them
        assert f"和{place}{original.day_on.year}年" in item.question
    assert len(session.scalars(sa.select(ReviewItem)).all()) == 2


def test_the_cache_learns_what_came_since(session: Session, blobs: FolderStore, cast: Cast) -> None:
    cache = PrintCache()
    prints = prints_of(scenes()[2])
    assert cache.near(session, county="140926", prints=prints) == []
    photo, _ = kept(session, blobs, cast, scenes()[2])
    assert cache.near(session, county="140926", prints=prints) == [(photo.id, 0)]
    remember_prints(session, photo=photo, prints=prints)
    assert cache.near(session, county="140926", prints=prints) == [(photo.id, 0)]
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoPrint)) == 1


def test_a_photo_whose_bytes_are_gone_is_left_out(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    first, _ = kept(session, blobs, cast, scenes()[0])
    blobs.delete(first.sha256)
    copy = changed(scenes()[0], "mirrored", random.Random(4))
    photo, prints = kept(session, blobs, cast, copy)
    assert doubles_of(session, blobs, photo=photo, prints=prints, cache=PrintCache()) == []


def test_the_shelf_finds_what_a_look_at_every_row_finds() -> None:
    rows = random_rows(400, seed=8).reshape(-1, PRINTS, 4)
    shelf = PrintShelf()
    for photo in rows:  # one by one, so that it has to grow
        shelf.add(photo)
    dice = np.random.default_rng(3)
    flips = np.zeros(256, np.uint8)
    flips[dice.choice(np.arange(64), 12, replace=False)] = 1
    flips[64 + dice.choice(np.arange(192), 50, replace=False)] = 1
    other = np.packbits(flips).view(np.uint64)
    asked = rows[123] ^ other
    prints = Prints(asked, random_rows(1, seed=9))

    assert len(shelf) == 400
    assert shelf.near(prints, within=76) == {123: (62, False)}
    mirrored = Prints(random_rows(1, seed=9), asked)
    assert shelf.near(mirrored, within=76) == {123: (62, True)}
    assert shelf.near(prints, within=61) == {}
