"""Entering and changing a station: the register's own facts, closing, reopening.

The county office's forms write into the register; a township officer's, which are the same, are
handed to the office as a proposal.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from desk.stations.proposing import amended, as_proposed, handed_in, waiting_here
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.proposal import ProposalKind
from server.models.station import Station
from server.policy.hours import hours_text, parse_hours
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common.owed_mends import closing_shown, owed_mends
from server.services.common.seals import Value, refuse_if_changed, seal
from server.services.common.worked_days import ask_about_closing
from server.services.county.counties import townships, villages
from server.services.county.operators import operators_of
from server.services.mending.rectifications import withdraw_with_station
from server.services.people.scope import OFFICE, TOWNSHIP, station_for
from server.services.registry.extent import ask_about_position
from server.services.registry.fields import FIELDS, Field, names_of, show, stored
from server.services.registry.functions import functions_on
from server.services.registry.proposals import propose_closing, propose_edit, propose_new
from server.services.registry.stations import (
    add_station,
    close_station,
    edit_station,
    reopen_station,
)
from server.services.registry.venues import venue_kinds

blueprint = Blueprint("desk_register", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "名称与开办",
        ("name", "ownership", "operator", "opener", "opened_on", "coop_modes"),
    ),
    ("负责人与地点", ("head_name", "head_phone", "venue", "address", "position", "serves")),
    ("营业与服务", ("hours", "services")),
    (
        "末端备案",
        ("filed_on", "filing_number", "filed_name", "filing_changed_on", "filing_change_filed_on"),
    ),
)


def _typed(names: tuple[str, ...] = tuple(FIELDS)) -> dict[str, Any]:
    """What the form sent, as it was typed; several boxes become a list."""
    return {
        name: request.form.getlist(name)
        if FIELDS[name].kind == "choices"
        else request.form.get(name, "")
        for name in names
        if name in request.form or FIELDS[name].kind == "choices"
    }


def _as_held(station: Station) -> dict[str, Any]:
    """What the register holds, as a form shows it."""
    names = names_of(session(), station.county)

    def shown(field: Field) -> Any:
        value = stored(station, field)
        if field.kind == "choices":
            return list(value or [])
        if field.kind == "choice":
            return str(value or "")
        return show(field, value, names)

    return {name: shown(field) for name, field in FIELDS.items()}


def _merged(station: Station) -> MergedForm:
    """The form that was sent, over what somebody else changed meanwhile."""

    def told(name: str, value: Value) -> tuple[str, str]:
        field, choices = FIELDS[name], FIELDS[name].choices or {}
        if isinstance(value, list):
            return field.label, "、".join(choices.get(one, one) for one in value)
        return field.label, choices.get(value, value) if field.kind == "choice" else value

    held = _as_held(station)
    return merged(held, _typed(), told)


def _hours_read(typed: str) -> str:
    """What typed hours are understood as, in words, before they are kept."""
    try:
        week = hours_text(parse_hours(typed))
    except Invalid as problem:
        return problem.message
    return f"会登记成：{week}" if week else "没有写，就是没有登记。"


def _edit_page(station: Station, problem: Problem | None = None) -> Any:
    """The form; on a clash with what the register holds meanwhile, with the choice."""
    held, amends = _as_held(station), amended(station, ProposalKind.EDIT)
    form = _merged(station) if problem else opened(held)
    over = form.values if problem or amends is None else as_proposed(amends)
    shown = {**held, **over}
    return page(
        "edit.html",
        hours_read=_hours_read(request.args.get("hours", shown["hours"])),
        problem=problem,
        venues=list(venue_kinds(county_of_desk())),
        functions=functions_on(county_of_desk(), clock.today()),
        station=station,
        amends=amends,
        waiting=waiting_here(station),
        parts=[(title, [FIELDS[name] for name in names]) for title, names in PARTS],
        form=form,
        typed=shown,
        reason=request.form.get("reason", amends.reason if amends else ""),
        operators=operators_of(session(), county=me().county),
        sure=request.form.get("sure", ""),
    )


@blueprint.get("/stations/<int:station_id>/edit")
def edit(station_id: int) -> Any:
    """The register's facts of a station, to be changed."""
    return _edit_page(station_for(session(), me(), station_id))


@blueprint.post("/stations/<int:station_id>/edit")
@carries("seal")
def save(station_id: int) -> Any:
    """Change them, all or none; on any error what was typed is shown again."""
    station = station_for(session(), me(), station_id)
    if not may(*OFFICE):
        return _propose_edit(station)
    with answering(lambda problem: _edit_page(station, problem)):
        form = _merged(station)
        form.refuse("station-changed-meanwhile", station.name)
        _ask_about_position(station, form.values.get("position"))
        made = edit_station(
            session(),
            station=station,
            changes={name: form.values[name] for name in _typed()},
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
            version=station.version,
            standards=standards_here(),
        )
    where = url_for("desk_station.station", station_id=station.id)
    if not made:
        return done("内容和原来一样，没有改动。" + form.told(), where)
    return done(f"已保存：{'、'.join(change['label'] for change in made)}。{form.told()}", where)


def _ask_about_position(station: Station, typed: Any) -> None:
    ask_about_position(
        session(), station=station, typed=typed, sure=request.form.get("sure", ""),
        today=clock.today(),
    )  # fmt: skip


def _propose_edit(station: Station) -> Any:
    """The same form as the office's, handed in instead of written."""
    with answering(lambda problem: _edit_page(station, problem)):
        form = _merged(station)
        form.refuse("station-changed-meanwhile", station.name)
        _ask_about_position(station, form.values.get("position"))
        made = propose_edit(
            session(),
            station=station,
            changes={name: form.values[name] for name in _typed()},
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
            amends=amended(station, ProposalKind.EDIT),
        )
    if made is None:
        where = url_for("desk_station.station", station_id=station.id)
        return done("内容和现在登记的一样，没有要提交的。" + form.told(), where)
    return handed_in(made, form.told())


def _new_page(typed: Mapping[str, str], problem: Problem | None = None) -> Any:
    county, own = county_of_desk(), "" if may(*OFFICE) else me().township_code
    return page(
        "new.html",
        problem=problem,
        typed=typed,
        amends=amended(None, ProposalKind.NEW),
        townships=[one for one in townships(session(), county.code) if own in ("", one.code)],
        villages=[one for one in villages(session(), county.code) if own in ("", one.parent)],
    )


@blueprint.get("/stations/new")
def new() -> Any:
    """A new station: where, and at which level."""
    village, amends = request.args.get("village", ""), amended(None, ProposalKind.NEW)
    if amends is not None and (place := amends.change["place"]):
        typed = {key: str(text) for key, text in place.items()}
        return _new_page({**typed, "name": amends.change["name"], "basis": amends.reason})
    return _new_page({"level": Level.VILLAGE_POINT, "village_code": village} if village else {})


def _level(text: str) -> Level:
    try:
        return Level(text)
    except ValueError as unknown:
        raise Invalid("level-missing", "请先选择站点级别。") from unknown


@blueprint.post("/stations/new")
def add() -> Any:
    """Enter it, and go on to the rest of its facts."""
    form = request.form
    with answering(lambda problem: _new_page(form, problem)):
        level = _level(form.get("level", ""))
        village = form.get("village_code", "") if level == Level.VILLAGE_POINT else ""
        township = form.get("township_code", "") if level == Level.TOWNSHIP_STATION else ""
        if not may(*OFFICE):
            proposed = propose_new(
                session(),
                county=county_of_desk(),
                level=level,
                township_code=township or village[:9] or None,
                village_code=village or None,
                name=form.get("name", ""),
                by=me(),
                now=clock.now(),
                reason=form.get("basis", ""),
                amends=amended(None, ProposalKind.NEW),
            )
            return handed_in(proposed)
        station = add_station(
            session(),
            county=county_of_desk(),
            level=level,
            by=me(),
            now=clock.now(),
            name=form.get("name", "").strip() or None,
            township_code=township or village[:9] or None,
            village_code=village or None,
            basis=form.get("basis", ""),
        )
    return done(
        f"{station.name}已登记。接着把地址、营业时间等补全。",
        url_for("desk_register.edit", station_id=station.id),
    )


def _closing_page(station: Station, problem: Problem | None = None) -> Any:
    amends = amended(station, ProposalKind.CLOSE, ProposalKind.REOPEN)
    day = amends.change["on"] if amends else ""
    return page(
        "closing.html",
        problem=problem,
        station=station,
        amends=amends,
        waiting=waiting_here(station),
        owed=owed_mends(session(), station_ids=[station.id]).get(station.id, ""),
        seal=seal(closing_shown(session(), station_id=station.id)),
        on=request.form.get("on") or day or clock.today().isoformat(),
        reason=request.form.get("reason", amends.reason if amends else ""),
    )


def _closing_day() -> date:
    return read_day(request.form.get("on", ""), "停业日期", latest=clock.today())


@blueprint.get("/stations/<int:station_id>/closing")
def closing(station_id: int) -> Any:
    """Ask before a station is closed or opened again."""
    return _closing_page(station_for(session(), me(), station_id))


@blueprint.post("/stations/<int:station_id>/closing")
@carries("seal")
def close_or_reopen(station_id: int) -> Any:
    """Close an open station, or reopen a closed one; the number stays its own for ever."""
    station = station_for(session(), me(), station_id)
    now, reason, sure = clock.now(), request.form.get("reason", ""), request.form.get("sure", "")
    with answering(lambda problem: _closing_page(station, problem)):
        if not may(*OFFICE):
            reopens = request.form.get("what") == "reopen"
            on = None if reopens else _closing_day()
            proposed = propose_closing(
                session(), station=station, on=on, by=me(), now=now, reason=reason, sure=sure,
                amends=amended(station, ProposalKind.CLOSE, ProposalKind.REOPEN),
            )  # fmt: skip
            return handed_in(proposed)
        if request.form.get("what") == "reopen":
            reopen_station(session(), station=station, by=me(), now=now, reason=reason)
            said = f"{station.name}已恢复。"
        else:
            on = _closing_day()
            if station.closed_on is None:  # else that is what is told
                shown = closing_shown(session(), station_id=station.id)
                refuse_if_changed(
                    request.form.get("seal"), shown, code="station-changed-meanwhile",
                    what="这个站", how="跟着停业撤销的整改变了",
                )  # fmt: skip
                ask_about_closing(session(), station_id=station.id, on=on, sure=sure)
            close_station(session(), station=station, by=me(), now=now, on=on, reason=reason)
            owed = withdraw_with_station(
                session(), station=station, because=reason, by=me(), now=now
            )
            said = f"{station.name}已停业，编号不再给别的站用。"
            if owed:
                said += f"没办完的{owed}项整改同时撤销，理由记在历史里。"
    return done(said, url_for("desk_station.station", station_id=station.id))
