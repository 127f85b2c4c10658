"""Draws a round's stations so that anybody with the list and the seed draws the same ones.

Each station puts tickets into the drum (one, and more for every flag, missed round, open
question and complaint; ours); a ticket's number is the SHA-256 of "seed|station|turn",
and the stations with the smallest numbers are drawn. `printf '%s' 'seed|C0001|1' | sha256sum`
repeats it by hand. A station with more tickets is likelier in exactly that proportion, at every
place of the draw.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.errors import Invalid
from server.labelled import Labelled

TICKETS_PER_FLAG = 2
TICKETS_PER_MISSED_ROUND = 2
MOST_TICKETS = 21
MOST_FOR_COMPLAINTS = 6
"""Tickets; however many complain, that alone makes no station certain to be drawn."""


class SampleKind(Labelled):
    """How a round's stations are chosen; the long word tells the office what that means."""

    ALL = "all", "全部检查", "", "选中乡镇的乡镇站和村级点都查"
    RANDOM = "random", "随机抽查", "", "每个站机会一样，按抽签码抽"
    WEIGHTED = (
        "weighted",
        "按风险抽查",
        "",
        "不符合的条款、没查到的轮次、待说明的提示、近一年的投诉越多，签越多（本系统的算法）",
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A station that could be drawn; `key` is its number, `why` says why it has more tickets."""

    key: str
    tickets: int = 1
    why: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A station that was drawn, with the reason as a screen shows it."""

    key: str
    because: str


def draw(
    candidates: Iterable[Candidate], *, kind: SampleKind, seed: str = "", size: int | None = None
) -> list[Drawn]:
    """Draw `size` stations (all of them for kind "all"), in the candidates' own order.

    The order in which candidates are handed in does not matter to who is drawn. Raises Invalid
    round-sample-wrong where the size cannot be, or a seed is missing.
    """
    every = list(candidates)
    if kind is SampleKind.ALL:
        return [Drawn(one.key, kind.label) for one in every]
    if not seed.strip():
        raise Invalid("round-sample-wrong", "抽查要有一个抽签码，别人才能照着再抽一遍。请填写。")
    if size is None or not 1 <= size <= len(every):
        raise Invalid("round-sample-wrong", f"抽查数量应为1到{len(every)}之间的整数，请重新填写。")
    ranked = sorted(every, key=lambda one: (_smallest(one, seed, kind), one.key))
    chosen = {one.key for one in ranked[:size]}
    return [Drawn(one.key, _because(one, kind)) for one in every if one.key in chosen]


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a station likelier in a weighted draw; the numbers per kind are ours."""

    flags: int = 0  # 应 clauses that it fails
    missed: int = 0  # rounds in which nobody got to see it
    signals: int = 0  # open integrity questions
    complaints: int = 0  # of villagers in the last year
    per_complaint: int = 1  # tickets for each, by the county's choice

    @property
    def tickets(self) -> int:
        """How many tickets it puts into the drum."""
        voices = min(self.per_complaint * self.complaints, MOST_FOR_COMPLAINTS)
        extra = (
            TICKETS_PER_FLAG * self.flags
            + TICKETS_PER_MISSED_ROUND * self.missed
            + self.signals
            + voices
        )
        return min(1 + extra, MOST_TICKETS)

    @property
    def why(self) -> str:
        """The same in words; empty for a station with one ticket."""
        told = (
            (self.flags, "条不符合"),
            (self.missed, "轮没查到"),
            (self.signals, "个待说明的提示"),
            (self.complaints if self.per_complaint else 0, "件投诉"),
        )
        return "、".join(f"{count}{words}" for count, words in told if count)


def pick(values: Sequence[str], *, seed: str, key: str) -> str:
    """One of several values for one station, repeatable like a draw."""
    return values[_number(f"{seed}|{key}") % len(values)]


def _smallest(one: Candidate, seed: str, kind: SampleKind) -> int:
    tickets = max(1, one.tickets) if kind is SampleKind.WEIGHTED else 1
    return min(_number(f"{seed}|{one.key}|{turn}") for turn in range(1, tickets + 1))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def _because(one: Candidate, kind: SampleKind) -> str:
    if kind is SampleKind.WEIGHTED and one.tickets > 1:
        return f"抽签：{one.tickets}张签（{one.why}）" if one.why else f"抽签：{one.tickets}张签"
    return "抽签：1张签"
