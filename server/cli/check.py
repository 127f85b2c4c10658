"""`python -m server check`: look over the whole installation; what is wrong and what to do."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from server.settings import Settings, settings_from

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Answer = TypeVar("Answer")
OLD_COPY_DAYS = 14
"""So long an update may still be taken back by the copy that it left."""
ASK = "请运行 python -m server audit verify，看是哪一行。"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="检查标准文件、区划表、数据库、照片库、文件权限、到别的机器的连接、钥匙、备份、后台任务、微信、识读、字体、网页文件和听一听的录音是否完好",
    )
    parser.set_defaults(func=run)


def run(_args: argparse.Namespace) -> int:
    """Print one line per part; 1 when anything is wrong."""
    settings = settings_from()
    wrong = 0
    for title, look in CHECKS.items():
        found = look(settings)
        wrong += len(found)
        print(f"{'✗' if found else '✓'} {title}" + ("" if found else "：完好"))
        for sentence in found:
            print(f"    {sentence}")
    for sentence in _reminders(settings):
        print(f"· {sentence}")
    print("一切正常。" if not wrong else f"有{wrong}处要处理。")
    return 1 if wrong else 0


def _standards(settings: Settings) -> list[str]:
    from server.policy.plan.reading import programmes_in
    from server.policy.standard.standards import StandardError, standards_in

    try:
        standards_in(settings.standards)
        programmes_in(settings.standards)
    except StandardError as error:
        return [f"{error}。请按提示改正这个文件，或从安装包恢复。"]
    except OSError as error:
        return [f"标准文件夹打不开（{error.strerror}）。请检查 CZT_STANDARDS。"]
    return []


def _divisions(settings: Settings) -> list[str]:
    from server.errors import Problem
    from server.services.county.divisions import rows_of

    try:
        rows_of(settings.data, "140926")
    except Problem as problem:
        return [problem.message]
    return []


def _asked(settings: Settings, question: "Callable[[Session], Answer]") -> Answer:
    """What the database answers; raises SQLAlchemyError."""
    from sqlalchemy.orm import Session

    from server.db import opened_engine

    with (
        opened_engine(settings.database_url, settings.text_keys) as engine,
        Session(engine) as session,
    ):
        return question(session)


def _told(settings: Settings, question: "Callable[[Session], list[str]]") -> list[str]:
    """What a service has to say; nothing where the database does not answer (数据库 says it)."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return _asked(settings, question)
    except SQLAlchemyError:
        return []


def _database(settings: Settings) -> list[str]:
    """Whether it works, and whether a copy from before an update is forgotten there.

    At once where it holds somebody who was erased since; else when nobody will go back to it.
    """
    from server.schema import copies_left
    from server.services.erasing.erasing import holding_erased
    from server.services.upkeep.readiness import database_faults

    found = _asked(settings, database_faults)
    copies = copies_left(settings.database_url, settings.home)
    named: list[Path] = []
    if copies and not found:
        named = _asked(settings, lambda session: holding_erased(session, copies))
    old = time.time() - OLD_COPY_DAYS * 24 * 3600
    return [
        *found,
        *(
            f"旧库 {copy} 里还有后来删除了个人信息的人。请运行 "
            "python -m server person erase --copies 删除它，别处抄的也请删。"
            for copy in named
        ),
        *(
            f"升级前的旧库 {copy} 还在，里面的电话没有加密。系统用着没问题，就请删除它。"
            for copy in copies
            if copy not in named and copy.stat().st_mtime < old
        ),
    ]


def _store(settings: Settings) -> list[str]:
    from sqlalchemy.exc import SQLAlchemyError

    from server.media.stores import store_of
    from server.services.upkeep.readiness import hidden_versions, holds_photos, store_faults

    try:
        begun = _asked(settings, holds_photos)
    except SQLAlchemyError:  # said under 数据库
        begun = False
    store = store_of(settings, begun=begun)
    return [*store_faults(store), *hidden_versions(store)]


def _chain(settings: Settings) -> list[str]:
    """Whether the triggers are there, and what the last look at the chains found."""
    import sqlalchemy as sa

    from server.chain_guards import missing_guards
    from server.models.chain import ChainCheck

    def question(session: "Session") -> list[str]:
        missing = missing_guards(session.connection())
        faulty = session.scalars(sa.select(ChainCheck).where(ChainCheck.faulty > 0)).all()
        said = [f"{one.county}的存证有{one.faulty}处对不上。{ASK}" for one in faulty]
        if missing:
            said.append(f"数据库里拦住改动的{len(missing)}个触发器不在了。{ASK}")
        return said

    return _told(settings, question)


def _numbers(settings: Settings) -> list[str]:
    """Whether what lies sealed can be opened: telephones and the like, accounts, secrets."""
    from server.services.upkeep.readiness import database_faults
    from server.services.upkeep.sealed_numbers import lost_said

    def question(session: "Session") -> list[str]:
        return [] if database_faults(session) else lost_said(session)  # said under 数据库

    return _told(settings, question)


def _backup(settings: Settings) -> list[str]:
    """Whether copies and drills went well, and lately."""
    from server.http import clock
    from server.services.backup.lying import newest_gone
    from server.services.backup.overdue import overdue

    late = _told(settings, lambda session: overdue(session, settings.home, now=clock.now()))
    return [*late, *newest_gone(settings.home)]


def _wechat(settings: Settings) -> list[str]:
    """Whether a fake WeChat stands where people believe in it, and what WeChat refused lately."""
    from sqlalchemy.exc import SQLAlchemyError

    from server.channels.wechat.meanings import Then, meaning_of
    from server.http import clock
    from server.services.messages.sending import numbers_lately

    if settings.wechat is None:
        return []
    said = []
    if settings.wechat.fake and settings.secure_cookies:
        said.append(
            "正在用假微信（CZT_WECHAT_FAKE=1），谁也收不到提醒。正式使用请去掉它，填小程序账号。"
        )
    if not settings.wechat.fake and not (settings.wechat.todo and settings.wechat.paid):
        said.append(
            "订阅消息的模板没有填全（CZT_WECHAT_TEMPLATES），这一类提醒只在小程序里显示，不会发到微信。"
        )
    try:
        numbers = _asked(settings, lambda session: numbers_lately(session, now=clock.now()))
    except SQLAlchemyError:  # said under 数据库
        return said
    return said + [
        f"近两天有{many}条微信提醒没有发出（错误{number}）：{meaning_of(number).office}"
        for number, many in sorted(numbers.items())
        if meaning_of(number).then is Then.MEND
    ]


def _keys(settings: Settings) -> list[str]:
    """Whether this machine has the house's keys, and seals by its newest."""
    from server.services.upkeep.keys import key_faults, order_faults

    return _told(
        settings,
        lambda session: [*key_faults(session, settings), *order_faults(session, settings)],
    )


def _erasing(settings: Settings) -> list[str]:
    """Whether positions and photos are erased when their time is over."""
    from server.http import clock
    from server.services.retention.round import behind

    return _told(settings, lambda session: behind(session, now=clock.now()))


def _papers(settings: Settings) -> list[str]:
    """Whether records and letters are kept as files by the night after."""
    from server.http import clock
    from server.services.mending.papers_behind import papers_behind

    return _told(settings, lambda session: papers_behind(session, now=clock.now()))


def _work(settings: Settings) -> list[str]:
    """What the worker gave up after its last try, by kind; whose night it was, where it goes so."""
    import sqlalchemy as sa
    from sqlalchemy.exc import SQLAlchemyError

    from server.models.job import Job, JobState

    given_up = (
        sa.select(Job.kind, Job.id, Job.args).where(Job.state == JobState.DEAD).order_by(Job.id)
    )
    try:
        found = _asked(settings, lambda session: session.execute(given_up).all())
    except SQLAlchemyError:  # said under 数据库
        return []
    said = []
    for kind in sorted({row.kind for row in found}):
        rows = [row for row in found if row.kind == kind]
        counties = "、".join(sorted({row.args["county"] for row in rows if "county" in row.args}))
        said.append(
            f"{kind}有{len(rows)}件做了几次都没做成，已经放下{counties and f'（县：{counties}）'}。"
            f"原因见日志，或 jobs 表第{rows[-1].id}号的 error。"
        )
    return said


def _reading(settings: Settings) -> list[str]:  # noqa: ARG001
    """Start the reading process and let it look at an empty picture."""
    from io import BytesIO

    from PIL import Image

    from server.media.reading.reading import Reader, ReaderBroken, SetAside

    blank, reader = BytesIO(), Reader()
    Image.new("RGB", (640, 480), "white").save(blank, "PNG")
    try:
        reader.read(blank.getvalue())
    except (ReaderBroken, SetAside) as wrong:
        return [str(wrong)]
    finally:
        reader.close()
    return []


def _reminders(settings: Settings) -> list[str]:
    """What is not wrong, but worth a person's knowing: what is read rightly, keys to be let go."""
    import sqlalchemy as sa
    from sqlalchemy.exc import SQLAlchemyError

    from server.models.county import County
    from server.services.review.reader_figures import reminder
    from server.services.upkeep.sealed_places import older_keys

    def question(session: "Session") -> list[str]:
        counties = session.scalars(sa.select(County).order_by(County.code)).all()
        figures = [reminder(session, one.code, one.name) for one in counties if not one.demo]
        return [*figures, *older_keys(session)]

    try:
        return [said for said in _asked(settings, question) if said]
    except SQLAlchemyError:  # said under 数据库
        return []


def _fonts(settings: Settings) -> list[str]:
    """Print one real plaque: fonts, typst and the QR reader all have to work for that."""
    from server.errors import Problem
    from server.media.paper.plaques import PlaqueSheet, plaques_pdf

    sheet = PlaqueSheet(
        name="马家沟村快递便民服务点",
        number="C0001",
        level_label="村级快递便民服务点",
        hours=("周一至周日 08:00\u201318:00",),
        hotline="",
        url=f"{settings.base_url}/s/0123456789abcde",
        county="静乐县",
        township="赤泥窊乡",
        plate_no=1,
    )
    try:
        plaques_pdf([sheet], font_dir=settings.font_dir)
    except Problem as problem:
        return [f"标识牌打不出来：{problem.message}"]
    except Exception as error:  # noqa: BLE001 - whatever is broken, the technician must read it
        return [f"标识牌打不出来（{error}）。请重新安装依赖：make setup。"]
    return []


def _browser_files(settings: Settings) -> list[str]:  # noqa: ARG001
    """Whether the fetched browser libraries are there and are those of the lock file."""
    import hashlib
    import json

    from server.settings import ROOT

    lock = ROOT / "tools" / "vendor.json"
    try:
        files = json.loads(lock.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return ["tools/vendor.json 读不出来。请从安装包恢复。"]
    missing = []
    for file in files:
        name, expected = str(file["to"]), str(file["sha256"])
        path = ROOT / "web" / "vendor" / name
        if not path.is_file():
            missing.append(name)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            missing.append(f"{name}（内容不对）")
    if missing:
        return [f"网页文件缺少或不对：{'、'.join(missing[:5])}。请运行 make vendor。"]
    return []


def _modes(settings: Settings) -> list[str]:
    """Whether other users of this machine could read the villagers' data."""
    import stat

    from sqlalchemy.engine import make_url

    url = make_url(settings.database_url)
    kept = [settings.home]
    if url.get_backend_name() == "sqlite" and url.database:
        database = Path(url.database).absolute()
        if settings.home not in database.parents:
            kept.append(database)
    return [
        f"{path} 别的用户也能读（权限{stat.S_IMODE(path.stat().st_mode):o}）。"
        f"请运行：chmod -R go= {path}"
        for path in kept
        if path.exists() and path.stat().st_mode & 0o077
    ]


def _in_the_clear(settings: Settings) -> list[str]:
    from server.services.upkeep.in_the_clear import in_the_clear

    return in_the_clear(settings)


def _voices(settings: Settings) -> list[str]:
    from server.services.county.voices import voice_faults

    return voice_faults(settings.home)


CHECKS: dict[str, Callable[[Settings], list[str]]] = {
    "标准和方案": _standards,
    "区划表": _divisions,
    "数据库": _database,
    "照片库": _store,
    "文件权限": _modes,
    "到别的机器的连接": _in_the_clear,
    "钥匙": _keys,
    "存证链": _chain,
    "电话": _numbers,
    "备份": _backup,
    "到期删除": _erasing,
    "记录和通知书的存档": _papers,
    "后台任务": _work,
    "微信": _wechat,
    "识读照片": _reading,
    "字体和标识牌": _fonts,
    "网页文件": _browser_files,
    "听一听（录了音的县）": _voices,
}
