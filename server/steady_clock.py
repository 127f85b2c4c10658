"""Notices that the machine's clock was set, by a clock that nobody can set."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger()


@dataclass
class SteadyClock:
    """Compares two clocks each time it is asked; one object for each who wants to know."""

    _seen: tuple[datetime, float] | None = None
    _set_at_s: float | None = None

    def was_set_within(self, span: timedelta, *, now: datetime, steady_s: float) -> bool:
        """Whether the clock jumped within the last `span`; to be asked again and again."""
        if self._seen is not None:
            then, then_s = self._seen
            jump = now - then - timedelta(seconds=steady_s - then_s)
            if abs(jump) > span / 6:
                self._set_at_s = steady_s
                log.warning("the clock was set", by_s=round(jump.total_seconds()))
        self._seen = now, steady_s
        return self._set_at_s is not None and steady_s - self._set_at_s <= span.total_seconds()
