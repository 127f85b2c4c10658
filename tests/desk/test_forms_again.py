"""A form that was not taken: its text is shown again by a GET, to its writer alone, for a day."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.http.desk_cookie import DESK_COOKIE
from server.models.kept_form import KeptForm
from server.models.person import Person, Role, SignIn, SignInKind
from server.services.people import passwords
from server.services.people.kept_forms import MOST_FORMS, NEVER_KEPT, forget_old
from server.settings import ROOT
from tests.desk.conftest import Desk, text_of
from tests.factories import PASSWORD, Cast, make_person, make_sign_in

DeskOf = Callable[[Person], Desk]
JUDGED = {"premises_fixed": "yes", "note": "到现场看过，门口朝南"}


def judge(cast: Cast) -> str:
    return f"/stations/{cast.c1.id}/judge"


def kept(session: Session) -> list[KeptForm]:
    return list(session.scalars(sa.select(KeptForm).order_by(KeptForm.id)))


def test_a_form_that_is_not_taken_is_shown_as_typed_by_its_own_address(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    page = desk.post_and_go_on(judge(cast), **JUDGED, on="昨天", at=f"/desk{judge(cast)}")

    assert desk.answered == 303
    assert desk.location.startswith(f"/desk{judge(cast)}?kept=")
    for _ in range(2):  # reloading shows it again and repeats nothing
        assert page.status_code == 422
        assert "到现场看过，门口朝南" in page.get_data(as_text=True)
        page = desk.client.get(desk.location)


def test_what_was_kept_is_gone_when_the_form_is_saved(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.post_and_go_on(judge(cast), **JUDGED, on="昨天")

    desk.done(judge(cast), **JUDGED, on="2023-07-05")

    assert kept(session) == []
    after = desk.client.get(desk.location)  # the Back button
    assert after.status_code == 303
    assert "kept" not in after.location


def test_nobody_else_sees_a_kept_form_and_nothing_of_it_after_a_day(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    colleague = make_person(session, name="县办二", role=Role.COUNTY_OFFICE, login="xian2")
    desk = desk_of(cast.office)
    desk.post_and_go_on(judge(cast), **JUDGED, on="昨天")

    other = desk_of(colleague).client.get(desk.location)

    assert other.status_code == 303
    assert "kept" not in other.location
    forget_old(session, now=clock.now() + timedelta(hours=23))
    assert len(kept(session)) == 1
    forget_old(session, now=clock.now() + timedelta(hours=24, minutes=1))
    assert kept(session) == []


def test_a_person_keeps_twenty_forms_at_most_and_no_secret(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    for _ in range(MOST_FORMS + 3):
        answer = desk.post("/account/password", old="geheim-1", new="geheim-2", again="geheim-3")

    held = kept(session)
    assert len(held) == 1 + MOST_FORMS - 1
    assert "geheim" not in str([one.fields for one in held])
    assert answer.status_code in (422, 429)


def test_no_template_has_a_secret_field_that_would_be_kept() -> None:
    found = {
        name
        for page in (ROOT / "desk/templates").rglob("*.html")
        for field in re.findall(r"<input[^>]*type=\"password\"[^>]*>", page.read_text("utf-8"))
        for name in re.findall(r'\bname="([^"]+)"', field)
    }

    assert found
    assert found <= NEVER_KEPT


def test_whose_sign_in_has_ended_finds_the_text_after_signing_in_again(
    session: Session, client: FlaskClient, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    passwords.set_password(session, person=cast.office, password=PASSWORD)
    session.execute(sa.update(SignIn).values(expires_at=clock.now() - timedelta(minutes=1)))

    raw = desk.post(judge(cast), **JUDGED, on="2023-07-05", at=f"/desk{judge(cast)}")

    assert raw.status_code == 303
    assert raw.location.startswith("/desk/sign-in?next=")
    client.delete_cookie(DESK_COOKIE)  # the test's own has another path than the desk's
    shown = signed_in_at(client, raw.location)  # and on to the form
    assert shown.request.path == f"/desk{judge(cast)}"
    assert "到现场看过，门口朝南" in shown.get_data(as_text=True)
    assert "登录到时间了，所以刚才没有保存" in text_of(shown)


def signed_in_at(client: FlaskClient, address: str, **form: str) -> Any:
    """The answer to the right password, typed at this sign-in page."""
    text = client.get(address).get_data(as_text=True)
    hidden = dict(re.findall(r'name="(gate|next)" value="([^"]*)"', text.replace("&amp;", "&")))
    return client.post("/desk/sign-in", data={**hidden, "login": "xian", "password": PASSWORD})


def test_after_signing_in_anew_elsewhere_the_old_pages_form_is_shown_and_not_done(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    old = desk_of(cast.office)
    new = make_sign_in(session, cast.office, SignInKind.DESK)
    session.commit()
    old.client.set_cookie(DESK_COOKIE, new.token)

    page = old.post_and_go_on(judge(cast), **JUDGED, on="2023-07-05")

    assert old.answered == 303
    assert "又登录过一次，所以刚才没有保存" in text_of(page)
    assert "到现场看过，门口朝南" in page.get_data(as_text=True)
    token = re.search(r'name="csrf" value="([^"]+)"', page.get_data(as_text=True))
    assert token is not None
    assert token[1] == new.csrf  # the next try is taken


def test_a_page_of_another_persons_sign_in_keeps_nothing_for_this_one(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    old = desk_of(cast.office)
    other = make_sign_in(session, cast.officer, SignInKind.DESK)
    session.commit()
    old.client.set_cookie(DESK_COOKIE, other.token)

    old.post_and_go_on(judge(cast), **JUDGED, on="2023-07-05")

    assert old.answered == 303
    assert kept(session) == []
    assert "是另一个人登录时打开的" in text_of(old.get("/account"))


def test_an_ended_sign_in_without_the_pages_token_keeps_nothing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    session.execute(sa.update(SignIn).values(revoked_at=clock.now()))

    raw = desk.client.post(f"/desk{judge(cast)}", data={**JUDGED, "csrf": "x" * 32})

    assert raw.status_code == 303
    assert "kept" not in raw.location
    assert kept(session) == []


@pytest.mark.parametrize(
    "target",
    [
        "/desk/import/apply",
        "/desk/people/1/revoke",
        "/desk/sign-in",
        "//evil.example/desk/",
        "/desk/\\evil",
        "https://evil.example/desk/",
        "/desk/static/desk.css",
        "/desk/nowhere",
    ],
)
def test_signing_in_leads_to_pages_only(
    session: Session, client: FlaskClient, cast: Cast, target: str
) -> None:
    passwords.set_password(session, person=cast.office, password=PASSWORD)

    answer = signed_in_at(client, f"/desk/sign-in?next={target}")

    assert answer.status_code == 303
    assert answer.location == "/desk/"


@pytest.mark.parametrize("at", ["//evil.example/", "https://evil.example/desk/", "/desk/sign-out"])
def test_a_forged_address_of_a_form_leads_nowhere_else(
    cast: Cast, desk_of: DeskOf, at: str
) -> None:
    desk = desk_of(cast.office)
    desk.post_and_go_on(judge(cast), **JUDGED, on="昨天", at=at)

    assert desk.location.startswith(f"/desk{judge(cast)}?kept=")


def test_whatever_fails_the_text_of_the_form_is_on_the_next_page(
    app: Flask, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("desk.stations.judge.say", broken)

    desk = desk_of(cast.office)
    page = desk.post_and_go_on(judge(cast), **JUDGED, on="2023-07-05")

    assert desk.answered == 303
    assert page.status_code == 500
    assert "系统出了问题" in text_of(page)
    assert 'value="到现场看过，门口朝南"' in page.get_data(as_text=True)


def test_what_is_gone_meanwhile_is_told_with_what_was_written(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    page = desk.post_and_go_on("/disagreements/99999/settle", reason="两边都看过照片")

    assert desk.answered == 303
    assert page.status_code == 404
    assert "两边都看过照片" in text_of(page)


def test_a_slip_is_a_page_of_its_own_for_ten_minutes_and_one_person(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(cast.office)
    made = desk.post(f"/people/{cast.li.id}/invite")
    assert made.status_code == 303
    first, second = (text_of(desk.client.get(made.location)) for _ in range(2))

    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", first)
    assert code is not None
    assert code[0] in second
    assert desk.client.get(f"/desk/people/{cast.zhao.id}/invite").status_code == 303
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert desk.client.get(made.location).status_code == 303
    assert "只显示十分钟" in text_of(desk.get(f"/people/{cast.li.id}"))
