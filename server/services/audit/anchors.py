"""Anchors: a head of the chain that was written down, on this machine or on a paper elsewhere."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from server.errors import Invalid

OWN = "本机所存"
TOLD = 40
ANCHOR = re.compile(
    r"(?:(?P<county>\d{6})\D+)?"
    r"(?P<year>\d{4})\s*[年-]\s*(?P<month>\d\d?)\s*[月-]\s*(?P<day>\d\d?)"
    r"\D+?(?P<seq>\d{1,12})\D*?(?:校验|\s)\s*(?P<hash>[0-9a-f]{16,64})\b"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that was written down elsewhere; `hash` may be its first characters alone."""

    on: date
    seq: int
    hash: str
    county: str = ""
    source: str = OWN

    def names(self, kept: str) -> bool:
        """Whether a line's hash is the one written down; of our own all of it has to be there."""
        return kept == self.hash if self.source == OWN else kept.startswith(self.hash)


def anchors_in(text: str, *, source: str) -> list[Anchor]:
    """The anchors of a file or of what somebody typed off a paper, one a line.

    Raises Invalid anchor-unreadable for a line with words in which there is none.
    """
    found = []
    for line in text.splitlines():
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        one = ANCHOR.search(said.lower())  # hex may be typed in capitals
        if one is None:
            raise Invalid(
                "anchor-unreadable",
                f"这一行看不出是存证：“{said[:TOLD]}”。"
                "请照纸上写成“存证 2026年11月30日 序号12 校验0123456789abcdef”。",
            )
        try:
            on = date(*(int(one[part]) for part in ("year", "month", "day")))
        except ValueError as wrong:
            raise Invalid(
                "anchor-unreadable", f"“{one[0]}”里的日期不对。请照纸上的存证再写一遍。"
            ) from wrong
        found.append(Anchor(on, int(one["seq"]), one["hash"], one["county"] or "", source))
    return found


def refuse_foreign(anchors: Collection[Anchor], counties: Collection[str]) -> None:
    """Raise Invalid anchor-of-which-county where an anchor cannot be given to one county."""
    if len(counties) > 1 and any(not one.county for one in anchors):
        raise Invalid(
            "anchor-of-which-county",
            "这台机器上有几个县，存证里没写是哪个县的。请加上 --county 县代码，一次核对一个县。",
        )
