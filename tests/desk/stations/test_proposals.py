"""待审变更 at the desk: the township's form is the office's, and its answer is told to both."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.proposal import Proposal, ProposalState
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast
from tests.proposals import own_officer, proposed

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
REASON = "7月5日现场核对"


@pytest.fixture
def zhen(session: Session, cast: Cast) -> Person:
    return own_officer(session, cast)


def newest(session: Session) -> Proposal:
    return session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()  # type: ignore[return-value]


def seal_in(page: Any) -> str:
    [sealed] = re.findall(r'name="seal" value="(\w+)"', page.get_data(as_text=True))
    return str(sealed)


def seen_in(page: Any, one: Proposal | None = None) -> str:
    name = f"seen-{one.id}" if one else "seen"
    [seen] = re.findall(f'name="{name}" value="(\\w+)"', page.get_data(as_text=True))
    return str(seen)


def test_the_township_fills_in_the_offices_form_and_the_office_accepts(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    where = f"/stations/{cast.c1.id}/edit"
    form = desk_of(zhen).get(where)
    assert "提交县里审核" in text_of(form)

    said = desk_of(zhen).done(
        where, name=cast.c1.name, address="村东头 <b>3号</b>", services="posting",
        coop_modes=cast.c1.coop_modes, reason=REASON, seal=seal_in(form),
    )  # fmt: skip

    assert "已提交县里审核：改地址、服务项目" in said
    assert cast.c1.address == "村委会旁"
    one = newest(session)
    page = desk_of(cast.office).get(f"/proposals/{one.id}")
    assert "村东头 &lt;b&gt;3号" in page.get_data(as_text=True)
    said = desk_of(cast.office).done(f"/proposals/{one.id}", what="accept", seen=seen_in(page))
    assert "已采纳：改地址、服务项目。" in said
    session.refresh(cast.c1)
    assert (cast.c1.address, cast.c1.services) == ("村东头 <b>3号</b>", ["posting"])
    told = text_of(desk_of(zhen).get("/proposals?state=accepted"))
    assert "马家沟村快递便民服务点" in told
    assert "县办" in told


def test_a_returned_one_tells_why_and_opens_as_it_was_filled_in(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    one = proposed(session, cast.c1, zhen, hours="9:00-17:30", coop_modes=["postal_coop"])
    page = desk_of(cast.office).get("/proposals")
    answer = desk_of(cast.office).post(
        f"/proposals/{one.id}", what="return", seen=seen_in(page, one)
    )
    assert answer.status_code == 422
    assert "请写明为什么退回" in text_of(answer)
    desk_of(cast.office).done(
        f"/proposals/{one.id}", what="return", seen=seen_in(answer), because="和牌子不一样"
    )

    assert "和牌子不一样" in text_of(desk_of(zhen).get("/proposals?state=returned"))
    again = desk_of(zhen).get(f"/stations/{cast.c1.id}/edit?amends={one.id}")

    html = again.get_data(as_text=True)
    assert "和牌子不一样" in html
    assert re.search(r'name="hours" value="[^"]*09:00-17:30', html)
    assert 'value="postal_coop" checked' in html
    said = desk_of(zhen).done(
        f"/stations/{cast.c1.id}/edit", amends=one.id, name=cast.c1.name, hours="8:30-17:30",
        reason=REASON, seal=seal_in(again),
    )  # fmt: skip
    assert "第 2 版（这一份）" in said
    session.refresh(one)
    assert one.state is ProposalState.REPLACED


def test_each_result_of_a_list_is_told_and_stays(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    first = proposed(session, cast.c1, zhen, address="村东头")
    second = proposed(session, cast.c2, zhen, address="村南头")
    page = desk_of(cast.office).get("/proposals")
    desk_of(cast.office).done(f"/stations/{cast.c1.id}/edit", name=cast.c1.name, address="村西头", reason=REASON,
                services=cast.c1.services, coop_modes=cast.c1.coop_modes)  # fmt: skip

    ticked = {f"seen-{one.id}": seen_in(page, one) for one in (first, second)}
    said = desk_of(cast.office).done(
        "/proposals", what="accept", proposal=[first.id, second.id], **ticked
    )

    assert "审了 2 份。有 1 份没有办成" in said
    assert "您看的时候，登记或这份变更有了变化" in said
    assert "已采纳：改地址" in said
    assert "还没有选" in text_of(desk_of(cast.office).post("/proposals", what="accept"))
    page = desk_of(cast.office).get(f"/proposals/{first.id}")
    answer = desk_of(cast.office).post(f"/proposals/{first.id}", what="accept", seen=seen_in(page))
    assert "“地址”提交时是“村委会旁”，现在登记的是“村西头”，提的是“村东头”" in text_of(answer)
    desk_of(cast.office).done(
        f"/proposals/{first.id}", what="accept", seen=seen_in(answer), **{"choose-address": "mine"}
    )
    session.refresh(cast.c1)
    assert (cast.c1.address, cast.c2.address) == ("村东头", "村南头")


def test_new_stations_and_closings_go_the_same_way(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    assert "舍科村" not in text_of(desk_of(zhen).get("/stations/new"))

    said = desk_of(zhen).done(
        f"/stations/{cast.c1.id}/closing", what="close", on="2023-07-01", reason="外出"
    )

    assert "已提交县里审核：停业（2023年7月1日）" in said
    one = newest(session)
    assert 'value="2023-07-01"' in desk_of(zhen).get(
        f"/stations/{cast.c1.id}/closing?amends={one.id}"
    ).get_data(as_text=True)
    assert "停业（2023年7月1日）" in text_of(desk_of(cast.office).get(f"/stations/{cast.c1.id}"))
    page = desk_of(cast.office).get(f"/proposals/{one.id}")
    desk_of(cast.office).done(f"/proposals/{one.id}", seen=seen_in(page))
    session.refresh(cast.c1)
    assert cast.c1.closed_on is not None
    wrong = desk_of(zhen).get(f"/stations/{cast.c1.id}/edit?amends={one.id}")
    assert wrong.status_code == 404  # a closing is handed in anew on its own form
    said = desk_of(zhen).done(
        "/stations/new", level="village_point", village_code=cast.c1.village_code, basis="换了一家"
    )
    assert "已提交县里审核：登记新站：马家沟村快递便民服务点" in said
    said = desk_of(zhen).done(f"/proposals/{newest(session).id}/withdraw")
    assert "已撤回，登记没有变。" in said


def test_a_closing_proposed_from_a_day_after_which_the_keeper_worked_is_asked_of_both(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    worked(session, cast, yesterday)
    where = f"/stations/{cast.c1.id}/closing"
    form = {
        "what": "close", "on": (yesterday - timedelta(days=30)).isoformat(), "reason": "外出",
    }  # fmt: skip

    asked = desk_of(zhen).post_and_go_on(where, **form)
    assert text_of(asked).count("请核对") == 1
    assert "站长有1天签到或报过件数，报过的照旧留着" in text_of(asked)
    assert session.scalars(select(Proposal)).all() == []
    assert "已提交县里审核" in desk_of(zhen).done(where, **form, sure=sure_in(asked))
    one = newest(session)

    office = desk_of(cast.office)
    listed = office.get("/proposals")
    assert "站长有1天签到或报过件数" in text_of(listed)
    at_once = office.done(
        "/proposals", what="accept", proposal=str(one.id),
        **{f"seen-{one.id}": seen_in(listed, one)},
    )  # fmt: skip
    assert "有 1 份没有办成" in at_once
    page = office.get(f"/proposals/{one.id}")
    seen = seen_in(page)
    unsure = office.post(f"/proposals/{one.id}", what="accept", seen=seen)
    assert "请勾选“日期没有错”" in text_of(unsure)

    worked(session, cast, clock.today())  # the keeper comes again while the office reads
    late = office.post(f"/proposals/{one.id}", what="accept", seen=seen, sure=sure_in(page))
    assert "您看的时候，登记或这份变更有了变化" in text_of(late)
    session.refresh(cast.c1)
    assert cast.c1.closed_on is None
    page = office.get(f"/proposals/{one.id}")
    assert "站长有2天签到或报过件数" in text_of(page)
    office.done(f"/proposals/{one.id}", what="accept", seen=seen_in(page), sure=sure_in(page))
    session.refresh(cast.c1)
    assert cast.c1.closed_on == yesterday - timedelta(days=30)


def worked(session: Session, cast: Cast, on: date) -> None:
    correct_count(
        session, station=cast.c1, entry=CountEntry(on, 5, 0, 0, reason="补报"), by=cast.li,
        now=clock.now(),
    )  # fmt: skip
    session.commit()


def sure_in(page: Any) -> str:
    [sure] = re.findall(r'name="sure" value="([^"]+)"', page.get_data(as_text=True))
    return unescape(sure)


def test_the_menu_counts_what_waits_for_each(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    one = proposed(session, cast.c1, zhen, address="村东头")
    count = r'data-menu-count="desk_proposals"[^>]*?( hidden)?>(\d+)<'

    def waits(who: Person) -> str:
        [(_, number)] = re.findall(count, desk_of(who).get("/proposals").get_data(as_text=True))
        return str(number)

    assert (waits(cast.office), waits(zhen)) == ("1", "0")
    page = desk_of(cast.office).get(f"/proposals/{one.id}")
    desk_of(cast.office).done(
        f"/proposals/{one.id}", what="return", because="请核实", seen=seen_in(page)
    )
    assert (waits(cast.office), waits(zhen)) == ("0", "1")


def test_a_township_asks_for_acceptances_of_a_list_and_of_one(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    page = desk_of(zhen).get("/acceptances")
    assert "把勾选的提请县里验收为建成" in text_of(page)
    html = page.get_data(as_text=True)
    seen = {
        f"seen-{one}": value for one, value in re.findall(r'name="seen-(\d+)" value="(\w+)"', html)
    }

    said = desk_of(zhen).done(
        "/acceptances", station=cast.c1.id, on="2023-07-05", present="供销社王某", **seen
    )

    assert "已提请县里验收 1 个站" in said
    one = newest(session)
    form = text_of(desk_of(zhen).get(f"/stations/{cast.c1.id}/acceptance?amends={one.id}"))
    assert "您在改" in form
    page = desk_of(cast.office).get(f"/proposals/{one.id}")
    [stands] = re.findall(r'name="stands" value="(\w+)"', page.get_data(as_text=True))
    said = desk_of(cast.office).done(
        f"/proposals/{one.id}", what="accept", seen=seen_in(page), stands=stands
    )
    assert "已采纳：验收为建成（2023年7月5日）。" in said
    record = text_of(desk_of(zhen).get("/acceptances/1"))
    assert "谁提请的 鹅城专干" in record
    assert "谁验收的 县办" in record


def test_a_township_hands_in_its_own_table_and_the_office_finds_each_wish_by_itself(
    session: Session, cast: Cast, zhen: Person, desk_of: DeskOf
) -> None:
    desk = desk_of(zhen)
    book = openpyxl.load_workbook(BytesIO(desk.get("/proposals/list/stations.xlsx").get_data()))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    rows = {row[heads.index("编号")].value: row for row in sheet.iter_rows(min_row=2)}
    assert {"C0001", "C0002", "XZ0001"} <= set(rows)
    assert "C0003" not in rows  # the other township's
    for code in ("C0001", "C0002"):
        rows[code][heads.index("地址")].value = f"{code}<b>旁"
    sheet.cell(1, len(heads) + 1, "备注")
    sheet.cell(rows["C0001"][0].row, len(heads) + 1, "暂停营业")
    out = BytesIO()
    book.save(out)

    answer = desk.post("/proposals/list", file=(BytesIO(out.getvalue()), "鹅城.xlsx"))
    assert answer.status_code == 303
    shown = desk.client.get(answer.location)
    assert "改登记 2 份" in text_of(shown)
    assert "C0001<b>旁" in text_of(shown)
    [where] = re.findall(r'action="/desk(/proposals/list/[^"]+)"', shown.text)
    where = unescape(where)
    [mark] = re.findall(r'name="mark" value="(\w+)"', shown.text)
    unseen = desk.post_and_go_on(where, mark=mark, reason=REASON)
    assert "“备注”写的“暂停营业”没有读" in text_of(unseen)
    assert f'value="{REASON}"' in unseen.text  # asked, and nothing of it lost
    asked = text_of(desk.post_and_go_on(where, mark=mark, reason="", sure="yes"))
    assert "请写一句为什么改" in asked
    told = desk.done(where, mark=mark, reason=REASON, sure="yes")
    assert "已提交县里审核：2 份" in told
    assert cast.c1.address == "村委会旁"

    # Sent twice, or with a station of another township, nothing is handed in again.
    again = desk.post("/proposals/list", file=(BytesIO(out.getvalue()), "鹅城.xlsx"))
    assert "您提过这个站的变更" in text_of(desk.client.get(again.location))
    office = desk_of(cast.office)
    listed = office.get("/proposals")
    every = session.scalars(select(Proposal)).all()
    assert len(every) == 2
    office.done(
        "/proposals", what="accept", proposal=[one.id for one in every],
        **{f"seen-{one.id}": seen_in(listed, one) for one in every},
    )  # fmt: skip
    session.refresh(cast.c1)
    assert cast.c1.address == "C0001<b>旁"
