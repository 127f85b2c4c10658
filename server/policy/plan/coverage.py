"""Coverage of villages: shares of known places, with how far what nobody knows could move them."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from server.labelled import Labelled
from server.policy.plan.nouns import Coverage, PlanConflict, Programme, Reading

POPULATION_BASIS = "coverage-population-basis"
RESIDENT_MEANING = "coverage-resident-point"
VILLAGE_TOTAL = "village-total"


class Basis(Labelled):
    """Which people a plan's number of people means; 西平方案 does not say."""

    REGISTERED = "registered", "按户籍人口", "户籍"
    RESIDENT = "resident", "按常住人口", "常住"


class Meaning(Labelled):
    """What 驻村设点 means: any built station in the village, or one of that mode (四（一）)."""

    ANY_STATION = "any_station", "村里有站就算", "村里有站"
    OF_THE_MODE = "of_the_mode", "只算驻村设点模式", "驻村设点模式"


class Denominator(Labelled):
    """Which places the coverage is a share of: those with a 村民委员会, or every 村级 one."""

    COMMITTEES = "committees", "村民委员会（建制村）", "建制村"
    UNITS = "units", "全部村级单位", "村级单位"


DENOMINATOR_READINGS = {"目标任务": Denominator.COMMITTEES, "全覆盖": Denominator.UNITS}
"""What the two readings of 西平方案's declared conflict `village-total` are a share of."""


@dataclass(frozen=True, slots=True)
class Place:
    """One village as coverage looks at it; None is what nobody knows.

    `large`: has as many people as the plan asks; `resident`: has a resident point; `covered`: is
    served by a built station, in it or from elsewhere.
    """

    code: str
    large: bool | None
    resident: bool | None
    covered: bool | None


class Met(Labelled):
    """Whether a goal is met whatever turns out of the unknown, is not, or cannot be told."""

    MET = "met", "达到"
    NOT_MET = "not_met", "没有达到"
    UNTOLD = "untold", "还说不准"
    NONE = "none", "没有这样的村"


@dataclass(frozen=True, slots=True)
class Share:
    """Places inside a share of places, as sets: `inside` is a part of `of`, `unknown` apart.

    `lowest` and `highest` are the share once all that is unknown turns out one way or the other;
    None where there might then be nothing to take a share of.
    """

    inside: frozenset[str]
    of: frozenset[str]
    unknown: frozenset[str]
    lowest: Fraction | None
    highest: Fraction | None

    @property
    def outside(self) -> frozenset[str]:
        """The places that are known to be missing."""
        return self.of - self.inside - self.unknown

    @property
    def certain(self) -> bool:
        """Whether nothing unknown could move the share."""
        return self.lowest == self.highest and not self.unknown

    def met(self, percent: int) -> Met:
        """How the share stands against so many percent, reached inclusively."""
        goal = Fraction(percent, 100)
        if self.lowest is None and self.highest is None:
            return Met.UNTOLD if self.unknown else Met.NONE
        if self.lowest is not None and self.lowest >= goal:
            return Met.MET
        if self.highest is not None and self.highest < goal:
            return Met.NOT_MET
        return Met.UNTOLD


def resident_share(places: Iterable[Place]) -> Share:
    """驻村设点率: of the large villages, those with a resident point."""
    return _share((one.code, one.large, one.resident) for one in places)


def covered_share(places: Iterable[Place]) -> Share:
    """覆盖率: of all villages, those that a built station serves."""
    return _share((one.code, True, one.covered) for one in places)


def _share(found: Iterable[tuple[str, bool | None, bool | None]]) -> Share:
    rows = [row for row in found if row[1] is not False]
    of = frozenset(code for code, counts, _ in rows if counts)
    inside = frozenset(code for code, counts, has in rows if counts and has)
    unknown = frozenset(code for code, counts, has in rows if counts is None or has is None)
    # The share is lowest if every place counts that may lack it, highest if every one that may
    # have it. A place of unknown size that lacks it counts for the one, one that has it for the
    # other.
    lacking = [code for code, counts, has in rows if not has]
    having = [code for code, counts, has in rows if has or has is None]
    lacks_for_sure = [code for code, counts, has in rows if counts and has is False]
    return Share(
        inside=inside,
        of=of,
        unknown=unknown,
        lowest=_part(len(inside), len(lacking)),
        highest=_part(len(having), len(lacks_for_sure)),
    )


def _part(inside: int, outside: int) -> Fraction | None:
    whole = inside + outside
    return Fraction(inside, whole) if whole else None


def percent_text(share: Fraction | None, *, up: bool = False) -> str:
    """A share as percent with one decimal, never rounded over a whole goal: 89.9 for 899/1000.

    Rounded down, or with `up` rounded up.
    """
    if share is None:
        return "—"
    tenths = share * 1000
    whole = -(-tenths.numerator // tenths.denominator) if up else tenths.__floor__()
    text = f"{whole // 10}.{whole % 10}"
    return f"{text.removesuffix('.0')}%"


def coverage_readings(programme: Programme) -> tuple[PlanConflict, ...]:
    """What a plan with coverage goals leaves open, for a named person to decide."""
    goal = programme.coverage
    if goal is None:
        return ()
    return (
        PlanConflict(
            key=POPULATION_BASIS,
            title=f"“{goal.resident_population_min}人以上”按哪种人口算",
            readings=tuple(_reading(one.label, f"{one.short}人口", goal) for one in Basis),
            affects="哪些村要驻村设点、驻村设点率；决定以前两种都列出来",
            derived=True,
        ),
        PlanConflict(
            key=RESIDENT_MEANING,
            title="怎样才算驻村设点",
            readings=tuple(_reading(one.label, one.short, goal) for one in Meaning),
            affects="驻村设点率；村里的站写的是别的合作模式时，两种算法不一样",
            derived=True,
        ),
    )


def _reading(label: str, value: str, goal: Coverage) -> Reading:
    return Reading(label=label, value=value, clause=goal.clause, text=goal.text)
