"""`python -m server worker`: only the worker that examines photos and does the nightly work."""

import argparse

from server.settings import settings_from
from server.supervisor import wait_for_go


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("worker", help="只运行后台任务（看照片、夜间整理）")
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Work until told to stop."""
    from server.db import open_engine
    from server.logs import set_up_logs
    from server.media.blobs import FolderStore
    from server.policy.standard import standards_in
    from server.worker import Worker, Workshop

    set_up_logs()
    wait_for_go()
    settings = settings_from()
    engine, blobs = open_engine(settings.database_url), FolderStore(settings.photos)
    Worker(Workshop(engine, blobs, standards_in(settings.standards))).run()
    return 0
