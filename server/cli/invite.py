"""`python -m server invite`: the first accounts of a county, and one-time codes for phones."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from server.models.person import Role
from server.settings import settings_from

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from server.models.county import County

ROLES = {
    "office": Role.COUNTY_OFFICE,
    "officer": Role.TOWNSHIP_OFFICER,
    "inspector": Role.INSPECTOR,
    "keeper": Role.KEEPER,
    "operator": Role.OPERATOR,
    "bureau": Role.BUREAU,
    "auditor": Role.AUDITOR,
    "viewer": Role.VIEWER,
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "invite",
        help="新增人员：县办等给出电脑登录密码，站长和督导员给出手机绑定码",
        description="新增一个人。写了 --login 的得到一次随机密码；不写的得到手机绑定码。",
    )
    parser.add_argument("--county", required=True, metavar="代码", help="6位县级区划代码")
    parser.add_argument("--name", required=True, metavar="姓名")
    parser.add_argument(
        "--role",
        required=True,
        choices=tuple(ROLES),
        help="office 县专班，officer 乡镇专干，inspector 督导员，keeper 站长，"
        "operator 运营企业，bureau 成员单位，auditor 审计（只读），"
        "viewer 上级查看（--county 写市或省的代码，如 140900、140000）",
    )
    parser.add_argument("--login", metavar="账号", help="电脑登录用的账号，小写字母开头")
    parser.add_argument("--township", metavar="乡镇", help="乡镇专干所属乡镇，名称或代码")
    parser.add_argument("--operator", metavar="企业", help="运营企业账号所属企业的全称")
    parser.add_argument("--unit", metavar="单位", help="成员单位账号所属单位的全称或简称")
    parser.add_argument("--until", metavar="日期", help="最后一天，如 2023-12-31；审计账号必填")
    parser.add_argument("--station", metavar="编号", help="站长所管站点的编号，如 C0001")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Enter the person and print the password or code, which is shown this once only."""
    from sqlalchemy import select

    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine, writing
    from server.errors import NotFound
    from server.http import clock
    from server.models.county import DivisionLevel, Operator
    from server.policy.typed_days import read_day
    from server.services.county.counties import find_division
    from server.services.people.organisations import organisation_named
    from server.services.people.passwords import made_up_password, set_password
    from server.services.people.people import add_person, appoint_keeper
    from server.services.people.sign_ins import make_bind_code
    from server.services.plates.scans import read_scan

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        now = clock.now()
        with writing(engine) as session:
            county = _place(session, args, now)
            township = operator = None
            if args.township:
                township = find_division(
                    session, county.code, args.township, level=DivisionLevel.TOWNSHIP
                ).code
            if args.operator:
                operator = session.scalar(
                    select(Operator.id).where(
                        Operator.county == county.code, Operator.name == args.operator
                    )
                )
                if operator is None:
                    raise NotFound(
                        "operator-unknown", f"本县没有登记“{args.operator}”。请核对企业全称。"
                    )
            unit = (
                organisation_named(session, county=county.code, name=args.unit)
                if args.unit
                else None
            )
            person = add_person(
                session,
                county=county,
                name=args.name,
                role=ROLES[args.role],
                by=None,
                now=now,
                township_code=township,
                operator_id=operator,
                organisation_id=unit.id if unit else None,
                until_on=read_day(args.until, "最后一天", latest=None) if args.until else None,
                login=args.login,
            )
            if args.station:
                found = read_scan(
                    session,
                    text=args.station,
                    ring=settings.plaque_keys,
                    county=county.code,
                    now=now,
                )
                appoint_keeper(session, station=found.station, person=person, by=None, now=now)
            label = person.role.label
            if args.login:
                password = made_up_password()
                set_password(session, person=person, password=password, now=now)
                print(f"{county.name}{label}{person.name}：{settings.base_url}/desk/")
                print(f"账号 {args.login}  密码 {password}（只显示这一次）")
                print("请在72小时内登录；登录后要先换成自己的密码，别的页面才打得开。")
            else:
                code = make_bind_code(session, person=person, by=None, now=now)
                print(f"{county.name}{label}{person.name}，手机打开：")
                print(f"{settings.base_url}/app/#/bind/{code}")
                print(f"绑定码 {code}（72小时内用一次）")
    return 0


def _place(session: "Session", args: argparse.Namespace, now: datetime) -> "County":
    """The county, or for a viewer the city or province. Raises Invalid, NotFound, Conflict."""
    from server.errors import Invalid
    from server.services.county.areas import area_here
    from server.services.county.counties import county_of

    if ROLES[args.role] is Role.VIEWER:
        if not args.login:
            raise Invalid("person-invalid", "上级查看的账号在电脑上用。请写 --login 账号。")
        return area_here(session, args.county, now=now)
    return county_of(session, args.county)
