"""`python -m server standing`: every station, clause and verdict of a county on a day."""

import argparse
import json
from datetime import date

from server.services.standing.standing import Standing
from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "standing", help="列出全县站点对照标准的结论：每站每条、依据谁的说法、为什么"
    )
    parser.add_argument("--county", required=True, metavar="代码", help="6位县级区划代码")
    parser.add_argument("--on", type=_day, metavar="日期", help="看哪一天，默认今天")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the standings. Raises NotFound county-unknown."""
    from sqlalchemy.orm import Session

    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine
    from server.http import clock
    from server.policy.standard.standards import standards_for, standards_in
    from server.services.county.counties import county_of
    from server.services.people.scope import EVERYBODY
    from server.services.standing.standing import standing_json, standings

    settings = settings_from()
    standards = standards_in(settings.standards)
    on: date = args.on or clock.today()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        with Session(engine) as session:
            county = county_of(session, args.county)
            found = standings(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
            if args.json:
                rules = standards_for(standards, on, county.code, county.standard_id)
                answer = {
                    "county": county.code,
                    "name": county.name,
                    "on": on.isoformat(),
                    "demo": county.demo,
                    "standards": [{"id": one.id, "sha256": one.sha256} for one in rules],
                    "stations": [standing_json(one) for one in found],
                }
                print(json.dumps(answer, ensure_ascii=False, indent=2))
            else:
                print(f"{county.name} {on}{'（演示数据）' if county.demo else ''}")
                print("\n".join(_line(one) for one in found) or "本县还没有站点。")
    return 0


def _line(one: Standing) -> str:
    number = one.station.code or "未编号"
    return f"{number:7} {one.status.label} {one.township_name} {one.station.name}：{one.why}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2023-07-12") from error
