"""What each test costs: seconds by the clock and of processor, with all children that still live.

A plugin of pytest, asked for by name; one line a test goes to the file that COSTS names. A browser
and a server are counted with the test that used them, for they are looked up while they live.
PostgreSQL is not: its server is nobody's child.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TICKS = os.sysconf("SC_CLK_TCK")


def processor_s() -> float:
    """Seconds of processor of this process, its children and theirs, living and gone."""
    used: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # gone meanwhile
            continue
        children.setdefault(int(said[1]), []).append(int(folder.name))
        used[int(folder.name)] = sum(map(int, said[11:15]))
    todo, ticks = [os.getpid()], 0
    while todo:
        one = todo.pop()
        ticks += used.get(one, 0)
        todo += children.get(one, [])
    return ticks / TICKS


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    began, used = time.monotonic(), processor_s()
    yield
    line = f"{processor_s() - used:.2f} {time.monotonic() - began:.2f} {item.nodeid}\n"
    with Path(os.environ["COSTS"]).open("a", encoding="utf-8") as lines:
        lines.write(line)
