import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.proposal import Proposal
from server.models.statement import Statement
from server.models.station import Station
from server.policy.outline import Datum
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.phone_items import CountEntry
from server.services.county.outlines import record_outline
from server.services.days.counts import correct_count
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
REASON = "7月5日现场核对"


def test_a_change_is_kept_with_old_new_and_why(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    desk.done(
        f"/stations/{cast.c1.id}/edit",
        name=cast.c1.name,
        hours="上午8:30-下午5:30",
        services="posting",
        reason=REASON,
    )

    session.refresh(cast.c1)
    assert cast.c1.hours == [[[1, 2, 3, 4, 5, 6, 7], "08:30", "17:30"]]
    page = text_of(desk.get(f"/stations/{cast.c1.id}"))
    assert "08:30–17:30" in page
    assert REASON in page
    assert "县办" in page


def test_what_was_typed_is_not_lost_when_one_field_is_wrong(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    answer = desk.post(
        f"/stations/{cast.c1.id}/edit",
        name="新名字快递便民服务点",
        hours="随便什么时候",
        address="村东头",
        reason=REASON,
    )

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    for typed in ("新名字快递便民服务点", "随便什么时候", "村东头", REASON):
        assert typed in page
    session.refresh(cast.c1)
    assert cast.c1.address == "村委会旁"


def test_no_change_goes_without_a_reason(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).post(
        f"/stations/{cast.c1.id}/edit", name=cast.c1.name, address="村东头", reason=" "
    )

    assert answer.status_code == 422
    assert "请写一句修改的原因" in text_of(answer)


def seal_in(page: Any) -> str:
    [sealed] = re.findall(r'name="seal" value="(\w+)"', page.get_data(as_text=True))
    return str(sealed)


def test_two_people_editing_other_fields_are_both_heard(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/stations/{cast.c1.id}/edit"
    first, second = (seal_in(desk.get(where)) for _ in range(2))
    common, address = {"name": cast.c1.name, "reason": REASON}, cast.c1.address or ""
    desk.done(where, **common, address="村西头", venue="", seal=first)

    said = desk.done(where, **common, address=address, venue="小卖部", seal=second)

    session.refresh(cast.c1)
    assert (cast.c1.address, cast.c1.venue) == ("村西头", "小卖部")
    assert "别人改过“地址”，您没有动，照别人改的留着" in said


def test_two_people_editing_one_field_are_asked_which(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/stations/{cast.c1.id}/edit"
    stale = seal_in(desk.get(where))
    desk.done(where, name=cast.c1.name, address="村西头", reason=REASON)
    late = {"name": cast.c1.name, "address": "村东头", "reason": REASON}

    answer = desk.post(where, seal=stale, **late)

    assert answer.status_code == 409
    assert f"别人也改了{cast.c1.name}的“地址”" in text_of(answer)
    assert "别人改的： 村西头" in text_of(answer)
    assert "我填的： 村东头" in text_of(answer)
    assert 'name="address" value="村东头"' in answer.get_data(as_text=True)
    session.refresh(cast.c1)
    assert cast.c1.address == "村西头"
    chosen = {"clash": "address", "choose-address": "mine", "seal": seal_in(answer)}
    desk.done(where, **chosen, **late)
    session.refresh(cast.c1)
    assert cast.c1.address == "村东头"


def test_a_page_from_before_an_update_is_asked_for_each_field_that_differs(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/stations/{cast.c1.id}/edit"

    answer = desk_of(cast.office).post(
        where, name=cast.c1.name, address="村东头", reason=REASON, seal="zz"
    )

    assert answer.status_code == 409
    assert "看不出别人改过" in text_of(answer)
    assert "我填的： 村东头" in text_of(answer)


def test_saving_without_changes_says_so_and_writes_no_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    before = len(history.lines(session, county="140926", station_id=cast.c1.id))

    said = desk.done(
        f"/stations/{cast.c1.id}/edit",
        name=cast.c1.name,
        reason=REASON,
        services=["posting", "delivery"],
        coop_modes=cast.c1.coop_modes,
    )

    assert "没有改动" in said
    assert len(history.lines(session, county="140926", station_id=cast.c1.id)) == before


def test_a_new_village_point_is_named_as_the_standard_asks(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    from tests.factories import make_village

    make_village(session, code="140926100207", name="石河村")

    desk_of(cast.office).done("/stations/new", level="village_point", village_code="140926100207")

    made = session.scalars(select(Station).where(Station.village_code == "140926100207")).one()
    assert (made.name, made.level) == ("石河村快递便民服务点", Level.VILLAGE_POINT)
    assert made.township_code == "140926100"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"level": ""}, "请先选择站点级别"),
        ({"level": "village_point", "village_code": "140926100205"}, "马家沟村"),
        ({"level": "village_point", "village_code": "411721101201"}, ""),
        ({"level": "township_station", "township_code": "999"}, ""),
    ],
)
def test_a_station_that_cannot_be_is_refused(
    session: Session, cast: Cast, desk_of: DeskOf, form: dict[str, str], told: str
) -> None:
    before = len(session.scalars(select(Station.id)).all())

    answer = desk_of(cast.office).post("/stations/new", **form)

    assert answer.status_code in (409, 422)
    assert told in text_of(answer)
    assert len(session.scalars(select(Station.id)).all()) == before


def test_closing_asks_for_a_reason_and_can_be_undone(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/closing"
    today = clock.today().isoformat()

    assert desk.post(path, on=today, reason="").status_code == 422
    desk.done(path, on=today, reason="店主外出")
    session.refresh(cast.c1)
    closed = cast.c1.closed_on
    assert "马家沟村" not in text_of(desk.get("/board"))
    desk.done(path, what="reopen", reason="回来了")

    session.refresh(cast.c1)
    assert closed == clock.today()
    assert cast.c1.closed_on is None
    assert cast.c1.code == "C0001"


def test_a_day_of_closing_after_which_the_keeper_worked_is_asked_about(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    correct_count(
        session, station=cast.c1, entry=CountEntry(yesterday, 5, 0, 0, reason="补报"), by=cast.li,
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/closing"
    form = {"on": (yesterday - timedelta(days=30)).isoformat(), "reason": "店主外出"}

    asked = desk.post_and_go_on(path, **form)
    assert text_of(asked).count("请核对") == 1
    assert "站长有1天签到或报过件数，报过的照旧留着" in text_of(asked)
    session.refresh(cast.c1)
    assert cast.c1.closed_on is None
    [sure] = re.findall(r'name="sure" value="([^"]+)"', asked.get_data(as_text=True))
    desk.done(path, **form, sure=unescape(sure))
    session.refresh(cast.c1)
    assert cast.c1.closed_on == yesterday - timedelta(days=30)


def test_the_offices_word_is_kept_as_the_reviewers_with_how_it_was_measured(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    said = desk.done(
        f"/stations/{cast.xz1.id}/judge",
        floor_area_m2="9",
        measured="激光测距",
        shelves="yes",
        on=clock.today().isoformat(),
        note="到现场量过",
    )

    assert "不达标" in said
    area, shelves = session.scalars(select(Statement).order_by(Statement.fact)).all()
    assert (area.fact, area.value, area.word) == ("floor_area_m2", "9", "reviewer")
    assert area.note == "激光测距；到现场量过"
    assert (shelves.fact, shelves.value, shelves.note) == ("shelves", True, "到现场量过")
    assert area.person_id == cast.office.id


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"floor_area_m2": "十二", "note": "量过"}, "“面积”应填大于0的数字"),
        ({"floor_area_m2": "-3", "note": "量过"}, "“面积”应填大于0的数字"),
        ({"shelves": "maybe", "note": "看过"}, "应选是或否"),
        ({"shelves": "yes", "note": " "}, "请写一句凭什么这么说"),
        ({"shelves": "yes", "note": "量" * 401}, "“依据”写了401个字，最多能记400个字"),
        ({"shelves": "yes", "note": "看过", "on": "2999-01-01"}, "还没有到"),
        ({"shelves": "yes", "note": "看过", "on": "昨天"}, "这样的日期"),
    ],
)
def test_a_judgement_that_cannot_be_right_is_refused_and_stays_on_the_form(
    session: Session, cast: Cast, desk_of: DeskOf, form: dict[str, str], told: str
) -> None:
    sent = {"on": clock.today().isoformat(), "barcode_scanner": "no", **form}

    answer = desk_of(cast.office).post(f"/stations/{cast.c1.id}/judge", **sent)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert 'name="barcode_scanner" value="no" checked' in answer.get_data(as_text=True)
    assert session.scalars(select(Statement)).all() == []


def test_the_office_can_take_its_word_back(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    desk, today = desk_of(cast.office), clock.today().isoformat()
    desk.done(f"/stations/{cast.c1.id}/judge", shelves="no", on=today, note="看过照片")
    desk.done(f"/stations/{cast.c1.id}/judge", shelves="unsure", on=today, note="照片看错了")

    newest = session.scalars(select(Statement).order_by(Statement.id.desc())).first()

    assert newest is not None
    assert newest.value is None


def test_the_form_says_what_typed_hours_will_be_kept_as(cast: Cast, desk_of: DeskOf) -> None:
    """It asks itself while somebody types, and after a refusal it says so as well."""
    desk = desk_of(cast.office)
    address = f"/stations/{cast.c1.id}/edit"

    def read(hours: str) -> str:
        html = desk.get(f"{address}?{urlencode({'hours': hours})}").get_data(as_text=True)
        return re.findall(r'id="hours-read" role="status">([^<]*)<', html)[0]

    assert 'hx-select="#hours-read"' in desk.get(address).get_data(as_text=True)
    assert read("周一至周五营业\n8:00-18:00") == "会登记成：周一至周五 08:00-18:00"
    assert read("上午不营业 14:00-20:00") == "会登记成：周一至周日 14:00-20:00"
    assert read("随便什么时候").startswith("营业时间里的“随便什么时候”看不懂，请照")
    assert cast.c1.hours != []


def test_a_position_outside_the_county_is_asked_once_and_kept_where_it_is_insisted_on(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    record_outline(
        session, county=cast.county, content=b"{}", file_name="x.geojson", by=cast.office,
        rings=[[[111.5, 38.1], [112.3, 38.1], [112.3, 38.7], [111.5, 38.7], [111.5, 38.1]]],
        review_number="晋S（2023）015号", datum=Datum.WGS84, now=NOW,
    )  # fmt: skip
    session.commit()
    desk, where = desk_of(cast.office), f"/stations/{cast.c1.id}/edit"
    form = {"name": cast.c1.name, "position": "39.3558,111.9403", "reason": REASON}

    def sure_of(page: Any) -> str:
        found = re.search(r'name="sure" value="([^"]+)"', page.get_data(as_text=True))
        assert found is not None, text_of(page)
        return found.group(1)

    asked = desk.post_and_go_on(where, **form)
    assert "位置39.3558,111.94在本县轮廓外" in text_of(asked)
    sure = sure_of(asked)
    other = {**form, "position": "40.3558,111.9403"}
    assert sure_of(desk.post_and_go_on(where, **other, sure=sure)) != sure  # it is another place
    unsaid = desk.post_and_go_on(where, **{**form, "reason": ""}, sure=sure)
    assert f'value="{sure}" checked>' in unsaid.get_data(as_text=True)  # not asked once more
    desk.done(where, **form, sure=sure)
    session.refresh(cast.c1)
    assert cast.c1.latitude == 39.3558
    desk.done(where, **form, address="村口")  # as it is kept: nothing to ask
    there = {**form, "name": cast.c3.name}
    where = f"/stations/{cast.c3.id}/edit"
    asked = desk_of(cast.officer).post_and_go_on(where, **there)
    desk_of(cast.officer).done(where, **there, sure=sure_of(asked))
    [wish] = session.scalars(select(Proposal.id)).all()
    assert "请核对：位置39.3558" in text_of(desk_of(cast.office).get(f"/proposals/{wish}"))


def test_a_word_about_an_earlier_day_is_told_not_to_hold(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/stations/{cast.c1.id}/judge"
    today = clock.today()
    desk.done(where, floor_area_m2="80", on=today.isoformat(), note="量过")

    before = (today - timedelta(days=3)).isoformat()
    told = desk.done(where, floor_area_m2="8", on=before, note="那天量的")

    assert "面积仍以" in told
    assert "看的“80平方米”为准" in told
    later = desk.done(where, floor_area_m2="8", on=today.isoformat(), note="重量")
    assert "看的日期更早" not in later
