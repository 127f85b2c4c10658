"""The plan's coverage goals on a day: every reading that is open, each as sets of villages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.models.coverage import PopulationBasis
from server.policy.plan.coverage import (
    DENOMINATOR_READINGS,
    POPULATION_BASIS,
    RESIDENT_MEANING,
    VILLAGE_TOTAL,
    Basis,
    Denominator,
    Meaning,
    Met,
    Place,
    Share,
    covered_share,
    resident_share,
)
from server.policy.plan.nouns import Programme
from server.services.coverage.serving import VillageServed

_BASES = {Basis.REGISTERED: PopulationBasis.REGISTERED, Basis.RESIDENT: PopulationBasis.RESIDENT}


@dataclass(frozen=True, slots=True)
class Goal:
    """One share of villages, under one reading of the plan; `percent` None: the plan asks none.

    `holds`: True where this reading was decided on or is the only one, None where nobody has
    decided, False for the reading that was decided against.
    """

    key: str
    label: str
    reading: str
    share: Share
    percent: int | None
    due_on: date | None
    clause: str
    text: str
    holds: bool | None

    @property
    def met(self) -> Met | None:
        """How it stands; None where the plan gives no goal."""
        return None if self.percent is None else self.share.met(self.percent)


def large(village: VillageServed, basis: Basis, least: int) -> bool | None:
    """Whether a village has so many people (以上: inclusive); None where nobody has counted."""
    row = village.people.get(_BASES[basis])
    return None if row is None else row.people >= least


def coverage_goals(
    villages: Sequence[VillageServed], *, programme: Programme | None, decided: Mapping[str, str]
) -> list[Goal]:
    """Every share, those that hold first; for a plan without such goals 覆盖率 alone."""
    found = [*_resident(villages, programme, decided), *_covered(villages, programme, decided)]
    return sorted(found, key=lambda one: one.holds is False)


def _resident(
    villages: Sequence[VillageServed], programme: Programme | None, decided: Mapping[str, str]
) -> Iterable[Goal]:
    goal = programme.coverage if programme else None
    if goal is None:
        return
    has: dict[Meaning, Callable[[VillageServed], bool | None]] = {
        Meaning.ANY_STATION: lambda one: one.resident,
        Meaning.OF_THE_MODE: lambda one: one.resident_of_the_mode,
    }
    committees = [one for one in villages if one.committee]
    for basis in Basis:
        for meaning in Meaning:
            share = resident_share(
                Place(
                    one.code, large(one, basis, goal.resident_population_min), has[meaning](one),
                    None,
                )
                for one in committees
            )  # fmt: skip
            held = [
                _holds(decided.get(POPULATION_BASIS), basis.label),
                _holds(decided.get(RESIDENT_MEANING), meaning.label),
            ]
            yield Goal(
                key=f"resident-{basis.value}-{meaning.value}",
                label=f"{goal.resident_population_min}人以上的村驻村设点率",
                reading=f"{basis.label}，{meaning.label}",
                share=share,
                percent=goal.resident_percent,
                due_on=goal.due_on,
                clause=goal.clause,
                text=goal.text,
                holds=False if False in held else None if None in held else True,
            )


def _covered(
    villages: Sequence[VillageServed], programme: Programme | None, decided: Mapping[str, str]
) -> Iterable[Goal]:
    goal = programme.coverage if programme else None
    open_question = bool(
        programme and any(one.key == VILLAGE_TOTAL for one in programme.declared_conflicts)
    )
    chosen = DENOMINATOR_READINGS.get(decided.get(VILLAGE_TOTAL, ""))
    for denominator in Denominator:
        if not open_question:
            holds: bool | None = denominator is Denominator.COMMITTEES
        else:
            holds = None if chosen is None else chosen is denominator
        yield Goal(
            key=f"covered-{denominator.value}",
            label="快递服务覆盖率",
            reading=f"按{denominator.label}",
            share=covered_share(
                Place(one.code, None, None, one.how.covers)
                for one in villages
                if one.committee or denominator is Denominator.UNITS
            ),
            percent=goal.coverage_percent if goal else None,
            due_on=goal.due_on if goal else None,
            clause=goal.clause if goal else "",
            text=goal.text if goal else "",
            holds=holds,
        )


def _holds(choice: str | None, label: str) -> bool | None:
    return None if choice is None else choice == label
