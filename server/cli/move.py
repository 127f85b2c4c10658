"""`python -m server move`: to PostgreSQL, every row compared; photos to S3, every hash."""

import argparse
import os

from server.errors import Conflict, Invalid
from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "move", help="把数据从 SQLite 搬到空的 PostgreSQL，或把照片搬到对象存储，逐一核对"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", metavar="网址", help="postgresql://用户:密码@主机/空数据库")
    what.add_argument(
        "--photos", action="store_true", help="把数据文件夹里的照片搬到 CZT_STORE 指的对象存储"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Move, and say what to set. Raises Invalid, Conflict."""
    return _photos() if args.photos else _rows(args.to)


def _rows(to: str) -> int:
    from server.db import opened_engine
    from server.http import clock
    from server.services.backup.moving import move

    settings = settings_from()
    keys = settings.text_keys  # what lies sealed travels opened, and is sealed again by the same
    there = settings_from({**os.environ, "CZT_DATABASE_URL": to}).database_url
    with opened_engine(settings.database_url, keys) as source, opened_engine(there, keys) as target:
        moved = move(source, target, now=clock.now())
    print(f"搬好了：{len(moved.rows)}张表{sum(moved.rows.values())}行，逐行对过，存证链也对过。")
    for one in moved.faults:
        print(f"注意，搬以前就有：{one}")
    print("照片和钥匙不用搬。请把 CZT_DATABASE_URL 改成新网址再启动；原来的数据库没有动。")
    return 0


def _photos() -> int:
    """0 when the new store has whatever the database tells of, 1 when not."""
    from sqlalchemy.orm import Session

    from server.db import opened_engine
    from server.media.blobs import FolderStore, StoreFailed
    from server.media.stores import store_of
    from server.services.backup.moving_files import carry_files
    from server.services.upkeep.readiness import STORE_WORDS

    settings = settings_from()
    if settings.s3 is None:
        raise Invalid("setting-invalid", "还没有设 CZT_STORE。请先设好对象存储的几项设置，再运行。")
    try:
        with (
            opened_engine(settings.database_url, settings.text_keys) as engine,
            Session(engine) as session,
        ):
            carried = carry_files(
                session, FolderStore(settings.photos, begun=True), store_of(settings, begun=False)
            )
    except StoreFailed as failed:
        said = STORE_WORDS.get(failed.code, STORE_WORDS["store-failed"])
        raise Conflict("move-impossible", f"{said}已搬的留着，好了再运行一次会接着搬。") from failed
    print(f"{carried.files}个文件都在对象存储里，每个都读回来对过。本机的没有动。")
    for key in carried.damaged:
        print(f"  ✗ 本机的 {key[:16]}… 已经坏了，没有搬。请从备份找回。")
    for key in carried.lost:
        print(f"  ✗ 数据库提到的 {key[:16]}…，两边都没有。请从备份找回。")
    return 1 if carried.damaged or carried.lost else 0
