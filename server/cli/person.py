"""`python -m server person`: what is done for one person at the machine itself."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import Conflict, Invalid, NotFound
from server.settings import settings_from

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

    from server.models.person import Person
    from server.settings import Settings

AGAIN = "从备份恢复以后，照删除名单再删一遍"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    said = "导出、删除一个人的信息；重设密码、动态码；清掉打不开的电话"
    parser = subparsers.add_parser("person", help=said)
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="做什么")
    export = deeds.add_parser("export", help="系统里关于这个人的全部内容（JSON），给本人查阅、复制")
    reset = deeds.add_parser(
        "reset-code", help="手机和恢复码都丢了：重设动态码，电脑上的登录全部退出"
    )
    new = deeds.add_parser(
        "new-password", help="忘了密码，又没有别人能在页面上重设：给一个新密码，72小时内有效"
    )
    for one in (export, reset, new):
        one.add_argument(
            "who", metavar="账号或编号", help="电脑账号；没有账号的写人员页面网址里的编号"
        )
    erase = deeds.add_parser("erase", help="本人要求删除个人信息：先说会删什么、依法留什么，再删")
    erase.add_argument("who", nargs="?", metavar="账号或编号", help="写了就删这一个人")
    erase.add_argument("--because", default="", metavar="原因", help="谁提出的，怎么核对的本人")
    erase.add_argument("--yes", action="store_true", help="真的删；不写只说会删什么、留什么")
    erase.add_argument(
        "--again", nargs="?", const="", metavar="名单",
        help="从备份恢复以后：照数据文件夹里的 erased-people.txt（或这个名单）再删一遍",
    )  # fmt: skip
    erase.add_argument(
        "--named", metavar="姓名", default="",
        help="钥匙丢了、删除没做完的：再说一遍要找的姓名（照原来登记的），接着找",
    )  # fmt: skip
    erase.add_argument(
        "--copies", action="store_true",
        help="把这台机器上升级、搬家留下的旧库里还有删除过的人的，也删掉（就不能再退回那个旧版了）",
    )  # fmt: skip
    erase.add_argument("--phone", metavar="电话", default="", help="跟 --named 一起写原来的电话")
    deeds.add_parser("erased", help="打印删除过的人的名单（只有编号），放到备份以外的地方")
    deeds.add_parser("forget-numbers", help="钥匙确实找不回来了：清掉打不开的电话，页面才能再打开")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do it and say so. Raises NotFound person-unknown, and what the deed raises."""
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine, writing

    settings = settings_from()
    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        if args.deed in ("erase", "erased"):
            return _run_erasing(engine, settings, args)
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
    if args.deed == "new-password":
        return _new_password(session, person, now)
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


def _new_password(session: "Session", person: "Person", now: "datetime") -> str:
    """Raises Invalid login-missing."""
    from server.services.people.passwords import made_up_password, set_password
    from server.services.people.scope import SITS_AT_DESK

    if person.role not in SITS_AT_DESK or not person.login:
        raise Invalid("login-missing", f"{person.name}没有电脑账号，用不上密码。")
    password = made_up_password()
    set_password(session, person=person, password=password, now=now)
    return (
        f"{person.name}：账号 {person.login}  密码 {password}（只显示这一次）\n"
        "电脑上的登录都已退出。请在72小时内登录；登录后要先换成自己的密码，别的页面才打得开。"
    )


def _person(session: "Session", who: str) -> "Person":
    from server.models.person import Person
    from server.services.people.sign_ins import person_with_login

    number = int(who) if who.isascii() and who.isdigit() and len(who) < 10 else None
    found = session.get(Person, number) if number else person_with_login(session, who)
    if found is None:
        raise NotFound("person-unknown", f"没有“{who}”这个账号或编号的人。请核对。")
    return found


def _run_erasing(engine: "Engine", settings: "Settings", args: argparse.Namespace) -> int:
    """Do it and say so; 1 where somebody of a list could not be erased again.

    Raises Invalid (person-erase-whom, erased-list-unreadable, reason-needed), NotFound
    person-unknown, Conflict (person-erased, person-not-erasable).
    """
    from sqlalchemy.orm import Session

    from server.db import writing
    from server.http import clock
    from server.services.erasing.erasing import (
        LIST,
        begin_erasure,
        erased_people,
        gone_of,
        note_gone,
        seek_again,
    )
    from server.services.erasing.running import go_on

    if args.deed == "erased":
        with Session(engine) as session:
            for one in erased_people(session):
                print(one)
        return 0
    if args.again is not None:
        return _again(engine, settings, Path(args.again) if args.again else settings.home / LIST)
    if args.copies and not args.who and args.again is None:
        _copies(engine, settings, delete=True)
        return 0
    if args.named and args.who:
        with writing(engine) as session:
            person = _person(session, args.who)
            seek_again(session, person=person, name=args.named, phone=args.phone, now=clock.now())
        print("记下了。请接着运行 python -m server person erase --again，把删除做完。")
        return 0
    if not args.who:
        said = "请写要删的人的账号或编号，或者用 --again 照名单再删一遍。"
        raise Invalid("person-erase-whom", said)
    if not args.yes:
        with Session(engine) as session:
            _tell(session, _person(session, args.who))
        return 0
    with writing(engine) as session:
        person = _person(session, args.who)
        row = begin_erasure(session, person=person, by=None, reason=args.because, now=clock.now())
        key, line = row.id, gone_of(person)
    note_gone(settings.home, [line])
    go_on(engine, key, now=clock.now())
    print(f"P-{line.person_id}的个人信息删完了。请把下面这一行放到备份以外的地方：\n{line}")
    _copies(engine, settings, delete=args.copies)
    return 0


def _copies(engine: "Engine", settings: "Settings", *, delete: bool) -> None:
    """Old files of the database in which an erased person still stands: named, or deleted."""
    from sqlalchemy.orm import Session

    from server.schema import copies_left
    from server.services.erasing.erasing import holding_erased

    with Session(engine) as session:
        found = holding_erased(session, copies_left(settings.database_url, settings.home))
    for one in found:
        if delete:
            one.unlink()
            print(f"旧库 {one} 删掉了。")
        else:
            print(f"旧库 {one} 里还有这个人。用不着退回旧版了，就运行 person erase --copies。")


def _tell(session: "Session", person: "Person") -> None:
    """What would be erased, and what law keeps."""
    from server.services.erasing.preview import preview_of

    told = preview_of(session, person)
    for head, lines in (
        ("现在还不能删：", told.against),
        ("会删掉：", told.goes),
        (
            "法律要求留着，不会删：",
            [f"{one.what}。留到：{one.until}。依据：{one.law}。" for one in told.stays],
        ),
    ):
        if lines:
            print(head)
            for line in lines:
                print(f"    {line}")
    if told.namesake:
        print(f"{told.namesake}，名字一样：只有认得准的地方才删。")
    if not told.against:
        print("真的要删，请加上 --because 和 --yes。")


def _again(engine: "Engine", settings: "Settings", path: Path) -> int:
    """Go on with what is unfinished, then erase anew whom a restored copy has brought back."""
    from server.db import writing
    from server.http import clock
    from server.services.erasing.erasing import back_again, begin_erasure, gone_in, note_gone
    from server.services.erasing.running import go_on, unfinished

    for key in unfinished(engine):
        go_on(engine, key, now=clock.now())
    try:
        lines = gone_in(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as wrong:
        raise Invalid("erased-list-unreadable", f"{path}读不出来。请给出名单文件。") from wrong
    faulty = done = 0
    for one in lines:
        begun: int | None = None
        with writing(engine) as session:
            person = back_again(session, one)
            if person is None:
                continue
            try:
                begun = begin_erasure(
                    session, person=person, by=None, reason=AGAIN, now=clock.now()
                ).id
            except Conflict as against:
                session.rollback()
                faulty += 1
                print(f"P-{one.person_id}没有删：{against.message}")
        if begun is not None:
            go_on(engine, begun, now=clock.now())
            done += 1
    note_gone(settings.home, lines)
    print(f"名单上{len(lines)}人，又删了{done}人，没有删成{faulty}人。")
    return 1 if faulty else 0
