"""Who may see which stations."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotAllowed, NotFound
from server.models.person import Person, Role
from server.models.station import Station
from server.policy.plan.duties import Deed, Duty, OrganisationType
from server.services.people.scope import (
    deeds_open_to,
    may_do,
    refuse_unless_may_do,
    station_for,
    stations_kept_by,
    stations_visible_to,
)
from tests.bodies import make_auditor, make_bureau_person, make_organisation
from tests.factories import (
    LONG_AGO,
    NOW,
    TODAY,
    Cast,
    make_keeping,
    make_operator,
    make_person,
)


def seen(session: Session, person: Person) -> set[str]:
    return {
        f"{station.county}-{station.code}"
        for station in session.scalars(select(Station).where(stations_visible_to(person)))
    }


ALL = {"140926-C0001", "140926-C0002", "140926-C0003", "140926-XZ0001"}


def test_each_role_sees_its_own_part_of_the_county(session: Session, cast: Cast) -> None:
    assert seen(session, cast.li) == {"140926-C0001"}
    assert seen(session, cast.zhao) == {"140926-C0002"}
    assert seen(session, cast.wang) == seen(session, cast.office) == ALL
    assert seen(session, cast.officer) == {"140926-C0003"}
    assert seen(session, cast.outsider) == {"411721-C0001"}


def test_an_inspector_bound_to_a_township_sees_only_that(session: Session, cast: Cast) -> None:
    cast.wang.township_code = cast.other_township.code

    assert seen(session, cast.wang) == {"140926-C0003"}


def test_an_officer_without_a_township_sees_nothing(session: Session, cast: Cast) -> None:
    cast.officer.township_code = None

    assert seen(session, cast.officer) == set()


def test_an_operators_clerk_sees_that_operators_stations(session: Session, cast: Cast) -> None:
    own = make_person(session, name="运营", role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    other = make_operator(session, name="静乐二公里快递有限公司")
    foreign = make_person(session, name="别家", role=Role.OPERATOR, operator_id=other.id)

    assert seen(session, own) == ALL - {"140926-C0003"}
    assert seen(session, foreign) == set()


def test_anothers_station_looks_as_if_there_were_none(session: Session, cast: Cast) -> None:
    assert station_for(session, cast.li, cast.c1.id) is cast.c1
    for station_id in (cast.c2.id, cast.foreign.id, 999_999):
        with pytest.raises(NotFound, match="没有找到这个站点"):
            station_for(session, cast.li, station_id)


def test_a_keeping_that_ended_is_no_keeping(session: Session, cast: Cast) -> None:
    make_keeping(session, cast.li, cast.c2, until_at=NOW)

    assert [one.code for one in stations_kept_by(session, cast.li, NOW)] == ["C0001"]
    assert seen(session, cast.li) == {"140926-C0001"}
    assert len(stations_kept_by(session, cast.li, LONG_AGO)) == 2


def test_bureaus_and_auditors_see_the_whole_county(session: Session, cast: Cast) -> None:
    assert seen(session, make_bureau_person(session)) == ALL
    assert seen(session, make_auditor(session)) == ALL


def test_what_each_may_do_follows_from_what_the_body_answers_for(
    session: Session, cast: Cast
) -> None:
    postal = make_organisation(
        session, name="邮政公司", type=OrganisationType.POSTAL_ENTERPRISE,
        duties=[Duty.TASK_FORCE, Duty.INBOUND_REVIEW, Duty.MARKET_ORDER],
    )  # fmt: skip
    finance = make_bureau_person(session)
    reviewer = make_bureau_person(session, postal, name="邮政", login="yz")
    waiting = make_person(session, name="还没分单位", role=Role.BUREAU)

    assert may_do(session, cast.office, Deed.DISPATCH)
    assert not may_do(session, cast.office, Deed.PUNISH)
    assert (may_do(session, finance, Deed.PAY), may_do(session, reviewer, Deed.PAY)) == (
        True, False
    )  # fmt: skip
    for deed in (Deed.RECORD_PROBLEM, Deed.REFER, Deed.SPOT_CHECK, Deed.REVIEW_INBOUND):
        assert may_do(session, reviewer, deed)
    assert may_do(session, cast.officer, Deed.RECORD_PROBLEM)
    for nobody in (waiting, make_auditor(session), cast.li):
        assert deeds_open_to(session, nobody) == frozenset()


def test_who_may_not_is_told_why(session: Session, cast: Cast) -> None:
    waiting = make_person(session, name="还没分单位", role=Role.BUREAU)
    for person, deed, why in (
        (cast.office, Deed.PUNISH, "查处只能由监管部门作出"),
        (waiting, Deed.RECORD_PROBLEM, "还没有登记您属于哪个成员单位"),
        (make_bureau_person(session), Deed.DISPATCH, "“发起调度”不在您单位的职责里"),
    ):
        with pytest.raises(NotAllowed, match=why):
            refuse_unless_may_do(session, person, deed)


def test_a_body_that_has_ended_lets_nobody_do_anything(session: Session, cast: Cast) -> None:
    body = make_organisation(session, until_on=TODAY)

    assert deeds_open_to(session, make_bureau_person(session, body)) == frozenset()
