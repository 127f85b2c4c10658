"""Has a long-lived process begin anew where it stands, to give back what a night's work loaded."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from server.supervisor import GO, python_program

GROWN_MB = 10.0
"""Of its own memory, since it began: the code of the night's chores takes 15 to 20."""
APART_S = 3 * 3600.0
"""Not oftener: what a photo is compared with has to be read again afterwards."""
BEGAN_ANEW = "CZT_BEGAN_ANEW_S"  # on the machine's steady clock; set here, never by people


def own_mb() -> float:
    """Megabytes that this process holds and shares with no file; 0 where no kernel tells."""
    try:
        resident, shared = Path("/proc/self/statm").read_text().split()[1:3]
    except OSError:
        return 0.0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Lightness:
    """How much a process held when it began, and when it last began anew."""

    at_first_mb: float = field(default_factory=own_mb)
    anew_s: float | None = None

    @classmethod
    def at_start(cls, environ: Mapping[str, str] = os.environ) -> "Lightness":
        """What this process holds now, before its first work."""
        said = environ.get(BEGAN_ANEW)
        return cls(anew_s=float(said) if said else None)

    def is_lost(self, now_mb: float, steady_s: float) -> bool:
        """Whether beginning anew is worth its second of work."""
        lately = self.anew_s is not None and 0 <= steady_s - self.anew_s < APART_S
        return now_mb - self.at_first_mb >= GROWN_MB and not lately


def begin_anew(*arguments: str) -> NoReturn:
    """Become `python -m server …` afresh: same process number, so nobody need look after it.

    Files that were opened here are closed by it; nobody has to wait for the house any more. What
    comes to stop it while it loads ends it, but for a container's first process: that hears nothing
    before its own handlers stand, as at its first start.
    """
    os.environ[BEGAN_ANEW] = str(time.monotonic())
    os.environ.pop(GO, None)
    sys.stdout.flush()
    sys.stderr.flush()
    command = python_program("server", *arguments)
    os.execv(command[0], command)  # noqa: S606 - our own program
