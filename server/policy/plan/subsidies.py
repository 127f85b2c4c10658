"""Subsidies of a plan: what each pays, for what, who reviews it, what to decide first."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from server.labelled import Labelled
from server.money import yuan_said
from server.policy.plan.duties import Deed, Duty
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict

PAYEE, YEAR, HANDLED = "subsidy-payee", "subsidy-year", "subsidy-handled"
"""The questions that these plans leave open and that money waits for."""


class SchemeKind(Labelled):
    """What is paid for; a parcel sent by a keeper is none of these."""

    ONCE = "once", "一次性"
    INBOUND = "inbound", "下行按件"
    OUTBOUND = "outbound", "上行按单"

    @property
    def deed(self) -> Deed:
        """What whoever reviews it must be able to do."""
        return _DEEDS[self]


_DEEDS = {
    SchemeKind.ONCE: Deed.REVIEW_ONCE,
    SchemeKind.INBOUND: Deed.REVIEW_INBOUND,
    SchemeKind.OUTBOUND: Deed.REVIEW_OUTBOUND,
}


class PayeeKind(Labelled):
    """Who gets the money, as a person decided on the plan's open question."""

    OPERATOR = "operator", "运营企业"
    STATION = "station", "站点"
    KEEPER = "keeper", "站长"


class YearMeaning(Labelled):
    """What the 年 of 年处理快件量 is."""

    CALENDAR = "calendar", "自然年"
    TWELVE_MONTHS = "twelve_months", "连续12个月"


class HandledMeaning(Labelled):
    """Which parcels a centre has handled (处理)."""

    BOTH = "both", "到件和寄件都算"
    RECEIVED = "received", "只算到件"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """A measure that must reach an amount (以上: inclusive)."""

    measure: str
    at_least: Fraction

    @property
    def said(self) -> str:
        """年处理20,000,000件以上, 全县覆盖100%."""
        match self.measure:
            case "parcels_per_year":
                return f"年处理{int(self.at_least):,}件以上"
            case "county_coverage_percent":
                return f"全县覆盖{float(self.at_least):g}%"
            case "township_resident_percent":
                return f"全乡镇驻村设点{float(self.at_least):g}%"
        return "在建制村驻村设点"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBelow:
    """A year whose rates may not be undercut (不退坡)."""

    year: int
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What others published: shown as a note, never paid by."""

    says: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One subsidy of a plan.

    `amount_fen` is what the plan says for one award; None where it says nothing, as for parcels.
    `asks` are the keys of contradictions that a person must have decided before anything is
    proposed. `review_duties` are the duties of the bodies that review it: with `every_reviewer`
    each of them, else one. `reported_up_by` is the duty of who reports the results upward.
    """

    key: str
    kind: SchemeKind
    title: str
    clause: str
    text: str
    level: Level | None
    amount_fen: int | None
    needs: tuple[Needs, ...]
    review_duties: tuple[Duty, ...]
    every_reviewer: bool
    asks: tuple[str, ...]
    reported_up_by: Duty | None
    not_below: NotBelow | None
    note: str
    published: tuple[Published, ...]

    def undecided(self, decided: Mapping[str, str]) -> tuple[str, ...]:
        """The questions that nobody has decided yet."""
        return tuple(one for one in self.asks if one not in decided)


def scheme_of(schemes: tuple[Scheme, ...], key: str) -> Scheme | None:
    """The scheme of that key, if the plan has it."""
    return next((one for one in schemes if one.key == key), None)


def payee_kind(decided: Mapping[str, str]) -> PayeeKind | None:
    """Who gets the money; None while nobody has decided."""
    choice = decided.get(PAYEE)
    return next((one for one in PayeeKind if one.label == choice), None)


def year_meaning(decided: Mapping[str, str]) -> YearMeaning | None:
    """What a year is; None while nobody has decided."""
    return next((one for one in YearMeaning if one.label == decided.get(YEAR)), None)


def handled_meaning(decided: Mapping[str, str]) -> HandledMeaning | None:
    """Which parcels were handled; None while nobody has decided."""
    return next((one for one in HandledMeaning if one.label == decided.get(HANDLED)), None)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a measure: at least `lowest`, at most `highest` (None: nobody can say).

    `said` tells it in words, with what is missing.
    """

    lowest: Fraction
    highest: Fraction | None
    said: str


@dataclass(frozen=True, slots=True)
class Held:
    """One condition against what is known."""

    needs: Needs
    measured: Measured
    verdict: Verdict

    @property
    def text(self) -> str:
        """What is known, and what is asked."""
        return f"{self.measured.said}（要求：{self.needs.said}）"


UNKNOWN = Measured(Fraction(0), None, "还没有数")


def hold_against(needs: tuple[Needs, ...], known: Mapping[str, Measured]) -> tuple[Held, ...]:
    """Each condition with its verdict: UNKNOWN where what nobody knows could decide it."""
    found = []
    for one in needs:
        measured = known.get(one.measure, UNKNOWN)
        verdict = Verdict.UNKNOWN
        if measured.lowest >= one.at_least:
            verdict = Verdict.PASS
        elif measured.highest is not None and measured.highest < one.at_least:
            verdict = Verdict.FAIL
        found.append(Held(one, measured, verdict))
    return tuple(found)


def together(held: tuple[Held, ...]) -> Verdict:
    """All conditions of a double condition hold together, or it does not."""
    verdicts = {one.verdict for one in held}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts or not held else Verdict.PASS


def most_in_twelve(months: Mapping[int, int]) -> tuple[int, int]:
    """The most of any twelve months in a row, and the first of them.

    `months` are pieces by running month (year × 12 + month − 1); a month that is missing is 0.
    """
    best, begins = 0, min(months, default=0)
    for first in sorted(months):
        total = sum(months.get(first + n, 0) for n in range(12))
        if total > best:
            best, begins = total, first
    return best, begins


def once_said(scheme: Scheme, amount_fen: int, held: tuple[Held, ...]) -> str:
    """One sentence that a keeper understands: how much, and for what."""
    reached = "；".join(one.measured.said for one in held)
    return f"{yuan_said(amount_fen)}：{reached}，符合方案{scheme.clause}，只发一次。"
