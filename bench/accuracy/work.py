"""Spreads measuring over processes of one thread each; the number of them changes no figure."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from bench.accuracy.tally import Tally

Job = Callable[[], Mapping[str, Tally]]
"""Measures one photo for some parts; a module's function and its arguments, so that it pickles."""
Asked = TypeVar("Asked")
Made = TypeVar("Made")


def measured(jobs: Iterable[Job], processes: int) -> dict[str, Tally]:
    """The parts' tallies over all jobs, added up in the jobs' order."""
    total: dict[str, Tally] = {}
    for found in each(_done, jobs, processes):
        for part, tally in found.items():
            total.setdefault(part, Tally()).take_in(tally)
    return total


def each(work: Callable[[Asked], Made], asked: Iterable[Asked], processes: int) -> Iterator[Made]:
    """Do the work for each, and answer in the order asked; in this process when one is enough."""
    if processes == 1:
        yield from map(work, asked)
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    # Not forked: OpenCV and ONNX Runtime keep threads that a fork would lose.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        yield from pool.map(work, asked)


def timed(judge: Callable[..., Tally], *about: Any) -> Tally:
    """What a part says, with the processor's seconds that it took."""
    began = time.process_time()
    tally = judge(*about)
    tally.cost("s of processor", time.process_time() - began)
    return tally


def processors() -> int:
    """How many of the machine's this process may use."""
    return len(os.sched_getaffinity(0))


def _done(job: Job) -> Mapping[str, Tally]:
    return job()
