import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.settings import ROOT
from tests.drills.processes import (
    alive,
    children_of,
    command_of,
    family_of,
    kill_all,
    wait_until,
)

pytestmark = pytest.mark.drill


class House:
    """`python -m server run` on a folder of its own and a free port."""

    def __init__(self, home: Path) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("CZT_")}
        with (home.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "run", "--port", "0"],
                cwd=ROOT,
                env=env | {"CZT_HOME": str(home)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.url = ""

    def settle(self) -> None:
        """Wait until the house answers."""
        self.url = self._address(40)
        wait_until(lambda: self.says("/healthz") == 200, 40, "the house answers")

    def _address(self, within_s: float) -> str:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        said = b""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if select.select([pipe], [], [], 0.1)[0]:
                said += (more := os.read(pipe, 4096))
                if found := re.search(rb"http://127\.0\.0\.1:\d+(?=/)", said):
                    return found[0].decode()
                if not more:
                    break
        pytest.fail(f"no address was printed: {said.decode()!r}")

    def says(self, path: str) -> int | None:
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)

    def child(self, word: str) -> int | None:
        """The supervisor's child whose command line holds a word."""
        return next((p for p in children_of(self.process.pid) if word in command_of(p)), None)

    @property
    def web(self) -> int | None:
        return self.child("gunicorn")

    @property
    def worker(self) -> int | None:
        return self.child("server worker")

    def complete(self) -> bool:
        web = self.web
        return web is not None and len(children_of(web)) == 2 and self.worker is not None


Open = Callable[[], House]


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Open]:
    houses: list[House] = []
    home = tmp_path / "home"
    home.mkdir()

    def open_house() -> House:
        house = House(home)
        houses.append(house)
        house.settle()
        wait_until(house.complete, 20, "web, its two processes and the worker are there")
        return house

    yield open_house
    for house in houses:
        kill_all([house.process.pid, *family_of(house.process.pid)])
        house.process.communicate()


def test_whoever_is_killed_comes_back_and_the_house_goes_on_answering(open_house: Open) -> None:
    house = open_house()
    victims = {
        "the web's master": lambda: house.web,
        "a web process": lambda: children_of(house.web or 0)[0],
        "the worker": lambda: house.worker,
    }

    for name, pick in victims.items():
        before = family_of(house.process.pid)
        victim = pick()
        assert victim is not None
        os.kill(victim, signal.SIGKILL)

        wait_until(lambda pid=victim: not alive(pid), 5, f"{name} is gone")
        assert house.says("/healthz") == 200, f"after the death of {name}"
        wait_until(house.complete, 20, f"{name} is back")
        strays = [pid for pid in before if alive(pid) and pid not in family_of(house.process.pid)]
        assert not strays, f"left behind by {name}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_the_house_leaves_no_process(open_house: Open, number: int) -> None:
    house = open_house()
    family = family_of(house.process.pid)

    house.process.send_signal(number)

    assert house.process.wait(15) == 0
    assert not [command_of(pid) for pid in family if alive(pid)]
    assert house.says("/healthz") is None


def test_killing_the_supervisor_leaves_no_process(open_house: Open) -> None:
    house = open_house()
    family = family_of(house.process.pid)

    house.process.kill()

    wait_until(lambda: not any(alive(pid) for pid in family), 15, "everybody follows")


def test_a_second_house_on_the_same_port_says_so_and_makes_nothing(
    open_house: Open, tmp_path: Path
) -> None:
    house = open_house()
    port = house.url.rsplit(":", 1)[1]

    second = subprocess.run(
        [sys.executable, "-m", "server", "run", "--port", port],
        cwd=ROOT,
        env=os.environ | {"CZT_HOME": str(tmp_path / "second")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 2
    assert "已被别的程序占用" in second.stderr
    assert "Traceback" not in second.stderr
