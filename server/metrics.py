"""Counts what happens, in all processes together, for Prometheus to read.

Web processes and worker each count into files of their own in one folder. A process takes the
first place there that nobody holds; the kernel gives the place back when the process dies, however
it dies, and whoever takes it next counts on. So nothing drops, and the folder does not grow.
"""

import fcntl
import os
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.orm import Session

from server.models.job import Job, JobState
from server.models.phone_event import Photo, PhotoState

if TYPE_CHECKING:  # the worker counts too, and needs none of it
    from server.services.office.gauges import Gauge

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own name; the commands set it
PLACES = 64
RESERVED_BYTES = 2 * 1024 * 1024
KINDS = ("counter", "histogram")
LAG_S = (60, 600, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400)
ANSWER_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BUSINESS_KEPT_S = 30.0
JOB_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

log = structlog.get_logger()
_held: list[int] = []  # descriptors of this process's locks: open as long as it lives


class Answer(Protocol):
    """What is counted of the answer to a record; `arrived` is county, kind and lateness in seconds.

    None where the record is not new, or its time not known.
    """

    @property
    def result(self) -> str:
        """One word."""

    @property
    def code(self) -> str | None:
        """Why not."""

    @property
    def arrived(self) -> tuple[str, str, float] | None:
        """See above."""


class Counters:
    """What this process counts; with a folder in the environment, together with the others."""

    def __init__(self) -> None:
        self.folder = _take_place()
        self._own = CollectorRegistry()
        self._requests = Counter(
            "czt_requests",
            "Answered requests by route",
            ("method", "rule", "status"),
            registry=self._own,
        )
        self._answer_s = Histogram(
            "czt_request_seconds",
            "Time to an answer by door",
            ("door",),
            buckets=ANSWER_S,
            registry=self._own,
        )
        self._synced = Counter(
            "czt_sync_results",
            "Answers to single records that phones sent",
            ("result", "code"),
            registry=self._own,
        )
        self._photos = Counter(
            "czt_photos_received", "Photos whose bytes came in", ("answer",), registry=self._own
        )
        self._photo_bytes = Counter(
            "czt_photo_bytes", "Bytes of newly kept photos", registry=self._own
        )
        self._lag_s = Histogram(
            "czt_arrival_lag_seconds",
            "From what happened at a station to its arrival; unverified times left out",
            ("county", "kind"),
            buckets=LAG_S,
            registry=self._own,
        )
        self._job_s = Histogram(
            "czt_job_seconds",
            "Duration of jobs",
            ("kind", "outcome"),
            buckets=JOB_S,
            registry=self._own,
        )

        self._asking, self._asked_s = threading.Lock(), float("-inf")
        self._gauges: list[Gauge] = []

    def answered(self, method: str, rule: str, status: int, seconds: float) -> None:
        """Count one answered request; `rule` is the route, never the address itself."""
        self._requests.labels(method, rule, str(status)).inc()
        door = {"/api/": "phones", "/desk": "desk"}.get(rule[:5], "public")
        self._answer_s.labels(door).observe(seconds)

    def taken_in(self, answers: Iterable["Answer"]) -> None:
        """Count the answers to records, and how late came what is new."""
        answers = list(answers)
        for (result, code), often in Tally((one.result, one.code) for one in answers).items():
            self._synced.labels(result, code or "").inc(often)
        for one in answers:
            if one.arrived is not None:
                self.arrived(*one.arrived)

    def photo_received(self, answer: str, size: int) -> None:
        """Count a photo whose bytes came: new or same."""
        self._photos.labels(answer).inc()
        if answer == "new":
            self._photo_bytes.inc(size)

    def arrived(self, county: str, kind: str, seconds: float) -> None:
        """Note how late something came."""
        self._lag_s.labels(county, kind).observe(max(0.0, seconds))

    def job_ended(self, kind: str, outcome: str, seconds: float) -> None:
        """Note how long a job took: done, failed, put_off, given_back, lost."""
        self._job_s.labels(kind, outcome).observe(seconds)

    def text(self, session: Session, *, now: datetime) -> bytes:
        """Everything in Prometheus' text format, with what stands in the database right now."""
        shown = CollectorRegistry()
        if self.folder is None:
            shown.register(self._own)
        else:
            MultiProcessCollector(shown, path=str(self.folder))  # type: ignore[no-untyped-call]
        shown.register(_Standing(session, now))
        shown.register(_Business(self._business(session, now)))
        return generate_latest(shown)

    def _business(self, session: Session, now: datetime) -> "list[Gauge]":
        """How the counties stand: asked of the database twice a minute, however many read it."""
        from server.services.office.gauges import gauges

        with self._asking:
            if time.monotonic() - self._asked_s >= BUSINESS_KEPT_S:
                self._gauges = list(gauges(session, now=now))
                self._asked_s = time.monotonic()
            return self._gauges


class _Standing:
    """What is waiting, asked of the database at each reading."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now

    def collect(self) -> Iterator[Metric]:
        """Jobs by state, how long the oldest has waited, photos by state."""
        yield _gauge(
            "czt_jobs",
            "Jobs that are not done, by state",
            "state",
            self._session.execute(
                sa.select(Job.state, sa.func.count())
                .where(Job.state != JobState.DONE)
                .group_by(Job.state)
            ),
            (JobState.DUE, JobState.DOING, JobState.DEAD),
        )
        oldest = self._session.scalar(
            sa.select(sa.func.min(Job.run_at)).where(
                Job.state == JobState.DUE, Job.run_at <= self._now
            )
        )
        age_s = (self._now - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "czt_oldest_due_job_age_seconds", "How long the oldest due job has waited", age_s
        )
        waiting = (PhotoState.ANNOUNCED, PhotoState.KEPT)
        yield _gauge(
            "czt_photos",
            "Photos on their way: announced and not here, kept and not examined",
            "state",
            self._session.execute(
                sa.select(Photo.state, sa.func.count())
                .where(Photo.state.in_(waiting))
                .group_by(Photo.state)
            ),
            waiting,
        )


class _Business:
    """What the services say of the counties, as Prometheus reads it."""

    def __init__(self, found: "list[Gauge]") -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """One family a gauge; one without values stands there with none."""
        for one in self._found:
            family = GaugeMetricFamily(f"czt_{one.name}", one.told, labels=one.labels)
            for labels, value in one.values:
                family.add_metric(labels, value)
            yield family


def _gauge(
    name: str, told: str, label: str, rows: Iterable[Any], every: Iterable[str]
) -> GaugeMetricFamily:
    """One gauge by state; what there is none of stands as 0."""
    found = GaugeMetricFamily(name, told, labels=(label,))
    counted = {str(state): count for state, count in rows}
    for state in every:
        found.add_metric((str(state),), counted.get(str(state), 0))
    return found


def _take_place() -> Path | None:
    """Take a free place in the shared folder; None, and this process counts for itself."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        place = _free_place(Path(folder))
        for kind in KINDS:
            _reserve(Path(folder) / f"{kind}_{place}.db")
    except OSError as error:  # a full disk must not keep anybody from working
        log.warning("metrics only of this process", reason=error.strerror)
        values.ValueClass = values.MutexValue  # what the variable alone would have changed
        return None
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
    return Path(folder)


def _free_place(folder: Path) -> str:
    for number in range(PLACES):
        lock = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        _held.append(lock)
        return str(number)
    raise OSError(0, "all places are taken")


def _reserve(path: Path) -> None:
    """Have the file's bytes on the disk before they are written to through memory.

    On a full disk the kernel would else kill the process in the middle of counting.
    """
    if path.exists() and not _sound(path):
        path.unlink()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, RESERVED_BYTES)
    finally:
        os.close(descriptor)


def _sound(path: Path) -> bool:
    """Whether what an earlier holder of the place counted can be read."""
    try:
        with path.open("rb") as file:
            used = int.from_bytes(file.read(4), sys.byteorder, signed=True)
        if not (used == 0 or 8 <= used <= path.stat().st_size):
            return False
        for _ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
            pass
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is counted anew
        return False
    return True
