"""A copy restores on both engines, with photos; damage, wrong keys and kills are told in words."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pyrage import x25519
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.chain_guards import drop_guards, put_guards
from server.chores import HANDLERS, Workshop
from server.db import open_engine
from server.errors import Conflict, Problem
from server.media.blobs import FolderStore
from server.models.consent import Consent
from server.models.history import HistoryLine
from server.models.person import Person
from server.services.backup import carrying
from server.services.backup import manifest as manifests
from server.services.backup.overdue import overdue
from server.services.backup.place import Place, identity_in, place_of, set_up, state_of
from server.services.backup.restoring import drill, newest, restore
from server.services.backup.taking import photo_file, take
from server.settings import Settings
from tests.databases import ON_SQLITE
from tests.factories import NOW, TEXT_KEYS, Cast
from tests.reviews import make_photo
from tests.sealed_rows import hide_something, not_hidden
from tests.services.backup.conftest import PHOTOS

DAY = timedelta(days=1)


def own_key(tmp_path: Path) -> x25519.Identity:
    return identity_in((tmp_path / "key").read_text())


@contextmanager
def empty_database(engine: Engine, home: Path) -> Iterator[str]:
    """Where somebody would restore to: a file that is not there, or an empty database."""
    if engine.dialect.name == "sqlite":
        yield f"sqlite:///{home / 'cunzhantong.db'}"
        return
    name = f"czt_restored_{secrets.token_hex(4)}"
    admin = engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_copy_is_drilled_and_restored_whole_and_what_was_changed_is_found(
    place: Place,
    engine: Engine,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CZT_BASE_URL", "https://kd.example.cn")
    first = take(place, engine, blobs, now=NOW)
    assert (first.photos, first.absent) == (3, ())
    assert first.tables["people"] == session.scalar(sa.select(sa.func.count(Person.id)))
    written = {path: path.stat().st_mtime_ns for path in (place.to / "photos").rglob("*.age")}
    assert len(written) == 3
    assert not any(PHOTOS[2][:500] in path.read_bytes() for path in place.to.rglob("*.age"))

    # What came since is in the next copy; what the target has is not written again.
    blobs.put(b"newest")
    make_photo(session, cast.c1, content=b"newest")
    hidden = hide_something(session)
    second = take(place, engine, blobs, now=NOW + DAY)
    assert second.photos == 4
    assert all(path.stat().st_mtime_ns == at for path, at in written.items())

    report = drill(place, engine, now=NOW + DAY * 1.5, key=own_key(tmp_path))
    assert report.faults == []
    assert (report.photos_opened, report.age_s) == (4, DAY.total_seconds() / 2)
    assert report.chain_lines >= 1
    assert report.rto_s > 0
    assert overdue(session, place.home, now=NOW + DAY * 2) == []
    assert [one[:11] for one in overdue(session, place.home, now=NOW + DAY * 9.2)] == [
        "已经8天没有做成备份了"
    ]
    said = overdue(session, place.home, now=NOW + DAY * 20)
    assert ["备份了" in said[0], "恢复演练了" in said[1], len(said)] == [True, True, 2]
    session.rollback()

    home = tmp_path / "new machine"
    with empty_database(engine, home) as url:
        back = restore(place.to, home, url, key=own_key(tmp_path))
        assert back.faults == []
        restored = open_engine(url, TEXT_KEYS)
        assert not_hidden(restored, hidden) == []
        with Session(restored) as there:
            answers = sa.select(Consent.text_sha256, Consent.agreed, Consent.said_at)
            assert set(there.execute(answers)) == set(session.execute(answers))
            assert there.scalars(sa.select(HistoryLine.summary)).all() == ["改了营业时间"]
            with pytest.raises(sa.exc.DatabaseError, match="never changed"):  # the guards are back
                there.execute(sa.update(HistoryLine).values(summary="没有改过"))
        restored.dispose()
        for content in [*PHOTOS, b"newest"]:
            with FolderStore(home / "photos", begun=True).open(sha256(content)) as file:
                assert file.read() == content
        assert (home / "secrets" / "text-keys").read_text() == "37" * 32
        assert "CZT_BASE_URL=https://kd.example.cn" in (home / "environment.txt").read_text()
        assert {path.stat().st_mode & 0o077 for path in home.glob("secrets/*")} == {0}
        with pytest.raises(Conflict, match="已有东西，没有覆盖"):
            restore(place.to, home, url, key=own_key(tmp_path))
        if engine.dialect.name == "postgresql":
            with pytest.raises(Conflict, match="里已有表，没有覆盖"):
                restore(place.to, tmp_path / "third", url, key=own_key(tmp_path))

    # Somebody rewrites the living chain after the copy: the drill tells the two apart.
    with Session(engine) as own:
        connection = own.connection()
        drop_guards(connection)
        connection.execute(sa.text("UPDATE chain_lines SET hash = :other"), {"other": "0" * 64})
        put_guards(connection)
        own.commit()
    assert "有一边被改写过" in drill(place, engine, now=NOW + 2 * DAY).faults[0]
    assert "备份演练没有通过" in overdue(session, place.home, now=NOW + 2 * DAY)[0]


def sha256(content: bytes) -> str:
    return manifests.hashlib.sha256(content).hexdigest()


@ON_SQLITE
def test_damage_of_any_kind_is_a_sentence_and_never_a_silent_success(
    place: Place, engine: Engine, session: Session, blobs: FolderStore, tmp_path: Path
) -> None:
    def told(**asked: Any) -> str:
        try:
            return "".join(drill(place, engine, now=NOW, **asked).faults)
        except Problem as problem:
            return problem.message

    assert "没有一份做完的备份" in told()
    take(place, engine, blobs, now=NOW)
    assert told() == ""
    assert "这把私钥打不开" in told(key=x25519.Identity.generate())

    with pytest.raises(Conflict, match="这把私钥打不开"):
        restore(
            place.to,
            tmp_path / "new",
            f"sqlite:///{tmp_path}/new/x.db",
            key=x25519.Identity.generate(),
        )
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(Conflict, match="这份备份是 SQLite 的"):
        restore(place.to, tmp_path / "new", "postgresql+psycopg:///x", key=own_key(tmp_path))

    copy, photo = newest(place.to), photo_file(place.to, sha256(PHOTOS[1]))
    for path, changed, sentence in (
        (photo, None, f"少了文件 {photo.name}"),
        (photo, photo.read_bytes()[:-1], f"{photo.name} 坏了"),
        (photo, photo_file(place.to, sha256(PHOTOS[0])).read_bytes(), "内容不对"),
        (copy / "database.age", (copy / "database.age").read_bytes()[:-9], "和清单对不上"),
        (copy / "secrets.age", None, "少了 secrets.age"),
        (copy / "photos.txt", b"", "photos.txt 坏了"),
        (copy / "manifest.json", (copy / "manifest.json").read_bytes()[:-9], "清单坏了"),
        (
            copy / "manifest.json",
            (copy / "manifest.json").read_bytes().replace(b'"people": ', b'"people": 1'),
            "清单坏了",
        ),
        (copy / "manifest.json", None, "没有一份做完的备份"),
    ):
        whole = path.read_bytes()
        path.unlink()
        if changed is not None:
            path.write_bytes(changed)
        assert sentence in told()
        assert state_of(place.home).drill_trouble.startswith("备份演练没有通过")
        path.write_bytes(whole)
    assert told() == ""

    # A photo that this machine has lost, and one that rotted: said, and not in the copy as if whole.
    blobs.put(b"soon lost")
    store = place.home / "photos" / "blobs"
    for content in PHOTOS[:2]:
        photo_file(place.to, sha256(content)).unlink()
    next(store.rglob(sha256(PHOTOS[0]))).unlink()
    next(store.rglob(sha256(PHOTOS[1]))).write_bytes(b"rotten")
    made = take(place, engine, blobs, now=NOW + DAY)
    assert set(made.absent) == {sha256(one) for one in PHOTOS[:2]}
    assert "照片库里有2个文件不见了或坏了" in overdue(session, place.home, now=NOW + DAY)[0]

    # What the copy is made from is gone or rotten itself: the older copies stay as they are.
    copies = manifests.whole_copies(place.sets)
    photos = place.home / "photos"
    photos.rename(place.home / "elsewhere")
    with pytest.raises(Conflict, match="照片库读不出来"):
        shutil.rmtree(place.to / "photos")
        take(place, engine, FolderStore(photos, begun=True), now=NOW)
    (place.home / "elsewhere").rename(photos)
    asked = sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'photos'")
    root_of_photos = session.scalar(asked)
    session.close()
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    database = Path(str(engine.url.database))
    whole, rotten = database.read_bytes(), bytearray(database.read_bytes())
    page = 4096  # the first page of the photos' rows; the schema stays readable
    at = page * (root_of_photos - 1)
    rotten[at : at + page] = b"\x01" * page
    database.write_bytes(rotten)
    with pytest.raises(Conflict, match="数据库抄不出来"):
        take(place, engine, blobs, now=NOW)
    engine.dispose()
    database.write_bytes(whole)
    assert manifests.whole_copies(place.sets) == copies

    # A disk that is not there is refused, and no copy goes onto what lies beneath.
    place.to.rename(tmp_path / "unplugged")
    place.to.mkdir()
    with pytest.raises(Conflict, match="没有接上或没有挂上"):
        take(place, engine, blobs, now=NOW)
    assert list(place.to.iterdir()) == []
    HANDLERS["back_up"].begin(Workshop(engine, blobs, home=place.home), {}, NOW + DAY)(session)
    assert "没有接上" in overdue(session, place.home, now=NOW + DAY)[0]  # no dead job is left
    with pytest.raises(Conflict, match="就在数据文件夹里"):
        set_up(place.home, place.home / "backup" / "here")
    with pytest.raises(Conflict, match="备份要从空文件夹开始"):
        set_up(place.home, tmp_path / "unplugged")


@ON_SQLITE
def test_killed_at_any_moment_it_leaves_nothing_that_looks_whole_and_the_next_one_is_well(
    place: Place, engine: Engine, blobs: FolderStore
) -> None:
    """Each rename is where something comes to look whole: the kill comes before and after each."""
    engine.dispose()
    points = 0
    for point in range(1, 100):
        shutil.rmtree(place.to / "photos", ignore_errors=True)
        shutil.rmtree(place.sets, ignore_errors=True)
        child = os.fork()
        if not child:
            killed_at(point, place, engine.url.render_as_string(), blobs)
        whole = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        copies = manifests.whole_copies(place.sets)
        for path in (place.to / "photos").rglob("*.age"):
            assert path.stat().st_size > 1000  # what has its name has its bytes
        if copies:  # only once the last rename was done
            assert drill(place, engine, now=NOW).faults == []
        if whole:
            assert len(copies) == 1
            break
        assert len(copies) <= 1
        points += 1
    assert points >= 10
    assert list(place.sets.glob("*.part")) == []


def killed_at(point: int, place: Place, url: str, blobs: FolderStore) -> None:
    """In a child: back up, and die without any farewell around one of the renames."""
    left, rename = [point], Path.rename

    def last(self: Path, target: Any) -> Any:
        for step in (lambda: None, lambda: rename(self, target)):
            step()
            left[0] -= 1
            if not left[0]:
                os._exit(9)
        return target

    Path.rename = last  # type: ignore[method-assign]
    code = 1
    try:
        take(place, open_engine(url, TEXT_KEYS), blobs, now=NOW)
        code = 0
    finally:
        os._exit(code)


@ON_SQLITE
def test_old_copies_are_thinned_and_files_that_no_copy_names_go_with_them(
    place: Place, engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    lost = photo_file(place.to, sha256(PHOTOS[0]))
    take(place, engine, blobs, now=NOW - 500 * DAY)
    assert lost.exists()
    session.execute(
        sa.text("UPDATE photos SET state = 'withdrawn' WHERE sha256 = :key"),
        {"key": sha256(PHOTOS[0])},
    )
    session.commit()
    for days in (*range(450, 60, -30), *range(40, -1, -1)):
        take(place, engine, blobs, now=NOW - days * DAY)

    kept = [one.name[:10] for one in manifests.whole_copies(place.sets)]
    assert 13 <= len(kept) <= 25
    assert kept[-7:] == [str(beijing_day(NOW - days * DAY)) for days in range(6, -1, -1)]
    assert not lost.exists()
    assert drill(place, engine, now=NOW).faults == []


@ON_SQLITE
def test_the_worker_backs_up_and_drills_and_a_house_without_a_target_is_told_after_8_days(
    place: Place, engine: Engine, session: Session, cast: Cast, blobs: FolderStore, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    HANDLERS["back_up"].begin(Workshop(engine, blobs, home=other), {}, NOW)  # nothing to do
    assert overdue(session, other, now=cast.county.created_at + 8 * DAY) == []
    [said] = overdue(session, other, now=cast.county.created_at + 9 * DAY)
    assert "还没有设置备份" in said

    shop = Workshop(engine, blobs, home=place.home)
    for kind in ("back_up", "drill_backup"):
        HANDLERS[kind].begin(shop, {}, NOW)(session)
    session.commit()
    state = state_of(place.home)
    assert (state.backup_at, state.drill_at, state.key_proved_at) == (NOW, NOW, None)
    assert (
        "私钥还没有试过" in overdue(session, place.home, now=cast.county.created_at + 9 * DAY)[-1]
    )


@ON_SQLITE
def test_rclone_carries_copies_on_manifests_last_and_says_where_it_could_not(
    settings: Settings, place: Place, engine: Engine, session: Session, blobs: FolderStore,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    away = tmp_path / "away"
    with pytest.raises(Conflict, match="备份没有送到 nowhere:x"):
        set_up(settings.home, tmp_path / "second", remote="nowhere:x")
    assert not (tmp_path / "second").exists()
    secret = set_up(settings.home, tmp_path / "second", remote=f":local:{away}")
    place = place_of(settings.home) or place

    run, calls = carrying._rclone, []

    def dies_before_the_manifests(home: Path, remote: str, *arguments: str) -> None:
        calls.append(arguments[0])
        if len(calls) == 3:
            raise Conflict("backup-remote", "网断了。")
        run(home, remote, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "_rclone", dies_before_the_manifests)
        with pytest.raises(Conflict, match="网断了"):
            take(place, engine, blobs, now=NOW - 3 * DAY)
    assert len(list(away.rglob("*.age"))) == 5
    assert manifests.whole_copies(away / "sets") == []
    assert "网断了" in overdue(session, place.home, now=NOW)[0]

    for hours in (5, 0):  # the second of a day replaces the first
        take(place, engine, blobs, now=NOW - timedelta(hours=hours))
    assert state_of(place.home).trouble == ""
    copies = [one.name for one in manifests.whole_copies(place.sets)]
    assert len(copies) == 2
    assert [one.name for one in manifests.whole_copies(away / "sets")] == copies
    with empty_database(engine, tmp_path / "new") as url:
        assert restore(away, tmp_path / "new", url, key=identity_in(secret)).faults == []
