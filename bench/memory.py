"""What web and worker hold of memory while nobody asks anything, process by process."""

import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.client import pss_mb, tree_of
from bench.phone_servers import free_port
from server.settings import ROOT
from server.supervisor import python_program
from server.worker import READER_KEPT_S

TARGET_MB = 250
COUNTY = "140926"
PAGES = ("/healthz", "/desk/", "/app/")
"""Everybody's pages: a process that nobody ever asked has not loaded what it shows."""
REST_S = READER_KEPT_S + 15
"""The worker comes a few seconds after the web, does the night's work, and rests a minute."""


ONLY_OURS = ("rich",)
"""Packages of the tests' tools, which structlog takes in where it finds them; none at work."""


@contextmanager
def at_home() -> Iterator[tuple[int, int]]:
    """The house as `python -m server run` keeps it, without any photo to look at: process, port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as absent:
        for name in ONLY_OURS:
            (Path(absent) / f"{name}.py").write_text("raise ImportError\n")
        house = subprocess.Popen(
            python_program("server", "run", "--port", str(port), "--county", COUNTY),
            cwd=ROOT,
            env=os.environ | {"CZT_HOME": home, "PYTHONPATH": absent},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert house.stdout is not None
            said = b""
            while b"/desk/" not in said:
                more = os.read(house.stdout.fileno(), 4096)
                if not more:
                    raise SystemExit("the house did not start; run: make run")
                said += more
            yield house.pid, port
        finally:
            house.terminate()
            house.communicate()


def named(process: int) -> str:
    """What a process runs."""
    words = Path(f"/proc/{process}/cmdline").read_text().split("\0")
    return next((one for one in words[1:] if not one.startswith("-")), words[0])[:40]


def alone_mb(process: int) -> float:
    """Megabytes of one process by itself, its part of what several share."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """Print each process's share and their sum."""
    with at_home() as (house, port):
        for _ in range(8):
            for page in PAGES:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}") as answer:
                    answer.read()
        time.sleep(REST_S)
        for process in tree_of(house):
            print(f"  {alone_mb(process):6.0f} MB  {named(process)}")
        whole = pss_mb(house)
    verdict = "kept" if whole <= TARGET_MB else "NOT kept"
    print(f"  {whole:6.0f} MB  in all, target ≤ {TARGET_MB} MB PSS at rest: {verdict}")


if __name__ == "__main__":
    main()
