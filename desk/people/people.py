"""People and their phones: keepers, officers, inspectors; one-time codes, desk passwords."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from markupsafe import Markup

from desk.frame.access import county_of_desk, may, me
from desk.frame.handed import hand_over, handed_over
from desk.frame.marks import carries
from desk.frame.merging import opened
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.people.person_form import (
    as_service_reads,
    fields_open,
    held_fields,
    last_day,
    merged_person,
)
from server.errors import Invalid, NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import row_id, session, settings_of
from server.http.guards import guard_desk
from server.media.paper.qr import qr_modules, qr_svg, slip_url
from server.models.person import Person, Role, SignInKind
from server.services.common.seals import seal
from server.services.county.counties import townships
from server.services.county.operators import operators_of
from server.services.people import passwords, second_factor, sign_ins
from server.services.people.organisations import organisations_of
from server.services.people.people import (
    PersonView,
    add_person,
    appoint_keeper,
    bound_phones,
    dismiss_keeper,
    edit_person,
    keepers_of,
    people_seen,
    person_shown,
    switch_off_person,
    switch_on_person,
)
from server.services.people.scope import (
    AT_DESK,
    FOR_A_BODY,
    KEEPERS,
    OFFICE,
    ON_PHONES,
    OVER_COUNTIES,
    TOWNSHIP,
    refuse_unless_manages,
    station_for,
)

blueprint = Blueprint("desk_people", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)
CODE_LASTS = timedelta(hours=72)
SLIP, PASSWORD = "slip", "password"
FILTERS = ("q", "role", "township", "phone", "unit")
UNASSIGNED = "none"  # of a bureau, with no body named yet
PAGE_ROWS = 100


def _roles_to_give() -> tuple[Role, ...]:
    """Which kinds of people the person at the desk may add."""
    given = tuple(role for role in Role if role not in OVER_COUNTIES)
    return given if may(*OFFICE) else KEEPERS


def _in_sight(*, active: bool | None = None) -> list[PersonView]:
    return people_seen(session(), county=me().county, seen_by=me(), active=active)


def _view(person: Person) -> PersonView:
    """A person as the list shows them; raises NotFound where they are not on it."""
    for one in _in_sight():
        if one.person.id == person.id:
            return one
    raise NotFound("person-unknown", "没有找到这个人。请返回列表重新选择。")


def _person(person_id: int) -> Person:
    """One whom the person at the desk may manage; everybody else is not there."""
    person = session().get(Person, person_id)
    if person is None or person.county != me().county:
        raise NotFound("person-unknown", "没有找到这个人。请返回列表重新选择。")
    refuse_unless_manages(session(), me(), person)
    return person


def _list_page(problem: Problem | None = None) -> Any:
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    everybody = _in_sight()
    places = townships(session(), me().county)
    names = {one.code: one.name for one in places}
    bound = bound_phones(session(), county=me().county, now=clock.now())

    def places_of(one: PersonView) -> set[str]:
        own = one.person.township_code
        return {own} if own else {station.township_code or "" for station in one.stations}

    def fits(one: PersonView) -> bool:
        person, q = one.person, asked["q"].casefold()
        text = " ".join(
            [person.name, person.phone or "", person.login or ""]
            + [f"{station.code or ''} {station.name}" for station in one.stations]
        )
        return (
            (not asked["township"] or asked["township"] in places_of(one))
            and (not asked["phone"] or (person.id in bound) == (asked["phone"] == "bound"))
            and (not asked["phone"] or person.role in ON_PHONES)
            and (
                asked["unit"] != UNASSIGNED or (person.role is Role.BUREAU and not one.organisation)
            )
            and all(word in text.casefold() for word in q.split())
        )

    fitting = [one for one in everybody if fits(one)]
    shown = [one for one in fitting if not asked["role"] or one.person.role == asked["role"]]
    leaf = page_of(len(shown), PAGE_ROWS)
    return page(
        "people.html",
        problem=problem,
        shown=leaf.of(shown),
        count=len(shown),
        leaf=leaf,
        asked=asked,
        filtered=any(asked.values()),
        bound=bound,
        on_phones=ON_PHONES,
        where={
            one.person.id: [names.get(code, "") for code in sorted(places_of(one)) if code]
            for one in leaf.of(shown)
        },
        counts={role: sum(1 for one in fitting if one.person.role == role) for role in Role},
        total=len(fitting),
        roles=_roles_to_give(),
        places=places,
        townships=places if may(*OFFICE) else [],
        operators=operators_of(session(), county=me().county),
        organisations=organisations_of(session(), county=me().county),
    )


@blueprint.get("/people")
def people() -> Any:
    """Who works for the county, by kind."""
    return _list_page()


@blueprint.post("/people")
def add() -> Any:
    """Enter a person; a desk account gets its first password on the person's page."""
    form = request.form
    role = next((one for one in _roles_to_give() if one == form.get("role")), None)
    with answering(_list_page):
        if role is None:
            raise Invalid("person-invalid", "请先选择这个人的身份。", fields={"role": "请选择。"})
        own = form.get("township_code") if may(*OFFICE) else me().township_code
        person = add_person(
            session(),
            county=county_of_desk(),
            name=form.get("name", ""),
            role=role,
            by=me(),
            now=clock.now(),
            phone=form.get("phone") or None,
            township_code=own or None,
            operator_id=form.get("operator_id", type=row_id) if role == Role.OPERATOR else None,
            organisation_id=form.get("organisation_id", type=row_id)
            if role in FOR_A_BODY
            else None,
            until_on=last_day(form.get("until_on", "")) if may(*OFFICE) else None,
            login=(form.get("login") or None) if role in AT_DESK else None,
        )
    return done(
        f"已新增{person.name}。接下来发绑定码，或设第一个密码。",
        url_for("desk_people.person", person_id=person.id),
    )


def _person_page(person: Person, problem: Problem | None = None, *, edited: bool = False) -> Any:
    form = merged_person(person) if edited else opened(held_fields(person))
    view = _view(person)
    devices = sign_ins.devices_of(session(), person=person, now=clock.now())
    return page(
        "person.html",
        problem=problem,
        view=view,
        person=person,
        phones=[one for one in devices if one.kind == SignInKind.PHONE],
        desks=[one for one in devices if one.kind == SignInKind.DESK],
        townships=townships(session(), me().county) if may(*OFFICE) else [],
        operators=operators_of(session(), county=me().county),
        organisations=organisations_of(session(), county=me().county),
        on_phones=person.role in ON_PHONES,
        at_desk=person.role in AT_DESK,
        factor=second_factor.factor_of(session(), person),
        form=form,
        typed=form.values,
    )


@blueprint.get("/people/<int:person_id>")
def person(person_id: int) -> Any:
    """One person: facts, phones, sign-ins."""
    return _person_page(_person(person_id))


@blueprint.post("/people/<int:person_id>")
@carries("seal")
def change(person_id: int) -> Any:
    """Change name, phone and, at the county office, login, township and operator."""
    found = _person(person_id)
    with answering(lambda problem: _person_page(found, problem, edited=True)):
        shown, form = seal(person_shown(session(), found, fields_open())), merged_person(found)
        form.refuse("person-changed-meanwhile", f"{found.name}的资料")
        changes = as_service_reads(form.values)
        edit_person(session(), person=found, changes=changes, by=me(), now=clock.now(), seal=shown)
    return done("已保存。" + form.told(), url_for("desk_people.person", person_id=found.id))


@blueprint.post("/people/<int:person_id>/invite")
def invite(person_id: int) -> Any:
    """A one-time code, shown this once; earlier unused ones of this person end."""
    found = _person(person_id)
    if found.role not in ON_PHONES:
        raise Invalid("person-without-phone", "这类账号只在电脑上用，不需要绑定手机。")
    code = sign_ins.make_bind_code(
        session(), person=found, by=me(), now=clock.now(), good_for=CODE_LASTS
    )
    hand_over(SLIP, found.id, code, now=clock.now())
    return redirect(url_for("desk_people.slip", person_id=found.id), 303)


@blueprint.get("/people/<int:person_id>/invite")
def slip(person_id: int) -> Any:
    """The code just made, with its QR code, for some minutes and in this browser alone."""
    found = _person(person_id)
    held = handed_over(SLIP, found.id, now=clock.now())
    if held is None:
        flash("绑定码只显示十分钟，这一个不能再看了。要用，请再发一个。", "bad")
        return redirect(url_for("desk_people.person", person_id=found.id), 303)
    code, made_at = held
    address = slip_url(settings_of().base_url, code)
    return page(
        "slip.html",
        view=_view(found),
        person=found,
        code=code,
        address=address,
        # qr_svg draws only rectangles from our own address: nothing in it comes from a form.
        picture=Markup(qr_svg(qr_modules(address))),  # noqa: S704
        good_until=made_at + CODE_LASTS,
    )


@blueprint.post("/people/<int:person_id>/revoke")
def revoke(person_id: int) -> Any:
    """The phone is lost: end all phones and open codes of a person."""
    found = _person(person_id)
    ended = sign_ins.revoke_devices(session(), person=found, by=me(), now=clock.now())
    where = url_for("desk_people.person", person_id=found.id)
    return done(f"{found.name}的 {ended} 部手机已停用，没用过的绑定码也作废了。", where)


@blueprint.post("/people/<int:person_id>/password")
def first_password(person_id: int) -> Any:
    """A new desk password, said once; every desk sign-in of that person ends."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "您的账号没有这一项权限。如需办理，请联系县专班。")
    found = _person(person_id)
    with answering(lambda problem: _person_page(found, problem)):
        if found.role not in AT_DESK or not found.login:
            raise Invalid("login-missing", "请先给这个人填上账号并保存，再设密码。")
        password = passwords.made_up_password()
        passwords.set_password(session(), person=found, password=password, now=clock.now(), by=me())
    hand_over(PASSWORD, found.id, password, now=clock.now())
    return redirect(url_for("desk_people.password_slip", person_id=found.id), 303)


@blueprint.get("/people/<int:person_id>/password")
def password_slip(person_id: int) -> Any:
    """The password just set, for some minutes and in this browser alone."""
    found = _person(person_id)
    held = handed_over(PASSWORD, found.id, now=clock.now()) if may(*OFFICE) else None
    if held is None:
        flash("新密码只显示十分钟，这一个不能再看了。忘了，请再设一个。", "bad")
        return redirect(url_for("desk_people.person", person_id=found.id), 303)
    return page("password.html", person=found, password=held[0])


@blueprint.post("/people/<int:person_id>/second-factor/reset")
def forget_factor(person_id: int) -> Any:
    """Phone and paper are lost: the next sign-in needs the password alone, or sets a new app up."""
    found = _person(person_id)
    with answering(lambda problem: _person_page(found, problem)):
        second_factor.reset_factor(session(), person=found, by=me(), now=clock.now())
    where = url_for("desk_people.person", person_id=found.id)
    return done(f"{found.name}的动态码已经重设，旧手机和恢复码都不能用了。", where)


@blueprint.post("/people/<int:person_id>/switch")
def switch(person_id: int) -> Any:
    """Refuse a person's sign-ins from now on, or let them in again."""
    found, wanted = _person(person_id), request.form.get("active")
    if wanted not in ("0", "1"):
        raise Invalid("person-invalid", "请在人员页面上点“停用”或“恢复”。")
    act = switch_on_person if wanted == "1" else switch_off_person
    with answering(lambda problem: _person_page(found, problem)):
        act(session(), person=found, by=me(), now=clock.now())
    word = "恢复" if wanted == "1" else "停用"
    return done(f"已{word}{found.name}的账号。", url_for("desk_people.person", person_id=found.id))


def _keepers_page(station_id: int, problem: Problem | None = None) -> Any:
    station = station_for(session(), me(), station_id)
    here = keepers_of(session(), station_id=station.id, now=clock.now())
    return page(
        "keepers.html",
        problem=problem,
        station=station,
        here=here,
        others=[
            one
            for one in _in_sight(active=True)
            if one.person.role == Role.KEEPER and one.person.id not in {kept.id for kept in here}
        ],
    )


@blueprint.get("/stations/<int:station_id>/keepers")
def keepers(station_id: int) -> Any:
    """Who keeps a station, and who could."""
    return _keepers_page(station_id)


@blueprint.post("/stations/<int:station_id>/keepers")
def appoint(station_id: int) -> Any:
    """Appoint somebody known, or enter a new keeper and appoint at once."""
    station, form, now = station_for(session(), me(), station_id), request.form, clock.now()
    with answering(lambda problem: _keepers_page(station_id, problem)):
        if form.get("person_id", type=row_id):
            chosen = _person(form.get("person_id", type=row_id) or 0)
        else:
            chosen = add_person(
                session(),
                county=county_of_desk(),
                name=form.get("name", ""),
                role=Role.KEEPER,
                by=me(),
                now=now,
                phone=form.get("phone") or None,
                township_code=station.township_code,
            )
        appoint_keeper(session(), station=station, person=chosen, by=me(), now=now)
    where = url_for("desk_people.keepers", station_id=station.id)
    return done(f"{chosen.name}已是{station.name}的站长。", where)


@blueprint.post("/stations/<int:station_id>/keepers/<int:person_id>/dismiss")
def dismiss(station_id: int, person_id: int) -> Any:
    """End a keeper's time at a station."""
    station, found = station_for(session(), me(), station_id), _person(person_id)
    reason = request.form.get("reason", "").strip()
    with answering(lambda problem: _keepers_page(station_id, problem)):
        dismiss_keeper(
            session(), station=station, person=found, by=me(), now=clock.now(), reason=reason
        )
    where = url_for("desk_people.keepers", station_id=station.id)
    return done(f"{found.name}不再任{station.name}站长。", where)
