"""`python -m server person`: what is done for one person at the machine itself."""

import argparse

from server.settings import settings_from


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "person", help="替一个人办事：重设动态码；钥匙丢了，清掉打不开的电话"
    )
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="做什么")
    reset = deeds.add_parser(
        "reset-code", help="手机和恢复码都丢了：重设动态码，电脑上的登录全部退出"
    )
    reset.add_argument("login", metavar="账号", help="电脑登录用的账号")
    deeds.add_parser("forget-numbers", help="钥匙确实找不回来了：清掉打不开的电话，页面才能再打开")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do it and say so. Raises NotFound person-unknown, and what the deed raises."""
    from server.cli.migrate import bring_up_to_date
    from server.db import open_engine, writing
    from server.errors import NotFound
    from server.http import clock
    from server.services.people.second_factor import reset_factor
    from server.services.people.sign_ins import person_with_login
    from server.services.upkeep.sealed_numbers import forget_lost_numbers

    settings = settings_from()
    engine = open_engine(settings.database_url, settings.text_keys)
    bring_up_to_date(settings, engine)
    with writing(engine) as session:
        if args.deed == "forget-numbers":
            print(f"清掉了{forget_lost_numbers(session)}个打不开的电话。请重新登记。")
            return 0
        person = person_with_login(session, args.login)
        if person is None:
            raise NotFound("person-unknown", f"没有“{args.login}”这个账号。请核对。")
        reset_factor(session, person=person, by=None, now=clock.now())
        print(
            f"{person.name}的动态码已经重设，电脑上的登录都已退出。请让本人用密码登录，再重新开启。"
        )
    engine.dispose()
    return 0
