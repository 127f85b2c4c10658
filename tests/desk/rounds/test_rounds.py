import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Campaign, Visit
from server.models.person import Person, Role
from server.policy.rounds.sampling import SampleKind
from server.policy.rounds.visits import VisitState
from server.services.people.scope import EVERYBODY
from server.services.rounds.visits import visit_views
from tests.api.rounds import days_from_now, open_round, visit_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import hold, inspected
from tests.desk.new_rounds import form
from tests.factories import Cast, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def drawn_in(page: str) -> set[str]:
    """The numbers in a preview."""
    told = page.split("会查", 1)[1].split("各乡镇与督导员", 1)[0]
    return {code for code in ("C0001", "C0002", "C0003", "XZ0001") if code in told}


def test_a_round_is_opened_with_its_standard_and_its_inspectors(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    page = desk_of(cast.office).done("/rounds/new", **form(cast))

    campaign = session.scalars(select(Campaign)).one()
    assert "已开轮：11月督导，检查 4 个站点" in page
    assert "山西省乡镇快递综合服务站" in page
    assert "王督导" in page
    assert visit_of(session, campaign, cast.c1).inspector_id == cast.wang.id
    assert visit_of(session, campaign, cast.c3).inspector_id is None


def test_a_draw_is_seen_beforehand_and_anybody_repeats_it_with_the_seed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, asked = desk_of(cast.office), form(cast, sample="random", size="2")

    first = drawn_in(text_of(desk.post("/rounds/preview", **asked)))
    again = drawn_in(text_of(desk.post("/rounds/preview", **asked)))
    assert session.scalars(select(Campaign)).all() == []
    page = desk.done("/rounds/new", **asked)

    held = session.scalars(select(Visit)).all()
    assert first == again
    assert len(first) == 2
    assert {view.station.code for view in in_round(session, held)} == first
    assert "零下3度晋H1234" in page
    assert "4 个站点中检查 2 个" in page
    drum = desk.get(f"/rounds/{held[0].campaign_id}/draw").get_data(as_text=True)
    rows = re.findall(r'<tr><td class="code">(\w+)</td>.*?</tr>', drum)
    picked = re.findall(
        r'<tr><td class="code">(\w+)</td><td>[^<]*</td><td><span class="status meets">', drum
    )
    assert set(rows) == {"C0001", "C0002", "C0003", "XZ0001"}
    assert set(picked) == first


def in_round(session: Session, visits: Any) -> Any:
    campaign = session.get_one(Campaign, visits[0].campaign_id)
    return visit_views(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)


def test_a_round_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    wrong: dict[str, dict[str, Any]] = {
        "轮次要写成年和月": {"period": "2026-13"},
        "截止日期早于开始日期": {"due_on": days_from_now(-3).isoformat()},
        "应写成2023-05-01这样的日期": {"opens_on": "明天"},
        "写一个整数": {"sample": "random", "size": "一半"},
        "抽查数量应为1到4": {"sample": "random", "size": "5"},
        "还没有选乡镇": {"township": []},
        "没有这位督导员": {f"t-{cast.township.code}": str(cast.li.id)},
    }
    for told, changes in wrong.items():
        answer = desk.post("/rounds/new", **form(cast, name="冬季", **changes))
        page = answer.get_data(as_text=True)
        assert (answer.status_code, told in page, 'value="冬季"' in page) == (422, True, True), told

    assert session.scalars(select(Campaign)).all() == []


def test_a_round_shows_every_state_exactly_and_filters_by_the_address(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    standards: Any,
    desk_of: DeskOf,
) -> None:
    held = hold(client, session, cast, blobs, standards)
    inspected(
        client, session, cast, held.campaign, cast.c2, outcome="closed_door", answers=[],
        inspector_signature=[], keeper_signature=[],
    )  # fmt: skip
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}"

    page = text_of(desk.get(where))
    shut = text_of(desk.get(f"{where}?state=closed_door"))
    theirs = text_of(desk.get(f"{where}?township={cast.other_township.code}"))

    for told in ("应查 4 已查 1 站", "待查 2 还在期限内", "已查 1 按时查完", "锁门未查 1 去了"):
        assert told in page
    assert "1 条不符合" in page
    assert "1 站" in shut
    assert "杨家山村快递便民服务点" in shut
    assert "马家沟村快递便民服务点" not in shut
    assert "舍科村快递便民服务点" in theirs
    assert "鹅城镇快递综合服务站" not in theirs


def test_ticked_stations_and_whole_townships_change_hands(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    liu = make_person(session, name="刘督导", role=Role.INSPECTOR)
    campaign = open_round(session, cast, standards)
    desk, where = desk_of(cast.office), f"/rounds/{campaign.id}/assign"

    ticked = desk.done(where, visit=visit_of(session, campaign, cast.c1).id, inspector=liu.id)
    town = desk.done(where, **{f"t-{cast.other_township.code}": liu.id})
    nobody = desk.done(where, visit=visit_of(session, campaign, cast.c2).id, inspector="none")
    empty = desk.post(where)

    assert "1 个站点换了督导员" in ticked
    assert "1 个站点换了督导员" in town
    assert "未分派" in nobody
    assert (empty.status_code, "还没有选" in text_of(empty)) == (422, True)
    assert visit_of(session, campaign, cast.c1).inspector_id == liu.id
    assert visit_of(session, campaign, cast.c3).inspector_id == liu.id
    assert visit_of(session, campaign, cast.xz1).inspector_id == cast.wang.id


def test_who_hands_out_over_a_colleagues_change_is_told_of_it(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    liu = make_person(session, name="刘督导", role=Role.INSPECTOR)
    campaign = open_round(session, cast, standards)
    desk, page = desk_of(cast.office), f"/rounds/{campaign.id}"
    visits, towns = re.findall(r'name="seal" value="(\w+)"', desk.get(page).text)
    one, two = (visit_of(session, campaign, station).id for station in (cast.c1, cast.c2))
    desk.done(f"{page}/assign", seal=visits, visit=one, inspector=liu.id)

    late = desk.post(f"{page}/assign", seal=visits, visit=one, inspector="none")
    town = desk.post(f"{page}/assign", seal=towns, **{f"t-{cast.township.code}": "none"})
    desk.done(f"{page}/assign", seal=visits, visit=two, inspector="none")  # untouched by others

    assert (late.status_code, town.status_code) == (409, 409)
    assert "“马家沟村快递便民服务点”从“王督导”改成了“刘督导”" in text_of(late)
    assert "“鹅城镇”从“王督导3站”改成了“刘督导1站、王督导2站”" in text_of(town)
    assert visit_of(session, campaign, cast.c1).inspector_id == liu.id


def test_a_station_leaves_a_round_only_with_a_reason_that_stays_to_be_seen(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    visit = visit_of(session, campaign, cast.c2)
    desk = desk_of(cast.office)
    where = f"/rounds/{campaign.id}/visits/{visit.id}/withdraw"

    bare = desk.post(where)
    assert (bare.status_code, visit.withdrawn_at) == (422, None)
    page = desk.done(where, reason="大雪封路")

    assert "应查 3" in page
    assert "撤出：大雪封路" in page
    session.refresh(visit)
    assert visit.withdrawn_because == "大雪封路"


def test_a_closed_round_takes_no_new_assignment(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    desk = desk_of(cast.office)

    page = desk.done(f"/rounds/{campaign.id}/close")
    late = desk.post(
        f"/rounds/{campaign.id}/assign",
        visit=visit_of(session, campaign, cast.c1).id,
        inspector="none",
    )

    assert "已结束" in page
    assert "还没有上报结果" in text_of(desk.get("/rounds"))
    assert late.status_code == 409
    assert visit_of(session, campaign, cast.c1).inspector_id == cast.wang.id


def test_a_missed_station_is_named_after_the_last_day(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(
        session, cast, standards, opens_on=days_from_now(-9), due_on=days_from_now(-2),
        sample=SampleKind.ALL,
    )  # fmt: skip

    page = text_of(desk_of(cast.office).get(f"/rounds/{campaign.id}?state={VisitState.MISSED}"))

    assert "已过截止日 2 天" in page
    assert "漏查 4 过了截止日没有查" in page
    assert "4 站" in page


def test_a_township_officer_sees_the_own_part_and_arranges_nothing(
    session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    answer = desk_of(cast.officer).get(f"/rounds/{campaign.id}")

    page = text_of(answer)
    assert "应查 1" in page
    assert "舍科村快递便民服务点" in page
    assert "马家沟村" not in page
    assert "改分派" not in page
    assert "结果与上报" not in page


def test_a_number_no_row_can_have_is_passed_over(cast: Cast, desk_of: DeskOf) -> None:
    page = text_of(desk_of(cast.office).get(f"/disagreements?round={2**70}"))

    assert "分歧" in page
