"""`python -m server person`: what is held of somebody, told and erased at the machine itself."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import select, text, update

from server.http import clock
from server.models.person import Person
from server.services.people.passwords import password_is, refuse_lapsed
from tests.databases import session_of

Run = Callable[..., tuple[int, str, str]]


def test_a_person_is_told_what_is_held_of_them_and_the_history_says_so(
    run: Run, tmp_path: Path
) -> None:
    run("county", "140926")
    run("invite", "--county", "140926", "--name", "县办", "--role", "office", "--login", "xian")

    code, said, _ = run("person", "export", "xian")
    told = json.loads(said)
    assert (code, told["本人"]["login"]) == (0, "xian")
    assert "password_hash" not in said
    by_number, _, _ = run("person", "export", str(told["本人"]["id"]))
    assert by_number == 0
    code, _, wrong = run("person", "export", "nobody")
    assert (code, "没有“nobody”" in wrong) == (2, True)
    with session_of(tmp_path) as session:
        lines = session.scalars(text("SELECT summary FROM history")).all()
    assert lines.count("在服务器上导出了县办的个人信息") == 2


def test_the_only_one_of_an_office_gets_a_new_password_at_the_machine(
    run: Run, tmp_path: Path
) -> None:
    run("county", "140926")
    run("invite", "--county", "140926", "--name", "县办", "--role", "office", "--login", "xian")
    with session_of(tmp_path) as session:  # nobody signed in within the 72 hours
        session.execute(update(Person).values(password_given_at=Person.created_at))
        session.commit()

    code, said, _ = run("person", "new-password", "xian")

    given = re.search(r"密码 (\S+)（只显示这一次）", said)
    assert (code, given is not None, "72小时内登录" in said) == (0, True, True)
    assert given
    with session_of(tmp_path) as session:
        person = session.scalars(select(Person)).one()
        assert password_is(person, given[1])
        refuse_lapsed(person, now=clock.now())
        lines = session.scalars(text("SELECT summary FROM history")).all()
        assert lines.count("县办的账号重设了密码") == 2
    run("invite", "--county", "140926", "--name", "站长", "--role", "keeper")
    code, _, wrong = run("person", "new-password", "2")
    assert (code, "站长没有电脑账号" in wrong) == (2, True)


def test_a_person_is_erased_at_the_machine_and_again_after_an_old_copy_came_back(
    run: Run, tmp_path: Path
) -> None:
    run("county", "140926")
    run("invite", "--county", "140926", "--name", "秦满仓", "--role", "office", "--login", "qin")
    code, said, _ = run("person", "erase", "qin")
    assert (code, "请先停用账号" in said) == (0, True)
    with session_of(tmp_path) as session:
        session.execute(update(Person).values(active=False))
        session.commit()
        key = session.scalars(select(Person.id)).one()
    with closing(sqlite3.connect(tmp_path / "home" / "cunzhantong.db")) as raw:
        raw.execute("VACUUM INTO ?", (str(tmp_path / "old.db"),))
    before = tmp_path / "home" / "cunzhantong.db.before-0001"
    shutil.copy(tmp_path / "old.db", before)
    os.utime(before, (1, 1))
    assert "会删掉" in run("person", "erase", "qin")[1]
    code, said, _ = run("person", "erase", "qin", "--because", "本人申请", "--yes")
    assert (code, f"P-{key}的个人信息删完了" in said) == (0, True)
    assert f"旧库 {before} 里还有这个人" in said
    assert f"旧库 {before} 删掉了" in run("person", "erase", "--copies")[1]
    assert not before.exists()
    assert run("person", "erased")[1] in (tmp_path / "home" / "erased-people.txt").read_text(
        "utf-8"
    )
    assert "又删了0人" in run("person", "erase", "--again")[1]
    for ended in (tmp_path / "home").glob("cunzhantong.db*"):
        ended.unlink()
    shutil.copy(tmp_path / "old.db", tmp_path / "home" / "cunzhantong.db")
    with session_of(tmp_path) as session:
        assert session.scalars(select(Person.name)).all() == ["秦满仓"]
    code, said, _ = run("person", "erase", "--again")
    assert (code, "又删了1人，没有删成0人" in said) == (0, True)
    with session_of(tmp_path) as session:
        assert session.scalars(select(Person.name)).all() == [f"已删除的人员 P-{key}"]
        assert not [
            one for one in session.scalars(text("SELECT summary FROM history")) if "秦" in one
        ]
