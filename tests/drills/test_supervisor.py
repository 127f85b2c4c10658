import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.errors import Conflict, Invalid
from server.settings import ROOT
from server.supervisor import listen
from tests.drills.processes import alive, children_of, kill_all, wait_until

pytestmark = pytest.mark.drill

SUPERVISOR = """
import sys
from server.supervisor import Child, run_all
children = [Child(f"child{n}", [sys.executable, "-c", code]) for n, code in enumerate(sys.argv[1:])]
sys.exit(run_all(children, prepare=lambda: print("prepared", flush=True), grace_s=1.0))
"""
SLEEPS = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
FAILS = "raise SystemExit(3)"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def a_terminal_that_hangs_up_is_heard() -> Iterator[None]:
    """Also where the tests themselves run under nohup, whose deafness every child inherits."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def start(*children: str, ready: int | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *children],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        begun.append(process)
        count = len(children) if ready is None else ready
        wait_until(lambda: len(children_of(process.pid)) == count, 10, "the children are there")
        assert process.stdout is not None
        assert "prepared\n" in process.stdout
        return process

    yield start
    for process in begun:
        kill_all([*children_of(process.pid), process.pid])
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_child_that_dies_comes_back_and_the_others_stay(start: Start, number: int) -> None:
    supervisor = start(SLEEPS, SLEEPS)
    victim, other = children_of(supervisor.pid)

    os.kill(victim, number)

    wait_until(lambda: not alive(victim), 5, "the victim is gone")
    wait_until(lambda: len(children_of(supervisor.pid)) == 2, 5, "somebody is in its place")
    assert other in children_of(supervisor.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stopping_leaves_no_process(start: Start, number: int) -> None:
    supervisor = start(SLEEPS, SLEEPS)
    children = children_of(supervisor.pid)

    supervisor.send_signal(number)

    assert supervisor.wait(5) == 0
    assert not any(alive(child) for child in children)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_while_preparing_is_as_orderly(number: signal.Signals) -> None:
    stopped = "prepare=lambda: os.kill(os.getpid(), int(sys.argv.pop()))"
    code = SUPERVISOR.replace('prepare=lambda: print("prepared", flush=True)', stopped)
    code = code.replace("sys.argv[1:])", "sys.argv[1:-1])").replace("import sys", "import os, sys")

    ended = subprocess.run(
        [sys.executable, "-c", code, SLEEPS, str(int(number))], cwd=ROOT, check=False, timeout=60
    )

    assert ended.returncode == 0


def test_killing_the_supervisor_leaves_no_process(start: Start) -> None:
    supervisor = start(SLEEPS, SLEEPS)
    children = children_of(supervisor.pid)

    supervisor.kill()

    wait_until(lambda: not any(alive(child) for child in children), 5, "the children follow")


def test_a_child_that_does_not_listen_is_killed_after_its_grace(start: Start) -> None:
    supervisor = start(DEAF)
    [deaf] = children_of(supervisor.pid)
    time.sleep(0.3)  # until it has stopped listening

    supervisor.terminate()

    assert supervisor.wait(5) == 0
    assert not alive(deaf)


def test_a_child_that_cannot_start_ends_everything_with_an_error(start: Start) -> None:
    supervisor = start(SLEEPS, FAILS, ready=1)
    sleeper = children_of(supervisor.pid)[0]

    said, _ = supervisor.communicate(timeout=30)

    assert supervisor.returncode == 1
    assert "giving up" in said
    assert not alive(sleeper)


def test_a_supervisor_under_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    process = subprocess.Popen(
        ["nohup", sys.executable, "-c", SUPERVISOR, SLEEPS],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: children_of(process.pid), 10, "the child is there")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.7)
        assert alive(process.pid)
    finally:
        process.terminate()
        assert process.wait(5) == 0


def test_a_taken_port_is_said_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Conflict) as caught:
            listen("127.0.0.1", port)

    assert caught.value.code == "port-taken"
    assert str(port) in caught.value.message


def test_an_address_of_another_machine_is_said_in_words() -> None:
    with pytest.raises(Invalid) as caught:
        listen("192.0.2.1", 0)

    assert caught.value.code == "address-unusable"
