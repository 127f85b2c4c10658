"""The only reader of the clock behind HTTP; services are told the time."""

from datetime import UTC, date, datetime

from server.calendar import beijing_day


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def today() -> date:
    """Today in Beijing, which is the day on every form."""
    return beijing_day(now())
