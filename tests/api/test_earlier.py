"""What an inspector takes along beside the form: earlier findings, and the county's remarks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign
from server.models.person import Role
from server.models.rectification import Rectification, RectificationState
from server.services.county.remarks import edit_remarks
from tests.api.events import now_text
from tests.api.rounds import inspection, open_round, visit_of
from tests.factories import Cast, make_person

Call = Callable[..., Any]


def packed(call: Call, cast: Cast, campaign: Campaign, code: str = "C0001") -> dict[str, Any]:
    answer = call(cast.wang, f"/rounds/{campaign.id}/package?township={cast.township.code}")
    [one] = [one for one in answer["stations"] if one["code"] == code]
    found: dict[str, Any] = one
    return found


def days_ago(days: int) -> dict[str, str]:
    """When a visit of so many days ago began and ended."""
    return {
        "arrived_at": now_text(timedelta(days=-days, minutes=-20)),
        "finished_at": now_text(timedelta(days=-days)),
        "device_at": now_text(timedelta(days=-days)),
    }


def test_the_form_carries_what_the_last_two_visits_found_and_what_became_of_it(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    before = open_round(session, cast, standards, "7月督导")
    visit = visit_of(session, before, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, None, failing=["A3-3b"], **days_ago(40)))
    hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"], **days_ago(20)))
    hand_in(cast.wang, inspection(cast.c1, None, **days_ago(5)))
    for one in session.query(Rectification).filter_by(rule_code="A3-42b"):
        one.state = RectificationState.ACCEPTED
    session.commit()

    newest, older = packed(call, cast, campaign)["earlier"]

    assert (newest["by"], newest["round"]) == ("王督导", "")
    assert older["round"] == f"{before.period} 7月督导"
    assert older["day_on"] == str(clock.today() - timedelta(days=20))
    assert {one["code"] for one in older["said"]} <= set(packed(call, cast, campaign)["asked"])
    said = {one["code"]: one for one in older["said"]}
    assert (said["A3-42b"]["verdict"], said["A3-42b"]["verdict_label"]) == ("fail", "不符合")
    assert said["A3-42b"]["note"] == "现场没有" or "现场没有" in said["A3-42b"]["why"]
    assert said["A3-42b"]["mending"] == "已通过"
    assert (said["A3-3a"]["verdict"], said["A3-3a"]["why"], said["A3-3a"]["mending"]) == (
        "pass", "", ""
    )  # fmt: skip


def test_what_a_colleague_found_in_the_same_round_leads_nobody(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    colleague = make_person(session, cast.county, "赵督导", role=Role.INSPECTOR)
    session.commit()
    visit = visit_of(session, campaign, cast.c1)
    hand_in(colleague, inspection(cast.c1, visit, failing=["A3-42b"]))

    assert packed(call, cast, campaign)["earlier"] == []


def test_a_locked_door_and_a_version_that_was_amended_are_no_earlier_findings(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    first = inspection(cast.c1, None, failing=["A3-42b"], **days_ago(9))
    hand_in(cast.wang, first)
    hand_in(
        cast.wang,
        inspection(cast.c1, None, amends_id=first["id"], amended_because="看错了", **days_ago(9)),
        inspection(
            cast.c1, None, outcome="closed_door", answers=[], outcome_note="没人", **days_ago(3)
        ),
    )

    [only] = packed(call, cast, campaign)["earlier"]

    assert {one["verdict"] for one in only["said"]} == {"pass"}


def test_the_county_s_remarks_come_along_with_the_rules_that_they_fit(
    session: Session, cast: Cast, campaign: Campaign, call: Call
) -> None:
    edit_remarks(
        session,
        county=cast.county,
        lines=["四（2）｜没有巴枪。", "站长不在，家里人看店。", "十九（9）｜不在表上的一条"],
        clauses=["四（2）", "十九（9）"],
        by=cast.office,
        now=clock.now(),
        reason="7月督导会",
    )
    session.commit()

    answer = call(cast.wang, f"/rounds/{campaign.id}/package?township={cast.township.code}")

    clauses = {row["code"]: row["clause"] for row in answer["form"]}
    gun, anywhere = answer["remarks"]
    assert gun["text"] == "没有巴枪。"
    assert gun["rules"]
    assert {clauses[code] for code in gun["rules"]} == {"四（2）"}
    assert anywhere == {"text": "站长不在，家里人看店。", "rules": []}
