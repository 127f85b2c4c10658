import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.people.sessions import known_cookie
from server.http import clock
from server.models.history import HistoryLine
from server.models.person import Person
from server.services.people import passwords, sign_ins
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, PASSWORD, Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def open_door(client: FlaskClient, next_page: str = "") -> str:
    page = client.get(f"/desk/sign-in?next={next_page}").get_data(as_text=True)
    found = re.search(r'name="gate" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.fixture
def office(session: Session, cast: Cast) -> Person:
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    session.commit()
    return cast.office


def sign_in(client: FlaskClient, **form: Any) -> Any:
    return client.post("/desk/sign-in", data={"gate": open_door(client), **form})


def test_the_right_password_opens_the_first_page(client: FlaskClient, office: Person) -> None:
    answer = sign_in(client, login="xian", password=PASSWORD, next="/desk/plan")

    assert (answer.status_code, answer.location) == (303, "/desk/plan")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "czt_desk=" in one)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "今天要办" in text_of(client.get("/desk/"))


def test_no_shared_cache_keeps_a_page_of_the_desk(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/people")

    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_password_is_told_and_the_name_stays(client: FlaskClient, office: Person) -> None:
    answer = sign_in(client, login="xian", password="wrong")

    assert answer.status_code == 422
    assert "账号或密码不对" in text_of(answer)
    assert 'value="xian"' in answer.get_data(as_text=True)
    assert "wrong" not in answer.get_data(as_text=True)


def test_ten_wrong_passwords_close_the_door_for_a_while(
    client: FlaskClient, office: Person
) -> None:
    for _ in range(10):
        assert sign_in(client, login="xian", password="wrong").status_code == 422

    answer = sign_in(client, login="xian", password=PASSWORD)

    assert answer.status_code == 429
    assert "试的次数太多了" in text_of(answer)


def test_nobody_locks_an_officer_out_of_the_own_computer(app: Flask, office: Person) -> None:
    own, new, strange = (app.test_client() for _ in range(3))
    sign_in(own, login="xian", password=PASSWORD)
    own.post("/desk/sign-out")
    for _ in range(10):
        sign_in(strange, login="xian", password="wrong")

    assert sign_in(strange, login="xian", password=PASSWORD).status_code == 429
    assert sign_in(new, login="xian", password=PASSWORD).status_code == 429
    assert sign_in(own, login="xian", password=PASSWORD).status_code == 303


def test_a_known_computer_guesses_no_longer_than_others(app: Flask, office: Person) -> None:
    own, new = app.test_client(), app.test_client()
    sign_in(own, login="xian", password=PASSWORD)
    for _ in range(10):
        assert sign_in(own, login="xian", password="wrong").status_code == 422

    assert sign_in(own, login="xian", password=PASSWORD).status_code == 429
    assert sign_in(new, login="xian", password=PASSWORD).status_code == 303


def test_the_mark_of_one_login_helps_no_other(
    app: Flask, session: Session, cast: Cast, office: Person
) -> None:
    passwords.set_password(session, person=cast.officer, password=PASSWORD)
    session.commit()
    own = app.test_client()
    sign_in(own, login="xian", password=PASSWORD)
    cookie = own.get_cookie(known_cookie("xian"), path="/desk/sign-in")
    assert cookie is not None
    thief = app.test_client()
    other = str(cast.officer.login)
    thief.set_cookie(known_cookie(other), cookie.value, path="/desk/sign-in")
    for _ in range(10):
        assert sign_in(thief, login=other, password="wrong").status_code == 422

    assert sign_in(app.test_client(), login=other, password=PASSWORD).status_code == 429


def test_a_form_from_another_site_signs_nobody_in(client: FlaskClient, office: Person) -> None:
    open_door(client)

    forged = client.post("/desk/sign-in", data={"login": "xian", "password": PASSWORD})
    guessed = client.post(
        "/desk/sign-in", data={"login": "xian", "password": PASSWORD, "gate": "0" * 64}
    )

    assert (forged.status_code, guessed.status_code) == (400, 400)
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/desk//evil.example", "/desk/\\evil"]
)
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, office: Person, elsewhere: str
) -> None:
    answer = sign_in(client, login="xian", password=PASSWORD, next=elsewhere)

    assert answer.location == "/desk/"


def test_whoever_is_not_signed_in_comes_back_to_the_page_after_signing_in(
    client: FlaskClient, cast: Cast
) -> None:
    answer = client.get(f"/desk/stations/{cast.c1.id}?x=1")

    assert answer.status_code == 302
    assert f"next=/desk/stations/{cast.c1.id}?x%3D1" in answer.location


def test_signing_out_ends_the_sign_in_on_the_server_too(
    client: FlaskClient, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    desk.post("/sign-out")
    client.set_cookie("czt_desk", desk.held.token)

    assert desk.get("/").status_code == 302


def test_a_form_without_the_pages_token_changes_nothing(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)

    answer = desk.post(f"/stations/{cast.c1.id}/closing", csrf="", on="2023-07-01", reason="搬走")

    assert answer.status_code == 303
    assert "请刷新后再提交" in text_of(desk.client.get(answer.location))
    assert cast.c1.closed_on is None


def test_signing_in_over_a_living_session_ends_that_one(
    client: FlaskClient, office: Person, cast: Cast, session: Session
) -> None:
    sign_in(client, login="xian", password=PASSWORD)
    held = client.get_cookie("czt_desk", path="/desk")
    assert held is not None
    sign_in(client, login="xian", password="wrong")
    assert client.get("/desk/").status_code == 200  # a wrong try ends nothing

    sign_in(client, login="xian", password=PASSWORD)
    now = client.get_cookie("czt_desk", path="/desk")
    assert now is not None
    assert now.value != held.value
    assert client.get("/desk/").status_code == 200
    client.set_cookie("czt_desk", held.value, path="/desk")
    assert client.get("/desk/").status_code == 302


def test_the_way_out_is_in_sight_on_every_page_of_the_menu(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.officer)
    front = desk.get("/").get_data(as_text=True)
    pages = set(re.findall(r'href="/desk(/[a-z][a-z/-]*)"', front))
    assert len(pages) > 8
    for page in ["/", *sorted(pages)]:
        assert re.search(
            r'<form method="post" action="/desk/sign-out"[^>]*>.*?<button>退出</button></form>',
            desk.get(page).get_data(as_text=True),
        ), page


def test_a_new_password_ends_the_other_sign_ins(
    client: FlaskClient,
    office: Person,
    desk_of: DeskOf,
    at_desk: Callable[[Person], Any],
) -> None:
    elsewhere = at_desk(office)
    desk = desk_of(office)

    said = desk.done("/account/password", old=PASSWORD, new="新密码2024abc", again="新密码2024abc")
    still_here = desk.get("/").status_code
    client.set_cookie("czt_desk", elsewhere.token)

    assert "密码已经改好" in said
    assert still_here == 200
    assert desk.get("/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("wrong", "新密码2024abc", "新密码2024abc", "现在的密码不对"),
        (PASSWORD, "新密码2024abc", "新密码2024abd", "两次输的新密码不一样"),
        (PASSWORD, "短", "短", "密码太短"),
    ],
)
def test_a_password_is_changed_only_when_all_is_right(
    session: Session, office: Person, desk_of: DeskOf, old: str, new: str, again: str, told: str
) -> None:
    answer = desk_of(office).post("/account/password", old=old, new=new, again=again)

    assert answer.status_code == 422
    assert told in text_of(answer)
    session.refresh(office)
    assert passwords.password_is(office, PASSWORD)


def test_a_password_that_somebody_else_gave_opens_nothing_but_the_own_one(
    session: Session, cast: Cast, client: FlaskClient, desk_of: DeskOf
) -> None:
    given = "abcd-efgh-jkmn"
    passwords.set_password(
        session, person=cast.officer, password=given, now=clock.now(), by=cast.office
    )
    session.commit()

    sign_in(client, login="zhen", password=given)
    for path in ("/desk/", "/desk/people", "/desk/exports", "/desk/account/data"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, "/desk/account"), path
    page = client.get("/desk/account").get_data(as_text=True)
    assert "您现在的密码是别人设的" in page
    csrf = re.findall(r'name="csrf" content="([^"]+)"', page)[0]
    told = client.post(f"/desk/people/{cast.li.id}/revoke", data={"csrf": csrf})
    assert told.location == "/desk/account"  # by the page that would have shown what was typed
    assert (
        session.scalars(select(HistoryLine).where(HistoryLine.action == "phones-revoked")).all()
        == []
    )

    def change(new: str) -> Any:
        form = {"csrf": csrf, "at": "/desk/account", "old": given, "new": new, "again": new}
        return client.post("/desk/account/password", data=form)

    assert "和现在的一样" in change(given).get_data(as_text=True)
    assert change("自己选的很长的密码").status_code == 303
    assert client.get("/desk/people").status_code == 200
    session.refresh(cast.officer)
    assert cast.officer.password_given_at is None


def test_nobody_gives_a_password_to_themselves_and_is_signed_out_before_seeing_it(
    session: Session, cast: Cast, desk_of: DeskOf, office: Person
) -> None:
    desk = desk_of(office)

    assert f"/desk/people/{office.id}/password" not in desk.get(f"/people/{office.id}").get_data(
        as_text=True
    )
    told = desk.post(f"/people/{office.id}/password")

    assert (told.status_code, "请在“账号与设备”里改" in text_of(told)) == (409, True)
    session.refresh(office)
    assert passwords.password_is(office, PASSWORD)
    assert office.password_given_at is None
    assert desk.get("/people").status_code == 200


def test_a_device_of_ones_own_can_be_signed_out_and_nobody_elses(
    session: Session,
    cast: Cast,
    desk_of: DeskOf,
    client: FlaskClient,
    at_desk: Callable[[Person], Any],
) -> None:
    foreign = at_desk(cast.outsider)
    old = at_desk(cast.office)
    desk = desk_of(cast.office)
    mine = sign_ins.devices_of(session, person=cast.office, now=NOW)
    theirs = sign_ins.devices_of(session, person=cast.outsider, now=NOW)

    for one in [*mine, *theirs]:
        desk.post(f"/account/devices/{one.id}/end")

    assert desk.get("/account").status_code == 200
    client.set_cookie("czt_desk", old.token)
    assert desk.get("/account").status_code == 302
    client.set_cookie("czt_desk", foreign.token)
    assert desk.get("/account").status_code == 200
