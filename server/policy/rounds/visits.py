"""What became of a visit, what changed between two rounds, and how far two words agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

DONE_OUTCOMES = frozenset({"signed", "to_confirm"})
DECIDED = frozenset({"pass", "fail"})
TRUST_REASONS_AT_MOST = 20


class VisitState(StrEnum):
    """Where a station stands in a round; each visit is in exactly one state."""

    DUE = "due"
    DONE = "done"
    LATE = "late"
    REFUSED = "refused"
    CLOSED_DOOR = "closed_door"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state on a screen."""
        return _VISIT_LABELS[self]

    @property
    def inspected(self) -> bool:
        """True where there is a result to count."""
        return self in (VisitState.DONE, VisitState.LATE, VisitState.REFUSED)


_VISIT_LABELS = {
    VisitState.DUE: "待查",
    VisitState.DONE: "已查",
    VisitState.LATE: "逾期完成",
    VisitState.REFUSED: "拒签",
    VisitState.CLOSED_DOOR: "锁门未查",
    VisitState.MISSED: "漏查",
    VisitState.WITHDRAWN: "已撤出",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How one inspector's visit ended, and on which Beijing day."""

    outcome: str
    day_on: date


def visit_state(
    ended: Iterable[Ended], *, due_on: date, on: date, withdrawn: bool = False
) -> VisitState:
    """The state as of `on`; lateness counts by the day of the visit, not of its upload.

    A signature, once refused and later given to another visit, counts as given. A closed door is
    a state of its own, also after the last day: somebody was there.
    """
    if withdrawn:
        return VisitState.WITHDRAWN
    known = [one for one in ended if one.day_on <= on]
    done = [one.day_on for one in known if one.outcome in DONE_OUTCOMES]
    if done:
        return VisitState.DONE if min(done) <= due_on else VisitState.LATE
    if any(one.outcome == "refused" for one in known):
        return VisitState.REFUSED
    if any(one.outcome == "closed_door" for one in known):
        return VisitState.CLOSED_DOOR
    return VisitState.DUE if on <= due_on else VisitState.MISSED


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause of one station in two rounds; None where a round has no verdict on it."""

    code: str
    clause: str
    title: str
    level: str
    before: str | None
    after: str | None
    kind: str

    @property
    def label(self) -> str:
        """The kind of change on a screen."""
        return CHANGE_LABELS[self.kind]


CHANGE_LABELS = {
    "mended": "已改好",
    "still_failing": "仍不符合",
    "newly_failing": "新出现",
    "steady": "保持符合",
    "not_comparable": "不可比",
}


def compare(
    earlier: Sequence[Mapping[str, Any]], later: Sequence[Mapping[str, Any]]
) -> list[ClauseChange]:
    """Two frozen lists of findings (`finding_json`) side by side, in the later one's order.

    Only pass and fail compare; unknown or not applicable on either side is “不可比”.
    """
    before = {one["code"]: one for one in earlier}
    after = {one["code"]: one for one in later}
    codes = [*after, *(code for code in before if code not in after)]
    return [_change(code, before.get(code), after.get(code)) for code in codes]


def _change(
    code: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> ClauseChange:
    known: Mapping[str, Any] = after or before or {}
    was, now = (one["verdict"] if one else None for one in (before, after))
    if was not in DECIDED or now not in DECIDED:
        kind = "not_comparable"
    elif was == "fail":
        kind = "mended" if now == "pass" else "still_failing"
    else:
        kind = "newly_failing" if now == "fail" else "steady"
    return ClauseChange(code, known["clause"], known["title"], known["level"], was, now, kind)


@dataclass(frozen=True, slots=True)
class WordPair:
    """One clause on which keeper and inspector both said pass or fail."""

    clause: str
    title: str
    keeper: str
    inspector: str
    on: date
    station: str
    decided_for: str = ""  # the office's decision: inspector, keeper or both; empty while open

    @property
    def agree(self) -> bool:
        """Same verdict, or the office found that the keeper was right (too)."""
        return self.keeper == self.inspector or self.decided_for in ("keeper", "both")


@dataclass(frozen=True, slots=True)
class Trust:
    """How often inspectors confirmed what a keeper had reported; `share` None without a case."""

    agreed: int
    differed: int
    share: float | None
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence on a screen."""
        total = self.agreed + self.differed
        if not total:
            return "还没有可以核对的条款"
        return f"督导核对{total}条，{self.agreed}条与站长自报一致"


def trust(pairs: Iterable[WordPair]) -> Trust:
    """The share of the keeper's own words that inspectors confirmed, with every reason against."""
    every = list(pairs)
    against = sorted(
        (one for one in every if not one.agree), key=lambda one: one.on.toordinal(), reverse=True
    )
    agreed = len(every) - len(against)
    return Trust(
        agreed=agreed,
        differed=len(against),
        share=agreed / len(every) if every else None,
        reasons=tuple(
            f"{one.on.isoformat()} {one.station} {one.clause}{one.title}："
            f"站长自报{_SAID[one.keeper]}，督导员判定{_SAID[one.inspector]}"
            for one in against[:TRUST_REASONS_AT_MOST]
        ),
    )


_SAID = {"pass": "符合", "fail": "不符合"}
