"""A county office's days between the rounds: a month approved and corrected, phones, questions."""

from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.http import clock
from server.models.person import Person
from server.models.signal import SignalState
from server.models.station import Station
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from server.services.days.months import approve_month, month_figures
from server.services.intake.self_checks import keep_self_check
from tests.api.events import check_in, count, jpeg, now_text, photo
from tests.api.rounds import inspection
from tests.desk.held_rounds import COUNTER, send
from tests.factories import Cast, make_sign_in
from tests.services.asked import raised
from tests.services.days.scanned import scanned
from tests.unsent_file import file_of, record
from tests.unsent_file import photo as photo_line

PHONE = "Mozilla/5.0 (Linux; Android 11; M2101K7BNY) Chrome/97.0 MicroMessenger/8.0.40"
CHECKS = (
    ("camera", "相机", "能用"),
    ("place", "位置", "量得到，误差 12 米"),
    ("room", "存东西的地方", "还能存 2.1 GB，已经用了 3 MB"),
    ("offline", "没网时打开", "没网也能打开"),
)


def last_month() -> date:
    return first_of_month(first_of_month(clock.today()) - timedelta(days=1))


def live(client: FlaskClient, session: Session, cast: Cast) -> None:
    """Everything that the office's newer pages show, as it comes about."""
    _count_a_month(session, cast)
    _check_phones(session, cast)
    raised(
        session,
        cast.c1,
        state=SignalState.ANSWERED,
        answer="那天在镇上帮忙取件，晚上才回村",
        answered_at=clock.now() - timedelta(hours=3),
    )
    seen_before = inspection(cast.xz1, finished_at=now_text(timedelta(minutes=-9)))
    send(client, session, cast.wang, seen_before)
    send(client, session, cast.wang, inspection(cast.c1, failing=[COUNTER]))
    send(client, session, cast.li, check_in(cast.c1.id, "C0001", "typed"))
    session.commit()


def _count_a_month(session: Session, cast: Cast) -> None:
    month_on = last_month()
    for n in range(25):
        _enter(session, cast.c1, cast.li, month_on + timedelta(days=n), 9 + n * 7 % 11)
        _enter(session, cast.c2, cast.zhao, month_on + timedelta(days=n), 6 + n * 5 % 8)
        _enter(session, cast.xz1, cast.office, month_on + timedelta(days=n), 41 + n * 13 % 29)
    figures = month_figures(session, county="140926", month_on=month_on, today=clock.today())
    approve_month(
        session,
        county="140926",
        month_on=month_on,
        seen_sha256=figures.sha256,
        note="已与企业系统核对",
        gap_reason="村里停网五天，已和企业系统对过",
        by=cast.office,
        now=clock.now(),
    )
    why = "漏了下午一车，按企业系统的数补"
    _enter(session, cast.c1, cast.office, month_on + timedelta(days=6), 31, why)
    said = {n + 1: (9 + n * 7 % 11 - (n % 6 == 0), 3) for n in range(25)}
    scanned(session, cast.c1, {**said, 7: (31, 3), 27: (4, 0)}, month_on=month_on)
    scanned(session, cast.xz1, {n + 1: (41 + n * 13 % 29, 3) for n in range(25)}, month_on=month_on)


def _enter(
    session: Session, station: Station, by: Person, day_on: date, received: int, reason: str = ""
) -> None:
    entry = CountEntry(day_on, received, sent=3, agri_sent=1, reason=reason or "当天报的")
    correct_count(session, station=station, entry=entry, by=by, now=clock.now())


def _check_phones(session: Session, cast: Cast) -> None:
    refused = "没让用相机。请在手机设置里允许，或用“拍张照片来认”。"
    for person, label, wrong in (
        (cast.wang, "小米 11", {}),
        (cast.zhao, "华为畅享 20", {"place": (None, "等了 20 秒没有等到，到室外再看看。")}),
        (cast.li, "红米 Note 9", {"camera": (False, refused)}),
    ):
        checks = [
            {"key": key, "label": name, "ok": wrong.get(key, (True,))[0], "detail": detail}
            | ({"detail": wrong[key][1]} if key in wrong else {})
            for key, name, detail in CHECKS
        ]
        keep_self_check(
            session,
            person=person,
            device_id=label,
            device_label=f"{label} · 微信",
            user_agent=PHONE,
            result={"checks": checks},
            now=clock.now(),
        )


def unsent_file(session: Session, cast: Cast) -> bytes:
    """What 老李's phone could not send: a day's check-in with its photo, a count, and a wrong one."""
    make_sign_in(session, cast.li)
    content = jpeg()
    shot = photo(content)
    opened = check_in(cast.c1.id, "C0001", "typed", photos=[shot])
    far: dict[str, Any] = count(cast.c1.id, day_on="2020-01-05")
    session.commit()
    return file_of(
        cast.li,
        record(opened),
        photo_line(shot, opened, content),
        record(count(cast.c1.id)),
        record(far),
    )
