"""The demonstration's problems: from the hotline, from above, from villagers, at every stage."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day
from server.models.county import County
from server.models.matter import Matter
from server.models.person import Person, Role
from server.services.demo.cast import DemoCast
from server.services.matters.closing import check, close
from server.services.matters.handling import answer, ask_for_time, refer
from server.services.matters.heads import name_head
from server.services.matters.registering import register
from server.services.matters.timers import escalate


def bring_problems(session: Session, cast: DemoCast, *, county: County, on: date) -> None:
    """Five problems of the last three weeks; two where no township officer is to be had."""
    officer = session.scalars(
        select(Person).where(
            Person.county == county.code, Person.demo, Person.role == Role.TOWNSHIP_OFFICER
        )
    ).first()
    here = officer.township_code if officer else None
    stations = [one.station for one in cast.members if one.station.township_code == here]
    office = cast.office

    def at(days_ago: int) -> datetime:
        return datetime.combine(on - timedelta(days=days_ago), time(9, 30), BEIJING)

    name_head(
        session, county=county, from_on=on - timedelta(days=60), by=office, now=at(21),
        typed={
            "name": "张县长", "post": "副县长", "phone": "0350-0000000",
            "reason": "专班成立文件（演示）",
        },
    )  # fmt: skip

    def brought(days_ago: int, what: tuple[str, str], words: str, **more: Any) -> Matter:
        now = at(days_ago)
        return register(
            session, county=county, source=what[0], kind=what[1], heard_on=beijing_day(now),
            words=words, township_code=here, by=office, now=now, demo=True, **more,
        )  # fmt: skip

    brought(
        1, ("superior", "other"), "请核实部分村级服务点营业时间与公示不符的情况，10日内反馈。",
        said_by="市邮政管理局", ref=f"督办〔{on.year}〕7号",
    )  # fmt: skip
    brought(
        0, ("spot_check", "premises"), "抽查时站里没有摆放货架，快件堆在地上。", said_by="供销社"
    )
    if officer is None or not stations:
        return
    to, first, last = f"township:{here}", stations[0], stations[-1]
    late = brought(
        20, ("hotline", "delivery"), "快件到村三天了，打电话让自己去镇上取。", said_by="村民刘某",
        station=first, ref="12345-0418-0326",
    )  # fmt: skip
    refer(
        session, matter=late, to=to, due_on=on - timedelta(days=2), note="请送到家，并回访。",
        by=office, now=at(19),
    )  # fmt: skip
    wanting = brought(
        9, ("complaint", "premises"), "站里下雨漏水，快件淋湿了。", said_by="村民王某", station=last
    )
    refer(
        session, matter=wanting, to=to, due_on=on + timedelta(days=1), note="", by=office, now=at(8)
    )
    ask_for_time(
        session, matter=wanting, until=on + timedelta(days=8), note="屋顶要等天晴才能修。",
        by=officer, now=at(1),
    )  # fmt: skip
    told = brought(
        12, ("hotline", "charging"), "取件要收两块钱。", said_by="村民张某", station=first,
        ref="12345-0426-0117",
    )  # fmt: skip
    done = brought(
        18, ("complaint", "attitude"), "打电话问件，站里的人说话难听。", said_by="村民李某",
        station=last,
    )  # fmt: skip
    for matter, days in ((told, 10), (done, 15)):
        refer(
            session, matter=matter, to=to, due_on=on + timedelta(days=3), note="", by=office,
            now=at(days),
        )  # fmt: skip
        answer(
            session, matter=matter, note="已上门核实并道歉，多收的钱退了。" if matter is told
            else "已向村民道歉，站长参加了培训。", by=officer, now=at(days - 3),
        )  # fmt: skip
    check(session, matter=done, good=True, note="电话回访，村民满意。", by=office, now=at(11))
    close(session, matter=done, outcome="solved", note="", by=office, now=at(10))
    escalate(session, county=county, now=at(0))
