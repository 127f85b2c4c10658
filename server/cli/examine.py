"""`python -m server examine`: facts in a YAML file, findings out; no database."""

import argparse
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server.errors import Invalid
from server.policy.document import day_from
from server.policy.standard.cases import Case, read_cases
from server.policy.standard.examine import Finding, examine, finding_json, standing_why, status
from server.policy.standard.standards import Standard, standard_by_id, standards_in
from server.settings import standards_folder


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the dispatcher."""
    parser = subparsers.add_parser(
        "examine",
        help="按标准核查一个写着站点情况的 YAML 文件",
        description="按标准核查站点：读入站点情况（YAML），列出每一条的结论。不用数据库。",
    )
    parser.add_argument("facts", type=Path, metavar="FACTS.yaml", help="一个案例或一组案例")
    parser.add_argument(
        "--standard",
        action="append",
        metavar="编号",
        help="标准编号，例如 shanxi-2023-trial；可以写多次；不写就用文件里的 standards",
    )
    parser.add_argument("--on", type=_day, metavar="日期", help="核查哪一天，案例没写日期时用")
    parser.add_argument("--json", action="store_true", help="输出 JSON（一个列表，每个案例一项）")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings of every case. Raises StandardError, NotFound, Invalid."""
    library = standards_in(standards_folder())
    today: date = args.on or datetime.now(ZoneInfo("Asia/Shanghai")).date()  # noqa: TID251 - a door
    answers = []
    for case in read_cases(args.facts):
        ids = args.standard or case.standards
        if not ids:
            raise Invalid("standard-not-chosen", "没有说用哪个标准，请加上 --standard 标准编号")
        standards = [standard_by_id(library, one) for one in ids]
        on = case.on or today
        answers.append((case, on, standards, examine(standards, case.facts, on)))
    if args.json:
        shown = [_as_json(*answer) for answer in answers]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(_as_text(*answer) for answer in answers))
    return 0


def _as_json(
    case: Case, on: date, standards: list[Standard], findings: list[Finding]
) -> dict[str, Any]:
    state = status(findings)
    return {
        "name": case.name,
        "on": on.isoformat(),
        "standards": [{"id": one.id, "sha256": one.sha256} for one in standards],
        "status": state.value,
        "status_label": state.label,
        "why": standing_why(findings),
        "findings": [finding_json(finding) for finding in findings],
    }


def _as_text(case: Case, on: date, standards: list[Standard], findings: list[Finding]) -> str:
    names = "、".join(f"《{one.name}》" for one in standards)
    lines = [
        f"{case.name}（{on}，{names}）",
        f"{status(findings).label}：{standing_why(findings)}",
    ]
    for finding in findings:
        word = f"（{finding.word.label}）" if finding.word else ""
        lines.append(f"  {finding.code} {finding.title}：{finding.label}{word} {finding.why}")
    return "\n".join(lines)


def _day(text: str) -> date:
    day = day_from(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2023-07-12")
    return day
