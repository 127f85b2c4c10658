"""村人口: a village's figures one by one, and lists of them entered and taken back as a whole."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from desk.frame.uploads import keep_upload, kept_upload, name_told, table_of_form, takes_table
from server.errors import Conflict, Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, row_id, session, settings_of
from server.http.guards import guard_desk
from server.media.apart.tables import read_once
from server.models.county import Division
from server.models.coverage import PopulationBasis, VillagePopulation
from server.policy.typed_days import read_day
from server.services.common.written import written
from server.services.coverage.population_lists import (
    ACTIONS,
    ListDefaults,
    PopulationPlan,
    enter_populations,
    plan_populations,
    population_template,
)
from server.services.coverage.populations import (
    STATED,
    list_of,
    lists_entered,
    newest_populations,
    newest_seen,
    population_of,
    populations_of,
    read_people,
    record_population,
    village_of,
    withdraw_list,
    withdraw_population,
)
from server.services.coverage.serving import villages_served
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_populations", __name__, url_prefix="/desk/coverage")
guard_desk(blueprint, *SEES_ROUNDS)
WORDS = {
    "wrong": "有错", "new": "新登记", "changed": "有了新数", "same": "已经登记过",
    "blank": "没有写人口",
}  # fmt: skip


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "村的人口由县专班登记。如有新的数，请报给县专班。")


def _basis(text: str) -> PopulationBasis | None:
    return next((one for one in STATED if one == text), None)


def _village_page(village: Division, problem: Problem | None = None) -> Any:
    today = clock.today()
    every = villages_served(session(), county=me().county, on=today, seen_by=me())
    served = next((one for one in every if one.code == village.code), None)
    held = newest_populations(session(), county=village.county, villages=[village.code])
    return page(
        "village.html",
        problem=problem,
        village=village,
        township=session().get_one(Division, village.parent),
        served=served,
        held=held.get(village.code, {}),
        seen=newest_seen(held.get(village.code, {})),
        rows=populations_of(session(), village_code=village.code, seen_by=me()),
        bases=STATED,
    )


@blueprint.get("/villages/<code>")
def village(code: str) -> Any:
    """One village: who serves it, and every figure of its people."""
    return _village_page(village_of(session(), code=code, seen_by=me()))


@blueprint.post("/villages/<code>")
@carries("seen")
def record(code: str) -> Any:
    """Enter one figure."""
    _only_office()
    found, form = village_of(session(), code=code, seen_by=me()), request.form
    with answering(lambda problem: _village_page(found, problem)):
        basis = _basis(form.get("basis", ""))
        if basis is None:
            said = "请选择是户籍人口还是常住人口。"
            raise Invalid("field-invalid", said, fields={"basis": said})
        made = record_population(
            session(),
            village=found,
            basis=basis,
            people=read_people(form.get("people", "")),
            counted_on=read_day(form.get("counted_on", ""), "统计日期", latest=clock.today()),
            source=form.get("source", ""),
            by=me(),
            now=clock.now(),
            seen=form.get("seen", 0, type=row_id),
        )
    rows = populations_of(session(), village_code=found.code, seen_by=me())
    later = next((one for one in rows if one.holds and one.row.basis is made.basis), None)
    told = "原来的数还在下面。"
    if later is not None and later.row.id != made.id:  # it was counted on an earlier day
        told = f"但现在用的仍是更晚统计的{later.row.people}人。"
    return done(
        f"已记下：{found.short_name}{made.basis.label}{made.people}人。{told}",
        url_for("desk_populations.village", code=found.code),
    )


@blueprint.post("/populations/<int:row>/withdraw")
def withdraw(row: int) -> Any:
    """Take one figure back."""
    _only_office()
    found: VillagePopulation = population_of(session(), county=me().county, row_id=row)
    place = village_of(session(), code=found.village_code, seen_by=me())
    with answering(lambda problem: _village_page(place, problem)):
        withdraw_population(
            session(), row=found, by=me(), now=clock.now(), reason=request.form.get("reason", "")
        )
    return done("已撤回这个数，记录还在。", url_for("desk_populations.village", code=place.code))


def _defaults() -> ListDefaults:
    """What the form (or the address of the preview) says of the whole list."""
    day = request.values.get("counted_on", "").strip()
    return ListDefaults(
        basis=_basis(request.values.get("basis", "")),
        counted_on=read_day(day, "统计日期", latest=clock.today()) if day else None,
        source=written(
            request.values.get("source", ""), "来源", field="source",
            into=VillagePopulation.source,
        ),
    )  # fmt: skip


def _upload_page(problem: Problem | None = None) -> Any:
    _only_office()
    return page(
        "population_list.html",
        problem=problem,
        lists=lists_entered(session(), county=me().county),
        bases=STATED,
    )


@blueprint.get("/populations")
def upload_form() -> Any:
    """Where a list is chosen; below, the lists that were entered."""
    return _upload_page()


@blueprint.get("/populations/template.xlsx")
def template() -> Any:
    """The empty list."""
    return made_out(population_template(), "村人口名单模板.xlsx")


@blueprint.post("/populations")
@takes_table
def upload() -> Any:
    """Put the list aside and go on to its preview."""
    _only_office()
    with answering(_upload_page):
        content, name = table_of_form("名单")
        defaults = _defaults()
        _plan(content, name, defaults)
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    told: dict[str, Any] = {
        "basis": defaults.basis.value if defaults.basis else "",
        "counted_on": defaults.counted_on.isoformat() if defaults.counted_on else "",
        "source": defaults.source,
    }
    return redirect(url_for("desk_populations.preview", token=token, file=name, **told), 303)


def _file_name() -> str:
    return name_told("村人口名单")


def _plan(content: bytes, name: str, defaults: ListDefaults) -> PopulationPlan:
    return plan_populations(
        session(),
        county=county_of_desk(),
        content=content,
        filename=name,
        defaults=defaults,
        now=clock.now(),
    )


def _preview_page(token: str, problem: Problem | None = None) -> Any:
    _only_office()
    content, defaults = kept_upload(settings_of().home, token, person_id=me().id), _defaults()
    plan = _plan(content, _file_name(), defaults)
    return page(
        "population_list_preview.html",
        problem=problem,
        plan=plan,
        rows=sorted(plan.rows, key=lambda row: (ACTIONS.index(row.action), row.line)),
        action_words=WORDS,
        defaults=defaults,
        token=token,
        filename=_file_name(),
    )


@blueprint.get("/populations/<token>")
def preview(token: str) -> Any:
    """What the list would do, village by village; nothing is changed yet."""
    return _preview_page(token)


@blueprint.post("/populations/<token>")
@own_transaction
@carries("mark")
def enter(token: str) -> Any:
    """Enter what was shown: every line, or none."""
    _only_office()
    content = kept_upload(settings_of().home, token, person_id=me().id)
    with answering(lambda problem: _preview_page(token, problem), Conflict), read_once():
        _plan(content, _file_name(), _defaults())  # the file is read before the write lock
        with own_write():
            plan = enter_populations(
                session(),
                county=county_of_desk(),
                content=content,
                filename=_file_name(),
                defaults=_defaults(),
                mark=request.form.get("mark", ""),
                by=me(),
                now=clock.now(),
            )
    told = "，".join(
        f"{WORDS[action]} {plan.count(action)} 个村" for action in ACTIONS[1:] if plan.count(action)
    )
    return done(f"名单已录入：{told}。{plan.list.left_out}", url_for("desk_coverage.coverage"))


@blueprint.post("/populations/lists/<int:list_id>/withdraw")
def withdraw_whole(list_id: int) -> Any:
    """Take back every figure of a list."""
    _only_office()
    listed = list_of(session(), county=me().county, list_id=list_id)
    with answering(_upload_page):
        gone = withdraw_list(
            session(),
            listed=listed,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
        )
    return done(
        f"已撤回“{listed.file_name}”的 {gone} 个数，以前登记的数重新有效。",
        url_for("desk_populations.upload_form"),
    )
