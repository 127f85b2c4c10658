"""What keepers ask for: kept as asked, done by the register's own verbs, answered in a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.request import KeeperRequest, RequestState
from server.models.sign import Sign, SignState
from server.policy.hours import hours_text
from server.services.common.seals import seal
from server.services.people.people import appoint_keeper, dismiss_keeper, keepers_of
from server.services.plates.signs import live_sign, replace_sign
from server.services.registry.stations import edit_station
from server.services.requests.deciding import (
    grant_request,
    plate_since,
    refuse_request,
    register_shown,
    same_named,
)
from server.services.requests.lists import own_requests
from tests.asked import asked, send_request
from tests.factories import NOW, Cast, make_person, make_sign

LATER = NOW + timedelta(hours=1)


def grant(session: Session, cast: Cast, request: KeeperRequest, **more: Any) -> Any:
    return grant_request(
        session, county=cast.county, request=request, by=cast.office, now=LATER, **more
    )


def actions(session: Session) -> list[str]:
    return [line.action for line in session.scalars(select(HistoryLine).order_by(HistoryLine.id))]


@pytest.mark.parametrize(
    ("about", "old"), [("plate_broken", SignState.REPLACED), ("plate_lost", SignState.LOST)]
)
def test_a_broken_or_lost_plate_becomes_the_next_one_and_works_no_more(
    session: Session, cast: Cast, about: str, old: SignState
) -> None:
    first = make_sign(session, cast.c1)
    request = asked(session, cast.li, cast.c1, about, note="  被风刮跑了 ")

    granted = grant(session, cast, request)

    fresh = live_sign(session, cast.c1.id)
    assert fresh is not None
    assert (fresh.plate_no, first.state) == (first.plate_no + 1, old)
    assert request.state is RequestState.GRANTED
    assert (request.note, request.answer) == ("被风刮跑了", granted.told)
    assert "第2块" in request.answer
    assert actions(session)[0] == "request-made"
    assert {"sign-replaced", "request-granted"} <= set(actions(session))
    with pytest.raises(Conflict) as twice:
        grant(session, cast, request)
    assert twice.value.code == "request-decided"
    assert len(session.scalars(select(Sign)).all()) == 2


def test_hours_are_written_as_the_keeper_typed_them_with_both_named_as_the_reason(
    session: Session, cast: Cast
) -> None:
    request = asked(session, cast.li, cast.c1, "hours", hours="7:30-19:00，周日休息")
    shown = seal(register_shown(session, request, cast.c1, now=NOW))
    before = list(cast.c1.hours)

    grant(session, cast, request, seal=shown)

    assert cast.c1.hours != before
    assert "7:30" in hours_text(cast.c1.hours)
    edited = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "station-edited")
    ).one()
    assert (edited.reason, edited.person_id) == ("站长老李提出改营业时间，县办同意", cast.office.id)
    again = send_request(session, cast.li, cast.c1, "hours", hours="7:30-19:00 周日休息")
    assert (again.result, again.code) == ("invalid", "request-nothing-new")


def test_hours_that_the_office_changed_meanwhile_are_not_overwritten_unseen(
    session: Session, cast: Cast
) -> None:
    request = asked(session, cast.li, cast.c1, "hours", hours="7:00-19:00")
    shown = seal(register_shown(session, request, cast.c1, now=NOW))
    edit_station(
        session, station=cast.c1, changes={"hours": "9:00-12:00"}, by=cast.office, now=NOW,
        reason="现场核实", standards=(),
    )  # fmt: skip

    with pytest.raises(Conflict) as refused:
        grant(session, cast, request, seal=shown)

    assert refused.value.code == "request-changed-meanwhile"
    assert "9:00" in hours_text(cast.c1.hours)


def test_a_plate_or_a_keeper_that_changed_meanwhile_is_not_ended_unseen(
    session: Session, cast: Cast
) -> None:
    first, other = make_sign(session, cast.c1), make_person(session, name="老孙")
    lost = asked(session, cast.li, cast.c1, "plate_lost")
    handover = asked(session, cast.li, cast.c1, "handover", name="老张")
    asked_for = lost, handover
    sealed = [seal(register_shown(session, one, cast.c1, now=LATER)) for one in asked_for]
    assert plate_since(session, request=lost, station=cast.c1) is None
    fresh = replace_sign(session, sign=first, by=cast.office, now=LATER, reason="站长来电")
    appoint_keeper(session, station=cast.c1, person=other, by=cast.office, now=LATER)

    for one, old, told in zip(asked_for, sealed, ("第1块", "老孙"), strict=True):
        with pytest.raises(Conflict, match=told) as refused:
            grant(session, cast, one, seal=old)
        assert refused.value.code == "request-changed-meanwhile"
        assert one.state is RequestState.WAITING
    assert live_sign(session, cast.c1.id) is fresh
    assert plate_since(session, request=lost, station=cast.c1) is fresh


@pytest.mark.parametrize("name", ["老张", ""])
def test_a_station_is_handed_over_to_a_new_keeper_or_to_one_of_the_same_name(
    session: Session, cast: Cast, name: str
) -> None:
    other = make_person(session, name=name) if name else None
    request = asked(session, cast.li, cast.c1, "handover", name="老张")
    assert same_named(session, request=request) == ([other] if other else [])

    granted = grant(session, cast, request, keeper_id=other.id if other else None)

    assert keepers_of(session, station_id=cast.c1.id, now=LATER) == [granted.keeper]
    assert granted.keeper.name == "老张"
    assert other is None or granted.keeper is other
    [told] = own_requests(session, person=cast.li, now=LATER)
    assert told.request.answer.startswith("马家沟村快递便民服务点从现在起归老张管了。")
    assert list(own_requests(session, person=granted.keeper, now=LATER)) == []


def test_what_is_incomplete_or_unreadable_is_refused_in_words_and_leaves_nothing(
    session: Session, cast: Cast
) -> None:
    for about, said, code in (
        ("handover", {"name": " "}, "request-incomplete"),
        ("hours", {}, "request-incomplete"),
        ("hours", {"hours": "看心情"}, "hours-unreadable"),
        ("plate_lost", {"taken_back": True}, "request-decided"),
    ):
        found = send_request(session, cast.li, cast.c1, about, **said)
        assert found.code == code, found
        assert found.message
    not_mine = send_request(session, cast.zhao, cast.c1, "plate_lost")
    assert not_mine.code == "station-not-yours"
    assert session.scalars(select(KeeperRequest)).all() == []
    assert "request-made" not in actions(session)


def test_a_later_wish_takes_the_place_of_the_earlier_and_a_found_plate_is_asked_for_no_more(
    session: Session, cast: Cast
) -> None:
    first = asked(session, cast.li, cast.c1, "hours", hours="8:00-20:00")
    second = asked(session, cast.li, cast.c1, "hours", hours="8:00-21:00")
    lost = asked(session, cast.li, cast.c1, "plate_lost")
    send_request(session, cast.li, cast.c1, "plate_lost", taken_back=True)

    states = [one.state for one in (first, second, lost)]
    assert states == [RequestState.REPLACED, RequestState.WAITING, RequestState.WITHDRAWN]
    assert [one.request for one in own_requests(session, person=cast.li, now=NOW)] == [second]


def test_what_another_keeper_asked_for_is_not_undone_and_what_was_asked_before_is_not_the_last_word(
    session: Session, cast: Cast
) -> None:
    other = make_person(session, name="老孙")
    appoint_keeper(session, station=cast.c1, person=other, by=cast.office, now=NOW)
    waits = asked(session, cast.li, cast.c1, "hours", hours="8:00-20:00")

    for said in ({"hours": "9:00-12:00"}, {"taken_back": True}):
        found = send_request(session, other, cast.c1, "hours", **said)
        assert (found.result, found.code) == ("invalid", "request-of-another")
        assert "老李已经提了“改营业时间（8:00-20:00）”" in (found.message or "")
    assert waits.state is RequestState.WAITING

    before = NOW - timedelta(hours=2)  # the keeper's other phone was without a net
    late = send_request(session, cast.li, cast.c1, "hours", NOW, before, hours="6:00-7:00")
    assert late.result == "ok"
    assert (
        send_request(session, cast.li, cast.c1, "hours", NOW, before, taken_back=True).code
        == "request-decided"
    )
    assert [one.request for one in own_requests(session, person=cast.li, now=NOW)] == [waits]

    dismiss_keeper(session, station=cast.c1, person=cast.li, by=cast.office, now=LATER)
    next_one = send_request(session, other, cast.c1, "hours", LATER, hours="9:00-12:00")
    assert (next_one.result, waits.state) == ("ok", RequestState.REPLACED)


def test_a_refusal_needs_its_sentence_which_the_keeper_reads_for_thirty_days(
    session: Session, cast: Cast
) -> None:
    request = asked(session, cast.li, cast.c1, "plate_broken")

    with pytest.raises(Invalid) as refused:
        refuse_request(session, request=request, by=cast.office, now=LATER, answer=" ")
    assert refused.value.code == "reason-needed"
    refuse_request(session, request=request, by=cast.office, now=LATER, answer="擦一擦还能用。")

    def told(days: int) -> list[str]:
        seen = own_requests(session, person=cast.li, now=LATER + timedelta(days=days))
        return [one.request.answer for one in seen]

    assert (told(29), told(31)) == (["擦一擦还能用。"], [])
    assert live_sign(session, cast.c1.id) is None
