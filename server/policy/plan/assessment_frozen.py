"""What an assessment freezes as JSON: a scheme's items, what was counted, and the issued sheet.

Points are text ("9.5"), so that no program rounds them; days are ISO 8601.
"""

from decimal import Decimal
from typing import TypedDict

from server.policy.plan.assessment import Band, Counted, Item, Untold, Way, points_text


class FrozenItem(TypedDict):
    """One line of a scheme; `bands` are pairs of percent and points."""

    key: str
    title: str
    points: str
    basis: str
    way: str
    measure: str
    untold: str
    bands: list[list[str]]


class FrozenFigure(TypedDict):
    """What was counted of one of those assessed for one item, by name where it was not done.

    `missing` are what was not done and `untold` what nobody could tell, each by name; `source` says
    on what the count rests.
    """

    done: int
    not_done: int
    unknown: int
    missing: list[str]
    untold: list[str]
    source: str


class FrozenCell(TypedDict):
    """One item of one of those assessed: counted, proposed, and what counts in the end.

    `lowest` and `highest` are the proposal ("" where there is none); `reason` and `by` are a
    person's, "" where the proposal counts as it is.
    """

    item: str
    figure: FrozenFigure | None
    lowest: str
    highest: str
    points: str
    reason: str
    by: str


class FrozenRow(TypedDict):
    """One of those assessed; `total` "" and `rank` None while points are missing."""

    subject: str
    name: str
    cells: list[FrozenCell]
    total: str
    rank: int | None


class FrozenScheme(TypedDict):
    """The scheme that held, whole."""

    name: str
    version: int
    from_on: str
    basis: str
    sha256: str
    items: list[FrozenItem]


class AssessmentContent(TypedDict):
    """An issued assessment, whole; `whole_ranking` is whether everybody assessed sees all totals.

    `drawn_at` is when the counts were taken; `last_day` says on what the last day's stations rest.
    """

    county: str
    issuer: str
    whom: str
    title: str
    period: str
    from_on: str
    until_on: str
    version: int
    on: str
    by: str
    because: str
    drawn_at: str
    last_day: str
    whole_ranking: bool
    demo: bool
    scheme: FrozenScheme
    rows: list[FrozenRow]


def frozen_item(item: Item) -> FrozenItem:
    """An item as it is kept."""
    return {
        "key": item.key,
        "title": item.title,
        "points": points_text(item.points),
        "basis": item.basis,
        "way": item.way.value,
        "measure": item.measure,
        "untold": item.untold.value,
        "bands": [[points_text(one.percent), points_text(one.points)] for one in item.bands],
    }


def item_of(kept: FrozenItem) -> Item:
    """The item that was kept."""
    return Item(
        key=kept["key"],
        title=kept["title"],
        points=Decimal(kept["points"]),
        basis=kept["basis"],
        way=Way(kept["way"]),
        measure=kept["measure"],
        untold=Untold(kept["untold"]),
        bands=tuple(Band(Decimal(percent), Decimal(points)) for percent, points in kept["bands"]),
    )


def counted_of(figure: FrozenFigure | None) -> Counted | None:
    """The counts of a figure."""
    if figure is None:
        return None
    return Counted(figure["done"], figure["not_done"], figure["unknown"])
