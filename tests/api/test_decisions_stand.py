"""Decisions that a county takes: they reach the standing, do not age, and change nothing signed."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.http import clock
from server.models.county import Division
from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.facts import Word
from server.services.county.counties import add_alias, policy_options
from server.services.county.settings import edit_county
from server.services.inspections.freezing import frozen_is_whole
from server.services.programme.decisions import decide_conflict
from server.services.standing.standing import Standing, standing_of
from server.services.standing.statements import say
from tests.api.events import batch, id_of
from tests.api.rounds import inspection, taps, visit_of
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]
Send = Callable[..., Any]
PLAQUE_ALONE: dict[str, dict[str, Any]] = {
    "A3-22a": {"verdict": "unknown", "values": {}},
    "A3-22b": {"verdict": "unknown", "values": {}},
}
"""What an inspector taps where a plaque hangs on the wall instead of a signboard above the door."""


@pytest.fixture
def send(client: FlaskClient, cast: Cast, signed_in: Headers) -> Send:
    def post(*items: dict[str, Any]) -> Any:
        answer = client.post(
            "/api/v1/sync",
            data=json.dumps(batch(*items)),
            content_type="application/json",
            headers=signed_in(cast.wang),
        )
        assert answer.status_code == 200, answer.json
        return answer.json["results"]

    return post


def plaque_seen(station: Station, visit: Any) -> dict[str, Any]:
    seen = {"rule": "A3-22c", "verdict": "pass", "values": {}, "note": "门框是铁皮，挂不了门头"}
    return inspection(station, visit, answers=[*taps(station, **PLAQUE_ALONE), seen])


def office_says(session: Session, cast: Cast, station: Station, value: Any, on: date) -> None:
    say(
        session,
        station=station,
        fact="service_plaque_approved",
        value=value,
        word=Word.REVIEWER,
        on=on,
        by=cast.office,
        now=clock.now(),
        note="专班会议同意",
    )
    session.commit()


def standing(session: Session, station: Station, standards: Any, days: int = 0) -> Standing:
    on = clock.today() + timedelta(days)
    return standing_of(session, station=station, on=on, standards=standards)


def finding(found: Standing, code: str) -> Any:
    return next(one for one in found.findings if one.code == code)


def test_a_plaque_seen_by_the_inspector_and_approved_long_ago_meets_the_standard(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    send(plaque_seen(cast.c1, visit_of(session, campaign, cast.c1)))
    waiting = standing(session, cast.c1, standards)
    office_says(session, cast, cast.c1, value=True, on=clock.today() - timedelta(400))

    approved = standing(session, cast.c1, standards)

    assert (waiting.status.label, finding(waiting, "A3-22a").verdict) == ("未评估", "unknown")
    assert approved.status.label == "达标"
    assert finding(approved, "A3-22a").word is Word.INSPECTOR
    assert "县办已同意" in finding(approved, "A3-22b").why
    # The approval stands as long as somebody sees the plaque; what was seen has to be seen anew.
    assert standing(session, cast.c1, standards, days=180).status.label == "达标"
    assert standing(session, cast.c1, standards, days=181).status.label == "未评估"


def test_an_approval_that_was_there_is_in_the_signed_record(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    office_says(session, cast, cast.c1, value=True, on=clock.today() - timedelta(400))
    sent = plaque_seen(cast.c1, visit_of(session, campaign, cast.c1))

    send(sent)

    kept = session.get_one(Inspection, id_of(sent))
    frozen = {one["code"]: one for one in kept.findings}
    assert kept.status == "meets"
    assert (frozen["A3-22a"]["verdict"], frozen["A3-22a"]["word"]) == ("pass", "inspector")


def test_an_approval_taken_back_ends_what_rested_on_it(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    send(plaque_seen(cast.c1, visit_of(session, campaign, cast.c1)))
    office_says(session, cast, cast.c1, value=True, on=clock.today())
    office_says(session, cast, cast.c1, value=False, on=clock.today())

    assert standing(session, cast.c1, standards).status.label == "未评估"


@pytest.mark.parametrize("word", [Word.KEEPER, Word.MACHINE, Word.INSPECTOR])
def test_nobody_but_the_office_approves(session: Session, cast: Cast, word: Word) -> None:
    with pytest.raises(Invalid) as refused:
        say(
            session,
            station=cast.c1,
            fact="service_plaque_approved",
            value=True,
            word=word,
            on=clock.today(),
            by=cast.li,
            now=clock.now(),
        )

    assert refused.value.code == "statement-not-theirs"
    assert "只能由县办来说" in refused.value.message


def test_an_inspectors_tap_accepts_a_name_in_old_characters_for_good(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    old = {"A3-22a": {"verdict": "pass", "values": {"sign_text": "馬家溝村快遞便民服務點"}}}
    visit = visit_of(session, campaign, cast.c1)

    send(inspection(cast.c1, visit, answers=taps(cast.c1, **old)))

    found = standing(session, cast.c1, standards)
    assert found.status.label == "达标"
    assert "督导员" in finding(found, "A3-22a").why


def test_no_later_decision_changes_a_byte_of_what_was_signed(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    cast.c1.opened_on, cast.c1.filed_on = date(2023, 5, 1), date(2023, 5, 22)
    session.commit()
    sent = plaque_seen(cast.c1, visit_of(session, campaign, cast.c1))
    send(sent)
    kept = session.get_one(Inspection, id_of(sent))
    before = json.dumps([kept.findings, kept.keeper_findings, kept.status, kept.standards])
    digest = kept.frozen_sha256

    office_says(session, cast, cast.c1, value=True, on=clock.today())
    decide_conflict(
        session, county=cast.county, programme=None, key="deadline-day-off", choice="顺延",
        reason="专班会议", by=cast.office, now=clock.now(),
    )  # fmt: skip
    edit_county(
        session, county=cast.county, changes={"policy": {"about_percent": 0}}, by=cast.office,
        now=clock.now(), reason="专班会议", standards=standards,
    )  # fmt: skip
    add_alias(
        session, county=cast.county, division=session.get_one(Division, cast.c1.village_code), alias="马家圪洞村", source="村里的说法",
        by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()
    session.expire_all()

    now = standing(session, cast.c1, standards)
    assert policy_options(cast.county).deadline_on_day_off == "moved"
    assert finding(now, "EXT-F1").verdict == "pass"
    assert json.dumps([kept.findings, kept.keeper_findings, kept.status, kept.standards]) == before
    assert kept.frozen_sha256 == digest
    assert frozen_is_whole(session, kept)
    signed = {one["code"]: one["verdict"] for one in kept.findings}
    assert (signed["EXT-F1"], signed["A3-22a"]) == ("unknown", "unknown")
