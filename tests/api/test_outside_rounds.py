"""An inspector may look at any station in scope at any time: between rounds, beside a round."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.services.inspections.freezing import frozen_is_whole
from server.services.people.scope import EVERYBODY
from server.services.rounds.figures import round_figures
from server.services.standing.standing import standing_of
from tests.api.events import id_of
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast

Call = Callable[..., Any]


def test_any_station_in_scope_has_a_form_under_todays_standard(
    cast: Cast, call: Call, standards: Any
) -> None:
    packed = call(cast.wang, f"/rounds/stations/{cast.c1.id}/package")

    assert (packed["campaign"], packed["township"]) == (None, None)
    [one] = packed["stations"]
    assert (one["code"], one["visit_id"]) == ("C0001", None)
    assert "A3-42b" in one["asked"]
    assert {"A3-42b", "A3-41a"} <= {row["code"] for row in packed["form"]}
    assert (
        "shanxi-2023-04-11-station-trial" in [one["id"] for one in packed["standards"]]
        or (packed["standards"])
    )


def test_a_county_without_a_standard_says_so_instead_of_an_empty_form(
    cast: Cast, call: Call
) -> None:
    answer = call(cast.outsider, f"/rounds/stations/{cast.foreign.id}/package", status=409)

    assert answer["code"] == "inspection-without-standard"


def test_a_visit_outside_a_round_is_the_inspectors_word_and_no_rounds_figure(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    sent = inspection(cast.c1, None, failing=["A3-42b"])

    [answer] = hand_in(cast.wang, sent)

    kept = session.get_one(Inspection, id_of(sent))
    today = clock.today()
    standing = standing_of(session, station=cast.c1, on=today, standards=standards)
    [shelves] = [one for one in standing.findings if one.code == "A3-42b"]
    totals = round_figures(session, campaign=campaign, on=today, seen_by=EVERYBODY)["totals"]
    assert (kept.visit_id, kept.status, frozen_is_whole(session, kept)) == (None, "fails", True)
    assert (shelves.verdict.value, shelves.word) == ("fail", "inspector")
    assert (totals["inspected"], totals["due"]) == (0, 4)
    assert "11月督导里也有这个站点，还没有人查；这一次不在轮次里" in answer["message"]


def test_nothing_is_said_of_a_round_in_which_the_station_was_visited_already(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    hand_in(cast.wang, inspection(cast.c1, visit_of(session, campaign, cast.c1)))

    [answer] = hand_in(cast.wang, inspection(cast.c1, None))

    assert (answer["result"], answer["message"]) == ("ok", None)


def test_a_visit_outside_a_round_leads_to_rectification_and_a_copy_with_what_was_measured(
    cast: Cast, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.xz1, None)
    sent["payload"]["answers"] += [
        {"rule": "A3-41b", "verdict": "fail", "values": {"floor_area_m2": "8.5"}, "note": ""}
    ]
    hand_in(cast.wang, sent)

    copied = call(cast.wang, f"/rounds/inspections/{sent['id']}")
    paper = call(cast.wang, f"/rounds/inspections/{sent['id']}/copy.pdf")

    rows = {row["code"]: row for row in copied["rows"]}
    assert copied["campaign"] is None
    assert [one["title"] for one in copied["mends"]] == ["乡镇站面积"]
    assert rows["A3-41b"]["values"] == [
        {"fact": "floor_area_m2", "title": "面积", "text": "8.5平方米"}
    ]
    assert rows["A3-42b"]["values"] == []
    assert [one["text"] for one in rows["A3-22a"]["values"]] == [cast.xz1.name]
    assert paper.data.startswith(b"%PDF")


def test_a_visit_outside_a_round_is_amended_like_any_other(
    session: Session, cast: Cast, call: Call, hand_in: Call
) -> None:
    first = inspection(cast.c1, None, failing=["A3-42b"])
    hand_in(cast.wang, first)
    second = inspection(cast.c1, None, amends_id=first["id"], amended_because="货架在里屋")
    hand_in(cast.wang, second)

    copied = call(cast.wang, f"/rounds/inspections/{second['id']}")

    assert (copied["version"], copied["amends_id"], copied["fails"]) == (2, first["id"], 0)
    assert call(cast.wang, f"/rounds/inspections/{first['id']}")["newer_id"] == second["id"]


@pytest.mark.parametrize("who", ["officer", "outsider"])
def test_nobody_inspects_a_station_out_of_scope(
    cast: Cast, call: Call, hand_in: Call, who: str
) -> None:
    person = getattr(cast, who)

    missing = call(person, f"/rounds/stations/{cast.c1.id}/package", status=404)
    [refused] = hand_in(person, inspection(cast.c1, None))

    assert missing["code"] == "station-unknown"
    assert refused["code"] == "station-not-yours"
