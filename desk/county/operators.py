"""运营企业: who they are, which townships and stations are theirs, and what was decided of them."""

from contextlib import suppress
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
from server.models.county import Operator, OperatorStatus
from server.policy.typed_days import read_day
from server.services.common import history
from server.services.common.insisting import ask_unless_sure
from server.services.common.seals import Value, seal
from server.services.county.counties import townships
from server.services.county.operator_terms import give_township, terms_of
from server.services.county.operators import (
    LABELS,
    add_operator,
    decide_status,
    edit_operator,
    licence_trouble,
    operator_of,
    operator_shown,
    operators_of,
    operators_told,
    status_changes,
    status_mark,
)
from server.services.people.scope import OFFICE, WHOLE_COUNTY
from server.services.registry.operator_stations import (
    hand_over,
    station_mark,
    stations_run_by,
    stations_unserved,
)

blueprint = Blueprint("desk_operators", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)
HISTORY_SHOWN = 40
MEANWHILE = "operator-changed-meanwhile"


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "运营企业由县专班登记。如有意见，请联系县专班。")


def _operator(operator_id: int) -> Operator:
    return operator_of(session(), county=me().county, operator_id=operator_id)


def _list_page(problem: Problem | None = None) -> Any:
    return page(
        "operators.html",
        problem=problem,
        operators=operators_told(session(), county=me().county, on=clock.today()),
        terms=terms_of(session(), county=me().county),
        without_term=_without_term(),
        unserved=stations_unserved(session(), seen_by=me(), on=clock.today()),
        labels=LABELS,
        ticked=set(_ticked()) if problem else set(),
        mark=station_mark,
    )


def _without_term() -> list[str]:
    """The 乡 and 镇 that nobody serves today."""
    today = clock.today()
    served = {
        one.term.township_code
        for one in terms_of(session(), county=me().county)
        if one.term.from_on <= today and (one.term.until_on is None or one.term.until_on > today)
    }
    every = townships(session(), me().county, targets_only=True)
    return [one.name for one in every if one.code not in served]


@blueprint.get("/operators")
def operators() -> Any:
    """Every enterprise, its licence, its townships; and stations without a live one."""
    return _list_page()


def _given() -> dict[str, str]:
    return {name: request.form[name] for name in LABELS if name in request.form}


@blueprint.post("/operators")
def add() -> Any:
    """Enter an enterprise."""
    _only_office()
    with answering(_list_page):
        operator = add_operator(
            session(), county=county_of_desk(), given=_given(), by=me(), now=clock.now()
        )
    return done(
        f"已登记{operator.name}。接着写它服务哪些乡镇。",
        url_for("desk_operators.operator", operator_id=operator.id),
    )


def _merged(operator: Operator) -> MergedForm:
    """Its form after both people's changes: what this one did not touch follows the other."""
    held = {one.field: one.text for one in operator_shown(operator)}

    def told(field: str, value: Value) -> tuple[str, str]:
        return LABELS[field], str(value)

    return merged(held, {**held, **_given()}, told)


def _page(
    operator: Operator, problem: Problem | None = None, form: MergedForm | None = None
) -> Any:
    today = clock.today()
    shown = operator_shown(operator)
    return page(
        "operator.html",
        problem=problem,
        operator=operator,
        shown=shown,
        form=form or opened({one.field: one.text for one in shown}),
        trouble=licence_trouble(operator, today),
        terms=terms_of(session(), county=me().county, operator_id=operator.id),
        stations=stations_run_by(session(), operator=operator),
        others=[
            one
            for one in operators_of(session(), county=me().county)
            if one.id != operator.id and one.status is OperatorStatus.ACTIVE
        ],
        statuses=[one for one in OperatorStatus if one is not operator.status],
        changes=status_changes(session(), operator=operator),
        status_mark=status_mark(session(), operator=operator),
        townships=townships(session(), me().county),
        lines=history.lines(
            session(),
            county=me().county,
            station_id=None,
            operator_id=operator.id,
            limit=HISTORY_SHOWN,
        ),
        ticked=set(_ticked()) if problem else set(),
        mark=station_mark,
    )


@blueprint.get("/operators/<int:operator_id>")
def operator(operator_id: int) -> Any:
    """One enterprise on one page."""
    return _page(_operator(operator_id))


@blueprint.post("/operators/<int:operator_id>")
@carries("seal")
def change(operator_id: int) -> Any:
    """Change its licence and contacts."""
    _only_office()
    found = _operator(operator_id)
    with answering(lambda problem: _page(found, problem, _merged(found))):
        shown, form = seal(operator_shown(found)), _merged(found)
        form.refuse(MEANWHILE, f"{found.name}的资料")
        made = edit_operator(
            session(), operator=found, given=form.values, by=me(), now=clock.now(), seal=shown
        )
    said = f"已保存：{'、'.join(one['label'] for one in made)}。" if made else "没有改动。"
    return done(said + form.told(), url_for("desk_operators.operator", operator_id=found.id))


@blueprint.post("/operators/<int:operator_id>/status")
@carries("seen")
def status(operator_id: int) -> Any:
    """动态管理: what was decided of it, by whom and why."""
    _only_office()
    found, form = _operator(operator_id), request.form
    with answering(lambda problem: _page(found, problem)):
        wanted = next((one for one in OperatorStatus if one == form.get("status")), None)
        if wanted is None:
            raise Invalid("field-invalid", "请选择决定成什么状态。", fields={"status": "请选择"})
        decide_status(
            session(),
            operator=found,
            status=wanted,
            on=read_day(form.get("decided_on", ""), "决定日期", latest=clock.today()),
            deciders=form.get("deciders", ""),
            document=form.get("document", ""),
            reason=form.get("reason", ""),
            by=me(),
            now=clock.now(),
            seen=form.get("seen"),
        )
    return done(
        f"已记下：{found.name}{wanted.label}。",
        url_for("desk_operators.operator", operator_id=found.id),
    )


@blueprint.post("/operators/<int:operator_id>/townships")
def township(operator_id: int) -> Any:
    """Let it serve a township from a day on."""
    _only_office()
    found, form = _operator(operator_id), request.form
    moved = 0
    with answering(lambda problem: _page(found, problem)):
        term = give_township(
            session(),
            county=county_of_desk(),
            operator=found,
            township_code=form.get("township_code", ""),
            from_on=read_day(form.get("from_on", ""), "起始日期", latest=None),
            source=form.get("source", ""),
            by=me(),
            now=clock.now(),
        )
        bare = [
            one.station
            for one in stations_unserved(session(), seen_by=me(), on=clock.today())
            if not one.operator and one.station.township_code == term.township_code
        ]
        if form.get("stations") == "1" and bare:
            names = "、".join(f"{one.code or '未编号'} {one.name}" for one in bare)
            ask_unless_sure(
                f"这个乡镇还没有登记企业的{len(bare)}个站也交给{found.name}：{names}",
                form.get("sure", ""), code="stations-go-along",
                otherwise="没有错，请勾选“这些站都交给它”，再登记一次；不交，就去掉上面那个勾",
            )  # fmt: skip
            moved = len(
                hand_over(
                    session(),
                    county=county_of_desk(),
                    station_ids=[one.id for one in bare],
                    giver=None,
                    taker=found,
                    on=term.from_on,
                    by=me(),
                    now=clock.now(),
                    reason=term.source,
                )
            )
    told = f"已登记，{moved} 个没有企业的站也交给了它。" if moved else "已登记。"
    return done(told, url_for("desk_operators.operator", operator_id=found.id))


def _ticked() -> dict[int, str]:
    """The stations that were ticked, each with the mark of what stood beside it."""
    found = {}
    for text in request.form.getlist("station"):
        number, _, mark = text.partition(":")
        with suppress(ValueError):  # nothing that our form sends: it is no station's
            found[row_id(number)] = mark
    return found


@blueprint.post("/operators/<int:operator_id>/hand-over")
def hand_stations_over(operator_id: int) -> Any:
    """Hand the ticked stations over to another enterprise."""
    _only_office()
    found, form = _operator(operator_id), request.form
    with answering(lambda problem: _page(found, problem)):
        taker_id = form.get("taker", type=row_id)
        if not taker_id:
            raise Invalid("field-invalid", "请选择移交给哪家企业。", fields={"taker": "请选择"})
        taker = _operator(taker_id)
        ticked = _ticked()
        moved = hand_over(
            session(),
            county=county_of_desk(),
            station_ids=ticked,
            giver=found,
            taker=taker,
            on=read_day(form.get("on", ""), "移交日期", latest=clock.today()),
            by=me(),
            now=clock.now(),
            reason=form.get("why", ""),
            seen=ticked,
        )
    return done(
        f"{len(moved)} 个站已移交{taker.name}。",
        url_for("desk_operators.operator", operator_id=found.id),
    )


@blueprint.post("/operators/unserved")
def take_over() -> Any:
    """Give stations that have no operator at all to one."""
    _only_office()
    form = request.form
    with answering(_list_page):
        taker_id = form.get("taker", type=row_id)
        if not taker_id:
            raise Invalid("field-invalid", "请选择交给哪家企业。", fields={"taker": "请选择"})
        taker = _operator(taker_id)
        ticked = _ticked()
        moved = hand_over(
            session(),
            county=county_of_desk(),
            station_ids=ticked,
            giver=None,
            taker=taker,
            on=read_day(form.get("on", ""), "起始日期", latest=clock.today()),
            by=me(),
            now=clock.now(),
            reason=form.get("why", ""),
            seen=ticked,
        )
    return done(f"{len(moved)} 个站已由{taker.name}运营。", url_for("desk_operators.operators"))
