"""What a monthly report freezes as JSON when it is handed in, and the office's summary, by key.

Days are ISO 8601, months "2026-11".
"""

from typing import TypedDict


class ReportFigure(TypedDict):
    """One number that the house gives.

    `value` None is unknown (`note` says why), never 0; `of` is what it is a part of or the target,
    None where there is none; `unknown` of them nothing is known of. `before` is what the unit's
    report of the month before said. `stations` are the ids behind it, where stations are.
    """

    key: str
    section: str
    label: str
    unit: str
    value: int | None
    of: int | None
    unknown: int
    before: int | None
    note: str
    stations: list[int]


class FrozenPart(TypedDict):
    """One part as written; `blank` is a value of Blank where nothing was."""

    key: str
    label: str
    text: str
    blank: str
    blank_label: str


class ReportContent(TypedDict):
    """One version of one unit's month, whole.

    `by` handed it in; where that was not the liaison, `source` says what the office entered it
    from. `on` is the Beijing day of the figures, `received_on` that on which it came.
    """

    county: str
    unit: str
    unit_short: str
    month: str
    version: int
    on: str
    due_on: str
    received_on: str
    liaison: str
    by: str
    source: str
    because: str
    demo: bool
    figures: list[ReportFigure]
    parts: list[FrozenPart]


class SummarisedUnit(TypedDict):
    """One unit in the office's summary: what was accepted of it, or that it is missing.

    `version` is 0 where nothing is accepted; then `parts` is empty and `missing` says how it
    stands.
    """

    unit: str
    unit_short: str
    version: int
    sha256: str
    received_on: str
    timeliness: str
    days_late: int
    missing: str
    parts: list[FrozenPart]


class SummaryContent(TypedDict):
    """The office's own report of a month to the 专班."""

    county: str
    issuer: str
    month: str
    version: int
    on: str
    due_on: str
    by: str
    because: str
    demo: bool
    units: list[SummarisedUnit]
    figures: list[ReportFigure]
    words: str
