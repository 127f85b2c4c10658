"""What a round freezes as JSON when it goes up, key by key: figures, comparison, annex.

Days are ISO 8601. Keys that a report of an earlier release may lack are marked so.
"""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

from server.policy.standard.frozen import FrozenClause, PinnedStandard

TotalName = Literal[
    "total", "inspected", "due", "done", "late", "refused", "closed_door", "missed",
    "meets", "meets_open", "fails", "to_verify", "not_assessed",
]  # fmt: skip
"""Stations in all, with a result, per VisitState that is counted, and per Status."""
VerdictName = Literal["pass", "fail", "unknown", "not_applicable"]
ChangeName = Literal["mended", "still_failing", "newly_failing", "steady", "not_comparable"]
ToldChange = Literal["mended", "still_failing", "newly_failing"]
"""The kinds of change whose clauses are named, station by station."""


class FrozenSpot(TypedDict):
    """Where and how a phone was at one moment of a visit; None for what it did not say.

    `placed` is whether it gave a position at all (None: an older app, which never says);
    `distance_m` from the registered place and `accuracy_m` of the fix in metres, `fix_age_s` in
    seconds; `clock` is heard (the app had heard the server's clock in that run), kept (from an
    earlier one) or unknown.
    """

    placed: bool | None
    distance_m: float | None
    accuracy_m: float | None
    fix_age_s: float | None
    online: bool | None
    clock: str | None


class FrozenPresence(TypedDict):
    """How somebody was there: at arrival, when it was signed, how the plate was read, and why so.

    `plate` is scan, photo, number (typed) or none; `why` is what the inspector wrote where it was
    far or short.
    """

    arrived: FrozenSpot
    signed: FrozenSpot
    plate: str
    why: str


class FrozenMark(TypedDict):
    """What is odd about a visit: a Mark and its sentence."""

    code: str
    text: str


class FrozenRound(TypedDict):
    """Which round, and how its stations were chosen."""

    id: int
    period: str
    name: str
    opens_on: str
    due_on: str
    sample: str
    seed: str
    drawn_from: int
    sample_size: NotRequired[int]
    standards: Sequence[PinnedStandard]


class Totals(TypedDict):
    """How many stations; `late_days` those visited after the last day.

    `time_unverified`, `off_round` (dated outside the round) and `presence` (far, short or without a
    position) are those whose record is marked so; reports of earlier releases lack them.
    """

    total: int
    inspected: int
    due: int
    done: int
    late: int
    refused: int
    closed_door: int
    missed: int
    meets: int
    meets_open: NotRequired[int]  # reports of earlier releases counted these as 达标
    fails: int
    to_verify: int
    not_assessed: int
    late_days: int
    time_unverified: NotRequired[int]
    off_round: NotRequired[int]
    presence: NotRequired[int]


class TownshipFigures(Totals):
    """One township's totals; its code is empty where only the name was kept."""

    code: str
    name: str


class CovertFigures(TypedDict):
    """One 暗访 of a station, told beside the round's result."""

    day_on: str
    inspector: str
    status_label: str
    fails: list[str]


class StationFigures(TypedDict):
    """One station of the round and the visit that counts; `others` are further inspections."""

    station_id: int
    code: str | None
    name: str
    level: str
    township: str
    township_code: NotRequired[str | None]
    state: str
    state_label: str
    late: NotRequired[bool]
    inspector: str
    day_on: str | None
    outcome: str | None
    outcome_label: str
    status: str | None
    status_label: str
    fails: list[str]
    verdicts: NotRequired[dict[str, str]]  # by rule
    inspection_id: str | None
    others: NotRequired[int]
    marks: NotRequired[list[str]]  # values of Mark
    minutes: NotRequired[int | None]  # on site; None where the times are no good
    covert: NotRequired[list[CovertFigures]]  # only where there was any


VerdictCounts = TypedDict(
    "VerdictCounts", {"pass": int, "fail": int, "unknown": int, "not_applicable": int}
)
"""How many stations per Verdict."""


class ClauseFigures(FrozenClause, VerdictCounts):
    """One clause over all stations."""


class Figures(TypedDict):
    """A round in figures."""

    campaign: FrozenRound
    totals: Totals
    townships: list[TownshipFigures]
    stations: list[StationFigures]
    clauses: list[ClauseFigures]


class EarlierRound(TypedDict):
    """With which round one is compared."""

    period: str
    name: str


class ChangeCounts(TypedDict):
    """How many stations per ChangeKind."""

    mended: int
    still_failing: int
    newly_failing: int
    steady: int
    not_comparable: int


class ComparedClause(FrozenClause, ChangeCounts):
    """One clause in two rounds."""


class ComparedStation(TypedDict):
    """One station in two rounds: both states, the change of each rule, the clauses by change."""

    station_id: int
    code: str | None
    name: str
    township: str
    township_code: str | None
    before: str
    after: str
    kinds: dict[str, str]
    mended: list[str]
    still_failing: list[str]
    newly_failing: list[str]


class Alone(TypedDict):
    """A station that only one of the rounds has inspected; `round` is now or then."""

    round: str
    township_code: str | None


class Compared(TypedDict):
    """A round beside an earlier one."""

    earlier: EarlierRound
    stations: list[ComparedStation]
    clauses: list[ComparedClause]
    alone: list[Alone]
    only_now: int
    only_then: int


class FrozenMend(TypedDict):
    """One 整改 of the round, in the words of its list."""

    code: str | None
    name: str
    township: str
    township_code: str | None
    notice: str
    clause: str
    title: str
    due_on: str
    state: str
    escalation: str


class FrozenWords(TypedDict):
    """One clause on which keeper and inspector said different things, and the decision."""

    code: str | None
    name: str
    township_code: str | None
    keeper: str
    inspector: str
    clause: str
    keeper_says: str
    inspector_says: str
    decision: str


class Annex(TypedDict, total=False):
    """What stands beside the figures; reports of the first release have none of it.

    `drum` holds every station that could have been drawn as [number, tickets, why, name] (older
    ones without the name), `salt` what was drawn with besides the seed, `previews` the draws looked
    at before as [moment, who, seed, numbers]; only a sample has them, and only the whole county
    sees them. `by` and `compared` come with going up.
    """

    county: str
    issuer: str
    drum: list[Any]
    previews: list[Any]
    salt: str
    mends: list[FrozenMend]
    words: list[FrozenWords]
    by: str
    compared: Compared | None


class ReportFigures(Figures):
    """The figures of one report as it went up, with all that its files say."""

    annex: NotRequired[Annex]
