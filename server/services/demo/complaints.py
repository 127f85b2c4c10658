"""The demonstration's complaints: new, late, with somebody, answered, and not content."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.complaint import Complaint, ComplaintKind
from server.models.county import County
from server.models.person import Person, Role
from server.services.complaints.following import follow_up
from server.services.complaints.handling import accept, answer, forward
from server.services.complaints.said import Said
from server.services.complaints.taking import record, take_in
from server.services.demo.cast import DemoCast

KEY = "demonstration"  # its 查询码 open nothing: the office gives a new one where wanted


def hear_complaints(session: Session, cast: DemoCast, *, county: County, on: date) -> None:
    """Five complaints of the last three weeks at the demonstration's stations."""
    stations = [one.station for one in cast.members]
    if not stations:
        return
    first, last, office = stations[0], stations[-1], cast.office

    def at(days_ago: int) -> datetime:
        return datetime.combine(on - timedelta(days=days_ago), time(10, 20), BEIJING)

    def called(days_ago: int, channel: str, said: Said, station: Any, ref: str = "") -> Complaint:
        now = at(days_ago)
        return record(
            session, county=county, channel=channel, received_on=now.date(), said=said, ref=ref,
            station=station, by=office, secret=KEY, now=now, demo=True,
        ).complaint  # fmt: skip

    def scanned(days_ago: int, said: Said, station: Any) -> Complaint:
        found = take_in(
            session, station=station, said=said, photos=(), secret=KEY,
            form=f"{county.code}-{days_ago}", source="demonstration", now=at(days_ago),
        ).complaint  # fmt: skip
        found.demo = True
        return found

    scanned(1, Said(ComplaintKind.DELIVERY, "中通的件没问我就放到站里了，我家有人。"), first)
    late = called(
        9, "hotline", Said(ComplaintKind.DELIVERY, "件到三天了，让自己去镇上取。"), last,
        ref=f"12345-{on:%m%d}-0117",
    )  # fmt: skip
    accept(session, complaint=late, note="", by=office, now=at(8))
    paid = scanned(5, Said(ComplaintKind.CHARGING, "取件要两块钱，不给不让拿。", None, 200), first)
    done = called(18, "phone", Said(ComplaintKind.OTHER, "站里下午常没人。"), last)
    answer(
        session, complaint=done, outcome="solved", by=office, now=at(15),
        note="站长排了班，下午有人。门口的营业时间也改了。",
    )  # fmt: skip
    follow_up(session, complaint=done, said="solved", note="", now=at(11))
    unhappy = scanned(12, Said(ComplaintKind.CHARGING, "寄件多收了三块。", None, 300), last)
    answer(
        session, complaint=unhappy, outcome="partly", by=office, now=at(8),
        note="退了一块五，其余按公示的价收。",
    )  # fmt: skip
    follow_up(session, complaint=unhappy, said="unsolved", note="公示的价没有贴出来。", now=at(1))
    officer = session.scalars(
        select(Person).where(
            Person.county == county.code, Person.demo, Person.role == Role.TOWNSHIP_OFFICER
        )
    ).first()
    if officer is not None and officer.township_code:
        forward(
            session, complaint=paid, to=f"township:{officer.township_code}", by=office,
            due_on=on + timedelta(days=1), note="请核实有没有公示收费。", now=at(4),
        )  # fmt: skip
