"""A house moves from SQLite to PostgreSQL with every row, and its chain holds there."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.__main__ import main
from server.chain_guards import drop_guards, missing_guards
from server.db import open_engine, writing
from server.errors import Conflict
from server.http import clock
from server.jobs import beat
from server.media.blobs import FolderStore, blob_name
from server.media.stores import store_of
from server.models.consent import Consent
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.person import Person
from server.services.audit.verifying import verify
from server.services.backup import moving
from server.services.backup.databases import empty_place
from server.services.backup.moving import move
from server.services.backup.overdue import overdue
from server.services.backup.place import place_of, set_up
from server.services.backup.restoring import drill
from server.services.backup.taking import take
from server.services.common import chain
from server.settings import Settings, settings_from
from tests.databases import ON_SQLITE
from tests.factories import NOW, TEXT_KEYS, Cast, make_person
from tests.reviews import make_photo
from tests.s3_server import S3Server
from tests.sealed_rows import hide_something, not_hidden
from tests.services.world import make_world


@pytest.fixture
def target(postgres_engine: Engine, tmp_path: Any) -> Iterator[Engine]:
    with empty_place(postgres_engine, tmp_path) as url:
        engine = open_engine(url, TEXT_KEYS)
        yield engine
        engine.dispose()


@ON_SQLITE
def test_a_house_moves_whole_and_a_doubtful_move_leaves_nothing(
    engine: Engine, session: Session, cast: Cast, standards: Any, target: Engine
) -> None:
    make_world(session, cast, standards)
    session.commit()
    chain.anchor(session, county="140926", now=NOW)
    beat(session, owner="worker", now=NOW)
    session.commit()
    with pytest.raises(Conflict, match="还在运行"):
        move(engine, target, now=NOW + timedelta(seconds=30))
    with pytest.raises(Conflict, match="只能从 SQLite 搬到 PostgreSQL"):
        move(target, engine, now=NOW)
    session.rollback()
    unfinished = PersonErasure(
        county="140926", person_id=cast.wang.id, begun_at=NOW, reason="本人", sought={"texts": {}}
    )
    session.add(unfinished)
    session.commit()
    with pytest.raises(Conflict, match="还没有删完，搬了就会"):  # the old one would keep the name
        move(engine, target, now=NOW + timedelta(hours=1))
    session.delete(unfinished)
    session.commit()

    hidden = hide_something(session)
    answers = session.execute(sa.select(Consent.text_sha256, Consent.agreed)).all()

    moved = move(engine, target, now=NOW + timedelta(hours=1)).rows

    assert moved["people"] == session.scalar(sa.select(sa.func.count(Person.id)))
    assert min(moved[one] for one in ("stations", "photos", "history", "chain_lines")) > 0
    assert not_hidden(target, hidden) == []
    with Session(target) as there:
        assert there.execute(sa.select(Consent.text_sha256, Consent.agreed)).all() == answers
        assert verify(there, county="140926", contents=False).faults == []
        assert missing_guards(there.connection()) == []
        loose = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable"
        assert there.scalar(sa.text(loose)) == 0
        assert max(there.scalars(sa.select(HistoryLine.id))) > 0
        make_person(there, "140926", "新来的")  # its number follows the last one's
        there.rollback()
    with pytest.raises(Conflict, match="里已有表，没有动"):
        move(engine, target, now=NOW + timedelta(hours=1))


@ON_SQLITE
def test_photos_move_into_s3_by_one_command_and_are_backed_up_from_there(
    engine: Engine,
    session: Session,
    cast: Cast,
    settings: Settings,
    s3: S3Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = FolderStore(settings.photos)
    folder.begin()
    keys = [folder.put(content) for content in (b"one", b"two" * 100_000, b"rotten")]
    for content in (b"one", b"two" * 100_000, b"rotten", b"lost"):
        make_photo(session, cast.c1, content=content)
    erased = folder.put(b"erased by law, and never to come back")
    (folder.root / "blobs" / blob_name(keys[2])).write_bytes(b"rot")
    session.commit()
    for name, value in s3.environment(secrets.token_hex(6)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CZT_HOME", str(settings.home))
    monkeypatch.setenv("CZT_DATABASE_URL", settings.database_url)

    assert main(["move", "--photos"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("2个文件都在对象存储里，每个都读回来对过。")
    assert f"{keys[2][:16]}… 已经坏了" in said
    assert f"{hashlib.sha256(b'lost').hexdigest()[:16]}…，两边都没有" in said

    for content in (b"rotten", b"lost"):  # found in an older copy
        folder.put(content)
    assert main(["move", "--photos"]) == 0
    assert capsys.readouterr().out.startswith("4个文件")
    store = store_of(settings_from())
    assert erased not in set(store.blob_keys())

    # From now on the house lives in S3: its folder may go, and a copy is made and proved from there.
    shutil.rmtree(folder.root)
    set_up(settings.home, tmp_path / "disk")
    place = place_of(settings.home)
    assert place is not None
    made = take(place, engine, store, now=NOW)
    assert (made.photos, made.absent) == (4, ())
    assert drill(place, engine, now=NOW).photos_opened == 4

    # The machine that makes the copies tells the others, which have no place for them.
    later, other = cast.county.created_at + timedelta(days=20), tmp_path / "another machine"
    assert "还没有设置备份" in overdue(session, other, now=later)[0]
    assert main(["backup"]) == 0
    assert main(["backup", "drill"]) == 0
    session.rollback()
    here = overdue(session, settings.home, now=clock.now() + timedelta(days=9))
    assert len(here) == 3
    assert overdue(session, other, now=clock.now() + timedelta(days=9)) == here


@ON_SQLITE
def test_what_postgres_cannot_hold_is_said_and_nothing_is_left_there(
    engine: Engine, session: Session, cast: Cast, target: Engine
) -> None:
    with writing(engine) as own:
        drop_guards(own.connection())
        own.execute(sa.text("UPDATE people SET name = :long"), {"long": "长" * 5000})

    with pytest.raises(Conflict, match="表 people 搬不过去"):
        move(engine, target, now=NOW)

    with target.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM counties")) == 0


@ON_SQLITE
def test_a_row_that_changes_on_the_way_undoes_the_move(
    engine: Engine, cast: Cast, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry = moving._carry

    def loses_a_letter(there: Any, here: Any, table: sa.Table) -> int:
        number = carry(there, here, table)
        if table.name == "stations":
            here.execute(sa.text("UPDATE stations SET name = name || '。' WHERE id = 1"))
        return number

    monkeypatch.setattr(moving, "_carry", loses_a_letter)
    with pytest.raises(Conflict, match="表 stations 搬过去不一样"):
        move(engine, target, now=NOW)

    with target.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM stations")) == 0


@ON_SQLITE
def test_a_copy_without_the_keys_to_what_lies_sealed_is_no_proved_one(
    engine: Engine,
    session: Session,
    cast: Cast,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide_something(session)
    session.rollback()
    set_up(settings.home, tmp_path / "disk")
    place = place_of(settings.home)
    assert place is not None
    store = FolderStore(settings.photos)
    store.begin()
    monkeypatch.setenv("CZT_TEXT_KEYS", "38" * 32)
    take(place, engine, store, now=NOW)
    assert "加密保存的内容，备份里的钥匙打不开" in drill(place, engine, now=NOW).faults[-1]
    monkeypatch.setenv("CZT_TEXT_KEYS", ",".join(one.hex() for one in TEXT_KEYS))
    take(place, engine, store, now=NOW + timedelta(days=1))
    assert "钥匙" not in str(drill(place, engine, now=NOW + timedelta(days=1)).faults)
