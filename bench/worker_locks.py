"""How long the worker keeps others from writing: every chore of the night, on a county at work.

西平县 with 267 stations and a million records, as for the desk's pages. A lock is held from BEGIN
IMMEDIATE to the end of COMMIT; each chore is done twice, and the second night counts: the first has
years to make up for.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from bench.desk_pages import build, fill, nights
from server.chores import PERIODIC, Workshop
from server.db import open_engine, writing
from server.http import clock
from server.jobs import enqueue
from server.media.blobs import FolderStore
from server.policy.plan.reading import programmes_in
from server.policy.standard.standards import standards_in
from server.settings import ROOT
from server.worker import Worker
from server.writers import QueuedConnection
from tests.factories import TEXT_KEYS

TARGET_MS = 20.0
NEEDS_A_HOME = ("back_up", "drill_backup")
"""They copy by VACUUM INTO and files, without the writers' lock; their notes are one row."""


class Held:
    """Every hold of the lock in this process, in ms, by the chore that is being done."""

    def __init__(self) -> None:
        self.chore = ""
        self.times: dict[str, list[float]] = defaultdict(list)
        self._since: dict[int, float] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note when connections get the lock, and when they let it go."""
        take, leave = QueuedConnection.wait_for_turn, QueuedConnection._let_go  # noqa: SLF001

        def took(connection: QueuedConnection) -> None:
            take(connection)
            self._since[id(connection)] = time.perf_counter()

        def left(connection: QueuedConnection, *, still: bool) -> None:
            since = None if still else self._since.pop(id(connection), None)
            if since is not None:
                self.times[self.chore].append(1000 * (time.perf_counter() - since))
            leave(connection, still=still)

        with (
            mock.patch.object(QueuedConnection, "wait_for_turn", took),
            mock.patch.object(QueuedConnection, "_let_go", left),
        ):
            yield


def main() -> None:
    """Print each chore's longest hold of the second night, the longest first."""
    today, now = clock.today(), clock.now()
    held = Held()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'cunzhantong.db'}"
        build(url, today, now)
        records = fill(url, today)
        nights(url, today)
        engine = open_engine(url, TEXT_KEYS)
        blobs = FolderStore(home / "photos")
        blobs.begin()
        shop = Workshop(
            engine, blobs, tuple(standards_in(ROOT / "standards")),
            programmes=programmes_in(ROOT / "standards"), home=home,
        )  # fmt: skip
        worker = Worker(shop, periodics=())
        chores = [one.kind for one in PERIODIC if one.kind not in NEEDS_A_HOME]
        for night in ("first", "second"):
            for kind in dict.fromkeys(chores):
                with writing(engine) as session:
                    enqueue(session, kind, {}, now=clock.now())
                held.chore = f"{night} {kind}"
                with held.watching():
                    while worker.do_one():
                        pass
        engine.dispose()
    print(f"{records:,} records, 267 stations; ms under the writers' lock (target ≤ {TARGET_MS})")
    found = {kind: max(held.times.get(f"second {kind}", [0.0])) for kind in chores}
    for kind, longest in sorted(found.items(), key=lambda one: -one[1]):
        first = max(held.times.get(f"first {kind}", [0.0]))
        late = "  LATE" if longest > TARGET_MS else ""
        print(f"  {kind:28} {longest:8.1f}   first night {first:8.1f}{late}")
