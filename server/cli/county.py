"""`python -m server county CODE`: set a county up from the division table, or compare a newer."""

import argparse
from datetime import datetime

from server.services.county.counties import full_name
from server.services.programme.set_up import CountySetUp
from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "county",
        help="按区划表建立一个县（可重复运行）；区划表有变化时列出差别",
        description="按2023年区划表建立一个县。有方案文件的县同时登记方案里的站点。可重复运行。",
    )
    parser.add_argument("code", metavar="代码", help="6位县级区划代码，例如 140926")
    parser.add_argument("--confirm", action="store_true", help="确认按新区划表更新")
    parser.add_argument(
        "--with-stations",
        action="store_true",
        help="没有方案文件的县：每个乡镇设一个乡镇站，每个村设一个村级点",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Set up or compare, and say what came of it; 3 when differences wait for a confirmation."""
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine, writing
    from server.http import clock
    from server.policy.plan.reading import programme_of, programmes_in
    from server.services.county.divisions import rows_of
    from server.services.programme.set_up import set_up_county

    settings = settings_from()
    rows = rows_of(settings.data, args.code)
    programme = programme_of(programmes_in(settings.standards), args.code)
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        now: datetime = clock.now()
        with writing(engine) as session:
            done = set_up_county(
                session,
                code=args.code,
                rows=rows,
                programme=programme,
                now=now,
                confirm=args.confirm,
                with_stations=args.with_stations,
            )
            for line in _lines(done, programme.name if programme else None):
                print(line)
    return 3 if done.changes and not done.applied else 0


def _lines(done: CountySetUp, programme: str | None) -> list[str]:
    county = done.county
    counts = "，".join(f"{label} {number}" for label, number in done.counts.items())
    lines = [
        f"{full_name(county)}（{county.code}）{'已建立' if done.made else '已经建好'}：{counts}",
        f"区划来源：{county.divisions_source}",
        f"方案：{programme or '没有方案文件，站点由县里自己新增或导入'}",
    ]
    lines += [f"注意：{note}" for note in done.notes]
    if done.changes:
        lines.append(f"区划表与现有登记有{len(done.changes)}处不同：")
        lines += [f"  {change.text}" for change in done.changes]
        lines.append(
            "已按新表更新。"
            if done.applied
            else "什么也没有改。核对无误后，加上 --confirm 再运行一次。"
        )
    return lines
