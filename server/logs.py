"""How log lines look, the same for web processes, the worker and the supervisor."""

import logging
import sys

import structlog


def set_up_logs() -> None:
    """One JSON line per event, Chinese readable, to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        # Kept only with the process's own error stream: one that was put in its place for a while
        # (a test, a captured command) is closed, and a kept logger would still write into it.
        cache_logger_on_first_use=sys.stderr is sys.__stderr__,
    )
