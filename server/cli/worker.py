"""`python -m server worker`: only the worker that examines photos and does the nightly work."""

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

from server.settings import settings_from
from server.supervisor import wait_for_go

if TYPE_CHECKING:  # loaded only when it is needed, like in the other commands
    from sqlalchemy.engine import Engine

    from server.channels.wechat.round import Postman
    from server.settings import Settings

LOOK_AGAIN_S = 2.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("worker", help="只运行后台任务（看照片、夜间整理）")
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Work until told to stop."""
    from server.channels.webhooks.posting import Poster
    from server.channels.webhooks.round import Courier
    from server.chores import Workshop
    from server.db import open_engine
    from server.http import clock
    from server.light_again import begin_anew
    from server.logs import set_up_logs
    from server.media.apart.opener import shared_opener
    from server.media.stores import store_of
    from server.metrics import FOLDER, Counters
    from server.policy.plan.reading import programmes_in
    from server.policy.standard.standards import standards_in
    from server.sealed_text import key_ring
    from server.services.upkeep.killed_tries import KilledTries
    from server.services.webhooks.endpoints import Whither
    from server.slow_statements import tell_slow_statements
    from server.worker import Worker

    set_up_logs()
    wait_for_go()
    settings = settings_from()
    os.environ.setdefault(FOLDER, str(settings.metrics))
    engine = open_engine(settings.database_url, settings.text_keys)
    tell_slow_statements(engine, slower_than_ms=settings.slow_sql_ms)
    _wait_for_database(engine)
    killed = KilledTries(lambda: engine, clock.now)
    shared_opener().memory = lambda: killed
    workshop = Workshop(
        engine,
        store_of(settings),
        tuple(standards_in(settings.standards)),
        font_dir=settings.font_dir,
        programmes=programmes_in(settings.standards),
        courier=Courier(
            Poster(Whither(settings.webhook_ports, settings.webhook_intranet), settings.webhook_ca),
            key_ring(list(settings.text_keys)),
        ),
        postman=_postman(settings, engine),
        home=settings.home,
    )
    try:
        heavy = Worker(workshop, told=Counters().job_ended).run()
    finally:
        engine.dispose()
    if heavy:
        begin_anew("worker")
    return 0


def _postman(settings: "Settings", engine: "Engine") -> "Postman | None":
    """Whoever tells people in WeChat; nothing of it is loaded where there is no mini program."""
    if settings.wechat is None:
        return None
    from server.channels.wechat.ours import our_postman

    return our_postman(settings, engine)


def _wait_for_database(engine: "Engine") -> None:
    """Say what is wrong with the database, and wait until it is well: dying would help nobody.

    A service manager may start the worker before the database, or before `migrate` has run.
    """
    from sqlalchemy.orm import Session

    from server.services.upkeep.readiness import database_faults

    said: list[str] = []
    while True:
        with Session(engine) as session:
            found = database_faults(session)
        if not found:
            return
        if found != said:
            print(*found, "后台进程在等，好了会自己开始。", sep="\n", file=sys.stderr, flush=True)
            said = found
        time.sleep(LOOK_AGAIN_S)
