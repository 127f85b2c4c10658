"""Copies are called good only while nothing speaks against it: neither a later copy nor a clock."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.blobs import FolderStore
from server.services.backup import carrying
from server.services.backup import manifest as manifests
from server.services.backup.lying import newest_gone
from server.services.backup.overdue import overdue
from server.services.backup.place import Place, identity_in, note, place_of, set_up
from server.services.backup.restoring import drill, newest, restore
from server.services.backup.taking import take
from server.settings import Settings
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


def test_check_sees_whether_the_newest_copy_still_lies_where_it_was_put(
    place: Place, engine: Engine, blobs: FolderStore, tmp_path: Path
) -> None:
    assert newest_gone(place.home) == []  # none was made yet
    take(place, engine, blobs, now=NOW - DAY)
    take(place, engine, blobs, now=NOW)
    assert newest_gone(place.home) == []
    copy = manifests.whole_copies(place.sets)[-1]

    photo = next((place.to / "photos").glob("??/*.age"))
    photo.rename(tmp_path / "photo")
    assert "少了1张" in newest_gone(place.home)[0]
    (tmp_path / "photo").rename(photo)
    whole = (copy / "database.age").read_bytes()
    (copy / "database.age").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # as long, but rotten
    assert "坏了，和清单对不上" in newest_gone(place.home)[0]
    copy.rename(tmp_path / "moved")
    assert "那份备份不在" in newest_gone(place.home)[0]
    assert "里面还有1份" in newest_gone(place.home)[0]
    place.to.rename(tmp_path / "unplugged")
    assert "磁盘可能没有接上" in newest_gone(place.home)[0]


def test_what_lies_elsewhere_is_compared_and_not_believed(
    place: Place, tmp_path: Path, settings: Settings, engine: Engine, blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    away, run = tmp_path / "away", carrying._rclone
    set_up(settings.home, tmp_path / "second", remote=f":local:{away}")
    second = place_of(settings.home)
    assert second is not None
    take(second, engine, blobs, now=NOW - DAY)

    def rots_away(home: Path, remote: str, *arguments: str) -> None:
        if arguments[0] == "check" and "--size-only" not in arguments:
            [sealed] = (away / "sets").glob("*/secrets.age")
            sealed.write_bytes(sealed.read_bytes()[:-1] + b"?")
        run(home, remote, *arguments)

    monkeypatch.setattr(carrying, "_rclone", rots_away)
    with pytest.raises(Conflict, match="核对不上"):
        carrying.carry_off(settings.home, second.to, second.remote)
    monkeypatch.setattr(carrying, "_rclone", run)
    carrying.carry_off(settings.home, second.to, second.remote)  # the next time it is sent again
    [lies] = (away / "sets").glob("*/secrets.age")
    [whole] = second.sets.glob("*/secrets.age")
    assert lies.read_bytes() == whole.read_bytes()
