import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person, Role, SignInKind
from server.services.people import sign_ins
from server.services.people.people import keepers_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_keeping, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")


def invite(desk: Desk, person: Person) -> str:
    answer = desk.shown(f"/people/{person.id}/invite")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = CODE.search(text_of(answer))
    assert found
    return found[1]


def bind(session: Session, code: str, device: str = "phone-9") -> Person:
    *_, person = sign_ins.bind_phone(
        session, code=code, device_id=device, device_label="红米", now=clock.now(), source="1"
    )
    session.commit()
    return person


def test_the_slip_carries_a_code_that_binds_exactly_this_keepers_phone(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    code = invite(desk, cast.li)

    assert bind(session, code).id == cast.li.id
    assert "红米" in text_of(desk.get(f"/people/{cast.li.id}"))


def test_the_slips_qr_leads_to_the_phone_app(cast: Cast, desk_of: DeskOf) -> None:
    import io

    import zxingcpp
    from PIL import Image, ImageDraw

    page = desk_of(cast.office).shown(f"/people/{cast.li.id}/invite").get_data(as_text=True)
    path = re.search(r'<path[^>]* d="([^"]+)"', page)
    side = re.search(r'viewBox="0 0 (\d+)', page.split("slip")[1])
    code = CODE.search(page)
    assert path
    assert side
    assert code
    picture = Image.new("L", (int(side[1]) * 6, int(side[1]) * 6), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1", path[1]):
        pen.rectangle(
            [int(x) * 6, int(y) * 6, (int(x) + int(wide)) * 6 - 1, int(y) * 6 + 5], fill=0
        )
    picture.save(io.BytesIO(), "PNG")

    [read] = zxingcpp.read_barcodes(picture)

    assert read.text == f"https://kd.example.cn/s/#/bind/{code[1]}"


def test_a_lost_phone_is_cut_off_and_its_code_too(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    bind(session, invite(desk, cast.li))
    unused = invite(desk, cast.li)

    said = desk.done(f"/people/{cast.li.id}/revoke")

    assert "1 部手机已停用" in said
    assert sign_ins.devices_of(session, person=cast.li, now=clock.now()) == []
    with pytest.raises(Exception, match="作废"):
        bind(session, unused)


def test_a_new_keeper_is_entered_and_appointed_in_one_step(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    said = desk_of(cast.office).done(
        f"/stations/{cast.xz1.id}/keepers", name="任海生", phone="13812345678"
    )

    assert "任海生已是鹅城镇快递综合服务站的站长" in said
    [keeper] = keepers_of(session, station_id=cast.xz1.id, now=clock.now())
    assert (keeper.name, keeper.role) == ("任海生", Role.KEEPER)


def test_a_keeper_leaves_with_the_reason_in_the_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    desk.done(f"/stations/{cast.c1.id}/keepers/{cast.li.id}/dismiss", reason="外出务工")

    assert keepers_of(session, station_id=cast.c1.id, now=clock.now()) == []
    assert "外出务工" in text_of(desk.get(f"/stations/{cast.c1.id}/history"))


def test_an_officer_gets_a_first_password_that_works_and_is_said_once(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.done(
        "/people", role="township_officer", name="新专干", login="xinzg", township_code="140926100"
    )
    officer = session.scalars(select(Person).where(Person.login == "xinzg")).one()

    answer = desk.shown(f"/people/{officer.id}/password")

    password = re.search(r"\b([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})\b", text_of(answer))
    assert password
    assert answer.headers["Cache-Control"] == "no-store"
    signed, _ = sign_ins.sign_in_desk(
        session, login="xinzg", password=password[1], now=clock.now(), source="1", label=""
    )
    assert (signed.person_id, signed.kind) == (officer.id, SignInKind.DESK)
    assert password[1] not in text_of(desk.get(f"/people/{officer.id}"))


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"role": "keeper", "name": ""}, "请填写姓名"),
        ({"role": "boss", "name": "某人"}, "请先选择这个人的身份"),
        ({"role": "keeper", "name": "某人", "phone": "电话"}, "不像电话号码"),
        ({"role": "township_officer", "name": "某人", "login": "zhen2"}, "乡镇"),
        ({"role": "county_office", "name": "某人", "login": "xian"}, "账号"),
        ({"role": "keeper", "name": "某人", "township_code": "411721101"}, "本县的乡镇"),
    ],
)
def test_a_person_who_cannot_be_is_refused_and_the_form_keeps_what_was_typed(
    session: Session, cast: Cast, desk_of: DeskOf, form: dict[str, str], told: str
) -> None:
    before = len(session.scalars(select(Person.id)).all())

    answer = desk_of(cast.office).post("/people", **form)

    assert answer.status_code in (409, 422)
    assert told in text_of(answer)
    assert f'value="{form["name"]}"' in answer.get_data(as_text=True)
    assert len(session.scalars(select(Person.id)).all()) == before


def test_a_switched_off_account_stays_out_until_it_is_let_in_again(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    off = desk.done(f"/people/{cast.officer.id}/switch", active="0")
    code = desk.post(f"/people/{cast.officer.id}/invite")
    on = desk.done(f"/people/{cast.officer.id}/switch", active="1")

    assert "已停用镇干的账号" in off
    assert code.status_code == 409
    assert "已恢复镇干的账号" in on
    assert desk.post(f"/people/{cast.office.id}/switch", active="0").status_code == 409


def test_two_who_press_switch_off_at_once_do_not_switch_on_again(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    page = desk.get(f"/people/{cast.officer.id}").text

    for _ in range(2):
        desk.done(f"/people/{cast.officer.id}/switch", active="0")

    session.expire_all()
    assert 'name="active" value="0"' in page
    assert not cast.officer.active
    assert desk.post(f"/people/{cast.officer.id}/switch").status_code == 422


def test_of_two_who_change_a_person_the_second_is_told_what_the_first_changed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/people/{cast.li.id}"

    def sealed() -> str:
        [found] = re.findall(r'name="seal" value="(\w+)"', desk.get(where).text)
        return str(found)

    stale = {"seal": sealed(), "name": "老李", "phone": "13900000001"}
    desk.done(where, seal=stale["seal"], name="李福来", phone="13900000002")
    refused, unsealed = desk.post(where, **stale), desk.bare(where, name="谁", phone="")

    session.expire_all()
    assert (refused.status_code, unsealed.status_code) == (409, 409)
    assert "别人也改了李福来的资料的“电话”" in text_of(refused)
    assert "别人改的： 13900000002" in text_of(refused)
    assert 'value="李福来"' in refused.text  # not touched here: what the other wrote
    assert (cast.li.name, cast.li.phone) == ("李福来", "13900000002")
    mine = {"clash": "phone", "choose-phone": "mine", "name": "李福来"}
    [sealed_now] = re.findall(r'name="seal" value="(\w+)"', refused.text)
    desk.done(where, **stale | {"seal": sealed_now} | mine)
    session.expire_all()
    assert (cast.li.name, cast.li.phone) == ("李福来", "13900000001")


def test_a_township_officer_invites_the_own_keepers_only(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    own = make_person(session, name="老任", township_code=cast.other_township.code)
    make_keeping(session, own, cast.c3)
    desk = desk_of(cast.officer)

    listed = text_of(desk.get("/people"))

    assert "老任" in listed
    assert "老李" not in listed
    assert desk.shown(f"/people/{own.id}/invite").status_code == 200
    assert desk.post(f"/people/{cast.li.id}/invite").status_code == 403
    assert desk.post(f"/people/{cast.wang.id}/invite").status_code == 403
    assert (
        desk.post("/people", role="county_office", name="自封", login="zifeng").status_code == 422
    )
    assert desk.post(f"/people/{own.id}/password").status_code == 403
