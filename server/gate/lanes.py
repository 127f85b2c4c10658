"""Who is served next: requests wait in lanes, each with a share of the threads and a patience."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
LATELY = 0.1  # the last one's weight among what serving has taken
WATCH = "watch"
"""The lane of those who ask how the house is."""
FILES = (".xlsx", ".csv", ".pdf", ".docx", ".zip")


@dataclass
class Lane(Generic[Item]):
    """Requests of one kind: at most `share` are served at once, each answered within `answer_s`.

    `served_s` is how long serving one has lately taken.
    """

    name: str
    share: int
    answer_s: float
    serving: int = 0
    served_s: float = 0.0
    waiting: deque[tuple[float, Item]] = field(default_factory=deque)

    @property
    def patience_s(self) -> float:
        """How long one may wait for a thread, so that there is time left to serve it."""
        return max(self.answer_s / 4, self.answer_s - 1.5 * self.served_s)


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
            Lane(WATCH, threads, 5.0),
            Lane("people", threads, 1.5),
            Lane("photos", half, 2.0),
            Lane("desk", half, 6.0),
            # What takes whole seconds of a processor: two at once fill the two that there are.
            Lane("files", quarter, 20.0),
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

    def done(self, lane: str, took_s: float) -> None:
        """One of this lane has been served."""
        of = self._lanes[lane]
        of.serving -= 1
        of.served_s += LATELY * (took_s - of.served_s)
        self._free += 1

    def sent_away(self, now_s: float) -> Iterator[tuple[str, Item]]:
        """Take out whoever has waited longer than the lane's patience, with the lane."""
        for lane in self._lanes.values():
            while lane.waiting and now_s - lane.waiting[0][0] > lane.patience_s:
                yield lane.name, lane.waiting.popleft()[1]


def lane_of(method: str, path: str, content_type: str) -> str:
    """The lane of a request, told by its first line and the kind of its body."""
    if path in ("/healthz", "/readyz", "/metrics"):
        return WATCH
    if "/photos/" in path:
        return "photos"
    if not path.startswith("/desk"):
        return "people"
    if path.endswith(FILES) or (method == "POST" and content_type.startswith("multipart/")):
        return "files"
    return "desk"
