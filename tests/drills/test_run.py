import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.settings import ROOT
from tests.drills.house import House, clean_environment
from tests.drills.processes import (
    alive,
    children_of,
    command_of,
    family_of,
    kill_all,
    wait_until,
)

pytestmark = pytest.mark.drill


Open = Callable[[], House]


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Open]:
    houses: list[House] = []
    home = tmp_path / "home"
    home.mkdir()

    def open_house() -> House:
        house = House(home, clean_environment())
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
