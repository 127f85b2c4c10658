"""A tap 符合 or 不符合 is the finding: rectifications and the standing follow it, until it ends."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.models.statement import Statement
from server.models.station import Station
from server.policy.standard.examine import Finding
from server.services.mending.rectifications import accept
from server.services.registry.stations import edit_station
from server.services.standing.standing import standing_of
from tests.api.events import id_of
from tests.api.rounds import inspection, taps, visit_of
from tests.factories import Cast

Call = Callable[..., Any]


def visit(session: Session, cast: Cast, campaign: Campaign, **answers: Any) -> dict[str, Any]:
    """The township's station with everything met, an area answer beside it, and what is given."""
    station = cast.xz1
    given = taps(station, **answers)
    given.append({"rule": "A3-41b", **answers["area"]})
    return inspection(station, visit_of(session, campaign, station), answers=given)


SMALL_BUT_YES = {"verdict": "pass", "values": {"floor_area_m2": "9.5"}, "note": "后院没量进去"}
BIG_BUT_NO = {"verdict": "fail", "values": {"floor_area_m2": "12"}, "note": "一半堆着杂物"}


def stands(session: Session, station: Station, standards: Any, code: str = "A3-41b") -> Finding:
    found = standing_of(session, station=station, on=clock.today(), standards=standards)
    return next(one for one in found.findings if one.code == code)


def open_mends(session: Session) -> list[Rectification]:
    return list(
        session.scalars(
            select(Rectification).where(Rectification.state != RectificationState.WITHDRAWN)
        )
    )


@pytest.mark.parametrize(
    ("area", "fails"), [(SMALL_BUT_YES, 0), (BIG_BUT_NO, 1)], ids=["a yes", "a no"]
)
def test_record_rectification_and_standing_follow_the_tap_and_not_the_measure(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any,
    area: dict[str, Any], fails: int,
) -> None:  # fmt: skip
    sent = visit(session, cast, campaign, area=area)

    [answer] = hand_in(cast.wang, sent)

    assert answer["result"] == "ok"
    kept = session.get_one(Inspection, id_of(sent))
    [signed] = [one for one in kept.findings if one["code"] == "A3-41b"]
    assert (signed["verdict"], kept.fails) == (area["verdict"], fails)
    assert [one.rule_code for one in open_mends(session)] == ["A3-41b"] * fails
    standing = stands(session, cast.xz1, standards)
    assert (standing.verdict.value, standing.why) == (area["verdict"], signed["why"])


@pytest.mark.parametrize(
    ("judge", "verdict", "word"), [("wang", "pass", "inspector"), ("office", "pass", "reviewer")]
)
def test_an_accepted_mending_ends_the_no_on_the_word_of_whoever_accepts(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any,
    judge: str, verdict: str, word: str,
) -> None:  # fmt: skip
    """From the desk nobody has seen it: the inspector's yes is not lent to the desk."""
    hand_in(cast.wang, visit(session, cast, campaign, area=BIG_BUT_NO))
    [one] = open_mends(session)
    by: Person = getattr(cast, judge)

    accept(
        session, rectification=one, by=by, now=clock.now(), standards=standards,
        values={"floor_area_m2": "12"},
    )  # fmt: skip
    session.commit()

    standing = stands(session, cast.xz1, standards)
    assert (standing.verdict.value, standing.word) == (verdict, word)


def test_an_amendment_takes_the_ruling_back_with_the_tap(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    first = visit(session, cast, campaign, area=BIG_BUT_NO)
    hand_in(cast.wang, first)
    second = visit(
        session, cast, campaign,
        area={"verdict": "pass", "values": {"floor_area_m2": "12"}, "note": ""},
    )  # fmt: skip
    second["payload"] |= {"amends_id": first["id"], "amended_because": "点错了"}

    [answer] = hand_in(cast.wang, second)

    assert answer["result"] == "ok"
    assert stands(session, cast.xz1, standards).verdict.value == "pass"
    assert not open_mends(session)
    values = session.scalars(
        select(Statement.value).where(Statement.fact == "ruled_A3-41b").order_by(Statement.id)
    ).all()
    assert list(values) == [False, None]


def test_a_ruling_on_a_name_ends_when_the_registered_name_changes(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    """The inspector took the neighbour's name for right; of a new name nobody has spoken."""
    wrong = {"values": {"sign_text": "杨家山乡快递综合服务站"}, "note": "正在换牌"}
    enough = {"verdict": "pass", "values": {}, "note": ""}
    hand_in(cast.wang, visit(session, cast, campaign, area=enough, **{"A3-22a": wrong}))
    assert stands(session, cast.xz1, standards, "A3-22a").verdict.value == "pass"

    edit_station(
        session, station=cast.xz1, changes={"name": "城关镇快递综合服务站"}, by=cast.office,
        now=clock.now(), reason="改名", standards=standards,
    )  # fmt: skip
    session.commit()

    assert stands(session, cast.xz1, standards, "A3-22a").verdict.value == "fail"
    assert stands(session, cast.xz1, standards).verdict.value == "pass"  # the area has no name
