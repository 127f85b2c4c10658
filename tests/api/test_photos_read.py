"""A photo's whole way: sent by a phone, read by the worker, said by the machine, seen at home."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.http import clock
from server.media.blobs import FolderStore
from server.media.reading.reading import Reader
from server.models.county import Division
from server.models.job import Job, JobState
from server.models.reading import PhotoReading, ReadingState, ReviewItem
from server.policy.standard.facts import Word
from server.policy.standard.verdicts import Verdict
from server.services.standing.standing import standing_of
from server.worker import Worker
from tests.api.events import announce, id_of, photo, put
from tests.factories import Cast
from tools.boards import Board, our_faces, sign_board
from tools.sign_photos import photographed


@pytest.fixture(scope="module")
def sign() -> tuple[bytes, Board]:
    """A good photo of a village point's sign."""
    dice = random.Random(5)
    while True:
        board = sign_board(dice, our_faces()[:1], layout="two")
        if board.number is None or board.shown != board.name or not board.number.startswith("C"):
            continue
        content, taken = photographed(dice, board)
        if taken["number_px"] > 20 and (taken["effect"], taken["blur"]) == ("none", "sharp"):
            return content, board


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


def work_off(engine: Engine, blobs: FolderStore, standards: Any, reader: Reader) -> None:
    worker = Worker(Workshop(engine, blobs, standards, reader), periodics=())
    while worker.do_one():
        pass


def test_a_sign_sent_by_a_phone_is_read_and_lets_its_clause_pass(
    client: FlaskClient,
    engine: Engine,
    session: Session,
    blobs: FolderStore,
    cast: Cast,
    standards: Any,
    headers: dict[str, str],
    sign: tuple[bytes, Board],
    reader: Reader,
) -> None:
    content, board = sign
    cast.c1.name = cast.c1.filed_name = board.name
    cast.c1.code = board.number
    village = session.get_one(Division, cast.c1.village_code)
    village.short_name = board.name.removesuffix("快递便民服务点")  # the place that the sign names
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    work_off(engine, blobs, standards, reader)

    session.expire_all()
    reading = session.get_one(PhotoReading, id_of(sent))
    assert (reading.state, reading.outcome) == (ReadingState.READ, "matches"), reading.compared
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    [wording] = [one for one in standing.findings if one.code == "A3-22a"]
    assert (wording.verdict, wording.word) == (Verdict.PASS, Word.MACHINE)
    assert wording.evidence == (f"photo:{sent['id']}",)
    with blobs.open(sent["sha256"]) as file:
        assert file.read() == content


def test_a_picture_without_a_sign_asks_its_keeper_at_home_for_a_better_one(
    client: FlaskClient,
    engine: Engine,
    session: Session,
    blobs: FolderStore,
    cast: Cast,
    standards: Any,
    headers: dict[str, str],
    sign: tuple[bytes, Board],
    reader: Reader,
) -> None:
    from server.media.demo_photos import demo_photo

    content = demo_photo("shelves", " ", " ", "", 5)
    sent = photo(content, "signboard")
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)

    work_off(engine, blobs, standards, reader)

    home: Any = client.get("/api/v1/keeper/home", headers=headers).json
    [station] = home["stations"]
    [task] = [one for one in station["todo"] if one["subject"] == "signboard"]
    assert (task["kind"], task["photo_id"]) == ("better_photo", sent["id"])
    assert "看不清" in task["why"]
    assert session.scalars(sa.select(ReviewItem)).all() == []


def test_a_photo_that_stalls_the_reader_is_set_aside_and_blocks_nothing(
    client: FlaskClient,
    engine: Engine,
    session: Session,
    blobs: FolderStore,
    cast: Cast,
    standards: Any,
    headers: dict[str, str],
    sign: tuple[bytes, Board],
) -> None:
    content, _ = sign
    sent = photo(content)
    announce(client, headers, cast.c1.id, sent)
    put(client, headers, sent["id"], content)
    impatient = Reader(limit_s=0.01)

    work_off(engine, blobs, standards, impatient)

    session.expire_all()
    reading = session.get_one(PhotoReading, id_of(sent))
    assert (reading.state, reading.outcome) == (ReadingState.SET_ASIDE, "")
    assert reading.reason.startswith("识读超过")
    assert impatient.pid is None
    states = dict.fromkeys(session.scalars(sa.select(Job.state)).all())
    assert list(states) == [JobState.DONE, JobState.DUE]  # the second try waits for its hour
