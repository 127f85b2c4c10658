"""`python -m server move`: carry a house from SQLite to PostgreSQL, every row compared."""

import argparse

from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("move", help="把数据从 SQLite 搬到空的 PostgreSQL，逐行核对")
    parser.add_argument(
        "--to", required=True, metavar="网址", help="postgresql://用户:密码@主机/空数据库"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Move, and say what to set. Raises Invalid, Conflict."""
    from server.db import open_engine
    from server.http import clock
    from server.services.backup.moving import move

    source = open_engine(settings_from().database_url)
    target = open_engine(settings_from({"CZT_DATABASE_URL": args.to}).database_url)
    try:
        moved = move(source, target, now=clock.now())
    finally:
        source.dispose()
        target.dispose()
    print(f"搬好了：{len(moved.rows)}张表{sum(moved.rows.values())}行，逐行对过，存证链也对过。")
    for one in moved.faults:
        print(f"注意，搬以前就有：{one}")
    print("照片和钥匙不用搬。请把 CZT_DATABASE_URL 改成新网址再启动；原来的数据库没有动。")
    return 0
