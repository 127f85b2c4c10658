"""Whether what is said to be sure comes true: temperatures fitted, and the table that shows it."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from server.media.reading.measured import likely_share
from server.policy.signs.sureness import at_temperature

Pair = tuple[float, bool]
"""What was said of one reading, from 0 to 1, and whether it was right."""
EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Bins of what was said: each from its lower edge on, the last with its upper one."""
_COLDEST, _HOTTEST = 0.5, 50.0
_GOLDEN = (math.sqrt(5) - 1) / 2


def fitted(pairs: Sequence[Pair]) -> float:
    """The temperature with the least log loss; 1 where nothing was read.

    Outcomes count as Platt has it, (n + 1) / (n + 2) for those of n right ones and 1 / (m + 2) for
    those of m wrong ones: else of readings that were all right the machine would never doubt one.
    """
    right = sum(came_true for _, came_true in pairs)
    goals = (1 / (len(pairs) - right + 2), (right + 1) / (right + 2))

    def loss(cold: float) -> float:
        said = [(at_temperature(own, 1 / cold), goals[came_true]) for own, came_true in pairs]
        return _mean_loss(said)

    return round(1 / _least(loss, 1 / _HOTTEST, 1 / _COLDEST), 2) if pairs else 1.0


def log_loss(pairs: Sequence[Pair]) -> float:
    """Mean of -ln of what was given to that which came true; 0 where nothing was read."""
    return _mean_loss([(said, float(came_true)) for said, came_true in pairs])


def calibration_error(pairs: Sequence[Pair]) -> float:
    """By how much what was said and what came true lie apart: mean over bins, weighed by count."""
    apart = (
        len(inside) * abs(_mean_said(inside) - _share_true(inside)) for _, _, inside in bins(pairs)
    )
    return sum(apart) / max(1, len(pairs))


def bins(pairs: Sequence[Pair]) -> Iterator[tuple[float, float, list[Pair]]]:
    """Lower edge, upper edge, and what was said between them; empty bins are left out."""
    for low, high in pairwise(EDGES):
        inside = [one for one in pairs if low <= one[0] < high or one[0] == high == EDGES[-1]]
        if inside:
            yield low, high, inside


def table(kind: str, own: Sequence[Pair], said: Sequence[Pair]) -> list[str]:
    """The reliability table of a kind in Markdown; `own` before and `said` after, pair by pair."""
    rows = [f"| {kind}, said | read | mean said | came true | true in 95 of 100 such samples |"]
    rows.append("|---|---|---|---|---|")
    for low, high, inside in bins(said):
        hits = sum(came_true for _, came_true in inside)
        least, most = likely_share(hits, len(inside))
        rows.append(
            f"| {low * 100:.0f}–{high:.0%} | {len(inside)} | {_mean_said(inside):.1%}"
            f" | {hits / len(inside):.1%} | {least * 100:.1f}–{most:.1%} |"
        )
    before, after = (
        f"error {calibration_error(pairs):.3f}, log loss {log_loss(pairs):.3f}"
        for pairs in (own, said)
    )
    return [*rows, f"| all | {len(said)} | before: {before} | after: {after} | |"]


def _mean_loss(said: Sequence[tuple[float, float]]) -> float:
    losses = (-goal * math.log(one) - (1 - goal) * math.log(1 - one) for one, goal in said)
    return sum(losses) / max(1, len(said))


def _mean_said(pairs: Sequence[Pair]) -> float:
    return sum(said for said, _ in pairs) / len(pairs)


def _share_true(pairs: Sequence[Pair]) -> float:
    return sum(came_true for _, came_true in pairs) / len(pairs)


def _least(loss: Callable[[float], float], low: float, high: float) -> float:
    """Where a curve with one valley is lowest, by golden sections."""
    while high - low > 1e-5:
        reach = _GOLDEN * (high - low)
        if loss(high - reach) < loss(low + reach):
            high = low + reach
        else:
            low = high - reach
    return (low + high) / 2
