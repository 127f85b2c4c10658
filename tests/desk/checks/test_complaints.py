"""投诉 at the desk: written down, looked into, answered, called back, settled together, set up."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.complaint import Complaint, ComplaintState
from server.models.person import Person, Role
from server.services.complaints.handling import forward
from tests.complaining import Told as Numbers
from tests.complaining import complained, look_again, photo
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person, make_sign, token_of

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


@pytest.fixture
def clerk(session: Session, cast: Cast) -> Person:
    return make_person(session, name="企业", role=Role.OPERATOR, operator_id=cast.c1.operator_id)


def the_one(session: Session) -> Complaint:
    session.expire_all()
    return session.scalars(select(Complaint)).one()


def test_who_calls_is_written_down_and_looks_again_with_the_code_told(
    session: Session, cast: Cast, own: Person, clerk: Person, desk_of: DeskOf
) -> None:
    session.commit()
    office, today = desk_of(cast.office), clock.today().isoformat()
    page = office.shown("/complaints/new", channel="phone", kind="delivery", words="<b>没送</b>",
                        received_on=today, amount="许多", station="c1", phone="0350-6521234")  # fmt: skip
    assert "钱数“许多”看不懂" in page.text
    assert "&lt;b&gt;没送&lt;/b&gt;" in page.text
    told = office.done(
        "/complaints/new", channel="phone", kind="delivery", words="没送，打0350-6521234",
        received_on=today, amount="", station="c1", phone="0350-6521234",
    )  # fmt: skip
    one = the_one(session)
    code = told.split("查询码 ")[1].split("。")[0]
    assert f"编号{one.number}" in told
    assert "6521234" not in told
    assert "投诉等受理 1 件" in text_of(office.get("/"))
    path = f"/complaints/{one.id}"

    assert "0350-6521234" in office.done(f"{path}/look")
    assert "打0350-6521234" in text_of(office.get(path))
    officer = desk_of(own)
    seen = text_of(officer.get(path)) + text_of(officer.get("/complaints"))
    assert one.number in seen
    assert "6521234" not in seen
    assert officer.post_and_go_on(f"{path}/look").status_code == 403
    firm = desk_of(clerk)
    assert firm.get("/complaints").status_code == 403
    assert one.number not in text_of(firm.get(f"/stations/{cast.c1.id}"))
    assert one.number not in text_of(firm.get(f"/stations/{cast.c1.id}/history"))

    office = desk_of(cast.office)
    office.done(f"{path}/accept", note="")
    page = office.shown(f"{path}/answer", move="answer", outcome="", note="已送到家")
    assert "请选择结果" in page.text
    assert "已送到家" in page.text
    office.done(f"{path}/answer", outcome="solved", note="已送到家")
    assert "未回访" in text_of(office.get("/complaints?state=silent"))
    _, villager = look_again(office.client, Numbers(one.number, code))
    assert "已答复：已解决" in villager
    assert "重新办理" in office.done(f"{path}/call", said="unsolved", note="10点打的，说没送到")
    assert the_one(session).state is ComplaintState.RECEIVED
    again = office.done(f"{path}/code")
    assert code not in again
    assert look_again(office.client, Numbers(one.number, again.split("查询码是 ")[1][:6]))
    assert "投诉" in text_of(office.get(f"/stations/{cast.c1.id}"))


def test_the_tick_that_the_page_asks_for_stands_for_its_sentence_and_stays(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    one = complained(session, cast).complaint
    forward(
        session, complaint=one, to=f"operator:{cast.c1.operator_id}", due_on=clock.today(), note="",
        by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()
    office, path = desk_of(cast.office), f"/complaints/{one.id}/answer"
    said = {"move": "answer", "outcome": "solved", "note": "电话里说送到了"}

    asked = office.shown(path, **said)
    assert "还没有办结，现在是“办理中”" in asked.text
    sure = re.findall(r'name="sure" value="([^"]+)"', asked.text)[0]
    assert "电话里说送到了" in asked.text
    assert f'value="{sure}" checked' in office.shown(path, **said | {"note": ""}, sure=sure).text
    assert "答复好了" in office.done(path, **said, sure=sure)


def test_what_came_in_a_flood_is_settled_on_one_page(
    session: Session, cast: Cast, own: Person, desk_of: DeskOf
) -> None:
    for turn in range(12):
        complained(session, cast, form=f"f{turn}", source="one", now=clock.now())
    session.commit()
    office = desk_of(cast.office)
    assert "投诉待核 2 件" in text_of(office.get("/"))
    page = office.get("/complaints?state=held")
    assert "同一个网络今天第11件" in page.text
    held = session.scalars(select(Complaint.id).where(Complaint.held)).all()
    missing = office.shown(
        "/complaints/held", id=[held[0], "x", str(10**30)], what="false", note=""
    )
    assert "请写明凭什么" in missing.text
    assert desk_of(own).post_and_go_on("/complaints/held", id=held).status_code == 403
    office = desk_of(cast.office)
    assert "1件照常办理" in office.done("/complaints/held", id=held[0], what="real", note="")
    assert "1件答复为不属实" in office.done("/complaints/held", id=held, what="false", note="乱码")
    for query in ("state=nonsense&page=99", "station=9e9&kind=x&channel=y&q=%00%25'", "q=2607"):
        assert office.get(f"/complaints?{query}").status_code in (200, 400)


def test_photos_are_shown_to_who_asked_and_the_county_chooses_its_numbers(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    plate = token_of(make_sign(session, cast.c1))
    session.commit()
    office = desk_of(cast.office)
    from tests.complaining import fill_in, receipt

    receipt(office.client, fill_in(office.client, plate, photo=(photo(), "a.jpg")))
    path = f"/complaints/{the_one(session).id}"
    assert office.get(f"{path}/photos/1").status_code == 404
    office.done(f"{path}/look")
    shown = office.get(f"{path}/photos/1")
    assert (shown.status_code, shown.data[:3]) == (200, b"\xff\xd8\xff")
    assert office.get(f"{path}/photos/2").status_code == 404

    numbers = {
        "answer_days": "5", "again_days": "2", "network_daily": "10", "station_daily": "20",
        "draw_tickets": "2", "keep_days": "1095", "delivery": "每天上午送一趟村。",
    }  # fmt: skip
    form = office.get("/county/complaints").text
    sealed = form.split('name="seal" value="')[1].split('"')[0]
    wrong = office.shown("/county/complaints", **(numbers | {"answer_days": "0"}), seal=sealed, reason="会议决定")  # fmt: skip
    assert "应为1到60之间的整数" in wrong.text
    assert "每天上午送一趟村。" in wrong.text
    office.done("/county/complaints", **numbers, seal=sealed, reason="会议决定")
    assert "每天上午送一趟村。" in office.client.get(f"/s/{plate}").text
