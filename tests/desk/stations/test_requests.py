"""站长请求 at the desk: what waits, what the office does about it, and where it leads."""

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.person import Person
from server.models.request import KeeperRequest, RequestState
from server.policy.hours import hours_text
from server.services.people.people import keepers_of
from server.services.plates.signs import live_sign
from server.services.registry.stations import close_station
from tests.asked import asked
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast, make_person, make_sign
from tests.proposals import own_officer

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_the_office_does_what_keepers_ask_for_and_is_led_on(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_sign(session, cast.c1)
    plate = asked(session, cast.li, cast.c1, "plate_broken", note="字都<b>褪色</b>了")
    hours = asked(session, cast.li, cast.c1, "hours", hours="7:30-19:00，周日休息")
    handover = asked(session, cast.zhao, cast.c2, "handover", name="老张")
    known = make_person(session, name="老张", phone="13900000000")
    session.commit()
    office = desk_of(cast.office)

    assert "站长请求等办 3" in re.sub(r"\s+", " ", text_of(office.get("/")))
    listed = text_of(office.get("/requests"))
    assert "字都<b>褪色</b>了" in listed
    assert listed.index("牌子坏了") < listed.index("换人管站，交给老张")

    def sealed(request: KeeperRequest) -> str:
        form = office.get(f"/requests/{request.id}").get_data(as_text=True)
        return re.findall(r'name="seal" value="(\w+)"', form)[0]

    assert "现在的牌子第1块" in re.sub(r"\s+", "", text_of(office.get(f"/requests/{plate.id}")))
    said = office.done(f"/requests/{plate.id}", what="grant", seal=sealed(plate))
    assert "新牌子编好了" in said
    assert live_sign(session, cast.c1.id).plate_no == 2  # type: ignore[union-attr]

    office.done(
        f"/requests/{hours.id}", what="grant", seal=sealed(hours), granted="改好了，记得改牌子。"
    )
    session.refresh(cast.c1)
    assert hours_text(cast.c1.hours) == "周一至周六 07:30-19:00"
    session.refresh(hours)
    assert (hours.state, hours.answer) == (RequestState.GRANTED, "改好了，记得改牌子。")

    said = office.done(
        f"/requests/{handover.id}", what="grant", keeper=str(known.id), seal=sealed(handover)
    )
    assert "老张是杨家山村快递便民服务点的站长了。请给他一个绑定码。" in said
    assert keepers_of(session, station_id=cast.c2.id, now=NOW.replace(year=2999)) == [known]


def test_a_refusal_without_a_sentence_is_asked_for_and_a_township_only_looks(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    request = asked(session, cast.li, cast.c1, "plate_lost")
    own = own_officer(session, cast)
    session.commit()

    shown = text_of(desk_of(own).get(f"/requests/{request.id}"))
    assert "补一块新牌子" in shown
    assert "不办，告诉站长" not in shown

    office = desk_of(cast.office)
    neither = office.post_and_go_on(f"/requests/{request.id}")
    assert "请点“同意”，或者写一句为什么不办。" in text_of(neither)
    again = office.post_and_go_on(f"/requests/{request.id}", what="refuse", answer=" ")
    assert "请写一句为什么不办，站长在手机上看得到。" in text_of(again)
    office.done(f"/requests/{request.id}", what="refuse", answer="请先在院里找找。")
    session.refresh(request)
    assert request.state is RequestState.REFUSED
    assert "请先在院里找找。" in text_of(office.get("/requests?state=refused"))
    twice = office.post_and_go_on(f"/requests/{request.id}", what="grant")
    assert "这条请求没同意，不能再办一次。" in text_of(twice)


def test_at_a_station_that_closed_meanwhile_nothing_is_granted(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    request = asked(session, cast.li, cast.c1, "hours", hours="8:00-20:00")
    close_station(
        session, station=cast.c1, by=cast.office, now=NOW, on=beijing_day(NOW), reason="并到邻村"
    )
    session.commit()
    office, before = desk_of(cast.office), cast.c1.hours

    shown = text_of(office.get(f"/requests/{request.id}"))
    assert "停业，没有什么可办的。请写一句让站长知道。" in shown
    assert "的名义同意" not in shown
    refused = text_of(office.post_and_go_on(f"/requests/{request.id}", what="grant"))
    assert "已经停业，没有什么可办的了。" in refused
    session.refresh(cast.c1)
    assert cast.c1.hours == before

    office.done(f"/requests/{request.id}", what="refuse", answer="站点并到邻村了。")
    session.refresh(request)
    assert request.state is RequestState.REFUSED


def test_the_office_sees_what_a_keepers_own_words_will_be_kept_as(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    own = asked(session, cast.li, cast.c1, "hours", hours="周一三五开门 早八点到晚六点")
    session.commit()
    office = desk_of(cast.office)

    page = re.sub(r"\s+", "", text_of(office.get(f"/requests/{own.id}")))

    assert "想改成周一三五开门早八点到晚六点会登记成周一、周三、周五08:00-18:00" in page
