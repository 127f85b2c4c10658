"""A township proposes, the county accepts: what was asked for is what is written, or told why not."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.proposal import Proposal, ProposalState
from server.models.station import Stage, Station
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.queues import Asked, QueueLine
from server.services.registry.acceptance_views import record_hash
from server.services.registry.proposal_decisions import (
    decide_many,
    return_proposal,
)
from server.services.registry.proposal_views import (
    proposal_tally,
    proposals_queue,
    proposals_seen,
    returned_queue,
    versions_of,
    views_of,
)
from server.services.registry.proposals import (
    propose_closing,
    propose_edit,
    propose_new,
    withdraw_proposal,
)
from server.services.registry.stations import close_station, edit_station
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_village
from tests.proposals import accepted, own_officer, proposed
from tests.queries import queries

pytestmark = ON_SQLITE
WHY = "7月5日现场核对"


@pytest.fixture
def zhen(session: Session, cast: Cast) -> Person:
    return own_officer(session, cast)


def edited(session: Session, cast: Cast, **changes: Any) -> None:
    edit_station(
        session,
        station=cast.c1,
        changes=changes,
        by=cast.office,
        now=NOW,
        reason="电话更正",
        standards=(),
    )


def test_a_proposal_changes_nothing_until_it_is_accepted_and_then_exactly_that(
    session: Session, cast: Cast, zhen: Person
) -> None:
    before = cast.c1.coop_modes
    asked = {"hours": "9:00-17:30", "coop_modes": ["postal_coop"], "position": "38.360,111.950"}
    one = proposed(session, cast.c1, zhen, **asked)
    assert cast.c1.coop_modes == before

    said = accepted(session, cast, one)

    assert said == "已采纳：改营业时间、合作模式、位置"
    assert cast.c1.hours == [[[1, 2, 3, 4, 5, 6, 7], "09:00", "17:30"]]
    assert cast.c1.coop_modes == ["postal_coop"]
    assert (cast.c1.latitude, cast.c1.longitude) == (38.36, 111.95)
    assert (one.state, one.decided_by) == (ProposalState.ACCEPTED, cast.office.id)
    assert [row["new"] for row in one.written] == [row["new"] for row in one.change["fields"]]


def test_the_history_names_who_proposed_and_who_accepted(
    session: Session, cast: Cast, zhen: Person
) -> None:
    accepted(session, cast, proposed(session, cast.c1, zhen, address="村东头"))

    done, asked = history.lines(session, county="140926", station_id=cast.c1.id)[:2]

    assert (done.who, done.action) == ("县办", "station-edited")
    assert done.reason == f"{WHY}（鹅城专干2023年7月5日提交，县办采纳）"
    assert (asked.who, asked.action) == ("鹅城专干", "change-proposed")
    assert asked.changes == (
        {"field": "address", "label": "地址", "old": "村委会旁", "new": "村东头"},
    )


def test_where_the_register_changed_since_each_field_is_asked_for(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头", venue="超市", head_name="王五")
    edited(session, cast, address="村西头", venue="超市")

    with pytest.raises(Conflict, match="“地址”提交时是“村委会旁”，现在登记的是“村西头”") as told:
        accepted(session, cast, one)
    assert told.value.code == "proposal-differs"
    assert cast.c1.head_name == "李福来"

    accepted(session, cast, one, choose={"address": "theirs"})

    assert (cast.c1.address, cast.c1.head_name) == ("村西头", "王五")
    assert one.kept == ["地址"]
    assert [row["label"] for row in one.written] == ["负责人"]


def test_the_office_may_let_the_townships_word_hold_over_a_later_change(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    edited(session, cast, address="村西头")

    with pytest.raises(Invalid, match="等于没有采纳"):
        accepted(session, cast, one, choose={"address": "theirs"})
    accepted(session, cast, one, choose={"address": "mine"})

    assert cast.c1.address == "村东头"


def test_what_somebody_changes_while_the_office_looks_is_not_accepted_unseen(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    [view] = views_of(session, county="140926", proposals=[one])
    edited(session, cast, address="村西头")

    with pytest.raises(Conflict) as told:
        accepted(session, cast, one, seen=view.seen)

    assert told.value.code == "proposal-changed-meanwhile"
    assert cast.c1.address == "村西头"


def test_a_returned_one_is_handed_in_anew_and_both_versions_stay(
    session: Session, cast: Cast, zhen: Person
) -> None:
    first = proposed(session, cast.c1, zhen, address="村东头")
    return_proposal(
        session, county=cast.county, proposal=first, seen=None, by=cast.office, now=NOW,
        because="门牌号没写",
    )  # fmt: skip
    assert returned_queue(session, Asked(zhen, NOW)).number == 1

    second = propose_edit(
        session, station=cast.c1, changes={"address": "村东头3号"}, by=zhen, now=NOW, reason=WHY,
        amends=first,
    )  # fmt: skip

    assert second is not None
    assert (first.state, first.because) == (ProposalState.REPLACED, "门牌号没写")
    assert first.change["fields"][0]["new"] == "村东头"
    assert versions_of(session, second) == versions_of(session, first) == [first, second]
    assert returned_queue(session, Asked(zhen, NOW)).number == 0
    assert proposals_queue(session, Asked(cast.office, NOW)) == QueueLine(1, TODAY)


def test_sent_twice_is_one_proposal_and_another_wish_of_the_same_person_waits(
    session: Session, cast: Cast, zhen: Person
) -> None:
    proposed(session, cast.c1, zhen, address="村东头")

    for address in ("村东头", "村西头"):
        with pytest.raises(Conflict, match="您已经提交过") as told:
            proposed(session, cast.c1, zhen, address=address)
        assert told.value.code == "proposal-waiting"

    proposed(session, cast.c1, own_officer(session, cast, "另一位专干"), address="村西头")


def test_only_the_proposer_takes_it_back_and_nothing_decided_is_taken_back(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    with pytest.raises(NotAllowed, match="只有提交人"):
        withdraw_proposal(session, proposal=one, by=cast.office, now=NOW)
    withdraw_proposal(session, proposal=one, by=zhen, now=NOW)
    with pytest.raises(Conflict, match="这份变更已撤回，不能再审"):
        accepted(session, cast, one)
    other = proposed(session, cast.c1, zhen, address="村东头")
    accepted(session, cast, other)
    with pytest.raises(Conflict, match="这份变更已采纳，不能再改"):
        withdraw_proposal(session, proposal=other, by=zhen, now=NOW)


def test_one_that_fails_never_stops_the_others(session: Session, cast: Cast, zhen: Person) -> None:
    moved = proposed(session, cast.c1, zhen, address="村东头")
    fine = proposed(session, cast.c2, zhen, address="村南头")
    edited(session, cast, address="村西头")

    line, told = decide_many(
        session, county=cast.county, seen={moved.id: None, fine.id: None}, accept=True,
        by=cast.office, now=NOW, closing=lambda *_: 0,
    )  # fmt: skip

    assert [(one.ok, one.label) for one in told] == [
        (False, "C0001 马家沟村快递便民服务点：改登记"),
        (True, "C0002 杨家山村快递便民服务点：改登记"),
    ]
    assert "现在登记的是“村西头”" in told[0].said
    assert (cast.c1.address, cast.c2.address) == ("村西头", "村南头")
    assert (moved.state, fine.state) == (ProposalState.WAITING, ProposalState.ACCEPTED)
    assert session.get_one(HistoryLine, line).summary == "采纳1份变更，1份没有办成"


def test_two_wishes_for_one_field_in_one_go_are_not_both_written(
    session: Session, cast: Cast, zhen: Person
) -> None:
    first = proposed(session, cast.c1, zhen, address="村东头")
    second = proposed(session, cast.c1, own_officer(session, cast, "另一位"), address="村西头")

    _, told = decide_many(
        session, county=cast.county, seen={first.id: None, second.id: None}, accept=True,
        by=cast.office, now=NOW, closing=lambda *_: 0,
    )  # fmt: skip

    assert [one.ok for one in told] == [True, False]
    assert cast.c1.address == "村东头"


def test_a_new_station_comes_as_planned_and_only_in_the_own_township(
    session: Session, cast: Cast, zhen: Person
) -> None:
    village = make_village(session, code="140926100207", name="王家庄村")
    where: dict[str, Any] = {
        "level": Level.VILLAGE_POINT, "township_code": village.parent, "name": "", "by": zhen,
        "village_code": village.code, "now": NOW, "reason": "村里没有点",
    }  # fmt: skip
    with pytest.raises(NotAllowed) as told:
        propose_new(session, county=cast.county, **{**where, "village_code": "140926101201"})
    assert told.value.code == "proposal-not-your-township"
    one = propose_new(session, county=cast.county, **where)
    with pytest.raises(Conflict, match="新站鹅城专干已经提交过"):
        propose_new(session, county=cast.county, **{**where, "name": "王家庄村点"})

    accepted(session, cast, one)

    made = session.scalars(select(Station).where(Station.village_code == village.code)).one()
    assert (made.name, made.stage) == ("王家庄村快递便民服务点", Stage.PLANNED)
    assert (one.station_id, made.basis) == (made.id, "村里没有点")


def test_a_village_that_got_its_point_meanwhile_gets_no_second(
    session: Session, cast: Cast, zhen: Person
) -> None:
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=TODAY, reason="搬走了")
    one = propose_new(
        session, county=cast.county, level=Level.VILLAGE_POINT, township_code=None,
        village_code=cast.c1.village_code, name="", by=zhen, now=NOW, reason="换了一家",
    )  # fmt: skip
    cast.c1.closed_on = None
    session.flush()

    with pytest.raises(Conflict, match="已经有站点") as told:
        accepted(session, cast, one)

    assert told.value.code == "proposal-obstacle"


def test_a_proposed_closing_closes_on_its_day_and_ends_what_is_owed(
    session: Session, cast: Cast, zhen: Person
) -> None:
    on = date(2023, 7, 1)
    one = propose_closing(session, station=cast.c1, on=on, by=zhen, now=NOW, reason="站长外出")
    closings: list[str] = []

    def tell(_session: Session, station: Station, *_: Any) -> int:
        closings.append(station.name)
        return 2

    said = accepted(session, cast, one, closing=tell)

    assert cast.c1.closed_on == on
    assert said == "已采纳：停业（2023年7月1日），没办完的2项整改同时撤销"
    assert closings == [cast.c1.name]
    again = propose_closing(session, station=cast.c1, on=None, by=zhen, now=NOW, reason="回来了")
    accepted(session, cast, again)
    assert cast.c1.closed_on is None


def test_frozen_text_that_was_altered_is_not_accepted(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    one.change = {**one.change, "reason": "别的原因"}
    session.flush()

    with pytest.raises(Conflict) as told:
        accepted(session, cast, one)

    assert told.value.code == "proposal-altered"


def test_long_texts_are_refused_whole(session: Session, cast: Cast, zhen: Person) -> None:
    with pytest.raises(Invalid, match="最多能记200个字"):
        proposed(session, cast.c1, zhen, address="村东头", reason="说" * 5000)
    with pytest.raises(Invalid, match="请写一句为什么改"):
        proposed(session, cast.c1, zhen, address="村东头", reason=" ")
    assert session.scalars(select(Proposal)).all() == []


def test_many_proposals_are_listed_by_the_same_queries_as_one(
    session: Session, cast: Cast, zhen: Person
) -> None:
    proposed(session, cast.c1, zhen, address="村东头")
    with queries(session) as few:
        proposals_seen(session, county="140926", seen_by=cast.office, state=ProposalState.WAITING)
    for who in ("甲", "乙", "丙"):
        proposed(session, cast.c2, own_officer(session, cast, who), address=f"{who}家")
    with queries(session) as many:
        found = proposals_seen(
            session, county="140926", seen_by=cast.office, state=ProposalState.WAITING
        )

    assert (len(found), len(many)) == (4, len(few))
    tally = proposal_tally(session, county="140926", seen_by=cast.office)
    assert tally[ProposalState.WAITING] == 4


def test_a_closed_stations_facts_may_still_be_mended_but_it_closes_once(
    session: Session, cast: Cast, zhen: Person
) -> None:
    mend = proposed(session, cast.c1, zhen, address="村东头")
    shut = propose_closing(session, station=cast.c1, on=TODAY, by=zhen, now=NOW, reason="外出")
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=TODAY, reason="外出")

    with pytest.raises(Conflict, match="已经停业"):
        accepted(session, cast, shut)
    accepted(session, cast, mend)

    assert cast.c1.address == "村东头"


def test_what_the_register_no_longer_holds_is_told_and_not_written(
    session: Session, cast: Cast, zhen: Person
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    [row] = one.change["fields"]
    one.change = {**one.change, "fields": [{**row, "field": "fax", "label": "传真"}]}
    one.change_sha256 = record_hash(one.change)
    session.flush()

    with pytest.raises(Conflict, match="登记里已经没有“传真”这一项"):
        accepted(session, cast, one)
