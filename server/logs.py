"""How log lines look, the same for web processes, the worker and the supervisor."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

FROM_OUTSIDE = ("exception", "error", "cause", "reason")
"""Fields with words that are not ours: a database or a library may repeat what somebody typed."""
_DETAIL = re.compile(r"(DETAIL|CONTEXT|HINT):[^\n]*")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LONG_NUMBER = re.compile(r"\d{7,}")


def without_people(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Leave out of others' words what tells of people: names, telephone and account numbers.

    What happened and where in the code stays. PostgreSQL repeats the row in its DETAIL; every
    Chinese word and every long number is taken for somebody's.
    """
    for name in FROM_OUTSIDE:
        if isinstance(said := line.get(name), str):
            said = _DETAIL.sub(r"\1: …", said)
            line[name] = _LONG_NUMBER.sub("…", _CHINESE.sub("…", said))
    return line


_JSON = json.JSONEncoder(ensure_ascii=False, default=repr)  # json.dumps makes one a line


def _as_json(line: object, **_how: object) -> str:
    return _JSON.encode(line)


def set_up_logs() -> None:
    """One JSON line per event, Chinese readable, to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_people,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        # Kept only with the process's own error stream: one that was put in its place for a while
        # (a test, a captured command) is closed, and a kept logger would still write into it.
        cache_logger_on_first_use=sys.stderr is sys.__stderr__,
    )


def of_person(person_id: int) -> None:
    """Say in every further line of this request by whom it is: by number, never by name."""
    structlog.contextvars.bind_contextvars(person=person_id)
