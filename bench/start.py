"""How long the second start takes until the first answer, beside the bare imports it must make."""

import os
import select
import subprocess
import sys
import tempfile
import time
import urllib.request

from server.settings import ROOT

TIMES = 3


def seconds_to_answer(home: str) -> float:
    """Start the house with its demonstration, wait for the first page, stop it again."""
    began = time.perf_counter()
    command = ["-m", "server", "run", "--port", "0", "--county", "140926", "--demo"]
    house = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"CZT_HOME": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert house.stdout is not None
    said = b""
    while b"/desk/" not in said:
        select.select([house.stdout], [], [])
        more = os.read(house.stdout.fileno(), 4096)
        if not more:
            raise SystemExit("the house did not start; run: make run")
        said += more
    base = said.decode().split("http://")[1].split("/desk/")[0]
    urllib.request.urlopen(f"http://{base}/healthz").close()
    took = time.perf_counter() - began
    house.terminate()
    house.communicate()
    return took


def seconds_of_bare_imports() -> float:
    """What Flask and SQLAlchemy cost alone: no start of ours can be shorter."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy.orm"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print first and second start and the ceiling."""
    with tempfile.TemporaryDirectory() as home:
        first = seconds_to_answer(home)
        second = min(seconds_to_answer(home) for _ in range(TIMES))
    bare = min(seconds_of_bare_imports() for _ in range(TIMES))
    print(f"{'':42}{'seconds':>8}  note (load {os.getloadavg()[0]:.1f})")
    print(f"{'first start, with a month of demonstration':42}{first:8.2f}")
    print(f"{'second start':42}{second:8.2f}  target 3 s on an idle machine")
    print(f"{'ceiling: bare imports':42}{bare:8.2f}  Flask and SQLAlchemy")


if __name__ == "__main__":
    main()
