"""How long tests wait: limits are written for a calm machine and stretch with how slow this one is.

Nothing waits longer for that: a wait ends with its event. Only giving up comes later.
"""

import hashlib
import os
import time

CALM_S = 0.0055
"""What the work below takes on a calm core of the slowest machine that the suite is meant for."""
MOST = 10.0
_FRESH_S = 5.0
_PIECES = 4
_BLOCK = bytes(1_000_000)

_seen: dict[str, float] = {}  # what was found, and when


def slower() -> float:
    """How many times slower than a calm machine this one is now: from 1 to MOST.

    Measured by a piece of work that has to wait for its turn as the tests' programs have, and by
    how many programs wait for each core; looked at anew after five seconds.
    """
    now = time.monotonic()
    if not _seen or now - _seen["at"] > _FRESH_S:
        found = factor(_measured(), os.getloadavg()[0], os.cpu_count() or 1)
        _seen.update(at=now, found=found)
    return _seen["found"]


def factor(measured_s: float, load: float, cores: int) -> float:
    """The greater of both views, within bounds."""
    return min(MOST, max(1.0, measured_s / CALM_S, load / cores))


def seconds(calm: float) -> float:
    """So many seconds of a calm machine, in this one's."""
    return calm * slower()


def ms(calm: float) -> float:
    """The same in milliseconds, as browsers' limits are written."""
    return calm * slower()


def is_over(began: float, calm: float) -> bool:
    """Whether a wait begun at this moment of `time.monotonic` has taken too long by now."""
    passed = time.monotonic() - began
    return passed > calm and passed > seconds(calm)


def _measured() -> float:
    """The slowest of a few pieces of work, each begun after giving the core away."""
    worst = 0.0
    for _ in range(_PIECES):
        time.sleep(0.001)
        began = time.perf_counter()
        for _ in range(5):
            hashlib.sha256(_BLOCK).digest()
        worst = max(worst, time.perf_counter() - began)
    return worst
