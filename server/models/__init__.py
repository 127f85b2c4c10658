"""The nouns, one a file; importing this package fills `Base.metadata`."""

from server.models import (
    county,
    history,
    inspection,
    job,
    person,
    phone_event,
    photo_print,
    rectification,
    sign,
    statement,
    station,
)

__all__ = [
    "county",
    "history",
    "inspection",
    "job",
    "person",
    "phone_event",
    "photo_print",
    "rectification",
    "sign",
    "statement",
    "station",
]
