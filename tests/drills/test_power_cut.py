"""The power goes: what was acknowledged is there afterwards, and store and database agree.

The house works on a recorded disk; then the record is played back up to hundreds of moments, each
time onto a disk that forgets what was not synced. `make drill` cuts at 200 moments on each engine.
"""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.cli.web import gunicorn_command
from server.db import open_engine
from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.phone_event import NOT_HERE, CheckIn, ParcelCount, PhoneEvent, Photo
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.settings import ROOT, settings_from
from server.supervisor import listen
from tests import databases
from tests.drills.forgetful_disk import ForgetfulDisk
from tests.drills.house import LONG, PATIENCE_S, Installation, status_of
from tests.drills.postgres_server import Server
from tests.drills.processes import children_of, family_of, kill_all, wait_until
from tests.drills.recorded_writes import Act, acts, command
from tests.drills.town import Heard, Town
from tests.factories import TEXT_KEYS

SEED = int(os.environ.get("DRILL_SEED") or random.randrange(10**6))
POINTS = {"sqlite": 200 if LONG else 40, "postgresql": 200 if LONG else 4}
SAFE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c checkpoint_timeout=30s"

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600 if LONG else 300)]


@contextlib.contextmanager
def recorded(
    log: Path, words: list[str], *, end: signal.Signals = signal.SIGTERM, **how: Any
) -> Iterator[None]:
    """A program, everything that it asks of the disk written down until it has ended in order."""
    process = subprocess.Popen(command(log, *words), **how)
    try:
        yield
        for child in children_of(process.pid):
            os.kill(child, end)
        process.wait(PATIENCE_S)
    finally:
        kill_all([*family_of(process.pid), process.pid])
        process.wait(10)


@contextlib.contextmanager
def recorded_web(installation: Installation, log: Path) -> Iterator[tuple[str, int]]:
    """The web processes at work, recorded."""
    with listen("127.0.0.1", 0) as door, (log.parent / "web.log").open("ab") as said:
        address: tuple[str, int] = door.getsockname()
        words = gunicorn_command(settings_from(installation.env()), f"fd://{door.fileno()}")
        how: dict[str, Any] = {"cwd": ROOT, "env": installation.env(), "stderr": said}
        with recorded(log, words, pass_fds=[door.fileno()], **how):
            wait_until(
                lambda: status_of(address, "/healthz") == 200, PATIENCE_S, "gunicorn answers"
            )
            yield address


def lost(engine: Engine, blobs: FolderStore, heard: list[Heard]) -> list[str]:
    """What was acknowledged and is not there, and where store and database differ."""
    with Session(engine) as session:
        events = set(session.scalars(sa.select(PhoneEvent.id)))
        days = set(session.scalars(sa.select(CheckIn.id)))
        days |= set(session.scalars(sa.select(ParcelCount.id)))
        photos = {one.id: one for one in session.scalars(sa.select(Photo))}
        signed = {one.id: one for one in session.scalars(sa.select(Inspection))}
        paid = {one.id: one for one in session.scalars(sa.select(SubsidyPayment))}
        kinds = dict(session.execute(sa.select(PhoneEvent.id, PhoneEvent.kind)).all())
    wrong = []
    for one in heard:
        match one.what:
            case "event":
                there = UUID(one.id) in events
            case "photo":
                photo = photos.get(UUID(one.id))
                there = photo is not None and photo.sha256 == one.sha256
                there = there and photo is not None and photo.state not in NOT_HERE
            case "signed":
                kept = signed.get(UUID(one.id))
                there = kept is not None and kept.document_sha256 == one.sha256
                there = there and kept is not None and bool(kept.keeper_signature)
            case _:
                line = paid.get(int(one.id))
                there = line is not None and line.state is PaymentState.PAID
                there = there and line is not None and line.paper_sha256 == one.sha256
        if not there:
            wrong.append(f"{one.what} lost: {one.id}")
    wrong += [
        f"half an event: {one}"
        for one, kind in kinds.items()
        if kind in ("check_in", "parcel_count") and one not in days
    ]
    needed = {one.sha256 for one in photos.values() if one.state not in NOT_HERE}
    needed |= {one.paper_sha256 for one in paid.values() if one.paper_sha256}
    wrong += [f"bytes lost: {one}" for one in needed if blobs.stat(one) is None]
    for key in blobs.blob_keys():
        with blobs.open(key) as file:
            if hashlib.sha256(file.read()).hexdigest() != key:
                wrong.append(f"bytes spoilt: {key}")
    return wrong


@dataclass
class Afterwards:
    """Plays a record back up to a moment, and opens what is left as the next morning would."""

    roots: dict[Path, Path]
    disk: ForgetfulDisk
    done: list[Act]
    open: Callable[[], contextlib.AbstractContextManager[Engine]]
    home: Path

    def cut(self, at: float, heard: list[Heard], chance: random.Random) -> list[str]:
        """What is lost when the power goes at that moment; moments come in order."""
        while self.done and _counts_at(self.done[0]) <= at:
            self.disk.do(self.done.pop(0))
        for target in self.roots.values():
            shutil.rmtree(target, ignore_errors=True)
        self.disk.cut(self.roots, chance, chance.choice([0.0, 0.3, 0.7, 1.0]))
        with self.open() as engine:
            return lost(engine, FolderStore(self.home / "photos"), heard)


def _counts_at(act: Act) -> float:
    return act.ended if act.what.startswith("sync") else act.began


def moments(heard: list[Heard], chance: random.Random, many: int) -> list[float]:
    """When the power goes: half of them right after somebody heard a yes, when it hurts most."""
    first, last = heard[0].at, heard[-1].at
    after = [one.at + 1e-6 for one in chance.choices(heard, k=many // 2)]
    return sorted([*after, *(chance.uniform(first, last) for _ in range(many - len(after)))])


def drilled(after: Afterwards, heard: list[Heard], engine: str) -> None:
    """Cut at every moment; nothing that was heard until then may be lost."""
    chance = random.Random(SEED)
    heard = sorted(heard, key=lambda one: one.at)
    assert {one.what for one in heard} == {"event", "photo", "signed", "paid"}
    for number, at in enumerate(moments(heard, chance, POINTS[engine])):
        told = [one for one in heard if one.at <= at]
        assert after.cut(at, told, chance) == [], f"seed {SEED}, cut {number}"
    print(f"power cut, {engine}, seed {SEED}: {POINTS[engine]} cuts, {len(heard)} yeses, lost 0")


def test_sqlite_and_the_photos_keep_what_was_said_yes_to(
    tmp_path: Path, sqlite_template: Path
) -> None:
    town = Town(tmp_path / "home", None, sqlite_template)
    home = town.installation.home
    disk, lying = ForgetfulDisk([home]), ForgetfulDisk([home])
    log = tmp_path / "acts"
    with recorded_web(town.installation, log) as address:
        town.work(address, random.Random(SEED))
    found = acts(log, below=[home], home=ROOT)
    left = tmp_path / "left"

    @contextlib.contextmanager
    def opened() -> Iterator[Engine]:
        (left / "cunzhantong.db-shm").unlink(missing_ok=True)  # memory: gone with the power
        engine = open_engine(f"sqlite:///{left / 'cunzhantong.db'}", TEXT_KEYS)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        yield engine
        engine.dispose()

    drilled(Afterwards({home: left}, disk, list(found), opened, left), town.ears.heard, "sqlite")

    # A disk that only says that it has synced loses all the same: this drill would see it.
    lies = [one for one in found if not one.what.startswith("sync")]
    heard = sorted(town.ears.heard, key=lambda one: one.at)
    chance = random.Random(SEED)
    liar = Afterwards({home: left}, lying, lies, opened, left)
    liar.disk.cut = lambda onto, chance, _: ForgetfulDisk.cut(lying, onto, chance, 0.0)  # type: ignore[method-assign]
    assert liar.cut(heard[-1].at, heard, chance)


def test_postgresql_and_the_photos_keep_what_was_said_yes_to(tmp_path: Path, shelf: Path) -> None:
    if not list(Path("/usr/lib/postgresql").glob("*/bin")):
        pytest.skip("only a PostgreSQL of our own may lose its power: install Debian's postgresql")
    with databases.migrated_postgres(shelf) as migrated:
        url = migrated.url.render_as_string(hide_password=False)
        migrated.dispose()
        server = Server(url)
        town = Town(tmp_path / "home", url, None)
        home, data = town.installation.home, server.data
        server.stop("fast")
        disk = ForgetfulDisk([home, data])
        logs = [tmp_path / "acts", tmp_path / "acts of the database"]
        try:
            # By SIGINT it sends away whoever is still connected, instead of waiting for them.
            with recorded(logs[1], server.command(SAFE), end=signal.SIGINT, cwd=data):
                wait_until(server.answers, PATIENCE_S, "PostgreSQL answers")
                with recorded_web(town.installation, logs[0]) as address:
                    town.work(address, random.Random(SEED), meanwhile=server.checkpoint)
                town.installation.engine.dispose()
        finally:
            server.start()  # whoever lent it stops it
        done = acts(logs[0], below=[home], home=ROOT) + acts(logs[1], below=[data], home=data)
        done.sort(key=_counts_at)
        # Beside the old one: postgres may not look into a test's own folder.
        left = {home: tmp_path / "left", data: data.with_name("left")}

        @contextlib.contextmanager
        def opened() -> Iterator[Engine]:
            with server.on(left[data]) as there:
                engine = open_engine(there, TEXT_KEYS)
                yield engine
                engine.dispose()

        after = Afterwards(left, disk, done, opened, left[home])
        drilled(after, town.ears.heard, "postgresql")
