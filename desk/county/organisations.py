"""成员单位: the bodies of the plan, what each answers for, its 联络员, and the matrix of tasks."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here
from server.models.organisation import Organisation
from server.policy.plan.duties import Deed, Duty, OrganisationType, cannot_have
from server.services.common import history
from server.services.common.seals import Value, seal
from server.services.county.organisation_plan import bring_organisations, still_to_bring
from server.services.people.organisations import (
    LABELS,
    add_organisation,
    edit_organisation,
    end_organisation,
    organisation_of,
    organisation_shown,
    organisations_of,
    people_by_organisation,
    resume_organisation,
    speakers_of,
)
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_organisations", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
HISTORY_SHOWN = 40
# Done outside for now: what they answer for is shown, what they did is not kept here.
OUTSIDE = (Deed.PUNISH,)


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "成员单位由县专班办公室登记。如有变化，请告诉办公室。")


def _organisation(organisation_id: int) -> Organisation:
    return organisation_of(session(), county=me().county, organisation_id=organisation_id)


def _choices() -> dict[str, Any]:
    """What the form of a body offers."""
    return {
        "types": list(OrganisationType),
        "duties": list(Duty),
        "speakers": speakers_of(session(), county=me().county) if may(*OFFICE) else [],
    }


def _list_page(problem: Problem | None = None) -> Any:
    every = organisations_of(session(), county=me().county, ended=True)
    people = people_by_organisation(session(), county=me().county)
    programme = programme_here(me().county)
    return page(
        "organisations.html",
        problem=problem,
        members=[one for one in every if one.in_task_force and not one.until_on],
        others=[one for one in every if not one.in_task_force and not one.until_on],
        ended=[one for one in every if one.until_on],
        people=people,
        names={one.id: one.name for own in people.values() for one in own}
        | {one.id: one.name for one in speakers_of(session(), county=me().county)},
        unassigned=people.get(None, []) if may(*OFFICE) else [],
        to_bring=still_to_bring(session(), county=county_of_desk(), programme=programme),
        programme=programme,
        ticked=request.form.getlist("duties") if problem else [],
        **_choices(),
    )


@blueprint.get("/organisations")
def organisations() -> Any:
    """Every body of the plan and of the county, with its duties and its 联络员."""
    return _list_page()


def _given() -> dict[str, Any]:
    """The fields of a form, as the service reads them."""
    form = request.form
    texts: dict[str, Any] = {name: form.get(name, "") for name in ("name", "short", "source")}
    return texts | {
        "type": form.get("type", ""),
        "duties": form.getlist("duties"),
        "liaison_id": form.get("liaison_id", ""),
    }


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """The same with the 联络员 as a row's number; a text that is none chooses nobody known."""
    liaison = values["liaison_id"]
    try:
        number = row_id(liaison) if liaison else None
    except ValueError:
        number = -1
    return {**values, "liaison_id": number}


@blueprint.post("/organisations")
def add() -> Any:
    """Enter a body that the plan does not name."""
    _only_office()
    with answering(_list_page):
        found = add_organisation(
            session(), county=county_of_desk(), given=_typed(_given()), by=me(), now=clock.now()
        )
    return done(
        f"已登记{found.name}。",
        url_for("desk_organisations.organisation", organisation_id=found.id),
    )


@blueprint.post("/organisations/bring")
def bring() -> Any:
    """Enter the bodies that the plan names and the county does not have yet."""
    _only_office()
    with answering(_list_page):
        programme = programme_here(me().county)
        if programme is None:
            raise Invalid("organisation-no-plan", "本县没有方案文件，请在下面自己登记单位。")
        made = bring_organisations(
            session(), county=county_of_desk(), programme=programme, by=me(), now=clock.now()
        )
    said = f"已按方案录入 {len(made)} 个单位。" if made else "方案里的单位都已经在名单里了。"
    return done(said, url_for("desk_organisations.organisations"))


def _held(organisation: Organisation) -> dict[str, Any]:
    """What the form of a body holds, field by field."""
    return {
        "name": organisation.name,
        "short": organisation.short,
        "type": organisation.type.value,
        "duties": [duty.value for duty in organisation.held_duties],
        "liaison_id": str(organisation.liaison_id or ""),
        "source": organisation.source,
    }


def _merged(organisation: Organisation) -> MergedForm:
    """Its form after both people's changes: what this one did not touch follows the other."""
    names = {str(one.id): one.name for one in speakers_of(session(), county=me().county)}
    words = OrganisationType.labels() | Duty.labels()

    def told(field: str, value: Value) -> tuple[str, str]:
        if isinstance(value, list):
            return LABELS[field], "、".join(words.get(one, one) for one in value)
        return LABELS[field], names.get(value, value) if field == "liaison_id" else words.get(
            value, value
        )

    sent = _given()
    sent["duties"] = [duty.value for duty in Duty if duty in sent["duties"]]
    return merged(_held(organisation), sent, told)


def _page(
    organisation: Organisation, problem: Problem | None = None, form: MergedForm | None = None
) -> Any:
    form = form or opened(_held(organisation))
    people = people_by_organisation(session(), county=me().county)
    return page(
        "organisation.html",
        problem=problem,
        organisation=organisation,
        shown=organisation_shown(session(), organisation),
        form=form,
        typed=form.values,
        ticked=form.values["duties"],
        deeds=[one for one in Deed if one in organisation.deeds],
        outside=OUTSIDE,
        refused=[no for duty in Duty if (no := cannot_have(organisation.type, duty))],
        people=people.get(organisation.id, []),
        lines=history.lines(
            session(),
            county=me().county,
            station_id=None,
            organisation_id=organisation.id,
            limit=HISTORY_SHOWN,
        ),
        reason=request.form.get("reason", "") if problem else "",
        **_choices(),
    )


@blueprint.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> Any:
    """One body on one page: duties, what its people may do here, history."""
    return _page(_organisation(organisation_id))


@blueprint.post("/organisations/<int:organisation_id>")
@carries("seal")
def change(organisation_id: int) -> Any:
    """Change its name, kind, duties, 联络员 or source."""
    _only_office()
    found = _organisation(organisation_id)
    with answering(lambda problem: _page(found, problem, _merged(found))):
        shown, form = seal(organisation_shown(session(), found)), _merged(found)
        form.refuse("organisation-changed-meanwhile", f"{found.name}的资料")
        made = edit_organisation(
            session(), organisation=found, given=_typed(form.values), by=me(),
            now=clock.now(), seal=shown,
        )  # fmt: skip
    said = f"已保存：{'、'.join(one['label'] for one in made)}。" if made else "没有改动。"
    where = url_for("desk_organisations.organisation", organisation_id=found.id)
    return done(said + form.told(), where)


@blueprint.post("/organisations/<int:organisation_id>/end")
def end(organisation_id: int) -> Any:
    """End a body, or let it work again; both with a reason."""
    _only_office()
    found, resumes = _organisation(organisation_id), request.form.get("resume") == "1"
    with answering(lambda problem: _page(found, problem)):
        act = resume_organisation if resumes else end_organisation
        act(
            session(), organisation=found, reason=request.form.get("reason", ""),
            by=me(), now=clock.now(),
        )  # fmt: skip
    word = "恢复" if resumes else "停用"
    where = url_for("desk_organisations.organisation", organisation_id=found.id)
    return done(f"已{word}{found.name}。", where)


@blueprint.get("/responsibilities")
def responsibilities() -> Any:
    """责任分工: each task in the plan's words × the units, and what each may do here."""
    programme = programme_here(me().county)
    every = organisations_of(session(), county=me().county)
    named = [one.short for one in programme.organisations] if programme else []
    tasks = programme.tasks if programme else ()
    return page(
        "responsibilities.html",
        programme=programme,
        units=[one for one in named if any(one == x.unit for task in tasks for x in task.units)],
        tasks=[(task, {one.unit: one for one in task.units}) for task in tasks],
        bodies=[one for one in every if not one.township_code],
        townships=[one for one in every if one.township_code],
        all_deeds=list(Deed),
        outside=OUTSIDE,
    )
