"""A file that leaves the desk: its line says just what left, however large it is, and once."""

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import downloads
from server.models.history import HistoryLine
from server.models.person import Person
from server.services.people.actions import PeopleAction
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
TAKEN = (PeopleAction.FILE_EXPORTED, PeopleAction.FILE_TAKEN)
pytestmark = ON_SQLITE


def lines(session: Session) -> list[str]:
    said = select(HistoryLine.summary).where(HistoryLine.action.in_(TAKEN))
    return list(session.scalars(said.order_by(HistoryLine.id)))


@pytest.mark.parametrize("in_memory", [downloads.IN_MEMORY, 100])
def test_what_left_is_what_the_line_says(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(downloads, "IN_MEMORY", in_memory)  # else only large files wait on the disk
    desk = desk_of(cast.office)

    table = desk.get("/export.xlsx")
    packed = desk.get(f"/filings/{cast.c1.id}/pack.zip")

    told = lines(session)
    assert len(told) == 2
    for answer, line in zip((table, packed), told, strict=True):
        assert answer.status_code == 200
        assert answer.content_length == len(answer.data)
        assert f"1份，{len(answer.data)}字节" in line
        assert line.endswith(f"SHA-256 {hashlib.sha256(answer.data).hexdigest()[:16]}")
    assert zipfile.ZipFile(io.BytesIO(packed.data)).testzip() is None
    table.close()
    packed.close()
