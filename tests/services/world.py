"""C0001 of 鹅城镇, where everything there is happened: what the lists of sights.py look at."""

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import NotFound
from server.models.acceptance import Acceptance
from server.models.county import County
from server.models.inspection import (
    Campaign,
    Inspection,
    PhotoRequest,
    RoundReport,
)
from server.models.matter import Matter
from server.models.month import MonthApproval
from server.models.phone_event import Photo
from server.models.proposal import Proposal
from server.models.reading import ReviewItem
from server.models.rectification import Notice, NoticeQuestion
from server.models.request import KeeperRequest
from server.models.signal import IntegritySignal
from server.models.station import Stage, Station
from server.policy.standard.frozen import Difference
from server.services.days import months
from server.services.inspections import disagreements
from server.services.intake import self_checks
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptances import accept_stations
from server.services.review.decisions import decide
from server.services.rounds import reports, visits
from tests.asked import asked
from tests.desk.held_rounds import second_record
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    make_inspection,
    make_rectification,
    make_sign,
    make_station,
)
from tests.proposals import own_officer, proposed
from tests.reviews import ask_sign, make_photo
from tests.services.asked import raised
from tests.services.days.of_june import approve, counted, june, send
from tests.services.matters.brought import brought
from tests.services.rounds.opened import open_round

FINDING = {
    "code": "A3-42a", "clause": "四（2）", "title": "接待台席", "level": "shall", "verdict": "fail",
    "counts_against": True, "word": "inspector", "label": "不符合", "why": "现场没有台席",
    "since": None, "evidence": [],
}  # fmt: skip


DIFFERENCE: Difference = {
    "kind": "finding", "code": "A3-42b", "about": "四（2）货架", "signed": "符合", "now": "不符合"
}  # fmt: skip


@dataclass
class World:
    """C0001 of 鹅城镇 with one of everything that a list could show; nothing at other stations."""

    session: Session
    county: County
    c1: Station
    bare: Station
    campaign: Campaign
    inspection: Inspection
    report: RoundReport
    approval: MonthApproval
    photo: Photo
    review: ReviewItem
    signal: IntegritySignal
    acceptance: Acceptance
    proposal: Proposal
    standards: Any
    matter: Matter
    request: KeeperRequest

    @property
    def month(self) -> months.Month:
        """June as it stands now."""
        return june(self.session)


def make_world(session: Session, cast: Cast, standards: Any) -> World:
    """Open, look, count, approve, report: what lists are made of."""
    campaign = open_round(session, cast, standards)
    here = next(
        one.visit
        for one in visits.visit_views(session, campaign=campaign, on=TODAY, seen_by=EVERYBODY)
        if one.station.id == cast.c1.id
    )
    own = FINDING | {"verdict": "pass", "word": "keeper", "counts_against": False}
    inspection = make_inspection(
        session, here, cast.wang.id, fails=1, status="fails", findings=[FINDING],
        keeper_findings=[own],
    )  # fmt: skip
    make_rectification(session, inspection, TODAY)
    [_] = disagreements.open_for(session, inspection=inspection, amended=None, now=NOW)
    _ask_about_a_letter(session, inspection)
    second_record(session, inspection)
    inspection.differences, inspection.differing = [DIFFERENCE], 1
    outside = make_inspection(session, here, cast.wang.id, at=NOW + timedelta(hours=1))
    outside.visit_id = None
    session.flush()
    photo = make_photo(session, cast.c1, person_id=cast.li.id)
    decided = ask_sign(session, cast.c1, photo)
    decide(session, item=decided, decision="unclear", by=cast.office, now=NOW, seen=0)
    session.add(
        PhotoRequest(
            county=cast.county.code, station_id=cast.c1.id, subject="interior", seed="点名 1",
            asked_on=TODAY, asked_at=NOW - timedelta(days=1),
            until_at=datetime.combine(TODAY, time(), BEIJING),
        )
    )  # fmt: skip
    self_checks.keep_self_check(
        session, person=cast.li, device_id="phone-1", device_label="", user_agent="",
        result={"checks": []}, now=NOW,
    )  # fmt: skip
    send(session, cast.li, counted(cast.c1))
    approval = approve(session, cast, now=NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=1)
    send(session, cast.li, counted(cast.c1, received=15, reason="数错了", at=later), later)
    make_sign(session, cast.c1)
    report = reports.report_round(
        session, campaign=campaign, reported_to="县政府办公室", by=cast.office, now=NOW,
        earlier=campaign,
    )  # fmt: skip
    inspection.status = "meets"  # so that something has changed since
    bare = make_station(
        session, code=None, name="没有编号的站", township_code=cast.township.code,
        level=cast.c1.level,
    )  # fmt: skip
    [accepted] = accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT, on=TODAY,
        present="供销社王某", by=cast.office, now=NOW, standards=standards,
    )  # fmt: skip
    matter = brought(session, cast)
    return World(
        session, cast.county, cast.c1, bare, campaign, inspection, report, approval, photo,
        ask_sign(session, cast.c1, make_photo(session, cast.c1)), raised(session, cast.c1),
        accepted, proposed(session, cast.c1, own_officer(session, cast), address="村东头"), standards,
        matter, asked(session, cast.li, cast.c1),
    )  # fmt: skip


def _ask_about_a_letter(session: Session, inspection: Inspection) -> None:
    place = {
        "county": inspection.county, "station_id": inspection.station_id,
        "inspection_id": inspection.id,
    }  # fmt: skip
    notice = Notice(year=2023, number=1, issued_on=TODAY, due_on=TODAY, **place)
    session.add(notice)
    session.flush()
    session.add(NoticeQuestion(notice_id=notice.id, rectification_ids=[], opened_at=NOW, **place))
    session.flush()


def shown(look: Callable[[], Any]) -> int:
    """1 if there is something to see, 0 where it looks as if there were nothing."""
    try:
        found = look()
    except NotFound:
        return 0
    return len(found) if isinstance(found, Sized) else 1
