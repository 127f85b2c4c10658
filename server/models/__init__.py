"""The nouns, one a file; importing this package fills `Base.metadata`."""

from server.models import (
    county,
    history,
    inspection,
    job,
    month,
    person,
    phone_event,
    phone_help,
    photo_print,
    reading,
    rectification,
    sheet_import,
    sign,
    signal,
    statement,
    station,
)

__all__ = [
    "county",
    "history",
    "inspection",
    "job",
    "month",
    "person",
    "phone_event",
    "phone_help",
    "photo_print",
    "reading",
    "rectification",
    "sheet_import",
    "sign",
    "signal",
    "statement",
    "station",
]
