"""`kill -9` at random points while keepers work: the service must lose nothing and come back alone."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.chores import Workshop
from server.http import clock
from server.supervisor import listen
from server.worker import LEASE, Worker
from tests.drills.house import LONG, PATIENCE_S, House, Installation
from tests.drills.ledger import differences, not_examined
from tests.drills.load import Load
from tests.drills.postgres_server import Server, own_server
from tests.drills.processes import children_of, wait_until

SEED = int(os.environ.get("DRILL_SEED") or random.randrange(10**6))
POINTS = int(os.environ.get("DRILL_POINTS") or 1000) if LONG else 10
ENGINES = ["sqlite", "postgresql"] if LONG else ["sqlite"]
SHARES = {"a web process": 5, "the worker": 3, "gunicorn's master": 1, "the supervisor": 1}
DATABASE = "the database"  # dies like a machine without power; only where it is our own

pytestmark = [pytest.mark.drill, pytest.mark.timeout(4 * 3600 if LONG else 300)]


class Killing:
    """Kills one process after another, and is the service manager when the supervisor dies."""

    def __init__(
        self, installation: Installation, chance: random.Random, database: Server | None
    ) -> None:
        self.installation, self.chance, self.database = installation, chance, database
        self.house = House(installation.home, installation.env())
        self.house.settle()
        self.killed: Counter[str] = Counter()
        self.began_s = time.monotonic()

    def tell(self, what: str) -> None:
        """Write down what happened when, for whoever reads a failed drill."""
        print(f"{time.monotonic() - self.began_s:6.1f} s  {what}")

    def points(self, count: int) -> list[str]:
        """Whom to kill, in which order; everybody at least once."""
        wanted = [name for name, share in SHARES.items() for _ in range(share)]
        wanted += [DATABASE] if self.database else []
        return [
            name
            for _ in range(-(-count // len(wanted)))
            for name in self.chance.sample(wanted, k=len(wanted))
        ][:count]

    def kill(self, name: str) -> None:
        """Kill whoever holds this place, at any moment of its life; wait if nobody does."""
        if self.database and name == DATABASE:
            self.database.stop("immediate")
            time.sleep(self.chance.uniform(0, 2))
            self.database.start()
            self.killed[name] += 1
            self.tell(name)
            return
        wait_until(lambda: self._holder(name), PATIENCE_S, f"{name} is there")
        victim = self._holder(name)
        if victim is None:
            return
        os.kill(victim, signal.SIGKILL)
        self.killed[name] += 1
        self.tell(name)
        if name == "the supervisor":
            self.house.process.communicate()
            wait_until(lambda: not self.installation.processes(), PATIENCE_S, "everybody follows")
            self.tell("everybody has followed")
            port = self.house.address[1]
            self.house = House(self.installation.home, self.installation.env(), port)
            self.house.settle()

    def _holder(self, name: str) -> int | None:
        match name:
            case "the supervisor":
                return self.house.process.pid
            case "gunicorn's master":
                return self.house.web
            case "the worker":
                return self.house.worker
        web = self.house.web
        processes = children_of(web) if web else []
        return self.chance.choice(processes) if processes else None

    def stop(self) -> None:
        """Stop in good order; nobody may be left, and the port must be free."""
        self.house.process.terminate()
        self.house.process.communicate(timeout=30)
        assert self.house.process.returncode == 0
        assert not self.installation.processes()
        listen(*self.house.address).close()


@pytest.fixture(params=ENGINES)
def killing(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[Killing]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(own_server()) if request.param == "postgresql" else None
        installation = Installation(
            tmp_path / "home", server.url if server else None, template=sqlite_template
        )
        stack.callback(installation.engine.dispose)
        stack.callback(installation.kill_all)
        yield Killing(installation, random.Random(SEED), server)


def test_kill_9_at_random_points_loses_nothing_and_doubles_nothing(
    killing: Killing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = killing.installation
    engine = installation.engine.dialect.name
    print(f"seed {SEED}: DRILL_SEED={SEED} makes the same choices again")
    with Load(installation, killing.house.address, phones=3 if LONG else 2) as load:
        for name in killing.points(POINTS):
            time.sleep(killing.chance.uniform(0, 0.8))
            killing.kill(name)
        load.finish(within_s=2 * PATIENCE_S)

    killing.tell("all is sent")
    if LONG:
        wait_until(
            lambda: not not_examined(installation.engine), PATIENCE_S, "every photo is examined"
        )
    killing.stop()
    with capsys.disabled():  # a worker wants a real standard error
        finish_jobs_when_the_leases_of_the_dead_have_run_out(installation, monkeypatch)

    killing.tell("all is done")
    assert differences(installation.engine, installation.blobs, load.kept) == []
    assert not_examined(installation.engine) == 0
    with capsys.disabled():
        print(
            f"\n  kill -9, {engine}, seed {SEED}: {sum(killing.killed.values())} points "
            f"({', '.join(f'{name} {n}' for name, n in killing.killed.items())}), {load}, "
            f"lost 0, doubled 0, all examined, nobody left; {time.monotonic() - killing.began_s:.0f} s"
        )


def finish_jobs_when_the_leases_of_the_dead_have_run_out(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do as a worker what is left, half a minute from now."""
    true_now = clock.now
    monkeypatch.setattr(clock, "now", lambda: true_now() + LEASE + timedelta(seconds=1))
    worker = Worker(Workshop(installation.engine, installation.blobs), periodics=())
    while not_examined(installation.engine):
        assert worker.do_one(), "a photo is left without a job"
