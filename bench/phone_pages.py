"""What a keeper's home and a month of history cost, beside bare Flask and the same bare SELECTs."""

import hashlib
import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from bench.measure import bare, middle, selects
from server.collector import let_rest
from server.db import open_engine
from server.http import clock
from server.models.person import Keeping, SignIn, SignInKind
from server.services.demo.days import say_all
from server.services.demo.month import live_the_month
from server.settings import settings_from
from tests.factories import TEXT_KEYS
from wsgi import create_app

CODE = "411721"
TOKEN = "bench-phone"
PAGES = {"/api/v1/keeper/home": 10.0, "/api/v1/keeper/history": 15.0}
RUNS = 50


def build(url: str) -> None:
    """西平县 with a month lived, and one keeper's phone signed in."""
    rng, now, today = random.Random(1), clock.now(), clock.today()
    with county_at_work(url, code=CODE, on=today, now=now, rng=rng) as (session, cast):
        say_all(session, cast, on=today, rng=rng)
        live_the_month(session, cast, on=today, rng=rng)
        keeper = session.scalars(sa.select(Keeping.person_id).order_by(Keeping.id)).first()
        session.add(
            SignIn(
                person_id=keeper, kind=SignInKind.PHONE, device_id="bench", device_label="",
                token_sha256=hashlib.sha256(TOKEN.encode()).hexdigest(), made_at=now, seen_at=now,
                expires_at=now + timedelta(days=1),
            )
        )  # fmt: skip


def main() -> None:
    """Print each page's processor time, statements and bytes, and its two ceilings."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        app = create_app(settings_from({"CZT_HOME": folder, "CZT_DATABASE_URL": url}))
        app.config["LOG_REQUESTS"] = False
        let_rest()  # as gunicorn's processes do
        client, engine = app.test_client(), open_engine(url, TEXT_KEYS)
        with app.app_context():
            own = app.extensions["sqlalchemy"].engine
        print(f"middle of {RUNS} runs, in ms of processor")
        with Session(engine) as session:
            for path, target in PAGES.items():
                ask = _asking(client, path)
                content = ask()
                with selects(own) as asked:
                    ask()
                taken = middle(ask, RUNS).processor * 1000
                empty = middle(_asking(_bare_flask(content), "/"), RUNS).processor * 1000
                alone = middle(bare(session, asked), RUNS).processor * 1000
                late = "" if taken <= target else "  LATE"
                print(
                    f"{path:26} {taken:6.1f} (≤ {target:.0f}){late}; {len(asked)} SELECTs, "
                    f"{len(content) / 1024:.1f} KB; ceilings: bare Flask with these bytes "
                    f"{empty:.2f}, the same SELECTs by bare sqlite3 {alone:.2f}"
                )
        engine.dispose()


def _asking(client: FlaskClient, path: str) -> Callable[[], bytes]:
    def ask() -> bytes:
        answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, (path, answer.status_code)
        return bytes(answer.data)

    return ask


def _bare_flask(content: bytes) -> FlaskClient:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: content)
    return app.test_client()


if __name__ == "__main__":
    main()
