import json
import os
import re
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.pool import Pool

from server.http import clock
from server.jobs import enqueue
from server.media.blobs import FolderStore
from server.models.erasure import PersonErasure
from server.models.job import Job, JobState
from server.models.person import BindCode, Person
from server.models.station import Station
from server.schema import copies_left
from server.settings import ROOT, settings_from
from tests.databases import session_of
from tests.factories import NOW, make_county, make_person

Run = Callable[..., tuple[int, str, str]]


def test_a_county_is_set_up_printed_and_examined_from_the_command_line(
    run: Run, tmp_path: Path
) -> None:
    code, said, _ = run("county", "140926")
    assert code == 0
    assert "乡镇 12" in said
    assert "乡镇站 12，村级点 52" in said
    assert "国家统计局" in said

    pdf = tmp_path / "plaques.pdf"
    asked = ("plaques", "--county", "140926", "--out", str(pdf), "--township", "赤泥洼乡")
    code, _, wrong = run(*asked)
    assert (code, pdf.exists()) == (2, False)
    assert "牌子上印着“咨询、投诉”，可县里还没有填服务热线" in wrong
    code, said, _ = run(*asked, "--hotline", "0350-6521234")
    assert (code, pdf.read_bytes()[:5]) == (0, b"%PDF-")
    assert "先发放了5个编号、5块标识牌" in said
    assert "静乐县标识牌5张" in said

    code, said, _ = run("standing", "--county", "140926", "--on", "2023-07-12", "--json")
    answer = json.loads(said)
    assert (code, answer["on"], len(answer["stations"])) == (0, "2023-07-12", 64)
    assert {one["id"] for one in answer["standards"]} >= {"shanxi-2023-trial"}
    first = answer["stations"][0]
    assert first["status"] == "not_assessed"
    assert {"code", "verdict", "word", "why", "text"} <= set(first["findings"][0])


def test_wrong_words_on_the_command_line_are_answered_in_chinese(run: Run, tmp_path: Path) -> None:
    for args, sentence in (
        (("county", "999999"), "没有代码为999999"),
        (("standing", "--county", "140926"), "还没有设置"),
        (("plaques", "--county", "140926", "--out", str(tmp_path / "x.pdf")), "还没有设置"),
    ):
        code, said, wrong = run(*args)
        assert (code, said) == (2, "")
        assert sentence in wrong
    run("county", "140926")
    code, _, wrong = run(
        "plaques", "--county", "140926", "--out", str(tmp_path / "x.pdf"), "--issued-only",
        "--hotline", "0350-6521234",
    )  # fmt: skip
    assert code == 2
    assert "还没有编号或标识牌" in wrong
    assert not (tmp_path / "x.pdf").exists()


def test_an_unwritable_file_gives_no_numbers_away(run: Run, tmp_path: Path) -> None:
    run("county", "140926")

    code, _, wrong = run(
        "plaques", "--county", "140926", "--township", "鹅城镇", "--out", str(tmp_path),
        "--hotline", "0350-6521234",
    )  # fmt: skip

    assert code == 2
    assert "写不进文件" in wrong
    with session_of(tmp_path) as session:
        assert session.scalars(select(Station.code).where(Station.code.is_not(None))).all() == []


def test_a_keeper_is_invited_with_a_code_and_an_office_with_a_password(
    run: Run, tmp_path: Path
) -> None:
    run("county", "140926")

    keeper = run("invite", "--county", "140926", "--name", "老李", "--role", "keeper")
    office = run(
        "invite", "--county", "140926", "--name", "县办", "--role", "office", "--login", "xian"
    )

    assert "https://kd.example.cn/app/#/bind/" in keeper[1]
    assert "账号 xian  密码 " in office[1]
    with session_of(tmp_path) as session:
        assert {one.name: one.login for one in session.scalars(select(Person))} == {
            "老李": None, "县办": "xian",
        }  # fmt: skip
        assert len(session.scalars(select(BindCode)).all()) == 1


def test_an_invitation_to_an_unknown_station_adds_nobody(run: Run, tmp_path: Path) -> None:
    run("county", "140926")

    code, _, wrong = run(
        "invite", "--county", "140926", "--name", "老李", "--role", "keeper", "--station", "C0001"
    )

    assert code == 2
    assert "没有编号C0001" in wrong
    with session_of(tmp_path) as session:
        assert session.scalars(select(Person)).all() == []


def test_whatever_a_command_comes_to_it_leaves_no_connection_open(run: Run) -> None:
    living: list[int] = []
    ways = {
        "connect": lambda raw, _: living.append(id(raw)),
        "close": lambda raw, _: living.remove(id(raw)),
    }
    for name, way in ways.items():
        event.listen(Pool, name, way)
    try:
        for code, said in (
            (0, "county 140926"),
            (2, "invite --county 140926 --name 县办 --role office --login Not/A/Login"),
            (2, "invite --county 140927 --name 老李 --role keeper"),
            (0, "invite --county 140926 --name 县办 --role office --login xian"),
            (2, "standing --county 140927"), (2, "plaques --county 140927 --out /nowhere/x.pdf"),
            (2, "person export nobody"), (0, "migrate"), (0, "audit verify"), (0, "check"),
            (1, "label-set --county 140926 /nowhere/x"), (2, "label-set --county 140927 /nowhere/x"),
        ):  # fmt: skip
            assert run(*said.split())[0] == code, said
            assert living == [], said
    finally:
        for name, way in ways.items():
            event.remove(Pool, name, way)
    # The worker's own lives as long as it does.
    bare = [
        one.name for one in (ROOT / "server/cli").glob("*.py") if " open_engine(" in one.read_text()
    ]
    assert bare == ["worker.py"]


def test_the_check_names_what_is_broken_and_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("check")
    run("county", "140926")
    after = run("check")
    broken = tmp_path / "standards"
    broken.mkdir()
    (broken / "torn.yaml").write_text("id: [", encoding="utf-8")
    monkeypatch.setenv("CZT_STANDARDS", str(broken))

    torn = run("check")

    assert before[0] == 1
    assert "python -m server migrate" in before[1]
    assert after[0] == 0, after[1]
    assert "一切正常" in after[1]
    assert torn[0] == 1
    assert "torn.yaml" in torn[1]


def test_the_check_tells_of_work_that_was_given_up(run: Run, tmp_path: Path) -> None:
    run("migrate")
    with session_of(tmp_path) as session:
        enqueue(session, "examine_photo", {}, now=NOW)
        for county in ("411721", "140926"):
            enqueue(session, "erase_what_is_over", {"county": county, "on": "2023-07-05"}, now=NOW)
        session.execute(update(Job).values(state=JobState.DEAD))
        session.commit()

    code, said, _ = run("check")

    assert code == 1
    assert "examine_photo有1件做了几次都没做成，已经放下。" in said
    assert "erase_what_is_over有2件做了几次都没做成，已经放下（县：140926、411721）。" in said
    assert "✓ 识读照片" in said


def test_the_check_asks_for_an_old_copy_in_the_clear_to_be_deleted(
    run: Run, tmp_path: Path
) -> None:
    run("migrate")
    copy = tmp_path / "home" / "cunzhantong.db.before-0058"
    copy.write_bytes(b"numbers in the clear")
    copy.chmod(0o600)
    assert "before-0058" not in run("check")[1]  # an update may still be taken back by it

    with session_of(tmp_path) as session:  # whom it still names is asked to be deleted at once
        county = make_county(session)
        session.add(
            PersonErasure(
                county=county.code, person_id=make_person(session, county).id, begun_at=NOW,
                reason="本人", sought={}, done_at=clock.now() + timedelta(seconds=5),
            )
        )  # fmt: skip
        session.commit()
    assert f"旧库 {copy} 里还有后来删除了个人信息的人" in run("check")[1]
    with session_of(tmp_path) as session:
        session.execute(update(PersonErasure).values(done_at=NOW))
        session.commit()

    long_ago = time.time() - 15 * 24 * 3600
    os.utime(copy, (long_ago, long_ago))

    assert f"升级前的旧库 {copy} 还在，里面的电话没有加密" in run("check")[1]
    home = tmp_path / "home"  # and whoever moved to PostgreSQL has the old database
    assert copies_left("postgresql://h/d", home)[0] == home / "cunzhantong.db"


def test_whichever_command_comes_first_begins_the_photo_store(run: Run, tmp_path: Path) -> None:
    run("county", "140926")

    FolderStore(tmp_path / "home" / "photos", begun=True).check()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CZT_PORT", "abc", "CZT_PORT 应为0到65535的整数"),
        ("CZT_PORT", "99999", "CZT_PORT 应为0到65535的整数"),
        ("CZT_WEB_PROCESSES", "0", "CZT_WEB_PROCESSES 应为1到64"),
        ("CZT_PLAQUE_KEYS", "k1:zz", "CZT_PLAQUE_KEYS 应写成"),
        ("CZT_PLAQUE_KEYS", "k1:00", "至少16字节"),
        ("CZT_PLAQUE_KEYS", f"k1:{'ab' * 16},", "CZT_PLAQUE_KEYS 应写成"),
        ("CZT_BASE_URL", "kd.example.cn", "CZT_BASE_URL 应为"),
        ("CZT_DATABASE_URL", "mysql://x/y", "CZT_DATABASE_URL 应以"),
        ("CZT_DATABASE_URL", "sqlite:////nowhere/at/all.db", "数据库用不了"),
        ("CZT_DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/x", "数据库用不了"),
        ("CZT_STANDARDS", "/nowhere/at/all", "文件夹里没有标准文件"),
        ("CZT_WEBHOOK_PORTS", "443,0", "CZT_WEBHOOK_PORTS 应为1到65535的端口"),
        ("CZT_WEBHOOK_INTRANET", "10.20.0.1/16", "CZT_WEBHOOK_INTRANET 应为IP地址或网段"),
        ("CZT_WEBHOOK_CA", "/nowhere/at/all", "CZT_WEBHOOK_CA 指的文件"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_not_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    code, said, wrong = run("standing", "--county", "140926")

    assert (code, said) == (2, "")
    assert sentence in wrong
    assert wrong.count("\n") == 1


def test_a_home_that_is_a_file_is_said_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("CZT_HOME", str(tmp_path / "file"))

    code, _, wrong = run("check")

    assert code == 2
    assert "数据文件夹" in wrong
    assert "CZT_HOME" in wrong


def test_a_database_of_a_later_version_is_left_alone(run: Run, tmp_path: Path) -> None:
    run("migrate")
    with session_of(tmp_path) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.commit()

    migrated, checked = run("migrate"), run("check")

    assert migrated[0] == 2
    assert "数据库已被更新的程序升级到9999" in migrated[2]
    assert checked[0] == 1
    assert "数据库已被更新的程序升级到9999" in checked[1]


def test_without_a_folder_of_standards_the_check_does_not_say_all_is_well(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("CZT_STANDARDS", str(tmp_path / "empty"))

    code, said, _ = run("check")

    assert code == 1
    assert "文件夹里没有标准文件" in said


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://kd.example.cn", True), ("http://127.0.0.1:8000", False)]
)
def test_cookies_are_secure_wherever_the_address_is(
    tmp_path: Path, base_url: str, *, secure: bool
) -> None:
    settings = settings_from({"CZT_HOME": str(tmp_path), "CZT_BASE_URL": base_url})

    assert settings.secure_cookies is secure


@pytest.mark.parametrize("command", [("run", "--port", "0"), ("web",), ("county", "140926")])
def test_a_broken_standard_stops_the_start_with_file_line_and_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    folder = tmp_path / "standards"
    shutil.copytree(ROOT / "standards", folder)
    plan = folder / "shanxi" / "jingle" / "2023-programme.yaml"
    lines = plan.read_text(encoding="utf-8").splitlines()
    lines[4] = "  oops: ["
    plan.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("CZT_STANDARDS", str(folder))

    code, said, wrong = run(*command)

    assert (code, said) == (2, "")
    assert re.match(r"shanxi/jingle/2023-programme\.yaml 第\d+行：YAML 写法有误", wrong)
    assert wrong.count("\n") == 1


def test_what_the_house_writes_is_for_its_own_user_and_the_check_names_what_is_open(
    run: Run, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert run("migrate")[0] == 0
    assert [one for one in home.rglob("*") if one.stat().st_mode & 0o077] == []
    assert "✓ 文件权限：完好" in run("check")[1]

    home.chmod(0o755)
    code, said, _ = run("check")

    assert code == 1
    assert f"{home} 别的用户也能读（权限755）。请运行：chmod -R go= {home}" in said


def test_a_demonstration_that_others_can_open_is_asked_for_twice(run: Run, tmp_path: Path) -> None:
    code, _, wrong = run("run", "--county", "140926", "--demo", "--port", "0")

    assert code == 2
    assert "请把 --demo 写两遍" in wrong
    assert not (tmp_path / "home" / "cunzhantong.db").exists()


def test_a_technician_backs_up_drills_and_restores_from_the_command_line(
    run: Run, tmp_path: Path
) -> None:
    run("migrate")
    disk, key, new = tmp_path / "disk", tmp_path / "key.txt", tmp_path / "new"
    assert "还没有设置备份到哪里" in run("backup")[2]
    code, said, _ = run("backup", "init", "--to", str(disk))
    assert (code, "只显示这一次" in said) == (0, True)
    [secret] = re.findall(r"^AGE-SECRET-KEY-1\S+$", said, re.MULTILINE)
    key.write_text(secret)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path != key]
    assert not [path for path in kept if secret.encode() in path.read_bytes()]  # shown, not kept

    code, said, _ = run("backup")
    assert (code, "备份做好了" in said) == (0, True)
    code, said, _ = run("backup", "drill", "--key", str(key))
    assert code == 0, said
    assert re.search(r"会丢最近\S+的记录（RPO），恢复要\S+（RTO", said)
    restored = ("backup", "restore", "--from", str(disk), "--key", str(key), "--into", str(new))
    code, said, _ = run(*restored)
    assert code == 0, said
    assert (new / "cunzhantong.db").exists()
    code, _, wrong = run(*restored)
    assert (code, "没有覆盖" in wrong) == (2, True)

    [secrets_file] = disk.rglob("secrets.age")
    secrets_file.write_bytes(b"")
    code, said, wrong = run("backup", "drill")
    assert (code, "secrets.age 坏了" in wrong) == (2, True)
    code, said, _ = run("check")
    assert (code, "备份演练没有通过" in said) == (1, True)
