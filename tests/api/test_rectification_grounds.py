"""What an acceptance of a 整改 rests on, and what it says of the station."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign
from server.models.rectification import Rectification, RectificationState
from server.services.standing.standing import standing_of
from tests.api.events import jpeg, photo
from tests.api.rounds import failed, inspection, mend, visit_of
from tests.factories import Cast

Call = Callable[..., Any]


def test_acceptance_from_the_desk_leaves_the_station_to_be_verified(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    one = failed(session, cast, campaign, hand_in)
    hand_in(cast.li, mend(one, photo(jpeg(), subject="shelves")))

    call(cast.office, f"/rounds/rectifications/{one.id}/accept", {})

    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert standing.status == "to_verify"
    assert session.get_one(Rectification, one.id).state is RectificationState.ACCEPTED


def test_a_measure_needs_its_new_value_to_be_accepted(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1))
    sent["payload"]["answers"].append(
        {"rule": "A3-41b", "verdict": "fail", "values": {"floor_area_m2": 8}, "note": ""}
    )
    hand_in(cast.wang, sent)
    one = session.scalars(select(Rectification)).one()
    path = f"/rounds/rectifications/{one.id}/accept"

    missing = call(cast.wang, path, {}, status=422)
    call(cast.wang, path, {"values": {"floor_area_m2": "12.5"}})

    assert missing["code"] == "rectification-value-needed"
    standing = standing_of(session, station=cast.xz1, on=clock.today(), standards=standards)
    assert next(row for row in standing.findings if row.code == "A3-41b").verdict == "pass"


def test_what_nobody_answered_is_accepted_on_a_reason_or_a_visit_and_a_return_stands(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    one = failed(session, cast, campaign, hand_in)
    path = f"/rounds/rectifications/{one.id}/accept"

    assert call(cast.wang, path, {}, status=422)["code"] == "reason-needed"
    hand_in(cast.li, mend(one, photo(jpeg(), subject="shelves")))
    call(cast.office, f"/rounds/rectifications/{one.id}/return", {"reason": "看不清"})
    refused = call(cast.wang, path, {"note": "我看可以"}, status=409)
    assert refused["code"] == "rectification-returned"
    session.refresh(one)
    assert one.state is RectificationState.RETURNED

    [kept] = hand_in(cast.wang, inspection(cast.c1))  # there again, and nothing wanting
    assert kept["result"] == "ok"
    assert call(cast.wang, path, {})["state_label"] == "已通过"
