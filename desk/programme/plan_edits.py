"""The office's hand on the plan: correct or add a target, enter a new year's plan."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.policy.plan.nouns import TargetKind, Track
from server.policy.standard.facts import Level
from server.services.common.seals import seal
from server.services.people.scope import OFFICE
from server.services.programme.milestone_edits import (
    correct_milestone,
    latest_milestone,
    milestone_shown,
    milestones_told,
)
from server.services.programme.programmes import current_of, programmes_of
from server.services.programme.target_edits import (
    add_programme,
    add_target,
    correct_target,
    latest_row,
    programme_here_of,
    row_shown,
)
from server.services.programme.targets import rows_told

blueprint = Blueprint("desk_plan_edits", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
MILESTONES = 6  # lines of the form; a plan rarely has more days
KINDS = {
    Level.COUNTY_HUB: TargetKind.DEMO,
    Level.TOWNSHIP_STATION: TargetKind.BUILT_TO_STANDARD,
    Level.VILLAGE_POINT: TargetKind.FILED,
}
"""What a target of each level usually counts; the form proposes it."""


def _typed() -> dict[str, str]:
    return {name: text.strip() for name, text in request.form.items()}


def _row(prefix: str, typed: Mapping[str, str]) -> dict[str, str]:
    """One line of a form with several, its fields without the line's prefix."""
    start = f"{prefix}-"
    return {
        name.removeprefix(start): text
        for name, text in typed.items()
        if name[: len(start)] == start
    }


@blueprint.get("/plan/targets/<int:row_id>")
def target(row_id: int) -> Any:
    """The form that corrects one target."""
    return _target_page(row_id)


def _target_page(row_id: int, problem: Problem | None = None) -> Any:
    row = latest_row(session(), county_of_desk(), row_id)
    programme = programme_here_of(session(), county_of_desk(), row.programme_id)
    told = rows_told(session(), programme)
    return page(
        "plan_target.html",
        problem=problem,
        row=row,
        seal=seal(row_shown(row)),
        programme=programme,
        told=[
            one for one in told
            if (one.row.level, one.row.indicator, one.row.basis)
            == (row.level, row.indicator, row.basis)
        ],
    )  # fmt: skip


@blueprint.post("/plan/targets/<int:row_id>")
@carries("seal")
def correct(row_id: int) -> Any:
    """Put a later row in the place of a target, with its source and the reason."""
    with answering(lambda problem: _target_page(row_id, problem)):
        made = correct_target(
            session(),
            county=county_of_desk(),
            row_id=row_id,
            typed=_typed(),
            seal=request.form.get("seal"),
            by=me(),
            now=clock.now(),
        )
    said = "不再作为目标" if made.number is None else f"{made.number}个"
    return done(
        f"已更正：{made.level.short}目标{said}。原来的一行还在，写明了何时由谁更正。",
        url_for("desk_plan.plan"),
    )


@blueprint.get("/plan/<int:programme_id>/targets")
def new_target(programme_id: int) -> Any:
    """The form for one more target."""
    return _new_target_page(programme_id)


def _new_target_page(programme_id: int, problem: Problem | None = None) -> Any:
    return page(
        "plan_target.html",
        problem=problem,
        row=None,
        programme=programme_here_of(session(), county_of_desk(), programme_id),
        levels=Level,
        kinds=TargetKind,
    )


@blueprint.post("/plan/<int:programme_id>/targets")
def add(programme_id: int) -> Any:
    """Add a target to a plan."""
    with answering(lambda problem: _new_target_page(programme_id, problem)):
        made = add_target(
            session(),
            county=county_of_desk(),
            programme_id=programme_id,
            typed=_typed(),
            by=me(),
            now=clock.now(),
        )
    return done(f"已增加：{made.label}{made.number}个。", url_for("desk_plan.plan"))


@blueprint.get("/plan/milestones/<int:row_id>")
def milestone(row_id: int) -> Any:
    """The form that corrects one milestone."""
    return _milestone_page(row_id)


def _milestone_page(row_id: int, problem: Problem | None = None) -> Any:
    row = latest_milestone(session(), county_of_desk(), row_id)
    every = milestones_told(session(), row.programme_id, clock.today())
    told = {one.row.id: one for one in every}
    chain = [told[row.id]]
    while (before := chain[-1].before) is not None:
        chain.append(told[before.id])
    return page(
        "plan_milestone.html",
        problem=problem,
        row=row,
        chain=chain,
        seal=seal(milestone_shown(row)),
        programme=programme_here_of(session(), county_of_desk(), row.programme_id),
    )


@blueprint.post("/plan/milestones/<int:row_id>")
@carries("seal")
def correct_step(row_id: int) -> Any:
    """Put a later row in the place of a milestone, with its source and the reason."""
    with answering(lambda problem: _milestone_page(row_id, problem)):
        correct_milestone(
            session(),
            county=county_of_desk(),
            row_id=row_id,
            typed=_typed(),
            seal=request.form.get("seal"),
            by=me(),
            now=clock.now(),
        )
    return done(
        "已更正这个时间节点。原来的一行还在，写明了何时由谁更正。", url_for("desk_plan.plan")
    )


@blueprint.get("/plan/new")
def new() -> Any:
    """The form for a new year's plan."""
    return _new_page()


def _new_page(problem: Problem | None = None) -> Any:
    return page(
        "plan_new.html",
        problem=problem,
        levels=KINDS,
        kinds=TargetKind,
        tracks=Track,
        lines=range(MILESTONES),
        now_current=current_of(programmes_of(session(), me().county), clock.today()),
    )


@blueprint.post("/plan/new")
def enter() -> Any:
    """Add a plan beside the older ones."""
    typed = _typed()
    with answering(_new_page):
        made = add_programme(
            session(),
            county=county_of_desk(),
            typed=typed,
            targets=[
                {**_row(str(index), typed), "level": level.value}
                for index, level in enumerate(KINDS)
            ],
            milestones=[_row(f"m{index}", typed) for index in range(MILESTONES)],
            by=me(),
            now=clock.now(),
        )
    return done(f"已登记《{made.name}》。原来的方案照样能看。", url_for("desk_plan.plan"))
