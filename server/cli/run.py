"""`python -m server run`: set the house up if it is not, open it, and keep it open."""

import argparse
import dataclasses
import os
from datetime import datetime
from typing import TYPE_CHECKING

from server.calendar import beijing_day
from server.cli.web import count_together, gunicorn_command, read_rules, share_memory
from server.errors import Invalid
from server.settings import Settings, settings_from
from server.supervisor import GO, Child, done_apart, listen, python_program, run_all
from server.welcome import EVERYWHERE, LOOPBACK, Door, Welcome, phone_base, welcome_text

if TYPE_CHECKING:  # the children start sooner when this process need not load the database first
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

    from server.models.county import County

WORKER_LATER_S = 2.5  # photos can wait a moment, the first page should not
INVITE = "建账号、发手机绑定码：python -m server invite --help"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser("run", help="启动村站通：网页、手机接口和后台任务")
    parser.add_argument("--county", metavar="代码", help="六位县代码；还没有就先建好，如 140926")
    parser.add_argument(
        "--demo",
        action="count",
        default=0,
        help="带上演示人员和一个月的演示数据；别的机器也打得开时要写两遍",
    )
    parser.add_argument("--port", type=int, help="端口，代替 CZT_PORT；0 表示任选一个空闲的")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Start web and worker, prepare the database meanwhile, print where to go, keep it all up.

    Raises StandardError before anything is started when a standard or a plan is broken.
    """
    from server.logs import set_up_logs

    set_up_logs()
    given = settings_from()
    _refuse_open_demonstration(given, args.demo)
    done_apart(lambda: read_rules(given.standards))
    wished = given.port if args.port is None else args.port
    # Before anything is written: is the port free? Our own socket also lets callers wait.
    with listen(given.host, wished) as door:
        settings = _addressed(given, door.getsockname()[1])
        go, gate = os.pipe()
        os.environ[GO] = str(go)
        count_together(settings)
        share_memory()

        def prepare() -> None:
            try:
                # Apart, and this process stays small as long as the house stands.
                done_apart(lambda: print(welcome_text(_prepare(settings, args)), flush=True))
            finally:
                os.close(gate)  # the children may begin, or end without waiting for us

        web = gunicorn_command(settings, f"fd://{door.fileno()}")
        return run_all(
            [
                Child("web", web, passes=(door.fileno(), go)),
                Child("worker", python_program("server", "worker"), (go,), delay_s=WORKER_LATER_S),
            ],
            prepare=prepare,
        )


def _refuse_open_demonstration(settings: Settings, asked: int) -> None:
    """A demonstration is for this machine; who opens it to others has to say so twice.

    Raises Invalid demo-open.
    """
    at_home = settings.host in LOOPBACK and not settings.base_url.startswith("https://")
    if asked == 1 and not at_home:
        raise Invalid(
            "demo-open",
            "演示数据里有现成的账号和绑定码，这个地址别的机器也打得开。"
            "确实要这样演示，请把 --demo 写两遍（make run OPEN_DEMO=1）；"
            "正式使用请去掉 --demo（make run NO_DEMO=1）。",
        )


def _addressed(settings: Settings, port: int) -> Settings:
    """Settle port and base address, and hand them on to the child processes.

    Listening everywhere is no address to print, so phones get this machine's own.
    """
    settings = dataclasses.replace(settings, port=port)
    if "CZT_BASE_URL" not in os.environ:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        base_url = f"http://{host}:{port}"
        if settings.host in EVERYWHERE:
            base_url = phone_base(base_url) or f"http://127.0.0.1:{port}"
        settings = dataclasses.replace(settings, base_url=base_url)
    os.environ["CZT_PORT"] = str(port)
    os.environ["CZT_BASE_URL"] = settings.base_url
    return settings


def _prepare(settings: Settings, args: argparse.Namespace) -> Welcome:
    """Bring the database to the newest step; set up what is missing; gather what to print."""
    from server.cli.migrate import bring_up_to_date
    from server.db import opened_engine
    from server.http import clock

    with opened_engine(settings.database_url, settings.text_keys) as engine:
        bring_up_to_date(settings, engine)
        return _county_welcome(settings, engine, args, clock.now())


def _county_welcome(
    settings: Settings, engine: "Engine", args: argparse.Namespace, now: datetime
) -> Welcome:
    """Set up the county and its demonstration where they are missing."""
    from server.db import writing
    from server.models.county import County

    desk = Door("县办、乡镇", f"{settings.base_url}/desk/")
    if args.county is None:
        return Welcome("", [desk], notes=("还没有县？先运行：python -m server county 六位县代码",))
    with writing(engine) as session:
        county = session.get(County, args.county)
        if county is None:
            county = _make_county(settings, session, args, now)
        if args.demo and county.demo:
            return _demo_welcome(settings, session, county, now, desk)
        note: tuple[str, ...] = ()
        if args.demo:
            note = ("本县用的是正式数据，没有加入演示数据。",)
        elif county.demo:
            note = ("这个数据库里有演示数据。要从空的开始，请换一个文件夹：CZT_HOME=…",)
        return Welcome(county.name, [desk], demo=county.demo, notes=(*note, INVITE))


def _make_county(
    settings: Settings, session: "Session", args: argparse.Namespace, now: datetime
) -> "County":
    """Build a county from the division table and its plan, and with it the demonstration."""
    from server.media.stores import store_of
    from server.models.rectification import Notice
    from server.papers.issued import make_up
    from server.policy.plan.reading import programme_of, programmes_in
    from server.policy.standard.standards import standards_in
    from server.sealed_text import key_ring
    from server.services.county.divisions import rows_of
    from server.services.demo.build import build_demo
    from server.services.mending.notice_papers import without_papers
    from server.services.programme.set_up import set_up_county

    print(f"第一次启动：正在按区划代码 {args.county} 建县……", flush=True)
    programme = programme_of(programmes_in(settings.standards), args.county)
    county = set_up_county(
        session,
        code=args.county,
        rows=rows_of(settings.data, args.county),
        programme=programme,
        now=now,
        with_stations=bool(args.demo),
        demo=bool(args.demo),
    ).county
    if args.demo:
        print("正在准备一个月的演示数据，约半分钟……", flush=True)
        build_demo(
            session,
            store_of(settings, begun=False),
            county=county,
            on=beijing_day(now),
            now=now,
            standards=standards_in(settings.standards),
            ring=key_ring(list(settings.text_keys)),
            programme=programme,
        )
        for notice_id in without_papers(session, county=county.code):
            make_up(
                session,
                notice=session.get_one(Notice, notice_id),
                now=now,
                standards=standards_in(settings.standards),
                font_dir=settings.font_dir,
            )
    return county


def _demo_welcome(
    settings: Settings, session: "Session", county: "County", now: datetime, desk: Door
) -> Welcome:
    """Gather the demonstration's sign-ins; every start makes fresh codes for the phones."""
    from server.services.demo.build import demo_phones
    from server.services.demo.desks import demo_desks

    doors = [desk]
    for login, password, who in demo_desks(session, county=county, secret=settings.secret_key):
        doors.append(Door("", f"{who}：用户名 {login}，密码 {password}"))
    first_code = ""
    for person, role, station_code, code in demo_phones(session, county=county, now=now):
        first_code = first_code or code
        who = f"{person.name}，{role}" + (f"，{station_code}" if station_code else "")
        doors.append(
            Door(role, f"{settings.base_url}/app/#/bind/{code}", f"{who}，一次性码 {code}")
        )
    plate = _plate_url(settings, session, county)
    if plate:
        doors.append(Door("村民", plate, "扫站点标识牌看到的公开页面"))
    base = phone_base(settings.base_url)
    return Welcome(
        county.name,
        doors,
        demo=True,
        phone_url=f"{base}/app/#/bind/{first_code}" if base and first_code else None,
        reachable=settings.host not in LOOPBACK,
    )


def _plate_url(settings: Settings, session: "Session", county: "County") -> str | None:
    """Return what a villager's scan of C0001's plate opens."""
    import sqlalchemy as sa

    from server.media.paper.qr import station_url
    from server.models.station import Station
    from server.services.plates.signs import live_sign, token_of

    station_id = session.scalar(
        sa.select(Station.id).where(Station.county == county.code, Station.code == "C0001")
    )
    sign = live_sign(session, station_id) if station_id else None
    return station_url(settings.base_url, token_of(settings.plaque_keys, sign)) if sign else None
