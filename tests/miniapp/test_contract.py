"""The web app and the mini program do the same: what the house stores is compared, row by row."""

import json
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.db import open_engine
from server.http import clock
from server.http.database import db
from server.media.blobs import FolderStore
from server.metrics import Counters
from server.settings import Settings
from tests.api.rounds import open_round
from tests.factories import RING, make_cast, make_sign, token_of
from tests.miniapp.contract import BEGAN, Phone, Setting, fresh, make_phone, stored
from tests.miniapp.scenarios import SCENARIOS, Play, check_in, li
from tests.miniapp.weixin import http_of
from wsgi import create_app

Stage = Callable[[str, Play], dict[str, list[str]]]


@pytest.fixture
def stage(
    tmp_path: Path,
    sqlite_template: Path,
    apps: dict[str, Flask],
    standards: Any,
    monkeypatch: pytest.MonkeyPatch,
    phones_database: Path,
) -> Iterator[Stage]:
    """Plays a scenario on a phone of one kind in a house of its own; gives what it stored."""
    path = phones_database
    url = f"sqlite:///{path}"
    passed: list[Callable[[], int]] = [lambda: 0]
    monkeypatch.setattr(clock, "now", lambda: BEGAN + timedelta(milliseconds=passed[0]()))
    engine = open_engine(url)
    template = tmp_path / "prepared.db"

    def prepare() -> Session:
        fresh(template if template.exists() else sqlite_template, path)
        session = Session(engine, expire_on_commit=False)
        return session

    def play(kind: str, what: Play) -> dict[str, list[str]]:
        passed[0] = lambda: 0
        session = prepare()
        cast = make_cast(session)
        cast.county.options = {"visit_short_minutes": 0}
        plate = token_of(make_sign(session, cast.c1))
        session.commit()
        campaign = open_round(session, cast, standards)
        home = tmp_path / kind / what.__name__
        home.mkdir(parents=True)
        FolderStore(home / "photos").begin()
        settings = Settings(
            home=home, database_url=url, base_url="http://127.0.0.1", plaque_keys=RING,
            secret_key="test",
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

    yield play


def test_both_clients_leave_the_same_behind(stage: Stage) -> None:
    """Every scenario, cuts and kills included; 30 of them are promised."""
    assert len(SCENARIOS) >= 30
    differing: dict[str, Any] = {}
    for name, play in SCENARIOS.items():
        kind = "web"
        try:
            web = stage(kind, play)
            kind = "native"
            native = stage(kind, play)
        except AssertionError as error:
            differing[name] = [kind, *traceback.format_exception(error)[-2:]]
            continue
        if web != native:
            differing[name] = [
                (table, web.get(table), native.get(table))
                for table in sorted({*web, *native})
                if web.get(table) != native.get(table)
            ]
    assert not differing, json.dumps(differing, ensure_ascii=False, indent=1)[:6000]
