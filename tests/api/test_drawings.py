"""A photo with an arrow on it: the layer stands in record and hash, the picture stays as taken."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import Photo
from server.papers.inspection_copy import copy_sheet
from server.services.inspections.freezing import frozen_is_whole
from server.services.photos.photos import picture
from tests.api.events import jpeg, photo
from tests.api.rounds import inspection
from tests.factories import Cast

Call = Callable[..., Any]
ARROW = {"kind": "arrow", "start": [100, 900], "end": [500, 500]}


def test_the_arrow_is_frozen_beside_the_photo_whose_bytes_stay(
    session: Session, cast: Cast, hand_in: Call, client: FlaskClient, standards: Any,
    signed_in: Callable[[Person], dict[str, str]], blobs: FolderStore,
) -> None:  # fmt: skip
    taken = jpeg(side=800)
    shot = photo(taken, subject="clause")
    shot["notes"] = {"rule_code": "A3-42b", "drawings": [ARROW, {"kind": "junk"}]}
    sent = inspection(cast.c1, failing=["A3-42b"], photos=[shot])
    hand_in(cast.wang, sent)
    client.put(f"/api/v1/photos/{shot['id']}", data=taken, headers=signed_in(cast.wang))

    one = session.query(Inspection).one()
    kept = session.query(Photo).one()
    assert one.as_signed is not None
    assert one.as_signed["drawings"] == {shot["id"]: [ARROW]}
    assert one.as_signed["photos"] == {shot["id"]: hashlib.sha256(taken).hexdigest()}
    with blobs.open(kept.sha256) as file:
        assert file.read() == taken
    notes = copy_sheet(session, inspection=one, standards=standards).notes
    assert any("标了箭头1处，标记另存，原片没有改动" in note for note in notes)
    assert frozen_is_whole(session, one)
    one.as_signed = {**one.as_signed, "drawings": {shot["id"]: [{**ARROW, "end": [1, 1]}]}}
    assert not frozen_is_whole(session, one)

    view = Image.open(io.BytesIO(picture(session, blobs, kept, "view"))).convert("RGB")
    drawn = Image.open(io.BytesIO(picture(session, blobs, kept, "drawn"))).convert("RGB")
    middle = (view.width * 3 // 10, view.height * 7 // 10)  # half-way along the shaft
    red, green, blue = drawn.getpixel(middle)  # type: ignore[misc]
    assert (red > 150, green < 120, blue < 120) == (True, True, True)
    assert view.getpixel(middle) != drawn.getpixel(middle)


def test_a_record_without_drawings_says_nothing_of_any(
    session: Session, cast: Cast, hand_in: Call
) -> None:
    hand_in(cast.wang, inspection(cast.c1, photos=[photo(jpeg(), subject="clause")]))

    one = session.query(Inspection).one()
    assert one.as_signed is not None
    assert "drawings" not in one.as_signed
