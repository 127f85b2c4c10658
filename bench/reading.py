"""How many photos a core examines, reads and searches, beside decoding and bare inference."""

import gc
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from server.db import open_engine
from server.media.images import look, pixels, rendition, thumbnail
from server.media.lookalike import NEAR, PRINTS, Prints, prints_of
from server.media.looks import PictureReader
from server.media.print_search import random_rows
from server.models.photo_print import PhotoPrint
from server.services.lookalikes import PrintCache
from tests import databases
from tools.boards import our_faces
from tools.sign_photos import sign_photos

PHOTOS = 8
HASHES = 1_000_000
CEILING_MS = 20.0


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of processor that a piece of work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def each(photos: Sequence[bytes], work: Callable[[bytes], object]) -> float:
    """Seconds of processor per photo, the better of two rounds."""
    rounds = [cpu_of(lambda: [work(photo) for photo in photos]) for _ in range(2)]
    return min(rounds) / len(photos)


def examine(photo: bytes) -> None:
    """What the worker does with every photo that arrives."""
    look(photo)
    rendition(photo, 1280)
    thumbnail(photo)


def reading(photos: Sequence[bytes]) -> tuple[float, float]:
    """Seconds of processor per photo: all, and inside the networks alone."""
    reader = PictureReader()
    reader.read(photos[0], "any")
    before = reader.models.busy_s
    took = cpu_of(lambda: [reader.read(photo, "any") for photo in photos])
    return took / len(photos), (reader.models.busy_s - before) / len(photos)


def searching(url: str) -> tuple[float, float, float]:
    """Milliseconds of a search: the processor's and the clock's; and seconds to load the prints."""
    engine = open_engine(url)
    photos = HASHES // PRINTS
    rows = random_rows(photos, seed=1).reshape(photos, PRINTS, 4)
    # Without its foreign keys: what is measured is the search, and no photo stands behind.
    table = sa.Table(
        PhotoPrint.__tablename__,
        sa.MetaData(),
        *(
            sa.Column(c.name, c.type, primary_key=c.primary_key)
            for c in PhotoPrint.__table__.columns
        ),
        sa.Index("ix_photo_prints_county_seq", "county", "seq"),
    )
    table.create(engine)
    with engine.begin() as connection:
        for start in range(0, photos, 5000):
            kept = [
                {"seq": n + 1, "photo_id": uuid4(), "county": "140926", "prints": rows[n].tobytes()}
                for n in range(start, min(photos, start + 5000))
            ]
            connection.execute(sa.insert(table), kept)
    cache, dice = PrintCache(), np.random.default_rng(2)
    mirrored = random_rows(1, seed=3)
    taken = []
    with Session(engine) as session:
        began = time.perf_counter()
        cache.near(session, county="140926", prints=Prints(rows[0], mirrored))
        loaded = time.perf_counter() - began
        for number in dice.integers(0, photos, 25):
            asked = Prints(rows[number], mirrored)
            began, spent = time.perf_counter(), time.process_time()
            found = cache.near(session, county="140926", prints=asked, within=NEAR)
            taken.append((time.process_time() - spent, time.perf_counter() - began))
            if not found or found[0][1] != 0:
                raise AssertionError("the photo itself must be found")
    engine.dispose()
    processor, clock = np.median(np.array(taken), axis=0) * 1000
    return float(processor), float(clock), loaded


def main() -> None:
    """Print the table."""
    photos = [photo.content for photo in sign_photos(PHOTOS, seed=5, fonts=our_faces())]
    sides = {Image.fromarray(pixels(photo, 9999)).size for photo in photos}
    print(f"{platform.processor() or platform.machine()}, one core, {PHOTOS} photos of {sides}")
    decoding = each(photos, lambda photo: pixels(photo, 3200))
    whole, models = reading(photos)
    rows = [
        ("bare JPEG decoding (ceiling)", decoding, ""),
        ("examining: quality, prints, view, thumbnail", each(photos, examine), ""),
        ("fingerprints for doubles (15 × 256 bits)", each(photos, prints_of), ""),
        ("bare model inference (ceiling)", models, ""),
        ("reading a sign or board", whole, f"{(whole / models - 1) * 100:+.1f} % over inference"),
    ]
    print(f"{'':46} {'ms/photo':>9} {'photos/s':>9}")
    for what, seconds, note in rows:
        print(f"{what:46} {seconds * 1000:9.1f} {1 / seconds:9.1f}  {note}")
    gc.collect()
    with tempfile.TemporaryDirectory() as folder:
        _searched("SQLite", f"sqlite:///{Path(folder) / 'prints.db'}")
    try:
        with databases.postgres() as url:
            _searched("PostgreSQL", url)
    except databases.PostgresMissing as missing:
        print(f"PostgreSQL: {missing}")


def _searched(engine: str, url: str) -> None:
    processor, clock, loaded = searching(url)
    print(
        f"{engine}: a photo among {HASHES:,} hashes: median {processor:.1f} ms of processor, "
        f"{clock:.1f} ms by the clock (ceiling {CEILING_MS:.0f} ms); loaded once in {loaded:.1f} s"
    )


if __name__ == "__main__":
    main()
