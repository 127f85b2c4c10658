"""A keeper's WeChat: bound by the slip's code, out at once when the phone or the person is."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.channels.wechat.fake import FAKE, FakeWeChat
from server.channels.wechat.transport import WeChat
from server.http import clock
from server.models.person import Person, SignIn
from server.models.wechat import WeChatIdentity, WeChatToken
from server.sealed_text import key_ring
from server.services.people.sign_ins import make_bind_code, revoke_devices
from server.services.people.wechat import InWeChat, TokenShelf, openid_of, sign_in_by_wechat
from server.settings import Settings
from server.wechat_settings import FAKE_TEMPLATES, WeChatSettings
from tests.at_once import pressed_at_once
from tests.factories import NOW, Cast, Pass, make_sign_in

PHONE = {"device_id": "phone-of-a-keeper", "device_label": "红米 Note 9"}


@pytest.fixture
def fake(app: Flask, settings: Settings, engine: Engine) -> Iterator[FakeWeChat]:
    fake = FakeWeChat()
    app.extensions["settings"] = replace(settings, wechat=WeChatSettings(fake=True))
    shelf = TokenShelf(engine, key_ring(list(settings.text_keys)))
    app.extensions["wechat"] = WeChat(FAKE, shelf, fake.transport())
    yield fake
    del app.extensions["wechat"]


@pytest.fixture
def ask(client: FlaskClient, fake: FakeWeChat) -> Callable[..., Any]:
    codes = iter(range(100))

    def ask(verb: str, name: str = "老李", **more: str) -> Any:
        sent = {"js_code": f"fake-{name}-{next(codes)}", **PHONE, **more}
        return client.post(f"/api/v1/wechat/{verb}", json=sent)

    return ask


@pytest.fixture
def slip(session: Session, cast: Cast) -> Callable[[Person], str]:
    def make(person: Person) -> str:
        code = make_bind_code(session, person=person, by=cast.office, now=clock.now())
        session.commit()
        return code

    return make


@pytest.fixture
def phone_of(session: Session) -> Callable[[Person], Pass]:
    """A phone that was bound without WeChat."""

    def bound(person: Person) -> Pass:
        held = make_sign_in(session, person)
        session.commit()
        return held

    return bound


def is_in(client: FlaskClient, answer: Any) -> bool:
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    return client.get("/api/v1/session", headers=headers).status_code == 200


def test_the_slip_binds_and_from_then_on_wechat_alone_signs_in(
    session: Session,
    client: FlaskClient,
    cast: Cast,
    ask: Callable[..., Any],
    slip: Callable[[Person], str],
    fake: FakeWeChat,
    settings: Settings,
) -> None:
    unbound = ask("session")
    assert (unbound.status_code, unbound.json["code"]) == (404, "wechat-unbound")

    bound = ask("bind", code=slip(cast.li))
    again = ask("session")

    assert (bound.status_code, again.status_code) == (201, 201)
    assert bound.json["person"]["name"] == again.json["person"]["name"] == "老李"
    assert not is_in(client, bound)  # one WeChat, one token
    assert is_in(client, again)
    identity = session.scalars(select(WeChatIdentity)).one()
    openid = fake.openid_of("老李")
    assert openid not in identity.openid_sealed + identity.mark
    assert openid_of(identity, key_ring(list(settings.text_keys))) == openid


def test_a_phone_revoked_a_person_switched_off_and_a_new_owner_are_out_at_once(
    session: Session,
    client: FlaskClient,
    cast: Cast,
    ask: Callable[..., Any],
    slip: Callable[[Person], str],
) -> None:
    mine = ask("bind", code=slip(cast.li))
    revoke_devices(session, person=cast.li, by=cast.office, now=clock.now())
    assert not is_in(client, mine)
    assert ask("session").json["code"] == "wechat-unbound"

    mine = ask("bind", code=slip(cast.li))
    cast.li.active = False
    assert not is_in(client, mine)
    assert ask("session").json["code"] == "wechat-unbound"
    cast.li.active = True
    session.commit()

    theirs = ask("bind", code=slip(cast.zhao))  # the same WeChat, another keeper's slip
    assert theirs.status_code == 201
    assert not is_in(client, mine)
    assert ask("session").json["person"]["name"] == cast.zhao.name
    live = select(WeChatIdentity).where(WeChatIdentity.ended_at.is_(None))
    assert session.scalars(live).one().person_id == cast.zhao.id


def test_wechats_no_is_told_in_words_and_changes_nothing(
    session: Session,
    cast: Cast,
    ask: Callable[..., Any],
    slip: Callable[[Person], str],
    fake: FakeWeChat,
    app: Flask,
    settings: Settings,
) -> None:
    code = slip(cast.li)
    for number, status, told in (
        (40163, 422, "wechat-code-spent"),
        (40226, 403, "wechat-refused"),
        (40125, 409, "wechat-unusable"),
        (-1, 429, "wechat-busy"),
    ):
        fake.fail("/sns/jscode2session", number)
        answer = ask("bind", code=code)
        assert (answer.status_code, answer.json["code"]) == (status, told)
        assert answer.json["detail"].endswith("。")
    assert "Retry-After" in answer.headers
    assert session.scalars(select(WeChatIdentity)).all() == []

    assert ask("bind", code="AAAA-AAAA").json["code"] == "bind-code-unknown"
    assert ask("bind", code=code).status_code == 201  # the slip is still good
    app.extensions["settings"] = replace(settings, wechat=None)
    del app.extensions["wechat"]
    assert ask("session").json["code"] == "wechat-off"
    app.extensions["wechat"] = None


def test_two_processes_share_a_token_on_a_shelf_that_is_sealed(
    session: Session, engine: Engine, settings: Settings
) -> None:
    fake = FakeWeChat()
    ring = key_ring(list(settings.text_keys))
    one, two = (WeChat(FAKE, TokenShelf(engine, ring), fake.transport()) for _ in range(2))

    token = one.token(now=NOW)

    assert two.token(now=NOW) == token
    assert fake.asked["/cgi-bin/stable_token"] == 1
    assert token not in session.scalars(select(WeChatToken)).one().sealed
    session.rollback()
    TokenShelf(engine, ring).drop("access_token " + FAKE.appid, "another")
    assert two.token(now=NOW + timedelta(hours=1)) == token
    fake.forget_tokens()
    TokenShelf(engine, ring).drop("access_token " + FAKE.appid, token)
    assert one.token(now=NOW) == two.token(now=NOW) != token
    other_key = WeChat(FAKE, TokenShelf(engine, key_ring([b"9" * 32])), fake.transport())
    assert other_key.token(now=NOW)  # the old key is lost: no wait until WeChat's token ends


def test_of_two_taps_at_once_neither_hears_that_nothing_is_bound(
    session: Session,
    engine: Engine,
    cast: Cast,
    ask: Callable[..., Any],
    slip: Callable[[Person], str],
    fake: FakeWeChat,
    settings: Settings,
) -> None:
    """PostgreSQL drops a row that it waited for from a join that no longer holds."""
    assert ask("bind", code=slip(cast.li)).status_code == 201
    who = InWeChat(FAKE.appid, fake.openid_of("老李"), key_ring(list(settings.text_keys)))

    def tap(own: Session, _by: Person) -> None:
        sign_in_by_wechat(own, who=who, now=clock.now(), **PHONE)
        sleep(0.2)  # the other one stands at the same row by now

    assert pressed_at_once(engine, cast.li, tap, tap) == ["kept", "kept"]
    alive = select(SignIn).where(SignIn.person_id == cast.li.id, SignIn.revoked_at.is_(None))
    assert len(session.scalars(alive).all()) == 1


def test_a_tap_allows_one_message_a_no_is_not_asked_again_and_other_phones_hear_why(
    session: Session,
    client: FlaskClient,
    cast: Cast,
    app: Flask,
    ask: Callable[..., Any],
    slip: Callable[[Person], str],
    phone_of: Callable[[Person], Pass],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = client.get("/api/v1/wechat/templates", headers=phone_of(cast.zhao).headers)
    assert (none.status_code, none.json) == (200, {"templates": []})  # the owner has entered none
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(
        settings, wechat=WeChatSettings(fake=True, **FAKE_TEMPLATES)
    )
    other = client.get("/api/v1/wechat/templates", headers=phone_of(cast.zhao).headers)
    assert (other.status_code, other.json["code"]) == (404, "wechat-unbound")

    bound = ask("bind", code=slip(cast.li))
    headers = {"Authorization": f"Bearer {bound.json['token']}"}
    todo, paid = (one.id for one in FAKE_TEMPLATES.values())

    def answered(**answers: str) -> list[tuple[int, bool]]:
        sent = [{"template": one, "answer": answer} for one, answer in answers.items()]
        said = client.post("/api/v1/wechat/subscriptions", json={"answers": sent}, headers=headers)
        assert said.status_code == 200, said.json
        return [(one["left"], one["ask"]) for one in said.json["templates"]]

    assert answered(**{todo: "accept", paid: "reject"}) == [(1, True), (0, False)]
    assert answered(**{todo: "acceptWithAudio"}) == [(2, True), (0, False)]
    assert answered(**{todo: "acceptWithForcePush", paid: "maybe"}) == [(3, False), (0, False)]
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    again = client.get("/api/v1/wechat/templates", headers=headers)
    assert [one["ask"] for one in again.json["templates"]] == [False, True]
    for wrong in (
        {"answers": [{"template": "another", "answer": "accept"}]},
        {"answers": [{"template": todo, "answer": "x" * 41}]},
        {"answers": [{"template": todo, "answer": "accept"}] * 4},
    ):
        refused = client.post("/api/v1/wechat/subscriptions", json=wrong, headers=headers)
        assert refused.status_code == 422, wrong


def test_who_switches_messages_off_in_wechat_is_left_alone_at_once(
    session: Session, client: FlaskClient, cast: Cast, app: Flask, ask: Callable[..., Any],
    slip: Callable[[Person], str], fake: FakeWeChat,
) -> None:  # fmt: skip
    token, (todo, _) = "a token of the owner's", (one.id for one in FAKE_TEMPLATES.values())
    bound = ask("bind", code=slip(cast.li))
    headers = {"Authorization": f"Bearer {bound.json['token']}"}
    assert client.get("/api/v1/wechat/push").status_code == 404  # no token was entered
    app.extensions["settings"] = replace(
        app.extensions["settings"],
        wechat=WeChatSettings(fake=True, push_token=token, **FAKE_TEMPLATES),
    )
    yes = {"answers": [{"template": todo, "answer": "accept"}]}
    assert client.post("/api/v1/wechat/subscriptions", json=yes, headers=headers).status_code == 200

    def push(openid: str, sign_with: str = token) -> int:
        words = sorted([sign_with, "1700000000", "by chance"])
        signature = hashlib.sha1("".join(words).encode(), usedforsecurity=False).hexdigest()
        off = {"TemplateId": todo, "SubscribeStatusString": "reject"}
        event = {"MsgType": "event", "Event": "subscribe_msg_change_event", "List": [off]}
        answer = client.post(
            "/api/v1/wechat/push", json=event | {"FromUserName": openid},
            query_string={
                "signature": signature, "timestamp": "1700000000", "nonce": "by chance",
            },
        )  # fmt: skip
        return answer.status_code

    def left() -> tuple[int, bool]:
        told = client.get("/api/v1/wechat/templates", headers=headers).json["templates"][0]
        return told["left"], told["ask"]

    assert push(fake.openid_of("老李"), "another token") == 403
    assert push(fake.openid_of("别人")) == 200
    assert left() == (1, True)
    assert push(fake.openid_of("老李")) == 200
    assert left() == (0, False)
