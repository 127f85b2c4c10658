"""A whole county's round: 251 stations of 西平县, ten inspectors, lost answers, one report."""

import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.http import clock
from server.models.inspection import Campaign, Inspection, Visit
from server.models.person import Person, Role
from server.models.phone_event import PhoneEvent
from server.models.rectification import Rectification
from server.models.station import Station
from server.papers.round_report import round_pdf
from server.papers.round_sheet import round_xlsx
from server.services.inspections.freezing import frozen_is_whole
from server.services.people.scope import EVERYBODY
from server.services.rounds import reports as round_reports
from server.services.rounds.campaigns import close_campaign
from server.services.rounds.contents import live_content
from server.services.rounds.visits import coverage, visit_views
from tests.api.events import batch, id_of, now_text
from tests.api.rounds import inspection, open_round
from tests.factories import (
    Cast,
    make_county,
    make_keeping,
    make_operator,
    make_person,
    make_station,
    make_township,
)

Headers = Callable[[Person], dict[str, str]]
STATIONS, INSPECTORS, TOWNSHIPS = 251, 10, 16


class County:
    """西平县 with its 251 points in sixteen townships, and ten inspectors."""

    def __init__(self, session: Session) -> None:
        self.county = make_county(
            session, "411721", "西平县", province="河南省", standard_id="shanxi-2023-trial"
        )
        self.other_county = self.county
        self.office = make_person(session, "411721", "县办", Role.COUNTY_OFFICE)
        self.townships = [
            make_township(session, "411721", f"411721{100 + turn}", f"第{turn + 1}乡")
            for turn in range(TOWNSHIPS)
        ]
        self.inspectors = [
            make_person(session, "411721", f"督导员{turn + 1}", Role.INSPECTOR)
            for turn in range(INSPECTORS)
        ]
        operator = make_operator(session, "411721", "西平县某快递有限公司")
        self.stations = [
            make_station(
                session, "411721", f"C{turn + 1:04d}", f"第{turn + 1}村快递便民服务点",
                township_code=self.townships[turn % TOWNSHIPS].code, operator_id=operator.id,
            )
            for turn in range(STATIONS)
        ]  # fmt: skip
        keeper = make_person(session, "411721", "众站长")
        for station in self.stations:
            make_keeping(session, keeper, station)
        session.commit()
        self.township = self.townships[0]

    @property
    def assignments(self) -> dict[str, int]:
        return {
            township.code: self.inspectors[turn % INSPECTORS].id
            for turn, township in enumerate(self.townships)
        }


def fails_of(station: Station) -> list[str]:
    """Which clauses a station will not meet: every fifth no shelves, every seventh no board."""
    number = int((station.code or "0")[1:])
    return [
        *(["A3-42b"] if number % 5 == 0 else []),
        *(["A3-3a"] if number % 7 == 0 else []),
    ]


@pytest.fixture
def xiping(session: Session) -> Any:
    return County(session)


def play(
    client: FlaskClient,
    session: Session,
    xiping: Any,
    campaign: Campaign,
    signed_in: Headers,
    fails: Callable[[Station], list[str]] = fails_of,
) -> list[dict[str, Any]]:
    """Every inspector sends the own stations; one answer in three gets lost and is sent again."""
    luck = random.Random(251)
    visits = {
        visit.station_id: visit
        for visit in session.scalars(select(Visit).where(Visit.campaign_id == campaign.id))
    }
    sent: list[dict[str, Any]] = []
    for inspector in xiping.inspectors:
        headers = signed_in(inspector)
        own = [
            inspection(
                station,
                visits[station.id],
                failing=fails(station),
                arrived_at=now_text(timedelta(hours=-30)),
                finished_at=now_text(timedelta(hours=-29)),
                device_at=now_text(timedelta(hours=-29)),
            )
            for station in xiping.stations
            if visits[station.id].inspector_id == inspector.id
        ]
        sent += own
        waiting = list(own)
        while waiting:
            part = waiting[: luck.choice((3, 8, 20))]
            answer = client.post(
                "/api/v1/sync",
                data=json.dumps(batch(*part)),
                content_type="application/json",
                headers=headers,
            )
            assert answer.status_code == 200
            assert {one["result"] for one in answer.json["results"]} <= {"ok", "same"}
            if luck.random() > 1 / 3:  # else the answer never reached the phone
                waiting = waiting[len(part) :]
            luck.shuffle(waiting)
    return sent


# Its parts run on both engines in the other files; a whole round only where many write at once.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_round_of_251_stations_by_ten_inspectors_with_lost_answers(
    client: FlaskClient, session: Session, xiping: Any, standards: Any, signed_in: Headers
) -> None:
    campaign = open_round(session, xiping, standards, assignments=xiping.assignments)

    sent = play(client, session, xiping, campaign, signed_in)

    today = clock.today()
    assert len(sent) == STATIONS
    for noun in (Inspection, PhoneEvent):
        assert session.scalar(select(func.count()).select_from(noun)) == STATIONS
    found = coverage(visit_views(session, campaign=campaign, on=today, seen_by=EVERYBODY))
    assert (found.total, found.inspected) == (STATIONS, STATIONS)
    assert sum(township.total for township in found.per_township) == STATIONS
    assert len(found.per_inspector) == INSPECTORS
    expected = sum(len(fails_of(station)) for station in xiping.stations)
    assert session.scalar(select(func.count()).select_from(Rectification)) == expected
    assert all(
        frozen_is_whole(session, session.get_one(Inspection, id_of(one))) for one in sent[::25]
    )

    live = live_content(session, campaign=campaign, on=today, seen_by=EVERYBODY)
    content, sheet, paper = live.figures, round_xlsx(live), round_pdf(live)
    failing = {station.code for station in xiping.stations if fails_of(station)}
    assert content["totals"]["fails"] == len(failing)
    assert content["totals"]["meets"] == STATIONS - len(failing)
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet))["站点"].iter_rows(values_only=True))
    assert len(rows) == 1 + STATIONS
    assert {row[0] for row in rows[1:] if row[7] == "不达标"} == failing
    with pypdfium2.PdfDocument(paper) as document:
        assert "各条款" in document[0].get_textpage().get_text_bounded()


def test_november_beside_july_and_a_report_that_never_changes_silently(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, signed_in: Headers
) -> None:
    small: Any = type("Small", (), {})()
    small.inspectors, small.stations = [cast.wang], [cast.c1, cast.c2, cast.xz1]
    here = {cast.township.code: cast.wang.id, cast.other_township.code: cast.office.id}
    july = open_round(session, cast, standards, name="7月", period="2026-07", assignments=here)
    play(client, session, small, july, signed_in, lambda _: ["A3-42b", "A3-3a"])
    november = open_round(session, cast, standards, name="11月", assignments=here)
    play(client, session, small, november, signed_in, lambda _: ["A3-3a", "A3-42a"])
    today, now = clock.today(), clock.now()

    live = live_content(session, campaign=november, earlier=july, on=today, seen_by=EVERYBODY)
    compared = live.compared
    assert compared is not None

    clauses = {one["code"]: one for one in compared["clauses"]}
    assert clauses["A3-42b"]["mended"] == 3
    assert clauses["A3-3a"]["still_failing"] == 3
    assert clauses["A3-42a"]["newly_failing"] == 3
    assert compared["stations"][0]["mended"] == ["四（2）货架"]
    book = openpyxl.load_workbook(io.BytesIO(round_xlsx(live)))
    assert "与上一轮比条款" in book.sheetnames
    assert round_pdf(live).startswith(b"%PDF")

    close_campaign(session, campaign=november, by=cast.office, now=now)
    assert round_reports.unreported(session, county="140926", on=today) == [november]
    first = round_reports.report_round(
        session, campaign=november, reported_to="市邮政管理局", by=cast.office, now=now
    )
    frozen = json.dumps(first.figures, sort_keys=True)
    assert round_reports.unreported(session, county="140926", on=today) == []
    with pytest.raises(Conflict) as same:
        round_reports.report_round(
            session, campaign=november, reported_to="市邮政管理局", by=cast.office, now=now
        )
    assert same.value.code == "report-same"
    assert (
        round_reports.changed_since_report(session, campaign=november, on=today, seen_by=EVERYBODY)
        == []
    )

    before = session.scalars(
        select(Inspection)
        .join(Visit, Visit.id == Inspection.visit_id)
        .where(Visit.campaign_id == november.id, Inspection.station_id == cast.c1.id)
    ).one()
    client.post(
        "/api/v1/sync",
        json=batch(
            inspection(
                cast.c1, failing=["A3-3a"], amends_id=str(before.id), amended_because="看错了"
            )
        ),
        headers=signed_in(cast.wang),
    )

    [change] = round_reports.changed_since_report(
        session, campaign=november, on=today, seen_by=EVERYBODY
    )
    assert change.startswith("C0001 马家沟村快递便民服务点：报告里是")
    with pytest.raises(Invalid) as refused:
        round_reports.report_round(
            session, campaign=november, reported_to="市邮政管理局", by=cast.office, now=now
        )
    assert refused.value.code == "reason-needed"
    second = round_reports.report_round(
        session, campaign=november, reported_to="市邮政管理局", by=cast.office, now=now,
        because="一份督导记录有更正",
    )  # fmt: skip
    assert [one.version for one in round_reports.reports_of(session, campaign=november)] == [2, 1]
    assert json.dumps(first.figures, sort_keys=True) == frozen
    assert first.figures_sha256 != second.figures_sha256
    assert all(map(round_reports.report_is_whole, (first, second)))
