"""The mini program under test: in QuickJS beside the real application, and drawn in Chromium."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from server.db import open_engine
from server.http import clock
from server.http.database import db
from server.media.blobs import FolderStore
from server.metrics import Counters
from server.settings import Settings
from tests.api.rounds import open_round
from tests.app.conftest import House, browser, context, house, phones_database
from tests.app.quick import as_function
from tests.factories import RING, TEXT_KEYS, Cast, make_cast, make_sign, token_of
from tests.miniapp.contract import BEGAN, Setting, fresh, make_phone, stored
from tests.miniapp.playing import Play
from tests.miniapp.weixin import FAKES, GIVEN, HERE, ROOM, WeChat, http_of, program
from tools import native_pages
from wsgi import create_app

__all__ = ["browser", "context", "house", "phones_database"]  # fixtures of the phone app's tests

DRAWN = (*FAKES, "drawn.js")


Stage = Callable[[str, Play], dict[str, list[str]]]


def again(session: Session, noun: Any) -> Any:
    """The same row in another session."""
    return session.get_one(type(noun), sa.inspect(noun, raiseerr=True).identity)


@pytest.fixture
def stage(
    tmp_path: Path,
    sqlite_template: Path,
    apps: dict[str, Flask],
    standards: Any,
    monkeypatch: pytest.MonkeyPatch,
    phones_database: Path,
) -> Stage:
    """Plays a scenario on a phone of one kind in a house of its own; gives what it stored."""
    path = phones_database
    url = f"sqlite:///{path}"
    passed: list[Callable[[], int]] = [lambda: 0]
    monkeypatch.setattr(clock, "now", lambda: BEGAN + timedelta(milliseconds=passed[0]()))
    engine = open_engine(url, TEXT_KEYS)
    template = tmp_path / "prepared.db"
    fresh(sqlite_template, path)
    with Session(engine, expire_on_commit=False) as session:
        prepared = make_cast(session)
        prepared.county.options = {"visit_short_minutes": 0}
        plate = token_of(make_sign(session, prepared.c1))
        round_of_it = open_round(session, prepared, standards)
    engine.dispose()
    fresh(path, template)

    houses = count()

    def play(kind: str, what: Play) -> dict[str, list[str]]:
        if kind == "web":
            fetched()  # a browser's database for QuickJS
        passed[0] = lambda: 0
        fresh(template, path)
        session = Session(engine, expire_on_commit=False)
        cast = Cast(*(again(session, getattr(prepared, one.name)) for one in fields(Cast)))
        campaign = again(session, round_of_it)
        session.commit()  # what has been read must not stand in the way of what comes
        home = tmp_path / f"{kind}-{next(houses)}"
        home.mkdir(parents=True)
        FolderStore(home / "photos").begin()
        settings = Settings(
            home=home, database_url=url, base_url="http://127.0.0.1", plaque_keys=RING,
            secret_key="test", text_keys=TEXT_KEYS,
        )  # fmt: skip
        app = apps.get(url)
        if app is None:
            app = apps[url] = create_app(settings)
        app.extensions["settings"] = settings
        app.extensions["blobs"] = FolderStore(settings.photos)
        app.extensions["counters"] = Counters()
        app.extensions.pop("day_use", None)
        app.config["LOG_REQUESTS"] = False
        phone = make_phone(kind, http_of(app.test_client()))
        passed[0] = lambda: phone.now_ms
        try:
            what(phone, Setting(session, cast, campaign, plate, clock.now))
            return stored(session, settings.photos)
        finally:
            session.close()
            engine.dispose()
            with app.app_context():
                db.engine.dispose()

    return play


def fetched() -> None:
    """Skip where what draws pages could not be had: it is fetched by `make browser`, with Node."""
    if wrong := native_pages.wrong_files():
        pytest.skip(f"not drawn, not compared: {', '.join(wrong)} not fetched (make browser)")


def staged(root: Path = ROOM) -> str:
    """A page of HTML in which the mini program is drawn and run."""
    fetched()
    text = {
        name: native_pages.fetched(name).read_text(encoding="utf-8")
        for name in ("glass-easel.js", "adapter.js", "template-compiler.js")
    }
    scripts, texts = program(root)
    styles = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.wxss")
    }
    functions = ",".join(
        f"{json.dumps(name)}: {as_function(name, source, GIVEN)}"
        for name, source in scripts.items()
    )
    given = {"FETCHED": text, "TEXTS": texts, "STYLES": styles}
    parts = [
        *(f"const {name} = {json.dumps(value)};" for name, value in given.items()),
        f"const SCRIPTS = {{{functions}}};",
        *((HERE / name).read_text(encoding="utf-8") for name in DRAWN),
        f"beginDrawn({clock.now().timestamp() * 1000:.0f});",
    ]
    script = "\n".join(parts).replace("</script", "<\\/script")
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>村站通</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body></body>'
        f"<script>{script}</script></html>"
    )


@pytest.fixture
def wechat(client: FlaskClient) -> WeChat:
    """A phone with WeChat on it and our mini program, not yet started, beside the test's house."""
    return WeChat(http_of(client))


@pytest.fixture
def drawn(context: BrowserContext, house: House) -> Iterator[Page]:
    """A phone's screen of 360 by 640 on which the mini program is drawn; faults fail the test."""
    html = staged()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/native/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route(
        "**/native/*.wasm",
        lambda route: route.fulfill(path=native_pages.fetched("template-compiler.wasm")),
    )
    page.goto("/native/")
    yield page
    errors += page.evaluate("() => world.faults")
    assert not errors, errors
