"""The desk's door with a second factor: asked for, set up first, lost, reset."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.services.people import passwords
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, PASSWORD, Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
SECOND = "/desk/sign-in/second"


def sign_in(client: FlaskClient, **form: str) -> Any:
    gate = hidden(client.get("/desk/sign-in"))["gate"]
    return client.post("/desk/sign-in", data={"gate": gate, "login": "xian", **form})


def hidden(answer: Any) -> dict[str, str]:
    page = answer.get_data(as_text=True)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_whoever_has_to_sets_the_app_up_at_the_door_and_shows_its_code_from_then_on(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, desk_of: DeskOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    session.commit()
    now = [NOW]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    office = desk_of(cast.office)
    seal = hidden(office.get("/county/sign-in"))["seal"]
    office.done("/county/sign-in", second_factor="office_and_money", reason="管钱", seal=seal)
    client = app.test_client()
    answer = sign_in(client, password=PASSWORD, next="/desk/plan")
    assert (answer.status_code, answer.location) == (303, f"{SECOND}?next=/desk/plan")
    assert client.get("/desk/").status_code == 302, "half a sign-in opens no page"
    page = client.get(answer.location)
    assert "县里要求您这个账号登录时用动态码" in text_of(page)
    found = re.search(r'class="code wrap">(\w+)<', page.get_data(as_text=True))
    assert found
    phone = pyotp.TOTP(found[1])

    thief = app.test_client()
    sign_in(thief, password=PASSWORD)
    assert "在另一台电脑上也开始设动态码" in text_of(client.get(client.get(SECOND).location))
    page = client.get(sign_in(client, password=PASSWORD, next="/desk/plan").location)
    found = re.search(r'class="code wrap">(\w+)<', page.get_data(as_text=True))
    assert found
    assert found[1] != phone.secret
    phone = pyotp.TOTP(found[1])
    assert "在另一台电脑上也开始设动态码" in text_of(thief.get(thief.get(SECOND).location))

    strange = client.post(SECOND, data={"factor_code": phone.at(NOW)})
    assert client.get("/desk/").status_code == 302, strange.location
    wrong = client.post(SECOND, data={**hidden(page), "factor_code": "12345"})
    assert "动态码不对" in text_of(client.get(wrong.location))
    right = client.post(SECOND, data={**hidden(page), "factor_code": phone.at(NOW)})
    paper = client.get(right.location)
    codes = re.findall(r'<li class="code">([\w-]{14})</li>', paper.get_data(as_text=True))
    assert (right.status_code, len(codes)) == (303, 10)
    client.post("/desk/sign-out", data={"csrf": _csrf(paper)})

    now[0] = NOW + timedelta(minutes=5)
    answer = sign_in(client, password=PASSWORD, next="/desk/plan")
    page = client.get(answer.location)
    assert phone.secret not in page.get_data(as_text=True)
    for _ in range(10):
        client.post(SECOND, data={**hidden(page), "factor_code": "000000"})
    shut = client.post(SECOND, data={**hidden(page), "factor_code": phone.at(now[0])})
    assert "试的次数太多了" in text_of(client.get(shut.location))
    assert client.get("/desk/").status_code == 302
    now[0] += timedelta(minutes=16)
    assert "请重新输账号和密码" in text_of(client.get(client.get(SECOND).location))

    page = client.get(sign_in(client, password=PASSWORD).location)
    given = {**hidden(page), "factor_code": codes[0], "next": "/desk/plan"}
    inside = client.post(SECOND, data=given)
    assert (inside.status_code, inside.location) == (303, "/desk/plan")
    assert "还有 9 个没用过" in text_of(client.get("/desk/account/second-factor"))
    told = text_of(client.get("/desk/history"))
    assert "开启了动态码" in told
    assert "动态码没有输对" in text_of(client.get("/desk/history?action=comings"))


def _csrf(answer: Any) -> str:
    return hidden(answer)["csrf"]


def test_an_officer_turns_it_on_by_choice_and_a_colleague_resets_it(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    own = desk_of(cast.officer)
    own.post("/account/second-factor")
    page = own.get("/account/second-factor").get_data(as_text=True)
    found = re.search(r'class="code wrap">(\w+)<', page)
    assert found
    wrong = own.shown("/account/second-factor/on", factor_code="0")
    assert "动态码不对" in text_of(wrong)
    code = pyotp.TOTP(found[1]).at(clock.now())
    paper = own.shown("/account/second-factor/on", factor_code=code)
    assert "一个码只能用一次" in text_of(paper)

    office = desk_of(cast.office)
    assert "已开启" in text_of(office.get("/county/sign-in"))
    where = f"/people/{cast.officer.id}"
    assert "重设动态码" in text_of(office.get(where))
    assert "已经重设" in office.done(f"{where}/second-factor/reset")
    assert "重设动态码" not in text_of(office.get(where))
    desk_history = text_of(office.get("/history"))
    assert f"重设了{cast.officer.name}的动态码" in desk_history
