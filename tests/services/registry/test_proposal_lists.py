"""A township's own table: one proposal for each station it changes, or a word why there is none."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.person import Person
from server.models.proposal import Proposal, ProposalState
from server.services.registry.proposal_decisions import decide_many, return_proposal
from server.services.registry.proposal_lists import plan_proposals, propose_list
from server.services.registry.sheet_imports import ImportPlan
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, make_village
from tests.proposals import own_officer, proposed

pytestmark = ON_SQLITE
WHY = "7月5日现场核对"


@pytest.fixture
def zhen(session: Session, cast: Cast) -> Person:
    return own_officer(session, cast)


HEAD = "编号,乡镇,村,名称,地址,负责人电话\n"


def listed(session: Session, cast: Cast, zhen: Person, text: str) -> ImportPlan:
    return plan_proposals(
        session, county=cast.county, content=text.encode(), filename="鹅城.csv", by=zhen, now=NOW
    )


def handed(session: Session, cast: Cast, zhen: Person, text: str, mark: str = "") -> list[Proposal]:
    return propose_list(
        session, county=cast.county, content=text.encode(), filename="鹅城.csv", by=zhen, now=NOW,
        mark=mark or listed(session, cast, zhen, text).mark, reason=WHY,
    )  # fmt: skip


def test_a_townships_table_becomes_one_proposal_for_each_station_it_changes(
    session: Session, cast: Cast, zhen: Person
) -> None:
    make_village(session, code="140926100207", name="寺坪村")
    text = HEAD + (
        "C0001,鹅城镇,马家沟村,,戏台旁,\n"
        "C0002,鹅城镇,杨家山村,,,\n"  # nothing changed: no proposal
        ",鹅城镇,寺坪村,寺坪村快递便民服务点,,\n"
    )
    assert [row.action for row in listed(session, cast, zhen, text).rows] == [
        "changed", "same", "new",
    ]  # fmt: skip

    made = handed(session, cast, zhen, text)

    assert [(one.kind.value, one.state) for one in made] == [
        ("edit", ProposalState.WAITING), ("new", ProposalState.WAITING),
    ]  # fmt: skip
    assert cast.c1.address == "村委会旁"  # nothing is changed before the office has said yes
    decide_many(
        session, county=cast.county, seen={made[0].id: None}, accept=True, by=cast.office,
        now=NOW, closing=lambda *_: 0,
    )  # fmt: skip
    return_proposal(
        session, county=cast.county, proposal=made[1], seen=None, by=cast.office, now=NOW,
        because="请先核实",
    )  # fmt: skip
    assert cast.c1.address == "戏台旁"
    assert made[1].state is ProposalState.RETURNED


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("C0003,杜家村镇,舍科村,,戏台旁,", "不是本乡镇的站"),
        (",杜家村镇,,杜家村镇快递综合服务站,,", "不是本乡镇的站"),
        ("C0009,鹅城镇,寺坪村,寺坪村快递便民服务点,,", "编号C0009由县里编发"),
        (",鹅城镇,寺坪村,,村口,", "新站先只提地方和名称，“地址”等县里采纳以后再提"),
        ("C0001,鹅城镇,马家沟村,,村口,", "您提过这个站的变更，县里还没有审"),
        ("C0002,鹅城镇,杨家山村,,,1", "负责人电话"),
    ],
)
def test_one_wrong_line_keeps_the_whole_table_from_the_office(
    session: Session, cast: Cast, zhen: Person, line: str, said: str
) -> None:
    make_village(session, code="140926100207", name="寺坪村")
    proposed(session, cast.c1, zhen, address="村东头")
    text = HEAD + line + "\nXZ0001,鹅城镇,,,镇政府旁,\n"

    with pytest.raises(Invalid) as refused:
        handed(session, cast, zhen, text)

    assert refused.value.code == "import-has-errors"
    assert said in refused.value.message
    assert len(session.scalars(select(Proposal)).all()) == 1


def test_what_changed_since_the_preview_is_shown_anew_and_nothing_is_handed_in(
    session: Session, cast: Cast, zhen: Person
) -> None:
    text = HEAD + "C0001,鹅城镇,马家沟村,,戏台旁,\n"
    mark = listed(session, cast, zhen, text).mark
    edit_station(
        session, station=cast.c1, changes={"address": "村口"}, by=cast.office, now=NOW,
        reason="更正", standards=(),
    )  # fmt: skip

    with pytest.raises(Conflict) as refused:
        handed(session, cast, zhen, text, mark)

    assert refused.value.code == "import-outdated"
    with pytest.raises(NotAllowed):
        listed(session, cast, cast.outsider, text)
