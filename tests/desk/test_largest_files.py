"""The two largest bodies at their limits, as they really come: photos of a complaint, a phone's file.

`test_largest_bodies.py` asks every route; these two are larger than what it sends.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import database
from server.media.blobs import FolderStore
from server.media.pictures.admission import MAX_BYTES
from server.models.complaint import ComplaintPhoto
from server.models.person import Person
from server.models.phone_event import Photo, PhotoState
from tests.api.events import jpeg, note
from tests.api.events import photo as announced
from tests.complaining import WORDS, form_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of, token_in
from tests.desk.largest import LOCK_S, MB, MOST_MEMORY, memory, multipart
from tests.factories import Cast, make_sign, make_sign_in, token_of
from tests.unsent_file import end, head, photo, record

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]


class Looked:
    """The longest lock, in processor seconds, and how much memory grew since `begin`."""

    def __init__(self) -> None:
        self.lock_s, self.before, self.since_s = 0.0, 0, 0.0

    def begin(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # begin to count the peak anew
        self.before, self.lock_s = memory("VmRSS"), 0.0

    def check(self) -> None:
        assert self.lock_s < LOCK_S
        assert memory("VmHWM") - self.before < MOST_MEMORY


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Locks are measured from being taken to the commit that ends them."""
    look, take, commit = Looked(), database.begin_write, Session.commit

    def taken(session: Session) -> None:
        take(session)
        look.since_s = time.process_time()

    def committed(session: Session) -> None:
        commit(session)
        if look.since_s:
            look.lock_s = max(look.lock_s, time.process_time() - look.since_s)
            look.since_s = 0.0

    monkeypatch.setattr(database, "begin_write", taken)
    monkeypatch.setattr(Session, "commit", committed)
    return look


def large(shade: int, size: int) -> bytes:
    """A photo with as much behind its end as makes it so large, as some phones write films there."""
    content = jpeg(shade)
    return content + b"\0" * (size - len(content))


def test_a_complaint_of_forty_megabytes_is_taken_in_small(
    client: FlaskClient, session: Session, cast: Cast, looked: Looked
) -> None:
    plate = token_of(make_sign(session, cast.c1))
    form = form_of(client.get(f"/s/{plate}/complain").text)
    sent = multipart(
        ("form", "", form.encode()),
        ("kind", "", b"charging"),
        ("words", "", WORDS.encode()),
        *(("photo", f'; filename="{n}.jpg"', large(n, 13 * MB)) for n in (60, 120, 180)),
    )

    looked.begin()
    answer = client.post(f"/s/{plate}/complain", **sent)

    assert answer.status_code == 303, answer.text[:500]
    looked.check()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ComplaintPhoto)) == 3


@pytest.mark.drill
def test_a_phones_file_of_the_largest_photos_is_taken_in_line_by_line(
    session: Session,
    cast: Cast,
    desk_of: DeskOf,
    blobs: FolderStore,
    looked: Looked,
    tmp_path: Path,
) -> None:
    make_sign_in(session, cast.li)
    desk = desk_of(cast.office)
    sent = multipart(
        ("csrf", "", desk.held.csrf.encode()), ("file", '; filename="li.txt"', b"THE FILE")
    )
    before, after = sent["data"].split(b"THE FILE")
    path = tmp_path / "body"
    with path.open("wb") as file:
        file.write(before)
        for line in _lines(cast):
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.write(after)
    assert path.stat().st_size <= 200 * MB
    assert path.stat().st_size > 190 * MB or not LONG

    looked.begin()
    with path.open("rb") as body:
        answer = desk.client.post(
            "/desk/unsent/preview", input_stream=body, content_length=path.stat().st_size,
            content_type=sent["content_type"],
        )  # fmt: skip
    assert answer.status_code == 303, text_of(answer)
    seen = desk.client.get(answer.location)
    looked.check()
    words = desk.done("/unsent/import", token=token_in(seen), filename="老李.txt")
    looked.check()

    assert f"新收下 {PHOTOS} 条记录、{PHOTOS} 张照片" in words
    session.rollback()
    assert set(session.scalars(select(Photo.state))) == {PhotoState.KEPT}


LONG = os.environ.get("DRILL") == "long"
PHOTOS, EACH = 10 if LONG else 3, MAX_BYTES - MB // 2
"""Memory is what a line takes, however many there are; the whole takes half a minute."""


def _lines(cast: Cast) -> Iterator[dict[str, Any]]:
    yield head(cast.li)
    every = []
    for number in range(PHOTOS):
        content = large(20 * number, EACH)
        shot = announced(content)
        item = note(cast.c1.id, shot)
        yield from (lines := [record(item), photo(shot, item, content)])
        lines[1]["photo"].pop("base64")
        every += [lines[0], {"photo": lines[1]["photo"] | {"base64": ""}}]
    yield end(*every)
