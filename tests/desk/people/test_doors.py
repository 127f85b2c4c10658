"""What keeps strangers out of a desk that is open: its cookie, its host, its idle time, no cache."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.http import clock
from server.http.desk_cookie import notice_cookie
from server.models.person import Person, SignIn
from server.services.people import passwords
from server.settings import Settings, settings_from
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.factories import PASSWORD, Cast

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]
HTTPS = "https://kd.example.cn"


@pytest.fixture
def on_https(app: Flask, settings: Settings) -> Iterator[None]:
    secure = replace(settings, secure_cookies=True)
    app.extensions["settings"] = secure
    before = {name: app.config[name] for name in notice_cookie(secure)}
    app.config.update(notice_cookie(secure), TRUSTED_HOSTS=["kd.example.cn"])
    yield
    app.config.update(before, TRUSTED_HOSTS=None)


@pytest.mark.usefixtures("on_https")
def test_on_https_the_cookie_is_this_hosts_own_and_no_other_host_is_answered(
    session: Session, client: FlaskClient, cast: Cast
) -> None:
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    door = client.get("/desk/sign-in", base_url=HTTPS)
    gate = re.search(r'name="gate" value="(\w+)"', door.get_data(as_text=True))
    assert gate
    form = {"gate": gate[1], "login": "xian", "password": PASSWORD}

    client.post("/desk/sign-in", data={**form, "password": "x"}, base_url=HTTPS)
    notice = client.get_cookie("__Host-czt_notice", domain="kd.example.cn")  # what was wrong
    assert notice is not None
    assert (notice.secure, notice.http_only, notice.same_site) == (True, True, "Lax")
    answer = client.post("/desk/sign-in", data=form, base_url=HTTPS)

    given = {
        cookie.partition("=")[0]: set(cookie.split("; ")[1:])
        for one in (door, answer)
        for cookie in one.headers.getlist("Set-Cookie")
    }
    # The desk's own, the form's seal, the computer that is known from now on.
    assert {re.sub("_known_.*", "_known", name) for name in given} == {
        f"__Host-czt_{name}" for name in ("desk", "gate", "known")
    }
    for name, words in given.items():
        assert {"Secure", "HttpOnly", "Path=/"} <= words, name
        assert words & {"SameSite=Lax", "SameSite=Strict"} or "Max-Age=0" in words, name
        assert not any(word.startswith("Domain") for word in words), name
    page = client.get("/desk/", base_url=HTTPS)
    assert page.status_code == 200
    for path in ("/desk/", "/api/v1/session", "/s/none", "/app/", "/healthz", "/nothing-here"):
        told = client.get(path, base_url=HTTPS).headers["Strict-Transport-Security"]
        assert told == "max-age=31536000; includeSubDomains"
    for path in ("/desk/", "/api/v1/session", "/s/none", "/"):
        foreign = client.get(path, base_url="https://evil.example")
        assert foreign.status_code == 400
        assert "不是村站通的地址" in foreign.get_data(as_text=True)
        assert "evil" not in foreign.get_data(as_text=True)


def test_a_desk_left_alone_asks_again_and_one_in_use_does_not(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, began = desk_of(cast.office), clock.now()
    held = session.scalars(select(SignIn).where(SignIn.person_id == cast.office.id)).one()
    held.seen_at = began
    session.commit()

    def at(minutes: int, path: str = "/people") -> int:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=minutes))
        status: int = desk.get(path).status_code
        return status

    assert [at(110), at(220), at(330)] == [200, 200, 200]
    session.refresh(held)
    assert held.seen_at == began + timedelta(minutes=330)
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=400))
    # asked before the lock and again under it
    assert desk.post("/account/devices/999/end").location == "/desk/account"
    session.refresh(held)
    assert held.seen_at == began + timedelta(minutes=400)
    # A page that waits for a file asks every few seconds, also when nobody sits before it.
    assert [at(400 + wait, "/exports/list") for wait in (60, 110)] == [200, 200]
    assert at(400 + 121) == 302  # to the sign-in page


def test_signing_out_clears_the_browsers_cache_but_not_what_the_app_has_not_sent(
    cast: Cast, desk_of: DeskOf
) -> None:
    answer = desk_of(cast.office).post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_what_is_somebodys_own_lies_in_no_cache(
    client: FlaskClient, cast: Cast, signed_in: Callable[[Person], dict[str, str]]
) -> None:
    for path in ("/api/v1/session", "/api/v1/keeper/home", "/api/v1/keeper/history"):
        answer = client.get(path, headers=signed_in(cast.li))
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "no-store" not in client.get("/api/v1/openapi.json").headers.get("Cache-Control", "")


def test_the_names_of_the_house_come_from_its_address(tmp_path: Path) -> None:
    home = {"CZT_HOME": str(tmp_path)}
    assert settings_from(home).hosts == ()
    https = {**home, "CZT_BASE_URL": "https://kd.example.cn:8443/x", "CZT_HOSTS": "a.cn, b.cn"}
    assert settings_from(https).hosts == ("kd.example.cn", "localhost", "127.0.0.1", "a.cn", "b.cn")
    for wrong in ("http://a.cn", "a cn/", "中文"):
        with pytest.raises(Invalid):
            settings_from({**https, "CZT_HOSTS": wrong})
    with pytest.raises(Invalid, match="CZT_DESK_IDLE_MIN"):
        settings_from({**home, "CZT_DESK_IDLE_MIN": "1"})
