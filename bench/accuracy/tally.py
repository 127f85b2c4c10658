"""Counts what came out under headings, adds such counts up, and prints them as a table."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Outcomes under headings in the order they came, what went wrong, what it cost and said."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)
    said: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    """Under each kind of reading how sure of it the network is, and whether it was right."""

    def add(self, heading: str, outcome: str) -> None:
        """Count one outcome."""
        self.rows.setdefault(heading, Counter())[outcome] += 1

    def miss(self, *words: object) -> None:
        """Remember what to look at."""
        self.misses.append(" ".join(str(word) for word in words))

    def cost(self, what: str, much: float) -> None:
        """Add to what it cost."""
        self.costs[what] = self.costs.get(what, 0) + much

    def say(self, kind: str, sure: float, *, right: bool) -> None:
        """Remember how sure of one reading the network is, beside the truth."""
        self.said.setdefault(kind, []).append((sure, right))

    def take_in(self, other: "Tally") -> None:
        """Add another's counts, misses and costs to these."""
        for heading, counts in other.rows.items():
            self.rows.setdefault(heading, Counter()).update(counts)
        for kind, pairs in other.said.items():
            self.said.setdefault(kind, []).extend(pairs)
        self.misses += other.misses
        for what, much in other.costs.items():
            self.cost(what, much)

    def lines(self, part: str, of: str) -> list[str]:
        """The table as the documents show it; shares of equal weight stand in the alphabet."""
        shown = ["", f"| {part} | {of} | outcomes |", "|---|---|---|"]
        for heading, counts in self.rows.items():
            ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            shares = ", ".join(f"{name} {n / counts.total():.1%}" for name, n in ordered)
            shown.append(f"| {heading} | {counts.total()} | {shares} |")
        shown += ["", ", ".join(f"{n:.0f} {what}" for what, n in self.costs.items())]
        return shown + [f"  missed: {miss}" for miss in self.misses]
