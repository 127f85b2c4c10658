"""Whom WeChat knows need not type a code again; who was switched off is out, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.channels.wechat.fake import FAKE, FakeWeChat
from server.channels.wechat.transport import WeChat as OurWeChat
from server.http import clock
from server.models.person import Person, SignIn
from server.models.phone_event import PhoneEvent
from server.sealed_text import key_ring
from server.services.people.sign_ins import make_bind_code
from server.services.people.wechat import TokenShelf
from server.settings import Settings, WeChatSettings
from tests.factories import Cast
from tests.miniapp.weixin import WeChat


@pytest.fixture
def known(app: Flask, settings: Settings, engine: Engine) -> Iterator[FakeWeChat]:
    """A house with a WeChat that names whoever asks."""
    fake = FakeWeChat()
    app.extensions["settings"] = replace(settings, wechat=WeChatSettings(fake=True))
    shelf = TokenShelf(engine, key_ring(list(settings.text_keys)))
    app.extensions["wechat"] = OurWeChat(FAKE, shelf, fake.transport())
    yield fake
    del app.extensions["wechat"]


def bind(wechat: WeChat, session: Session, cast: Cast, person: Person) -> None:
    code = make_bind_code(session, person=person, by=cast.office, now=clock.now())
    session.commit()
    wechat.launch("pages/bind/bind")
    wechat.fill("绑定码", code)
    assert f"{person.name}，您好" in wechat.tap("就是我，进去")
    wechat.tap("好，开始用")


def counted(wechat: WeChat, received: str) -> str:
    wechat.open("pages/count/count")
    wechat.fill("received", received)
    wechat.fill("sent", "0")
    wechat.tap("存好交上去")
    wechat.settle(5000)
    return wechat.words()


def kinds(session: Session) -> list[str]:
    session.rollback()
    return sorted(str(kind) for kind in session.scalars(select(PhoneEvent.kind)))


def test_a_token_that_ran_out_is_replaced_unseen_and_an_emptied_phone_knows_its_keeper(
    wechat: WeChat, session: Session, cast: Cast, known: FakeWeChat
) -> None:
    wechat.run("hand.js_code = 'fake-老李-'")
    bind(wechat, session, cast, cast.li)
    session.execute(update(SignIn).values(token_sha256=SignIn.device_id))  # known to nobody now
    session.commit()

    assert "已经交到县里了" in counted(wechat, "12")
    assert kinds(session) == ["parcel_count"]
    wechat.run("disk.storage = {}; disk.files = {}")
    wechat.launch()
    assert wechat.page() == "pages/today/today"
    assert cast.c1.name in wechat.words()


def test_who_is_switched_off_is_asked_for_a_code_and_keeps_what_is_unsent(
    wechat: WeChat, session: Session, cast: Cast, known: FakeWeChat
) -> None:
    wechat.run("hand.js_code = 'fake-老李-'")
    bind(wechat, session, cast, cast.li)
    session.execute(update(SignIn).values(revoked_at=clock.now()))
    session.commit()

    assert "已存在手机里" in counted(wechat, "12")
    wechat.open("pages/today/today")
    assert "要重新认一下您是哪个站" in wechat.words()
    assert kinds(session) == []
    bind(wechat, session, cast, cast.zhao)
    assert "别人的" in wechat.tap("我的")
    bind(wechat, session, cast, cast.li)
    wechat.settle(5000)
    assert kinds(session) == ["parcel_count"]


def test_whom_wechat_names_instead_is_greeted_by_name_before_anything_else(
    wechat: WeChat, session: Session, cast: Cast, known: FakeWeChat
) -> None:
    wechat.run("hand.js_code = 'fake-小赵-'")
    bind(wechat, session, cast, cast.zhao)
    wechat.run("disk.storage = {}; disk.files = {}; hand.js_code = 'fake-老李-'")
    bind(wechat, session, cast, cast.li)
    session.execute(update(SignIn).values(token_sha256=SignIn.device_id))
    session.commit()

    wechat.run("hand.js_code = 'fake-小赵-'")
    wechat.open("pages/history/history")
    wechat.settle(5000)
    assert wechat.page() == "pages/bind/bind"
    assert f"{cast.zhao.name}，您好" in wechat.words()
