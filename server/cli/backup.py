"""`python -m server backup`: copy everything to another disk, sealed; restore it; prove it."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import Conflict, Invalid
from server.settings import Settings, settings_from

if TYPE_CHECKING:
    import pyrage
    from sqlalchemy.engine import Engine

    from server.services.backup.place import Place
    from server.services.backup.restoring import Report

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
MIB = 1 << 20


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("backup", help="备份（不带别的词就是马上备份）、恢复、恢复演练")
    deeds = parser.add_subparsers(dest="deed", metavar="做什么")
    init = deeds.add_parser("init", help="设置备份到哪里，生成私钥；私钥只显示一次")
    init.add_argument(
        "--to", type=Path, required=True, metavar="文件夹", help="另一块磁盘上的空文件夹"
    )
    init.add_argument(
        "--public-key", default="", metavar="公钥", help="自己已有的 age 公钥（age1…）"
    )
    init.add_argument(
        "--also", default="", metavar="远端", help="再用 rclone 送到这里，如 oss:backup/czt"
    )
    drill = deeds.add_parser("drill", help="把最近的备份恢复到空地方，逐项核对，然后清掉")
    drill.add_argument(
        "--key", metavar="文件", help="用自己保存的私钥打开；- 是标准输入；不写就用本机演练的钥匙"
    )
    drill.add_argument("--sample", type=int, metavar="张数", help="只打开这么多张照片；不写是全部")
    restore = deeds.add_parser("restore", help="把备份恢复到空的数据文件夹（和空的数据库）")
    restore.add_argument("--from", dest="source", type=Path, required=True, metavar="文件夹")
    restore.add_argument(
        "--key", required=True, metavar="文件", help="设置时保存的私钥；- 是标准输入"
    )
    restore.add_argument(
        "--into", type=Path, required=True, metavar="文件夹", help="空的数据文件夹"
    )
    restore.add_argument(
        "--database", default="", metavar="网址", help="PostgreSQL：空数据库的网址"
    )
    restore.add_argument("--copy", default="", metavar="名称", help="哪一份；不写是最近的")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do one of the four. Raises Invalid, Conflict."""
    code: int = globals()[f"_{args.deed or 'take'}"](args)
    return code


def _init(args: argparse.Namespace) -> int:
    from server.services.backup.place import set_up

    settings = settings_from()
    secret = set_up(settings.home, args.to, public_key=args.public_key, remote=args.also)
    print(f"备份会放到 {args.to.absolute()}，每天夜里自动做，每周自动演练。")
    if secret:
        print(
            "下面是打开备份的私钥，只显示这一次，机器上不留。请抄两份（U盘和纸），锁在办公室；"
            "没有它，谁也打不开备份。"
        )
        print(secret)
    print(
        "现在做第一份：python -m server backup；再试私钥：python -m server backup drill --key 文件"
    )
    return 0


def _take(_args: argparse.Namespace) -> int:
    """0 when all is in the copy, 1 when files are missing on this machine."""
    from server.http import clock
    from server.media.stores import store_of
    from server.services.backup.place import state_of
    from server.services.backup.taking import take

    with _opened() as (settings, place, engine):
        blobs = store_of(settings)
        made = take(place, engine, blobs, now=clock.now())
    print(
        f"备份做好了：{sum(made.tables.values())}行、照片等{made.photos}个文件"
        f"（{made.photo_bytes / MIB:.1f} MB）、钥匙和设置，用时{_span(made.took_s)}。"
    )
    if not made.absent:
        return 0
    print(f"注意：{state_of(settings.home).trouble}")
    return 1


def _drill(args: argparse.Namespace) -> int:
    """0 when the copy proved whole, 1 when not."""
    from server.http import clock
    from server.services.backup.restoring import drill

    key = _key(args.key) if args.key else None
    with _opened() as (_settings, place, engine):
        report = drill(place, engine, now=clock.now(), key=key, sample=args.sample)
    _tell(report)
    if report.faults:
        print("演练没有通过。请马上再做一份备份，再演练一次。")
        return 1
    print(
        f"演练通过。机器现在坏掉会丢最近{_span(report.age_s)}的记录（RPO），"
        f"恢复要{_span(report.rto_s)}（RTO，不算装机器）。"
    )
    return 0


def _restore(args: argparse.Namespace) -> int:
    """0 when all came back whole, 1 when something did not."""
    from server.http import clock
    from server.services.backup.restoring import ahead_of, restore

    home = args.into.absolute()
    url = args.database or f"sqlite:///{home / 'cunzhantong.db'}"
    if url.startswith("postgres"):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    source, now = args.source.absolute(), clock.now()
    ahead = [] if args.copy else ahead_of(source, now)
    report = restore(source, home, url, key=_key(args.key), name=args.copy, now=now)
    _tell(report)
    if ahead:
        print(f"注意：有{len(ahead)}份备份的日期在今天以后，没有用（{'、'.join(ahead[:3])}）。")
    print(f"数据在 {home}；当时的设置在 {home / 'environment.txt'}，请对照着设好，再启动。")
    for one in report.manifest.heads:
        print(f"存证：{one}")
    print(
        "启动以后请运行 python -m server audit verify，再用 python -m server audit restored "
        "写明为什么恢复、用的哪一份。"
    )
    if not report.chains_held and not report.faults:
        print("这份备份是旧版程序做的，存证链和加密的内容还没有核对，升级以后请照上面说的核对。")
    if report.faults:
        print("上面列出的没有恢复好，别的都恢复了。")
        return 1
    return 0


@contextmanager
def _opened() -> "Iterator[tuple[Settings, Place, Engine]]":
    from sqlalchemy.exc import DBAPIError

    from server.db import opened_engine, writing
    from server.http import clock
    from server.services.backup.place import place_of, tell_others

    settings = settings_from()
    place = place_of(settings.home)
    if place is None:
        raise Conflict(
            "backup-place",
            "还没有设置备份到哪里。请先运行：python -m server backup init --to 文件夹",
        )
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        try:
            yield settings, place, engine
        finally:
            with suppress(DBAPIError), writing(engine) as session:  # the copy is made all the same
                tell_others(session, settings.home, now=clock.now())


def _key(name: str) -> "pyrage.x25519.Identity":
    """The key in a file, or on standard input. Raises Invalid backup-key."""
    from server.services.backup.place import identity_in

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("backup-key", f"私钥文件 {name} 读不出来。请检查文件名。") from error
    return identity_in(text)


def _tell(report: "Report") -> None:
    from server.calendar import moment_text

    made = report.manifest
    print(f"备份 {report.name}（{moment_text(made.began_at)}的数据）：")
    print(f"  {len(made.tables)}张表{sum(made.tables.values())}行，存证{report.chain_lines}行，")
    print(f"  打开并核对了{report.photos_opened}个文件（共{made.photos}个）。")
    for one in report.faults:
        print(f"  ✗ {one}")
    for one in made.absent:
        print(f"  注意：备份时机器上就没有 {one[:16]}…")


def _span(seconds: float) -> str:
    """How long, in the largest unit that says it."""
    for unit_s, word in ((DAY_S, "天"), (HOUR_S, "小时"), (MINUTE_S, "分钟")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.1f}{word}"
    return f"{seconds:.1f}秒"
