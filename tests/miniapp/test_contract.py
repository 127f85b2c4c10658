"""The web app and the mini program do the same: what the house stores is compared, row by row."""

import json
import traceback
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.db import open_engine
from server.http import clock
from server.http.database import db
from server.media.blobs import FolderStore
from server.metrics import Counters
from server.settings import Settings
from tests.api.rounds import open_round
from tests.factories import RING, Cast, make_cast, make_sign, token_of
from tests.miniapp import scenarios
from tests.miniapp.contract import BEGAN, Phone, Setting, fresh, make_phone, stored
from tests.miniapp.playing import ONE, SCENARIOS, TWO, Play, li
from tests.miniapp.weixin import http_of
from wsgi import create_app

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
    engine = open_engine(url)
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

    return play


def test_both_clients_leave_the_same_behind(stage: Stage) -> None:
    """Every scenario, cuts and kills included; 30 of them are promised."""
    assert len(SCENARIOS) >= 30, scenarios.__name__
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
                {"web": sorted(set(web[table]) - set(native[table]))}
                | {"native": sorted(set(native[table]) - set(web[table]))}
                for table in web
                if web[table] != native[table]
            ]
    assert not differing, json.dumps(differing, ensure_ascii=False, indent=1)[:6000]


@pytest.mark.parametrize("kind", ["web", "native"])
def test_a_phone_that_dies_at_any_write_has_kept_all_of_a_record_or_nothing(
    stage: Stage, kind: str
) -> None:
    """Killed before the first thing is written down, before the second … until none is left."""
    outcomes = set()

    def dying_at(number: int) -> Play:
        def dies(phone: Phone, setting: Setting) -> None:
            li(phone, setting)
            phone.net(off=True)
            phone.dies_at_write(number)
            said = phone.keep("photo_note", setting.cast.c1, {"note": ""}, (ONE, TWO), may_die=True)
            phone.kill()
            phone.open()
            kept = phone.unsent()
            assert kept == ["waiting"] or (not kept and said is None), (number, kept, said)
            outcomes.add((bool(kept), bool(said)))
            phone.net(off=False)
            phone.send()
            assert phone.unsent() == []

        return dies

    number = 0
    while (True, True) not in outcomes:  # until it lived on after having said that it is kept
        number += 1
        assert number < 40, "it dies for ever"
        left = stage(kind, dying_at(number))
        assert len(left["photos"]) in (0, 2), left["photos"]
        assert len(left["files"]) == len(left["photos"]), left["files"]
    assert (False, False) in outcomes, outcomes
    assert number > 2, "it was never killed within a record"
