"""`python -m server migrate`: take the database to the newest step, before web and worker start."""

import argparse
from typing import TYPE_CHECKING

from server.settings import Settings, settings_from

if TYPE_CHECKING:  # loaded only when it is needed, like in the other commands
    from sqlalchemy.engine import Engine


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("migrate", help="把数据库升级到最新结构")
    parser.add_argument(
        "--new-keys", action="store_true", help="登记的钥匙丢了：以后用这台机器上的"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Upgrade, and say whether anything was to be done."""
    from server.db import opened_engine
    from server.schema import head

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        changed = bring_up_to_date(settings, engine, new_keys=args.new_keys)
    print(f"数据库{'已升级到' if changed else '已是'}最新结构 {head()}。")
    return 0


def bring_up_to_date(settings: Settings, engine: "Engine", *, new_keys: bool = False) -> bool:
    """Take the database to the newest step and begin a new photo store; True when it changed.

    The plans of counties set up before plans were kept as rows are entered from their files.
    Raises Conflict keys-differ where the house has other keys than this machine.
    """
    from sqlalchemy.orm import Session

    from server.db import writing
    from server.http import clock
    from server.media.stores import store_of
    from server.policy.plan.reading import programmes_in
    from server.schema import upgrade
    from server.services.programme.programmes import bring_missing, without_programme
    from server.services.upkeep.keys import note_keys
    from server.services.upkeep.readiness import begin_store

    changed = upgrade(engine)
    with Session(engine) as session:
        begin_store(session, store_of(settings, begun=False))
    with writing(engine) as session:
        note_keys(session, settings, now=clock.now(), anew=new_keys)
        if waiting := without_programme(session):
            bring_missing(
                session,
                counties=waiting,
                shipped=programmes_in(settings.standards),
                now=clock.now(),
            )
    return changed
