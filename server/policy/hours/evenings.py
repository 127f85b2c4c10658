"""Mornings that may be evenings, told by what stands beside them."""

from collections.abc import Sequence
from itertools import pairwise

from server.policy.hours.items import Item
from server.policy.hours.times import AFTERNOON, EVENING, LATE_MORNING, NOON, refuse


def refuse_maybe_evenings(items: Sequence[Item]) -> None:
    """Refuse mornings that may be evenings.

    7点到9点，16点到19点 and 8-11 14-17 are mornings, for more follows; 10:00-14:00 5:00-9:00 and
    下午5:00-9:00，周六5:00-9:00 are likely none.
    """
    later = False
    for item, after in pairwise([*items, Item("hard", "")]):
        if item.kind != "times":
            continue
        followed = after.kind == "times" and after.span[0] >= NOON
        early = not item.half and item.span[1] <= LATE_MORNING
        if early and (later or (item.loose and not followed)):
            refuse(f"“{item.text}”看不清是上午还是下午", words=item.text)
        backwards = after.kind == "times" and after.span[0] < item.span[0]
        if backwards and not after.half and after.span[1] <= LATE_MORNING:
            refuse(f"“{after.text}”看不清是上午还是下午", words=after.text)
        later = later or item.half in AFTERNOON | EVENING
