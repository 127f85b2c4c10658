"""Who is served next: requests wait in lanes, each with a share of the threads and a patience."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
FILES = (".xlsx", ".csv", ".pdf", ".docx", ".zip")


@dataclass
class Lane(Generic[Item]):
    """Requests of one kind: at most `share` are served at once, each waits `patience_s` at most."""

    name: str
    share: int
    patience_s: float
    serving: int = 0
    waiting: deque[tuple[float, Item]] = field(default_factory=deque)


class Lanes(Generic[Item]):
    """All lanes of one process with so many threads; nothing in here waits or looks at a clock.

    Without lanes a flood of exports or photos would take every thread, and a check-in would wait
    for all of them. Whoever waits longer than a lane's patience is sent away while it is still
    worth it: a thread serves a request that somebody waits for.
    """

    def __init__(self, threads: int) -> None:
        half, quarter = max(1, threads // 2), max(1, threads // 4)
        self._free = threads
        lanes: list[Lane[Item]] = [
            Lane("watch", threads, 5.0),
            Lane("people", threads, 1.0),
            Lane("photos", half, 1.5),
            Lane("desk", half, 5.0),
            # What takes whole seconds of a processor: two at once fill the two that there are.
            Lane("files", quarter, 15.0),
        ]
        self._lanes = {lane.name: lane for lane in lanes}

    def put(self, item: Item, *, lane: str, now_s: float) -> None:
        """Have it wait for its turn."""
        self._lanes[lane].waiting.append((now_s, item))

    def next(self) -> tuple[str, Item] | None:
        """Whoever may begin now, with the lane to give back by `done`: watchers, then by age."""
        ready = [
            lane for lane in self._lanes.values() if lane.waiting and lane.serving < lane.share
        ]
        if not ready or not self._free:
            return None
        lane = min(ready, key=lambda one: (one.name != "watch", one.waiting[0][0]))
        _, item = lane.waiting.popleft()
        lane.serving += 1
        self._free -= 1
        return lane.name, item

    def done(self, lane: str) -> None:
        """One of this lane has been served."""
        self._lanes[lane].serving -= 1
        self._free += 1

    def sent_away(self, now_s: float) -> Iterator[tuple[str, Item]]:
        """Take out whoever has waited longer than the lane's patience, with the lane."""
        for lane in self._lanes.values():
            while lane.waiting and now_s - lane.waiting[0][0] > lane.patience_s:
                yield lane.name, lane.waiting.popleft()[1]


def lane_of(method: str, path: str, content_type: str) -> str:
    """The lane of a request, told by its first line and the kind of its body."""
    if path in ("/healthz", "/readyz", "/metrics"):
        return "watch"
    if "/photos/" in path:
        return "photos"
    if not path.startswith("/desk"):
        return "people"
    if path.endswith(FILES) or (method == "POST" and content_type.startswith("multipart/")):
        return "files"
    return "desk"
