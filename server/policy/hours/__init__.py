"""Opening hours: what people type and boards say, as the register keeps, prints and asks it."""

from server.policy.hours.grammar import parse_hours, read_week
from server.policy.hours.now import OpenNow, open_now
from server.policy.hours.open import Holidays, nobody_knows, open_at, open_on, still_opens
from server.policy.hours.week import Week, same_week, stored, week_of
from server.policy.hours.written import hours_lines, hours_text

__all__ = [
    "Holidays", "OpenNow", "Week", "hours_lines", "hours_text", "nobody_knows", "open_at",
    "open_now", "open_on", "parse_hours", "read_week", "same_week", "still_opens", "stored",
    "week_of",
]  # fmt: skip
