"""问题办理的期限: how many days each stage has, and when a late problem goes to the 专班's head."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.policy.typed_days import read_day
from server.services.common.seals import Value, seal
from server.services.county.matter_options import (
    SETTINGS,
    MatterOptions,
    edit_matter_options,
    matter_options,
    matter_options_shown,
)
from server.services.matters.heads import (
    head_on,
    heads_shown,
    heads_told,
    may_head,
    name_head,
)
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_matters", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, str]:
    return {name: str(days) for name, days in asdict(matter_options(county_of_desk())).items()}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        return SETTINGS[field].label, f"{value}{SETTINGS[field].unit}"

    return merged(_held(), {name: request.form.get(name, "").strip() for name in SETTINGS}, told)


def _page(problem: Problem | None = None, *, naming: bool = False) -> Any:
    """The page, with what is wrong with the form of days or, `naming`, with that of the head."""
    form = _merged() if problem and not naming else opened(_held())
    return page(
        "county_matters.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason="" if naming else request.form.get("reason", "").strip(),
        settings=SETTINGS,
        heads=heads_told(session(), county=me().county),
        now_head=head_on(session(), county=me().county, on=clock.today()),
        accounts=may_head(session(), county=me().county),
        head_seal=seal(heads_shown(session(), county=me().county)),
        filled=request.form if naming else {},
        ours=asdict(MatterOptions()),
    )


@blueprint.post("/matters/head")
@carries("head_seal")
def head() -> Any:
    """Name who heads the 专班 from a day on."""
    form = request.form
    with answering(lambda problem: _page(problem, naming=True)):
        named = name_head(
            session(),
            county=county_of_desk(),
            typed=form.to_dict(),
            from_on=read_day(form.get("from_on", ""), "从哪天起", latest=None),
            by=me(),
            now=clock.now(),
            seal=form.get("head_seal"),
        )
    told = f"已记下：专班负责人是{named.name}。亮红牌的问题报给这一位。"
    return done(told, url_for("desk_county_matters.days"))


@blueprint.get("/matters")
def days() -> Any:
    """Every choice with its unit and limits."""
    return _page()


@blueprint.post("/matters")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_matter_options,
            what="问题办理的期限",
            shown=matter_options_shown(matter_options(county_of_desk())),
            typed={name: str(value) for name, value in form.values.items()},
        )
    message = "改好了，以后登记、转办的按新的算；已经定了的期限不变。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_matters.days"))
