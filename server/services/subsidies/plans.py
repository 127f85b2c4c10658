"""A county's plans that pay something, and the lock under which anything of their money is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models.programme import CountyProgramme
from server.models.subsidy import SubsidyRate
from server.policy.plan.conflicts import conflicts
from server.policy.plan.nouns import Programme
from server.policy.plan.subsidies import Scheme, scheme_of
from server.policy.plan.subsidy_rates import Rate, tiers_from
from server.services.programme.decisions import decided_readings
from server.services.programme.programmes import programmes_of

Noun = TypeVar("Noun")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as the county keeps it, with its file."""

    row: CountyProgramme
    programme: Programme

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """What it pays."""
        return self.programme.schemes

    def scheme(self, key: str) -> Scheme:
        """The scheme of that key. Raises NotFound subsidy-unknown."""
        found = scheme_of(self.programme.schemes, key)
        if found is None:
            raise NotFound("subsidy-unknown", "没有找到这一项补贴。请从补贴页重新选择。")
        return found


def paying_plans(session: Session, *, county: str, shipped: Iterable[Programme]) -> list[Plan]:
    """The county's plans whose files name subsidies, the newest first."""
    files = {one.id: one for one in shipped if one.county == county and one.schemes}
    return [Plan(row, files[row.key]) for row in programmes_of(session, county) if row.key in files]


def plan_of_id(
    session: Session, *, county: str, programme_id: int, shipped: Iterable[Programme]
) -> Plan:
    """One of them. Raises NotFound subsidy-unknown."""
    for one in paying_plans(session, county=county, shipped=shipped):
        if one.row.id == programme_id:
            return one
    raise NotFound("subsidy-unknown", "没有找到这一项补贴。请从补贴页重新选择。")


def hold_programme(session: Session, programme_id: int) -> None:
    """Whoever changes anything of a plan's money waits here for whoever does so already.

    It is the first statement of every such deed: what is read after it is what holds. On SQLite the
    transaction must already be a writing one.
    """
    session.execute(
        select(CountyProgramme.id).where(CountyProgramme.id == programme_id).with_for_update()
    )


def anew(session: Session, noun: type[Noun], row_id: int, county: str) -> Noun:
    """A row of the county as it stands now, whatever was read before. Raises NotFound."""
    found = session.get(noun, row_id, populate_existing=True)
    if found is None or getattr(found, "county", None) != county:
        raise NotFound("subsidy-unknown", "没有找到这一笔补贴。请从补贴页重新选择。")
    return found


def decided_of(session: Session, plan: Plan) -> dict[str, str]:
    """What was decided of the plan's open questions, by key: the label of the reading."""
    return decided_readings(session, county=plan.row.county, programme=plan.programme)


def open_questions(plan: Plan, scheme: Scheme, decided: Mapping[str, str]) -> list[str]:
    """What is to be decided before anything of a scheme is worked out, by its titles."""
    titles = {one.key: one.title for one in conflicts(plan.programme)}
    return [titles.get(key, key) for key in scheme.undecided(decided)]


def refuse_undecided(plan: Plan, scheme: Scheme, decided: Mapping[str, str]) -> None:
    """Raise Conflict subsidy-undecided while a question of the plan is open."""
    if asked := open_questions(plan, scheme, decided):
        raise Conflict(
            "subsidy-undecided",
            f"先要定下：{'、'.join(f'“{one}”' for one in asked)}。"
            "请在“计划与进度”页里决定，写明理由，再来算这一项。",
        )


def rate_rows(session: Session, *, programme_id: int, scheme: str) -> list[SubsidyRate]:
    """What was entered of a scheme's rates, in the order of entering."""
    return list(
        session.scalars(
            select(SubsidyRate)
            .where(SubsidyRate.programme_id == programme_id, SubsidyRate.scheme == scheme)
            .order_by(SubsidyRate.id)
        )
    )


def rates_of(rows: Iterable[SubsidyRate]) -> list[Rate]:
    """The same as the policy reads them."""
    return [Rate(one.from_on, tiers_from(one.tiers), one.source) for one in rows]


def row_on(rows: Iterable[SubsidyRate], on: date) -> SubsidyRate | None:
    """The row that holds on a day: the newest that had begun; of two of a day the later entered."""
    held: SubsidyRate | None = None
    for one in rows:
        if one.from_on <= on and (held is None or one.from_on >= held.from_on):
            held = one
    return held


def award_on(scheme: Scheme, rows: Iterable[SubsidyRate], on: date) -> tuple[int, str]:
    """What one award is on a day in 分, and the paper that says so: the county's, else the plan's.

    Raises Conflict subsidy-no-rate where neither says anything.
    """
    held = row_on(rows, on)
    if held is not None and held.amount_fen is not None:
        return held.amount_fen, held.source
    if scheme.amount_fen is not None:
        return scheme.amount_fen, f"方案{scheme.clause}"
    raise Conflict("subsidy-no-rate", "还没有录入这一项的标准，不能算。请先在补贴页录入。")
