"""How long inspectors stayed at the stations of a round, as far as the times can be trusted."""

from collections.abc import Sequence
from statistics import median

from server.policy.rounds.frozen import Figures


def stays(figures: Figures) -> tuple[Sequence[int], int]:
    """The minutes of each visit that counts, and of how many visits nobody can tell.

    Reports of earlier releases tell of none.
    """
    inside = [
        one["minutes"]
        for one in figures["stations"]
        if "minutes" in one and one["inspection_id"] is not None
    ]
    return [one for one in inside if one is not None], sum(one is None for one in inside)


def stay_text(figures: Figures) -> str:
    """The usual stay in one sentence; empty where nothing is known of any."""
    known, unknown = stays(figures)
    if not known and not unknown:
        return ""
    if not known:
        return f"在站时间：{unknown}个站点的时间都没有核实，算不出来"
    usual = f"在站时间：最短{min(known)}分钟，一般{round(median(known))}分钟，最长{max(known)}分钟"
    return usual + (f"；另有{unknown}个站点的时间没有核实，没有算进去" if unknown else "")
