"""Two web machines, workers, one PostgreSQL and one S3 store: what is said to one, all know."""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.http import clock
from server.media.s3_store import S3Store
from server.metrics import FOLDER
from server.models.job import Heartbeat, Job, JobState
from server.models.person import Person
from server.services.people import passwords
from server.services.upkeep.keys import note_keys
from server.settings import ROOT, settings_from
from tests import databases
from tests.drills.house import PATIENCE_S, Installation, Web
from tests.drills.ledger import differences, not_examined
from tests.drills.load import Load
from tests.drills.processes import family_of, wait_until
from tests.factories import PASSWORD, TEXT_KEYS
from tests.s3_server import S3Server

KEYS = {
    "CZT_PLAQUE_KEYS": f"k1:{'a1' * 16}",
    "CZT_TEXT_KEYS": TEXT_KEYS[0].hex(),
    "CZT_SECRET_KEY": "the same on all machines",
}
pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]


class Machines:
    """A web machine each for A and B and a worker each beside them, in homes of their own."""

    def __init__(self, installation: Installation, folder: Path, env: dict[str, str]) -> None:
        self.installation, self.folder, self.env = installation, folder, env
        self.webs: list[Web] = []
        self.a, self.b = self.web("a"), self.web("b")
        self.workers = [self._worker("a"), self._worker("b")]

    def home(self, name: str) -> dict[str, str]:
        """What is a machine's own: its folder, and where its processes count together."""
        home = self.folder / name
        home.mkdir(mode=0o700, exist_ok=True)
        return {**self.env, "CZT_HOME": str(home), FOLDER: str(home / "metrics")}

    def web(self, name: str, **more: str) -> Web:
        """Start a machine's web."""
        env = self.home(name) | more
        self.webs.append(Web(self.installation, **env, CZT_WEB_PROCESSES="1"))
        return self.webs[-1]

    def _worker(self, name: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"worker-{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server", "worker"],
                cwd=ROOT, env=self.installation.env(**self.home(name)), stderr=log,
            )  # fmt: skip

    def both_work(self) -> bool:
        """Whether both workers have given a sign of life."""
        with Session(self.installation.engine) as session:
            return session.scalar(sa.select(sa.func.count(Heartbeat.owner))) == 2

    def stop(self) -> None:
        """End everything."""
        self.installation.kill_all()
        for process in (*(one.process for one in self.webs), *self.workers):
            process.wait()

    def lose_a(self) -> None:
        """Machine A loses its power: web and worker, all at once."""
        gone = [self.a.process.pid, self.workers[0].pid]
        gone += [child for one in gone for child in family_of(one)]
        for pid in gone:
            os.kill(pid, signal.SIGKILL)
        self.a.process.wait()
        self.workers[0].wait()


@pytest.fixture
def machines(postgres_engine: Engine, s3: S3Server, tmp_path: Path) -> Iterator[Machines]:
    databases.empty(postgres_engine)
    url = postgres_engine.url.render_as_string(hide_password=False)
    env = s3.environment(secrets.token_hex(6)) | KEYS
    with contextlib.ExitStack() as stack:
        installation = Installation(tmp_path / "outside", url)
        stack.callback(installation.engine.dispose)
        stack.callback(installation.kill_all)
        named = settings_from(env | {"CZT_HOME": str(tmp_path / "outside")})
        assert named.s3 is not None
        installation.blobs = S3Store(named.s3)
        installation.blobs.begin()
        with Session(installation.engine) as session:
            office = session.scalars(sa.select(Person).where(Person.login == "xian")).one()
            passwords.set_password(session, person=office, password=PASSWORD)
            note_keys(session, named, now=clock.now())
            session.commit()
        machines = Machines(installation, tmp_path, env)
        stack.callback(machines.stop)
        yield machines


def url_of(web: Web, path: str) -> str:
    return f"http://127.0.0.1:{web.address[1]}{path}"


def gate(browser: httpx.Client, web: Web) -> str:
    found = re.search(r'name="gate" value="(\w+)"', browser.get(url_of(web, "/desk/sign-in")).text)
    assert found
    return found[1]


def test_what_one_machine_was_told_all_know_and_one_that_dies_loses_nothing(
    machines: Machines,
) -> None:
    a, b, installation = machines.a, machines.b, machines.installation

    # The page of one machine is answered by the other; the sign-in counts on both.
    with httpx.Client() as browser:
        form = {"gate": gate(browser, a), "login": "xian", "password": PASSWORD}
        assert browser.post(url_of(b, "/desk/sign-in"), data=form).status_code == 303
        assert "今天要办" in browser.get(url_of(a, "/desk/")).text
        assert "今天要办" in browser.get(url_of(b, "/desk/")).text

    # What a phone hands to one, another phone of the keeper sees on the other; again is the same.
    phone = installation.phone(0, a.address)
    phone.check_in(40_000)
    phone.sync()
    assert phone.held() == {}
    [photo_id] = phone.kept.photos
    keeper = {"Authorization": f"Bearer {installation.token(0)}"}
    seen = httpx.get(
        url_of(b, f"/api/v1/keeper/photos/{photo_id}/thumb"), headers=keeper, timeout=30
    )
    assert (seen.status_code, seen.headers["Content-Type"]) == (200, "image/jpeg")

    wait_until(machines.both_work, PATIENCE_S, "both workers are there")

    # Under load from phones at both, A is gone in one moment; its phones come to B.
    with Load(installation, a.address, b.address, phones=4) as load:
        wait_until(
            lambda: all(len(one.events) > 2 for one in load.kept), PATIENCE_S, "all are at work"
        )
        before = {one: httpx.get(url_of(one, "/metrics")).text for one in (a, b)}
        machines.lose_a()
        load.go_to(b.address, away_from=a.address)
        kept = sum(len(one.events) for one in load.kept)
        wait_until(
            lambda: sum(len(one.events) for one in load.kept) > kept + 8, PATIENCE_S, "it goes on"
        )
        load.finish(within_s=2 * PATIENCE_S)
    everything = [phone.kept, *load.kept]
    wait_until(lambda: not not_examined(installation.engine), PATIENCE_S, "B's worker does it all")
    lost = differences(installation.engine, installation.blobs, everything)
    # A's last photo may lie in the store without its row: it was never acknowledged.
    unnamed = [one for one in lost if one.startswith("bytes nobody names")]
    assert [one for one in lost if one not in unnamed] == []
    assert len(unnamed) <= len(load.keepers)

    # Each job was done once: only what A's worker held when it died was begun a second time.
    with Session(installation.engine) as session:
        again = session.scalars(sa.select(Job).where(Job.attempts > 1)).all()
        assert len(again) <= 1
        assert session.scalar(sa.select(sa.func.count()).where(Job.state == JobState.DEAD)) == 0

    # Both counted what they did themselves, and say the same of what stands in the database.
    for text in before.values():
        assert (
            int(float(re.findall(r"^czt_photos_received_total\S* (\S+)", text, re.MULTILINE)[0]))
            > 0
        )
        assert 'czt_jobs{state="dead"} 0.0' in text

    # Wrong tries count together: whichever machine hears them.
    with httpx.Client() as browser:
        machines.a = machines.web("a")
        seal = gate(browser, machines.a)
        codes = []
        for number in range(11):
            door = machines.a if number % 2 else b
            form = {"gate": seal, "login": "xian", "password": f"wrong {number}"}
            answer = browser.post(url_of(door, "/desk/sign-in"), data=form, follow_redirects=True)
            codes.append(answer.status_code)
        assert codes == [422] * 10 + [429]

    # A machine with keys of its own is not let in among the others.
    odd = machines.web("odd", CZT_TEXT_KEYS="c3" * 32)
    said = httpx.get(url_of(odd, "/readyz"), timeout=30)
    assert said.status_code == 503
    assert "CZT_TEXT_KEYS" in said.text
    assert httpx.get(url_of(b, "/readyz"), timeout=30).json() == {"ok": True, "faults": []}
