"""A clause of which two inspectors said opposite things on one day: unknown until it is decided."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Contest:
    """Two inspectors' opposite findings of one clause on one Beijing day.

    `holds` is None while nobody has decided, else whether the clause is met by the one whose word
    stands; `since` and `evidence` are then that one's, before it the evidence is both's.
    """

    on: date
    why: str
    evidence: tuple[str, ...]
    holds: bool | None = None
    since: date | None = None
