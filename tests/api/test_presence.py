"""How an inspector was there arrives with the record, is frozen in it, and is marked where odd."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.services.inspections.freezing import frozen_is_whole
from server.services.inspections.presence import marks_told, presence_told
from server.services.people.scope import EVERYBODY
from server.services.rounds.campaigns import close_campaign
from server.services.rounds.figures import doubts_text, round_figures
from tests.api.events import batch, id_of, now_text
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast
from tests.signatures import DOT

Hand = Callable[..., Inspection]
AWAY = {"latitude": 38.4, "longitude": 111.9403, "accuracy_m": 12}
THERE: dict[str, Any] = {
    "signed_position": {"latitude": 38.3559, "longitude": 111.9403, "accuracy_m": 8},
    "arrived_online": False,
    "arrived_clock": "kept",
    "signed_online": True,
    "signed_clock": "heard",
    "why": "",
}


@pytest.fixture
def hand(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Callable[[Person], Any]
) -> Hand:
    """王督导 hands a record in; what was kept of it."""

    def post(sent: dict[str, Any]) -> Inspection:
        answer = client.post("/api/v1/sync", json=batch(sent), headers=signed_in(cast.wang))
        assert answer.json is not None
        assert [one["result"] for one in answer.json["results"]] == ["ok"], answer.json
        session.expire_all()
        return session.get_one(Inspection, id_of(sent))

    return post


def codes(kept: Inspection) -> list[str]:
    return [one["code"] for one in marks_told(kept)]


def test_distance_stay_plate_net_and_clock_are_kept_and_frozen_with_the_record(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    kept = hand(inspection(cast.c1, visit_of(session, campaign, cast.c1), presence=THERE))

    told = presence_told(kept)
    assert told.arrived == "离登记位置约100米（误差9米），没网，时间按上次对的算"
    assert told.signed == "离登记位置约11米（误差8米），有网，时间刚和服务器对过"
    assert (told.stayed, told.plate, codes(kept)) == ("19分钟", "输编号", [])
    assert frozen_is_whole(session, kept)
    assert kept.presence is not None
    kept.presence = {**kept.presence, "why": "后来添的"}
    assert not frozen_is_whole(session, kept)


def test_over_the_countys_threshold_the_mark_carries_the_reason_and_stays_when_it_changes(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    kept = hand(
        inspection(cast.c1, visit, position=AWAY, presence=THERE | {"why": "村里塌方，站在对岸"})
    )
    assert codes(kept) == ["far"]
    before = [one["text"] for one in marks_told(kept)]
    assert "到站时离登记位置至少4.9公里，超过500米。督导员写：村里塌方，站在对岸" in before[0]

    cast.county.options = {**cast.county.options, "visit_far_m": 20_000}
    session.commit()
    session.expire_all()

    assert [one["text"] for one in marks_told(kept)] == before


def test_departure_before_arrival_is_taken_and_its_stay_is_unknown(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    kept = hand(
        inspection(
            cast.c1,
            visit_of(session, campaign, cast.c1),
            arrived_at=now_text(timedelta(minutes=-5)),
            finished_at=now_text(timedelta(minutes=-30)),
        )
    )

    assert (kept.time_verified, kept.minutes, codes(kept)) == (False, None, ["time_unverified"])
    assert presence_told(kept).stayed == "不知道"
    figures = round_figures(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
    assert figures["totals"]["time_unverified"] == 1
    assert doubts_text(figures["totals"]) == "其中时间未核实1个"


def test_a_visit_dated_outside_its_round_counts_with_a_mark(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    early = {
        "arrived_at": now_text(timedelta(days=-3, minutes=-20)),
        "finished_at": now_text(timedelta(days=-3)),
        "device_at": now_text(timedelta(days=-3)),
    }
    before = hand(inspection(cast.c1, visit_of(session, campaign, cast.c1), **early))
    yesterday = clock.now() - timedelta(days=1)
    close_campaign(session, campaign=campaign, by=cast.office, now=yesterday)
    session.commit()
    after = hand(inspection(cast.c2, visit_of(session, campaign, cast.c2)))

    assert (codes(before), codes(after)) == (["before_round"], ["after_round"])
    figures = round_figures(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
    assert figures["totals"]["off_round"] == 2
    assert figures["totals"]["inspected"] == 2


def test_an_older_apps_dot_is_kept_and_marked_and_an_amendment_signs_anew(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, keeper_signature=DOT, position=AWAY)
    kept = hand(first)
    amendment = hand(inspection(cast.c1, visit, amends_id=first["id"], amended_because="看错了"))

    assert codes(kept) == ["far", "unfinished"]
    assert kept.keeper_signature == DOT
    assert codes(amendment) == ["far"]  # of being there nothing changes


def test_a_mark_beside_a_witness_stands_in_the_record_and_its_hash(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    kept = hand(
        inspection(
            cast.c1,
            visit_of(session, campaign, cast.c1),
            keeper_signature=DOT,
            witness_name="村会计张三",
        )
    )

    assert (kept.witness_name, codes(kept)) == ("村会计张三", [])
    assert frozen_is_whole(session, kept)
    kept.witness_name = "村会计李四"
    assert not frozen_is_whole(session, kept)


def test_a_locked_door_without_photo_and_word_is_taken_and_marked(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    kept = hand(
        inspection(
            cast.c1,
            visit_of(session, campaign, cast.c1),
            outcome="closed_door",
            answers=[],
            inspector_signature=[],
            keeper_signature=[],
        )
    )

    assert codes(kept) == ["door_unseen", "door_untold"]


def test_presence_that_makes_no_sense_is_unknown_and_blocks_nothing(
    session: Session, cast: Cast, campaign: Campaign, hand: Hand
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    kept = hand(inspection(cast.c1, visit, presence={"arrived_clock": 7, "why": ["?"]}))

    assert kept.presence is not None
    assert kept.presence["signed"]["placed"] is None
    assert presence_told(kept).signed == "不知道"


def test_a_record_sent_again_after_the_server_learnt_of_presence_is_the_same(
    client: FlaskClient, session: Session, cast: Cast, campaign: Campaign, signed_in: Any
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1))
    results = []
    for _ in range(2):
        answer = client.post("/api/v1/sync", json=batch(sent), headers=signed_in(cast.wang))
        assert answer.json is not None
        results.append(answer.json["results"][0]["result"])
    assert results == ["ok", "same"]
    kept = session.get_one(Inspection, id_of(sent))
    assert (kept.witness_name, kept.outcome_note) == ("", "")
