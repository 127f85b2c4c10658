"""`python -m server migrate`: take the database to the newest step, before web and worker start."""

import argparse

from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("migrate", help="把数据库升级到最新结构")
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Upgrade, and say whether anything was to be done."""
    from server.db import open_engine
    from server.schema import head, upgrade

    changed = upgrade(open_engine(settings_from().database_url))
    print(f"数据库{'已升级到' if changed else '已是'}最新结构 {head()}。")
    return 0
