from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import Operator, OperatorStatus, OperatorTerm
from server.models.history import HistoryLine
from server.services.common import history
from server.services.common.seals import seal
from server.services.county.operator_terms import give_township, terms_of
from server.services.county.operators import (
    add_operator,
    decide_status,
    edit_operator,
    licence_trouble,
    operator_of,
    operator_shown,
    operators_told,
    status_changes,
)
from server.services.people.scope import EVERYBODY
from server.services.registry.operator_stations import hand_over, stations_unserved
from server.services.registry.sheet_imports import plan_import
from server.services.registry.stations import edit_station
from tests.factories import NOW, TODAY, Cast, make_operator

YESTERDAY = TODAY - timedelta(days=1)


def theirs(session: Session, cast: Cast) -> Operator:
    return session.get_one(Operator, cast.c1.operator_id)


def decide(session: Session, operator: Operator, cast: Cast, **given: Any) -> Any:
    values: dict[str, Any] = {
        "status": OperatorStatus.LEFT, "on": YESTERDAY, "deciders": "供销社、邮政公司、智通园区",
        "reason": "连续两月未按址投递", "by": cast.office, "now": NOW,
    }  # fmt: skip
    return decide_status(session, operator=operator, **(values | given))


def test_an_operator_is_entered_with_its_licence_and_every_change_is_in_its_history(
    session: Session, cast: Cast
) -> None:
    operator = add_operator(
        session, county=cast.county, by=cast.office, now=NOW,
        given={"name": "静乐邮快有限公司", "licence_number": "晋邮20230018", "licence_until": "2026年12月31日"},
    )  # fmt: skip
    edit_operator(
        session, operator=operator, given={"contact_name": "高某", "contact_phone": "0350-6521234"},
        by=cast.office, now=NOW, seal=seal(operator_shown(operator)),
    )  # fmt: skip

    assert operator.licence_until == date(2026, 12, 31)
    found = history.lines(
        session, county=cast.county.code, station_id=None, operator_id=operator.id
    )
    assert [one.summary for one in found] == [
        "修改静乐邮快有限公司的联系人、联系电话",
        "登记运营企业：静乐邮快有限公司",
    ]


def test_what_does_not_fit_is_named_whole_and_nothing_of_it_is_kept(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(Invalid) as refused:
        add_operator(
            session, county=cast.county, by=cast.office, now=NOW,
            given={"name": "长" * 81, "licence_until": "23年5月1日", "contact_phone": "找老王"},
        )  # fmt: skip
    assert set(refused.value.details["fields"]) == {"name", "licence_until", "contact_phone"}
    with pytest.raises(Invalid) as refused:
        add_operator(
            session, county=cast.county, by=cast.office, now=NOW,
            given={"name": "县供销社", "licence_number": "无", "contact_phone": "1390350000"},
        )  # fmt: skip
    assert set(refused.value.details["fields"]) == {"licence_number", "contact_phone"}
    with pytest.raises(Conflict) as known:
        add_operator(
            session, county=cast.county, given={"name": theirs(session, cast).name},
            by=cast.office, now=NOW,
        )  # fmt: skip
    assert known.value.code == "operator-known"


def test_the_second_of_two_officers_is_told_what_the_first_changed(
    session: Session, cast: Cast
) -> None:
    operator = theirs(session, cast)
    before = seal(operator_shown(operator))
    edit_operator(session, operator=operator, given={"address": "东街"}, by=cast.office, now=NOW)

    with pytest.raises(Conflict, match="东街") as refused:
        edit_operator(
            session, operator=operator, given={"address": "西街"}, by=cast.office, now=NOW,
            seal=before,
        )  # fmt: skip
    assert refused.value.code == "operator-changed-meanwhile"
    assert operator.address == "东街"


@pytest.mark.parametrize(
    ("number", "until", "said"),
    [
        (None, None, "没有登记许可证号"),
        ("晋1", None, "没有登记有效期"),
        ("晋1", YESTERDAY, "许可证已于2023年7月4日到期"),
        ("晋1", TODAY, "许可证今天到期，明天起失效"),
        ("晋1", TODAY + timedelta(days=91), ""),
    ],
)
def test_a_licence_that_ends_is_said_so(
    session: Session, cast: Cast, number: str | None, until: date | None, said: str
) -> None:
    operator = theirs(session, cast)
    operator.licence_number, operator.licence_until = number, until

    assert licence_trouble(operator, TODAY) == said


def test_a_status_is_decided_by_named_bodies_with_a_reason_and_stays_on_record(
    session: Session, cast: Cast
) -> None:
    operator = theirs(session, cast)
    decide(session, operator, cast, status=OperatorStatus.SUSPENDED, document="静供〔2023〕7号")
    decide(session, operator, cast)

    assert operator.status is OperatorStatus.LEFT
    told = [
        (one.change.before, one.change.status, one.who)
        for one in status_changes(session, operator=operator)
    ]
    assert told == [
        (OperatorStatus.SUSPENDED, OperatorStatus.LEFT, "县办"),
        (OperatorStatus.ACTIVE, OperatorStatus.SUSPENDED, "县办"),
    ]
    for given, kind, code in (
        ({}, Conflict, "operator-status-same"),
        ({"status": OperatorStatus.ACTIVE, "by": None}, Conflict, "decision-needs-a-person"),
        ({"status": OperatorStatus.ACTIVE, "deciders": " "}, Invalid, "field-invalid"),
        ({"status": OperatorStatus.ACTIVE, "deciders": "同上"}, Invalid, "field-invalid"),
        ({"status": OperatorStatus.ACTIVE, "reason": ""}, Invalid, "reason-needed"),
        (
            {"status": OperatorStatus.ACTIVE, "on": TODAY + timedelta(days=1)},
            Invalid,
            "field-invalid",
        ),
    ):
        with pytest.raises(kind) as refused:
            decide(session, operator, cast, **given)
        assert refused.value.code == code
    assert operator.status is OperatorStatus.LEFT


def test_a_township_goes_from_one_operator_to_the_next_without_gap_or_overlap(
    session: Session, cast: Cast
) -> None:
    first, second = theirs(session, cast), make_operator(session, name="乡递公司")

    def give(operator: Operator, from_on: date) -> OperatorTerm:
        return give_township(
            session, county=cast.county, operator=operator, township_code=cast.township.code,
            from_on=from_on, source="附件2", by=cast.office, now=NOW,
        )  # fmt: skip

    give(first, date(2023, 4, 11))
    with pytest.raises(Conflict) as known:
        give(first, date(2023, 6, 1))
    assert known.value.code == "term-known"
    with pytest.raises(Conflict) as overlapping:
        give(second, date(2023, 4, 11))
    assert overlapping.value.code == "term-overlaps"
    give(second, date(2023, 7, 1))

    spans = [
        (one.operator, one.term.from_on, one.term.until_on)
        for one in terms_of(session, county="140926")
    ]
    assert spans == [
        ("乡递公司", date(2023, 7, 1), None),
        (first.name, date(2023, 4, 11), date(2023, 7, 1)),
    ]
    decide(session, second, cast)
    with pytest.raises(Conflict) as gone:
        give_township(
            session, county=cast.county, operator=second, from_on=TODAY, source="附件2",
            township_code=cast.other_township.code, by=cast.office, now=NOW,
        )  # fmt: skip
    assert gone.value.code == "operator-not-active"


def test_stations_without_a_live_operator_are_listed_with_why(session: Session, cast: Cast) -> None:
    def listed() -> dict[str, str]:
        found = stations_unserved(session, seen_by=EVERYBODY, on=TODAY)
        return {one.station.name: one.why for one in found if one.station.county == "140926"}

    assert listed() == {"舍科村快递便民服务点": "没有登记企业"}
    operator = theirs(session, cast)
    operator.licence_until = YESTERDAY
    session.flush()
    assert listed()["马家沟村快递便民服务点"] == "企业许可证已到期"
    decide(session, operator, cast)
    assert listed()["马家沟村快递便民服务点"] == "企业已退出"


def test_stations_are_handed_over_together_and_each_keeps_it_in_its_history(
    session: Session, cast: Cast
) -> None:
    giver, taker = theirs(session, cast), make_operator(session, name="乡递公司")
    deed: dict[str, Any] = {
        "county": cast.county, "giver": giver, "taker": taker, "on": YESTERDAY,
        "by": cast.office, "now": NOW, "reason": "原企业退出",
    }  # fmt: skip

    moved = hand_over(session, station_ids=[cast.c1.id, cast.c2.id], **deed)

    assert {one.id for one in moved} == {cast.c1.id, cast.c2.id}
    assert cast.c1.operator_id == taker.id != cast.xz1.operator_id
    parts = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "station-handed-over")
    ).all()
    assert {one.station_id for one in parts} == {cast.c1.id, cast.c2.id}
    assert parts[0].changes[0]["new"] == "乡递公司"
    for one in (giver, taker):
        [line] = history.lines(session, county="140926", station_id=None, operator_id=one.id)
        assert "2个站由" in line.summary
    counts = {
        one.operator.name: one.stations
        for one in operators_told(session, county="140926", on=TODAY)
    }
    assert counts == {giver.name: 1, "乡递公司": 2}


def test_nothing_is_handed_over_that_is_not_there_any_more_or_to_one_that_is_gone(
    session: Session, cast: Cast
) -> None:
    giver, taker = theirs(session, cast), make_operator(session, name="乡递公司")
    gone = make_operator(session, name="退出公司")
    gone.status = OperatorStatus.LEFT
    good: dict[str, Any] = {
        "county": cast.county, "station_ids": [cast.c1.id], "giver": giver, "taker": taker,
        "on": YESTERDAY, "by": cast.office, "now": NOW, "reason": "原企业退出",
    }  # fmt: skip
    for given, kind, code in (
        ({"station_ids": [cast.c1.id, cast.c3.id]}, Conflict, "station-handed-over"),
        ({"station_ids": [cast.foreign.id]}, NotFound, "station-unknown"),
        ({"station_ids": []}, Invalid, "nothing-chosen"),
        ({"taker": gone}, Conflict, "operator-not-active"),
        ({"taker": giver}, Conflict, "operator-same"),
        ({"reason": " "}, Invalid, "reason-needed"),
        ({"on": TODAY + timedelta(days=1)}, Invalid, "field-invalid"),
    ):
        with pytest.raises(kind) as refused:
            hand_over(session, **(good | given))
        assert refused.value.code == code
    assert cast.c1.operator_id == giver.id
    with pytest.raises(NotFound):
        operator_of(session, county="411721", operator_id=giver.id)


def test_an_operator_that_left_keeps_its_stations_and_is_given_no_new_one(
    session: Session, cast: Cast
) -> None:
    gone = theirs(session, cast)
    decide(session, gone, cast)
    edit: dict[str, Any] = {"by": cast.office, "now": NOW, "reason": "核实"}

    edit_station(
        session,
        station=cast.c1,
        changes={"operator": gone.name, "address": "戏台旁"},
        **edit,
        standards=(),
    )
    assert cast.c1.address == "戏台旁"
    with pytest.raises(Invalid, match="已经退出"):
        edit_station(
            session, station=cast.c3, changes={"operator": gone.name}, **edit, standards=()
        )
    table = f"编号,运营企业\nC0001,{gone.name}\nC0003,{gone.name}\n".encode()
    kept, refused = plan_import(
        session, county=cast.county, content=table, filename="a.csv", now=NOW
    ).rows
    assert (kept.action, refused.action) == ("same", "wrong")
    assert "已经退出" in refused.errors[0]
