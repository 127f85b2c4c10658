"""Copies are called good only while nothing speaks against it: neither a later copy nor a clock."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.blobs import FolderStore
from server.services.backup import manifest as manifests
from server.services.backup.overdue import overdue
from server.services.backup.place import Place, identity_in, note
from server.services.backup.restoring import drill, newest, restore
from server.services.backup.taking import take
from tests.databases import ON_SQLITE
from tests.factories import NOW

DAY = timedelta(days=1)
pytestmark = ON_SQLITE


def test_a_drill_that_failed_stands_until_one_passes_and_takes_nothing_else_back(
    place: Place, engine: Engine, session: Session, blobs: FolderStore
) -> None:
    take(place, engine, blobs, now=NOW)
    drill(place, engine, now=NOW)
    [copy] = manifests.whole_copies(place.sets)
    whole = (copy / "database.age").read_bytes()
    (copy / "database.age").write_bytes(whole[:-1000])  # a disk that lost the end of it
    with pytest.raises(Conflict):
        drill(place, engine, now=NOW + DAY / 2)

    take(place, engine, blobs, now=NOW + DAY)
    assert "备份演练没有通过" in overdue(session, place.home, now=NOW + DAY)[0]

    note(place.home, trouble="备份没有送到 oss:czt（网断了）", trouble_at=NOW + DAY)
    drill(place, engine, now=NOW + DAY)
    said = "".join(overdue(session, place.home, now=NOW + DAY))
    assert ("备份没有送到" in said, "演练没有通过" in said) == (True, False)


def test_a_copy_dated_by_a_wrong_clock_is_neither_recent_nor_the_newest(
    place: Place, engine: Engine, session: Session, blobs: FolderStore, tmp_path: Path
) -> None:
    take(place, engine, blobs, now=NOW + 1000 * DAY)
    drill(place, engine, now=NOW + 1000 * DAY)
    said = overdue(session, place.home, now=NOW + 9 * DAY)
    assert ["还没有到" in one for one in said[:2]] == [True, True]
    with pytest.raises(Conflict, match="日期都在今天以后"):
        newest(place.to, now=NOW + 9 * DAY)

    take(place, engine, blobs, now=NOW + 9 * DAY)
    report = drill(place, engine, now=NOW + 9 * DAY)
    assert report.age_s == 0
    assert "还没有到" not in "".join(overdue(session, place.home, now=NOW + 9 * DAY))
    key, home = identity_in((tmp_path / "key").read_text()), tmp_path / "new"
    back = restore(
        place.to, home, f"sqlite:///{home / 'cunzhantong.db'}", key=key, now=NOW + 9 * DAY
    )
    assert back.manifest.began_at == NOW + 9 * DAY
