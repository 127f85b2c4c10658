"""What became of a visit, what changed between two rounds, and how far two words agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.calendar import full_day_text
from server.labelled import Labelled
from server.policy.standard.frozen import FrozenClause, FrozenFinding
from server.policy.standard.verdicts import Verdict

DONE_OUTCOMES = frozenset({"signed", "to_confirm"})
DECIDED = frozenset({"pass", "fail"})
TRUST_REASONS_AT_MOST = 20


class VisitState(Labelled):
    """Where a station stands in a round; each visit is in exactly one state."""

    DUE = "due", "待查", "", "还在期限内"
    DONE = "done", "已查", "", "按时查完"
    LATE = "late", "逾期完成", "", "过了截止日才查"
    REFUSED = "refused", "拒签", "", "查了，站长不签字"
    CLOSED_DOOR = "closed_door", "锁门未查", "", "去了，没有人"
    MISSED = "missed", "漏查", "", "过了截止日没有查"
    WITHDRAWN = "withdrawn", "已撤出", "", "不计入应查"

    @property
    def inspected(self) -> bool:
        """True where there is a result to count."""
        return self in (VisitState.DONE, VisitState.LATE, VisitState.REFUSED)


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


class ChangeKind(Labelled):
    """What became of one clause of one station from one round to a later one."""

    MENDED = "mended", "已改好"
    STILL_FAILING = "still_failing", "仍不符合"
    NEWLY_FAILING = "newly_failing", "新出现"
    STEADY = "steady", "保持符合"
    NOT_COMPARABLE = "not_comparable", "不可比"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause of one station in two rounds; None where a round has no verdict on it."""

    code: str
    clause: str
    title: str
    level: str
    before: str | None
    after: str | None
    kind: ChangeKind


def compare(earlier: Sequence[FrozenFinding], later: Sequence[FrozenFinding]) -> list[ClauseChange]:
    """Two frozen lists of findings (`finding_json`) side by side, in the later one's order.

    Only pass and fail compare; unknown or not applicable on either side is “不可比”.
    """
    before = {one["code"]: one for one in earlier}
    after = {one["code"]: one for one in later}
    codes = [*after, *(code for code in before if code not in after)]
    return [
        _change(after.get(code) or before[code], before.get(code), after.get(code))
        for code in codes
    ]


def _change(
    known: FrozenClause, before: FrozenFinding | None, after: FrozenFinding | None
) -> ClauseChange:
    was, now = (one["verdict"] if one else None for one in (before, after))
    if was not in DECIDED or now not in DECIDED:
        kind = ChangeKind.NOT_COMPARABLE
    elif was == "fail":
        kind = ChangeKind.MENDED if now == "pass" else ChangeKind.STILL_FAILING
    else:
        kind = ChangeKind.NEWLY_FAILING if now == "fail" else ChangeKind.STEADY
    return ClauseChange(
        code=known["code"],
        clause=known["clause"],
        title=known["title"],
        level=known["level"],
        before=was,
        after=now,
        kind=kind,
    )


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
            f"{full_day_text(one.on)} {one.station} {one.clause}{one.title}："
            f"站长自报{Verdict(one.keeper).label}，督导员判定{Verdict(one.inspector).label}"
            for one in against[:TRUST_REASONS_AT_MOST]
        ),
    )
