"""Nobody calls a station 达标 while something is open there, wherever its state is shown."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.history import HistoryLine
from server.models.inspection import Campaign, Inspection
from server.models.rectification import NoticeQuestion, Rectification
from server.papers.round_report import round_pdf
from server.policy.standard.facts import Level
from server.policy.standard.open_work import NOTHING_OPEN
from server.services.inspections.looking import look_at
from server.services.intake.actions import IntakeAction
from server.services.mending.notice_questions import decide_letter
from server.services.mending.notices import issue_notice
from server.services.mending.rectifications import accept
from server.services.people.scope import EVERYBODY
from server.services.programme.plan import progress
from server.services.rounds.contents import live_content, reported_content
from server.services.rounds.figures import round_figures
from server.services.rounds.reports import report_round
from server.services.standing.open_work import open_work_of
from server.services.standing.standing import Standing, standing_of, standings, summary
from tests.api.events import id_of
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast

Call = Callable[..., Any]
SHELVES = "A3-42b"


def words_of(paper: bytes) -> str:
    with pypdfium2.PdfDocument(paper) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def standing(session: Session, cast: Cast, standards: Any) -> Standing:
    session.expire_all()
    return standing_of(session, station=cast.c1, on=clock.today(), standards=standards)


def found_wanting_then_seen(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> Rectification:
    """The round's visit finds no shelves; an everyday visit of the same day sees them."""
    hand_in(cast.wang, inspection(cast.c1, visit_of(session, campaign, cast.c1), [SHELVES]))
    hand_in(cast.wang, inspection(cast.c1, None))
    return session.scalars(select(Rectification)).one()


def test_an_open_rectification_keeps_a_station_from_being_met_until_a_person_accepts_it(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    one = found_wanting_then_seen(session, cast, campaign, hand_in)
    before = standing(session, cast, standards)

    accept(
        session, rectification=one, by=cast.wang, now=clock.now(), standards=standards, note="看过"
    )

    assert (before.status.value, before.status.label) == ("meets_open", "达标·整改未办结")
    assert before.why.endswith("条要求全部符合，但还有1项整改没有办结，办结以后才算达标")
    assert standing(session, cast, standards).status == "meets"


def test_it_counts_as_met_on_no_board_plan_phone_or_figure(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    found_wanting_then_seen(session, cast, campaign, hand_in)
    today = clock.today()

    every = standings(session, county=cast.county, on=today, standards=standards, seen_by=EVERYBODY)
    counted = summary(every)
    [home] = call(cast.li, "/keeper/home")["stations"]
    listed = call(cast.wang, "/inspector/stations?q=C0001")["stations"]
    lines = call(cast.li, "/keeper/inspections")["inspections"]
    met = {one.level: one.met for one in progress((), every)}

    assert (counted.per_status["meets"], counted.per_status["meets_open"]) == (0, 1)
    assert met[Level.VILLAGE_POINT] == 0
    assert home["status"]["label"] == "达标·整改未办结"
    assert [one["status"]["code"] for one in listed] == ["meets_open"]
    assert [one["status"]["label"] for one in lines] == ["达标·整改未办结", "不达标"]


def test_a_rounds_list_figures_and_filed_report_say_so_and_what_went_up_stays(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    hand_in(cast.wang, inspection(cast.c1, None, [SHELVES]))
    hand_in(cast.wang, inspection(cast.c1, visit_of(session, campaign, cast.c1)))
    today = clock.today()
    common: dict[str, Any] = {"campaign": campaign, "on": today, "seen_by": EVERYBODY}
    figures = round_figures(session, **common)
    made = report_round(
        session, campaign=campaign, reported_to="县邮政管理局", by=cast.office, now=clock.now()
    )
    paper = round_pdf(live_content(session, **common))

    accept(
        session,
        rectification=session.scalars(select(Rectification)).one(),
        by=cast.wang,
        now=clock.now(),
        standards=standards,
        note="看过",
    )
    filed = reported_content(session, made=made, campaign=campaign, seen_by=EVERYBODY).figures

    assert "整改未办结" in words_of(paper)
    for one in (figures, filed):
        [row] = [row for row in one["stations"] if row["code"] == "C0001"]
        assert (row["status"], row["status_label"]) == ("meets_open", "达标·整改未办结")
        assert (one["totals"]["meets"], one["totals"]["meets_open"]) == (0, 1)
    assert round_figures(session, **common)["totals"]["meets"] == 1


def test_a_record_reads_as_of_its_arrival_whatever_is_opened_or_closed_later(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    early = inspection(cast.c1, None)
    hand_in(cast.wang, early)
    one = found_wanting_then_seen(session, cast, campaign, hand_in)
    late = session.scalars(select(Inspection.id).order_by(Inspection.received_at.desc())).first()

    def labels() -> list[str]:
        found = (id_of(early), late)
        return [call(cast.li, f"/keeper/inspections/{key}")["status"]["label"] for key in found]

    before = labels()
    accept(
        session, rectification=one, by=cast.wang, now=clock.now(), standards=standards, note="看过"
    )
    session.commit()

    assert before == labels() == ["达标", "达标·整改未办结"]


def test_a_record_that_parts_from_the_countys_reckoning_reads_met_in_no_list_nor_history(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    """All was tapped 符合, one against its measure and without a word: nobody has looked yet."""
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1))
    doubtful = {"rule": "A3-22a", "verdict": "pass", "values": {"sign_text": "小卖部"}, "note": ""}
    answers = [one for one in sent["payload"]["answers"] if one["rule"] != "A3-22a"]
    sent["payload"]["answers"] = [*answers, doubtful]

    hand_in(cast.wang, sent)

    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.status, kept.differing) == ("meets", 1)
    read = call(cast.li, f"/keeper/inspections/{kept.id}")["status"]["label"]
    [told] = session.scalars(
        select(HistoryLine.summary).where(HistoryLine.action == IntakeAction.INSPECTION_RECEIVED)
    )
    assert read == "达标·整改未办结"
    assert told.endswith("，达标·整改未办结")


def test_an_undecided_disagreement_and_a_letter_whose_fate_is_asked_hold_it_back_too(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, [SHELVES])
    hand_in(cast.wang, first)
    issue_notice(
        session,
        inspection=session.get_one(Inspection, id_of(first)),
        by=cast.office,
        now=clock.now(),
    )
    session.commit()
    hand_in(
        cast.wang,
        inspection(cast.c1, visit, amends_id=first["id"], amended_because="货架在里屋"),
    )

    asked = standing(session, cast, standards)
    decide_letter(
        session,
        question=session.scalars(select(NoticeQuestion)).one(),
        decision="revoke",
        reason="看了照片，货架在里屋",
        by=cast.office,
        now=clock.now(),
    )

    assert asked.status == "meets_open"
    assert asked.open_work.text == "1项整改没有办结、1份整改通知书等县办定撤销还是维持"
    assert standing(session, cast, standards).status == "meets"


def test_an_inspectors_phone_takes_along_what_is_still_open(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    found_wanting_then_seen(session, cast, campaign, hand_in)

    packed = call(cast.wang, f"/rounds/{campaign.id}/package")

    told = {one["code"]: one["open_work"] for one in packed["stations"]}
    assert (told["C0001"], told["C0002"]) == ("1项整改没有办结", "")


def doubtful(session: Session, cast: Cast, campaign: Campaign) -> dict[str, Any]:
    """A visit by an older app: 8 m² at a township station, and 符合 tapped."""
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    area = {"rule": "A3-41b", "verdict": "pass", "values": {"floor_area_m2": 8}, "note": ""}
    sent["payload"]["answers"] = [
        one for one in sent["payload"]["answers"] if one["rule"] != "A3-41b"
    ] + [area]
    return sent


def open_at(session: Session, cast: Cast) -> str:
    session.expire_all()
    found = open_work_of(session, county="140926", on=clock.today(), station_ids=[cast.xz1.id])
    return found.get(cast.xz1.id, NOTHING_OPEN).text


@pytest.mark.parametrize(
    ("decision", "still_open"),
    [("seen", ""), ("amend", "1份督导记录与县里核算不一致，等县办看")],
)
def test_a_record_that_parts_is_open_until_the_office_lets_it_stand(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, decision: str, still_open: str
) -> None:
    sent = doubtful(session, cast, campaign)
    hand_in(cast.wang, sent)
    before = open_at(session, cast)

    look_at(
        session,
        inspection=session.get_one(Inspection, id_of(sent)),
        decision=decision,
        reason="看了照片",
        by=cast.office,
        now=clock.now(),
    )

    assert before == "1份督导记录与县里核算不一致，等县办看"
    assert open_at(session, cast) == still_open


def test_an_amendment_that_agrees_ends_it(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    sent = doubtful(session, cast, campaign)
    hand_in(cast.wang, sent)
    better = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    better["payload"] |= {"amends_id": sent["id"], "amended_because": "量错了"}

    [answer] = hand_in(cast.wang, better)

    assert answer["result"] == "ok"
    assert open_at(session, cast) == ""
