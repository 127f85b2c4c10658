"""`python -m server audit`: verify the chain, print its anchor, mark a restored backup, erase."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import Conflict, Invalid, NotFound
from server.settings import settings_from

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

    from server.services.audit.anchors import Anchor
    from server.services.audit.verifying import Verified


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "audit", help="核对存证链、打印存证、登记从备份恢复、按规定删除内容"
    )
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="做什么")
    verify = deeds.add_parser("verify", help="逐行核对存证链；有一行对不上就列出来，退出码1")
    verify.add_argument("--county", metavar="代码", help="只核对一个县")
    verify.add_argument(
        "--anchor", type=Path, metavar="文件", help="一行一条、从纸上或别处抄来的存证；- 是标准输入"
    )
    verify.add_argument(
        "--fast", action="store_true", help="不重算留存件内容的校验码，只核对登记的"
    )
    anchor = deeds.add_parser("anchor", help="打印每个县最近一次的存证和现在的链尾")
    anchor.add_argument("--county", metavar="代码", help="只打印一个县")
    restored = deeds.add_parser("restored", help="从备份恢复以后，在链上写明")
    restored.add_argument("--county", required=True, metavar="代码")
    restored.add_argument(
        "--because", required=True, metavar="原因", help="为什么恢复、用的哪份备份"
    )
    restored.add_argument(
        "--lost", metavar="存证", help="恢复以前最后一条存证，照纸上抄；以后核对它时会说明"
    )
    erase = deeds.add_parser("erase", help="依法删除变更记录里的内容，存证保留")
    erase.add_argument("--county", required=True, metavar="代码")
    erase.add_argument("--because", required=True, metavar="原因", help="依据哪条规定、谁提出的")
    erase.add_argument("lines", type=int, nargs="+", metavar="编号", help="变更记录的编号")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do one of the four. Raises Invalid, NotFound, Conflict."""
    deed: int = globals()[f"_{args.deed}"](args)
    return deed


@contextmanager
def _opened() -> "Iterator[Engine]":
    from server.db import opened_engine
    from server.schema import current, head

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        if current(engine) != head():
            raise Conflict(
                "database-not-ready",
                "数据库还没有升级到这个程序的结构。请先运行 python -m server migrate。",
            )
        yield engine


def _verify(args: argparse.Namespace) -> int:
    """0 when every line holds, 1 when one does not."""
    from sqlalchemy.orm import Session

    from server.services.audit.anchors import anchors_in, refuse_foreign
    from server.services.audit.verifying import verify

    given: list[Anchor] = []
    if args.anchor is not None:
        given = anchors_in(_read(args.anchor), source=f"来自{args.anchor}")
        if not given:
            raise Invalid("anchor-unreadable", f"{args.anchor}里没有一条存证。")
    faulty = 0
    with _opened() as engine, Session(engine) as session:
        codes = _codes(session, args.county)
        refuse_foreign(given, codes)
        for code in codes:
            made = verify(session, county=code, anchors=given, contents=not args.fast)
            faulty += made.faulty
            for line in told(made):
                print(line)
    return 1 if faulty else 0


def told(made: "Verified") -> list[str]:
    """What verifying found, line by line."""
    head = (
        f"{made.county}：存证{made.lines}行，链尾校验{made.head[:16]}，对过{made.anchors}条存证点"
    )
    lines = [f"{'✓' if made.whole else '✗'} {head}" + ("，全部对得上。" if made.whole else "。")]
    lines += [f"    {one}" for one in made.faults]
    if made.faulty > len(made.faults):
        lines.append(f"    另有{made.faulty - len(made.faults)}处，没有列出。")
    lines += [f"    注意：{one}" for one in made.notes]
    return lines


def _anchor(args: argparse.Namespace) -> int:
    """One line a county for each kept anchor's newest, and the head as it is now."""
    from sqlalchemy.orm import Session

    from server.calendar import full_day_text
    from server.http import clock
    from server.services.common.chain import anchor_text, head_of, last_anchor

    with _opened() as engine, Session(engine) as session:
        for code in _codes(session, args.county):
            kept = last_anchor(session, county=code, at=clock.now())
            if kept is not None:
                print(f"{code} {anchor_text(kept, len(kept.hash))}")
            seq, head = head_of(session, county=code)
            print(f"{code} 现在 {full_day_text(clock.today())} 序号{seq} 校验{head}")
    return 0


def _restored(args: argparse.Namespace) -> int:
    from server.db import writing
    from server.http import clock
    from server.services.audit.anchors import anchors_in
    from server.services.audit.marking import note_restored
    from server.services.county.counties import county_of

    lost = anchors_in(args.lost, source="丢失") if args.lost else []
    with _opened() as engine, writing(engine) as session:
        line = note_restored(
            session,
            county=county_of(session, args.county),
            reason=args.because,
            lost=lost[0] if lost else None,
            by=None,
            now=clock.now(),
        )
        print(f"已写进变更记录第{line.id}号：{line.summary}。")
    return 0


def _erase(args: argparse.Namespace) -> int:
    from server.db import writing
    from server.http import clock
    from server.services.audit.marking import erase
    from server.services.county.counties import county_of

    with _opened() as engine, writing(engine) as session:
        made = erase(
            session,
            county=county_of(session, args.county),
            ids=args.lines,
            reason=args.because,
            by=None,
            now=clock.now(),
        )
        print(f"已写进变更记录第{made.line.id}号：{made.line.summary}。")
    return 0


def _codes(session: "Session", wanted: str | None) -> list[str]:
    """The counties to look at: those that are there, and those that only the chain knows."""
    import sqlalchemy as sa

    from server.models.chain import ChainHead
    from server.models.county import County

    known = {
        *session.scalars(sa.select(County.code)),
        *session.scalars(sa.select(ChainHead.county)),
    }
    if wanted is not None and wanted not in known:
        raise NotFound("county-unknown", f"这台机器上没有代码为{wanted}的县。请核对6位代码。")
    return [wanted] if wanted else sorted(known)


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Invalid("anchor-unreadable", f"{path}读不出来。请存成 UTF-8 文本。") from wrong
