"""How a line of the history tells that the register had been wrong on days that are past.

The wrong entry stays in its own line; this one stands above it, and what reckons past days reads
both. Which days are meant stands in the name of the change's field, as the days of an erasure do.
"""

from datetime import date

CORRECTED = "station-corrected"
HOURS, NEVER_CLOSED, WAS_CLOSED = "hours-held:", "never-closed:", "was-closed:"
"""Before the two days of a change: hours with both days, closings without the second."""
TOLD_AGAIN = "closing-told-again:"
"""Before the number of a line whose content a law had deleted, and that nobody misses any more."""


def field_of(mark: str, first: date, other: date) -> str:
    """The field of a change that tells of the days from `first` to `other`."""
    return f"{mark}{first.isoformat()}:{other.isoformat()}"


def days_of(field: str, mark: str) -> tuple[date, date] | None:
    """The two days of a change with this mark; None for another's."""
    if not field.startswith(mark):
        return None
    first, _, other = field.removeprefix(mark).partition(":")
    return date.fromisoformat(first), date.fromisoformat(other)
