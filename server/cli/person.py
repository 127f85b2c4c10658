"""`python -m server person`: what is done for one person at the machine itself."""

import argparse
from typing import TYPE_CHECKING

from server.errors import NotFound
from server.settings import settings_from

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from server.models.person import Person


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("person", help="导出一个人的信息；重设动态码；清掉打不开的电话")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="做什么")
    export = deeds.add_parser("export", help="系统里关于这个人的全部内容（JSON），给本人查阅、复制")
    reset = deeds.add_parser(
        "reset-code", help="手机和恢复码都丢了：重设动态码，电脑上的登录全部退出"
    )
    for one in (export, reset):
        one.add_argument(
            "who", metavar="账号或编号", help="电脑账号；没有账号的写人员页面网址里的编号"
        )
    deeds.add_parser("forget-numbers", help="钥匙确实找不回来了：清掉打不开的电话，页面才能再打开")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do it and say so. Raises NotFound person-unknown, and what the deed raises."""
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine, writing

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        with writing(engine) as session:
            print(_done(session, args))
    return 0


def _done(session: "Session", args: argparse.Namespace) -> str:
    from server.http import clock
    from server.services.common import history
    from server.services.people.actions import PeopleAction
    from server.services.people.own_data import copy_of
    from server.services.people.second_factor import reset_factor
    from server.services.upkeep.sealed_numbers import forget_lost_numbers

    if args.deed == "forget-numbers":
        return f"清掉了{forget_lost_numbers(session)}个打不开的电话。请重新登记。"
    person, now = _person(session, args.who), clock.now()
    if args.deed == "reset-code":
        reset_factor(session, person=person, by=None, now=now)
        return (
            f"{person.name}的动态码已经重设，电脑上的登录都已退出。请让本人用密码登录，再重新开启。"
        )
    told = copy_of(session, person)
    history.write(
        session,
        of=person,
        by=None,
        at=now,
        action=PeopleAction.FILE_EXPORTED,
        summary=f"在服务器上导出了{person.name}的个人信息",
    )
    return told


def _person(session: "Session", who: str) -> "Person":
    from server.models.person import Person
    from server.services.people.sign_ins import person_with_login

    number = int(who) if who.isascii() and who.isdigit() and len(who) < 10 else None
    found = session.get(Person, number) if number else person_with_login(session, who)
    if found is None:
        raise NotFound("person-unknown", f"没有“{who}”这个账号或编号的人。请核对。")
    return found
