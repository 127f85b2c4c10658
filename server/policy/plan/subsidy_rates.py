"""Rates per piece: tiers by level, township and volume, what they come to, and 不退坡."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.money import fen_of_li, li_said, yuan_said
from server.policy.standard.facts import Level

MOST_TIERS = 60
USUAL_LI = (50, 2_000)
"""What a piece is paid, in 厘: 0.3 to 1 yuan in the plans and in what Shanxi published."""
LEAST_FEN = 10_000
"""Sums below a hundred yuan are hardly one-off subsidies (1,000 to 300,000 yuan) or budgets."""
MOST_AWARD_FEN, MOST_BUDGET_FEN = 100_000_000, 10_000_000_000
"""A million yuan for one station, a hundred million for a county's plan."""


@dataclass(frozen=True, slots=True, order=True)
class Tier:
    """So many 厘 for each piece above so many in a month; "" means any level or township."""

    level: str
    township: str
    above: int
    li: int

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"level": self.level, "township": self.township, "above": self.above, "li": self.li}


@dataclass(frozen=True, slots=True)
class Rate:
    """What holds from a day on until a later one; `source` is the paper that says so."""

    from_on: date
    tiers: tuple[Tier, ...]
    source: str


def tiers_from(rows: Iterable[Any]) -> tuple[Tier, ...]:
    """Tiers as a row keeps them."""
    return tuple(Tier(one["level"], one["township"], one["above"], one["li"]) for one in rows)


def faults_of(tiers: Sequence[Tier]) -> str:
    """Why these cannot be one rate, as a sentence; "" where they can."""
    if not tiers:
        return "请至少写一档每件多少钱。"
    if len(tiers) > MOST_TIERS:
        return f"最多{MOST_TIERS}档，请合并几档再存。"
    seen: set[tuple[str, str, int]] = set()
    for one in tiers:
        place = (one.level, one.township, one.above)
        if place in seen:
            return "有两档的级别、乡镇和起算件数都一样，请删掉一档。"
        seen.add(place)
    for level, township, above in seen:
        if above and (level, township, 0) not in seen:
            return f"有一档从{above}件以上起，却没有从0件起的一档，请补上。"
    return ""


def odd_rate(tiers: Sequence[Tier], amount_fen: int | None) -> str:
    """What of a rate is hardly meant so, and what may be; "" where all of it is usual."""
    if amount_fen is not None:
        return odd_sum(amount_fen, MOST_AWARD_FEN)
    least, most = USUAL_LI
    odd = sorted({one.li for one in tiers if not least <= one.li <= most})
    if not odd:
        return ""
    told = "、".join(f"每件{li_said(li)}" for li in odd)
    meant = next((odd[-1] // by for by in (10, 100) if odd[-1] // by in range(100, 1001)), 0)
    ask = f"，要写的是不是{li_said(meant)}" if odd[-1] > most and meant else ""
    return f"{told}，和一般的标准差得很远（多数是每件0.3元到1元）{ask}"


def odd_sum(fen: int, most: int = MOST_BUDGET_FEN) -> str:
    """The same of a sum that is given at once; money taken back is below zero."""
    if abs(fen) > most:
        return f"{yuan_said(abs(fen))}很多，请数一数有几位"
    if abs(fen) >= LEAST_FEN:
        return ""
    return f"{yuan_said(abs(fen))}很少，这里的单位是元，不是万元"


def tiers_for(tiers: Iterable[Tier], *, level: Level, township: str) -> tuple[Tier, ...]:
    """The tiers of a station, by volume: the township's own before its level's before all."""
    found: dict[tuple[str, str], list[Tier]] = {}
    for one in tiers:
        found.setdefault((one.level, one.township), []).append(one)
    for place in ((level.value, township), ("", township), (level.value, ""), ("", "")):
        if place in found:
            return tuple(sorted(found[place], key=lambda one: one.above))
    return ()


@dataclass(frozen=True, slots=True)
class Priced:
    """What pieces come to; `parts` are (pieces, 厘 each), and only their sum is rounded."""

    parts: tuple[tuple[int, int], ...]

    @property
    def fen(self) -> int:
        """The amount in 分."""
        return fen_of_li(sum(pieces * li for pieces, li in self.parts))

    def with_more(self, other: "Priced") -> "Priced":
        """Both together, pieces of the same rate in one part."""
        sums: dict[int, int] = {}
        for pieces, li in (*self.parts, *other.parts):
            sums[li] = sums.get(li, 0) + pieces
        return Priced(tuple((pieces, li) for li, pieces in sums.items() if pieces))

    @property
    def said(self) -> str:
        """410件×0.3元，90件×0.2元."""
        return "，".join(f"{pieces:,}件×{li_said(li)}" for pieces, li in self.parts)


NOTHING = Priced(())


def price(pieces: int, tiers: Sequence[Tier], *, after: int = 0) -> Priced | None:
    """Each piece at the rate of the tier into which it falls; None without a rate.

    `after` is how many of the same month came before.
    """
    if not tiers or tiers[0].above:
        return None
    bounds = [one.above for one in tiers[1:]]
    parts = []
    for tier, until in zip(tiers, [*bounds, None], strict=True):
        last = after + pieces if until is None else min(after + pieces, until)
        inside = max(0, last - max(after, tier.above))
        if inside:
            parts.append((inside, tier.li))
    return Priced(tuple(parts))


def rate_on(rates: Iterable[Rate], on: date) -> Rate | None:
    """What holds on a day: the newest that had begun; of two of a day the later entered."""
    found: Rate | None = None
    for one in rates:
        if one.from_on <= on and (found is None or one.from_on >= found.from_on):
            found = one
    return found


def lower_than(now: Rate, before: Rate) -> tuple[str, ...]:
    """Where a rate pays less for a piece than one before, each in words; empty where nowhere."""
    townships = sorted({one.township for one in (*now.tiers, *before.tiers)})
    steps = sorted({one.above for one in (*now.tiers, *before.tiers)})
    found = []
    for level in (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT):
        for township in townships:
            own = tiers_for(now.tiers, level=level, township=township)
            old = tiers_for(before.tiers, level=level, township=township)
            for step in steps:
                new_li, old_li = _at(own, step), _at(old, step)
                if old_li is not None and (new_li is None or new_li < old_li):
                    told = "没有标准" if new_li is None else f"每件{li_said(new_li)}"
                    above = f"{step}件以上" if step else ""
                    found.append((level, township, f"{above}{told}，原来{li_said(old_li)}"))
    return tuple(
        f"{level.short}{f'（{township}）' if township else ''}{said}"
        for level, township, said in found
    )


def _at(tiers: Sequence[Tier], above: int) -> int | None:
    """What the next piece above so many is paid; None without a rate."""
    return next((one.li for one in reversed(tiers) if one.above <= above), None)
