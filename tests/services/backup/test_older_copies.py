"""A copy that an older program made is proved as well: upgraded where it is thrown away, not else."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chain_guards import drop_guards, put_guards
from server.db import open_engine
from server.media.blobs import FolderStore
from server.schema import config_for, current, upgrade
from server.services.backup import databases, taking
from server.services.backup.place import Place, identity_in
from server.services.backup.restoring import drill, restore
from server.services.backup.taking import take
from tests.databases import ON_SQLITE
from tests.factories import NOW, TEXT_KEYS

BEFORE = "0068"


@ON_SQLITE
def test_an_older_programs_copy_is_proved_by_its_chains_and_restored_as_it_was(
    place: Place,
    engine: Engine,
    session: Session,
    blobs: FolderStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.rollback()
    command.downgrade(config_for(engine), BEFORE)
    with engine.begin() as connection:  # behind the program's back, as nobody noticed then
        drop_guards(connection)
        connection.execute(sa.text("UPDATE history SET summary = '没有改过'"))
        put_guards(connection)
    with monkeypatch.context() as then:
        for one in (taking, databases):
            then.setattr(one, "head", lambda: BEFORE)
        take(place, engine, blobs, now=NOW)
    upgrade(engine)

    home = tmp_path / "new machine"
    url = f"sqlite:///{home / 'cunzhantong.db'}"
    back = restore(place.to, home, url, key=identity_in((tmp_path / "key").read_text()))
    assert (back.faults, back.chains_held, back.manifest.step) == ([], False, BEFORE)
    restored = open_engine(url, TEXT_KEYS)
    assert current(restored) == BEFORE
    restored.dispose()

    report = drill(place, engine, now=NOW)
    assert report.chains_held
    [fault] = report.faults
    assert "被改过" in fault
