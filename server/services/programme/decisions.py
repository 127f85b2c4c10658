"""Contradictions of a plan and rules with two readings: what a named person decided of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import County, PlanDecision
from server.models.person import Person
from server.policy.plan.conflicts import conflicts
from server.policy.plan.effects import effect_of
from server.policy.plan.nouns import PlanConflict, Programme, Reading
from server.policy.plan.readings import READINGS, option_of
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.seals import seal as sealed
from server.services.common.written import reason_given
from server.services.county.choices import hold_still
from server.services.programme.actions import ProgrammeAction


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was chosen, by whom, when and why."""

    choice: str
    value: Decimal | None
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One contradiction in the plan; `decided` is the newest decision, None while it is open.

    `effect` says what changes in this system once it is decided. `seal` is what a form over it
    carries. A decision for a reading that the plan does not have (any more) stays in `history`.
    """

    key: str
    title: str
    readings: tuple[Reading, ...]
    affects: str
    effect: str
    derived: bool
    decided: DecisionView | None
    history: tuple[DecisionView, ...]

    @property
    def seal(self) -> str:
        """What a form shows of it, sealed."""
        return sealed([_shown(self.title, self.decided.choice if self.decided else "")])


def made_of(
    session: Session, *, county: str, programme: str
) -> dict[str, tuple[DecisionView, ...]]:
    """By contradiction, what was decided of a plan (its key) and of rules, the newest first."""
    made: dict[str, list[DecisionView]] = {}
    for decision, who in session.execute(
        select(PlanDecision, Person.name)
        .join(Person, Person.id == PlanDecision.person_id)
        .where(PlanDecision.county == county, PlanDecision.programme.in_({"", programme}))
        .order_by(PlanDecision.id.desc())
    ):
        made.setdefault(decision.conflict_key, []).append(
            DecisionView(decision.choice, decision.value, decision.reason, who, decision.decided_at)
        )
    return {key: tuple(found) for key, found in made.items()}


def decided_readings(
    session: Session, *, county: str, programme: Programme | None
) -> dict[str, str]:
    """By contradiction, the reading that was decided on last, of this plan and of rules."""
    return choices_in(made_of(session, county=county, programme=programme.id if programme else ""))


def choices_in(made: Mapping[str, tuple[DecisionView, ...]]) -> dict[str, str]:
    """By contradiction, the reading that holds now."""
    return {key: found[0].choice for key, found in made.items()}


def _to_decide(programme: Programme | None) -> tuple[PlanConflict, ...]:
    return (*(conflicts(programme) if programme else ()), *READINGS)


def plan_conflicts(
    session: Session, *, county: County, programme: Programme | None
) -> list[ConflictView]:
    """Every contradiction in the plan and every rule with two readings, the open ones first."""
    made = made_of(session, county=county.code, programme=programme.id if programme else "")
    views = [_view(one, made.get(one.key, ())) for one in _to_decide(programme)]
    return sorted(views, key=lambda view: view.decided is not None)


def _view(one: PlanConflict, past: tuple[DecisionView, ...]) -> ConflictView:
    holds = past[0] if past and past[0].choice in {each.label for each in one.readings} else None
    return ConflictView(
        key=one.key,
        title=one.title,
        readings=one.readings,
        affects=one.affects,
        effect=effect_of(one),
        derived=one.derived,
        decided=holds,
        history=past,
    )


def decide_conflict(
    session: Session,
    *,
    county: County,
    programme: Programme | None,
    key: str,
    choice: str,
    reason: str,
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> PlanDecision:
    """A named person chooses one reading, with the reason; a later choice follows, none is lost.

    `seal` is that of the view when the form was shown. A reading of a rule holds for the county's
    stations from then on (`policy_options`); what a reading of the plan changes, `effect_of` says.
    Raises NotFound conflict-unknown, Invalid reading-unknown, reason-needed, Conflict
    decision-needs-a-person, conflict-decided-meanwhile.
    """
    found = next((one for one in _to_decide(programme) if one.key == key), None)
    if found is None:
        raise NotFound("conflict-unknown", "没有这一处要决定的事，请从列表里选择。")
    reading = next((one for one in found.readings if one.label == choice), None)
    if reading is None:
        labels = "、".join(one.label for one in found.readings)
        raise Invalid("reading-unknown", f"“{choice}”不是其中一种口径，只能选：{labels}。")
    reason = reason_given(
        reason, "请写明为什么这样定，例如依据哪次会议。", into=PlanDecision.reason
    )
    if by is None:
        raise Conflict("decision-needs-a-person", "方案口径要由具名的人决定，请登录后操作。")
    hold_still(session, county)
    of_rule = found in READINGS
    made = made_of(session, county=county.code, programme=programme.id if programme else "")
    held = _view(found, made.get(key, ())).decided
    refuse_if_changed(
        seal,
        [_shown(found.title, held.choice if held else "")],
        code="conflict-decided-meanwhile",
        what="这一处的决定",
    )
    decision = PlanDecision(
        county=county.code,
        programme="" if of_rule or programme is None else programme.id,
        conflict_key=key,
        choice=choice,
        value=None if reading.number is None else Decimal(reading.number),
        reason=reason,
        person_id=by.id,
        decided_at=now,
    )
    session.add(decision)
    if set_by_it := option_of(key, choice):
        decided = {**county.options.get("readings", {}), **set_by_it}
        county.options = {**county.options, "readings": decided}
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.PLAN_DECIDED,
        summary=f"{found.title}：按“{reading.label}”，{reading.value}",
        reason=reason,
    )
    return decision


def _shown(title: str, choice: str) -> Shown:
    return Shown("choice", title, choice)
