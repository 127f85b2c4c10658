"""Reads a contradiction as a plan's file declares it: its readings, each in the plan's words."""

import re

from server.policy.document import Part
from server.policy.plan.nouns import PlanConflict, Reading
from server.policy.standard.facts import Level

TOTALS = {"village-total": Level.VILLAGE_POINT}
"""Contradictions of totals in files published before a contradiction could name its level."""


def read_conflict(part: Part) -> PlanConflict:
    """One contradiction; raises StandardError with file, line and reason."""
    fields = part.fields(needed=("key", "title", "affects", "readings"), known=("level",))
    readings = tuple(_reading(one) for one in fields["readings"].items())
    if len(readings) < 2:
        fields["readings"].refuse("矛盾至少要有两种读法")
    key = fields["key"].text()
    level = fields.get("level", _level, TOTALS.get(key))
    if level is not None and any(one.number is None for one in readings):
        fields["readings"].refuse("写了“level”，每种读法的“value”里都要有一个“…个”的数")
    return PlanConflict(
        key=key,
        title=fields["title"].text(),
        readings=readings,
        affects=fields["affects"].text(),
        derived=False,
        levels=(level,) if level else (),
    )


def _reading(part: Part) -> Reading:
    fields = part.fields(needed=("label", "value", "clause", "text"))
    value = fields["value"].text()
    return Reading(
        label=fields["label"].text(),
        value=value,
        clause=fields["clause"].text(),
        text=fields["text"].text(),
        number=number_in(value),
    )


def number_in(value: str) -> int | None:
    """The first count that a reading gives ("48个"), None where it gives none."""
    found = re.search(r"(\d{1,9})\s*个", value)
    return int(found[1]) if found else None


def _level(part: Part) -> Level:
    return Level(part.one_of([level.value for level in Level]))
