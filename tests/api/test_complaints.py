"""A villager complains from the page behind a plate, without account or script, and looks again."""

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.complaint import Complaint, ComplaintPhoto, ComplaintState
from server.models.county import County
from server.services.complaints.handling import answer
from server.services.plates.signs import replace_sign
from tests.complaining import WORDS, Told, fill_in, form_of, look_again, photo, receipt
from tests.databases import ON_SQLITE
from tests.factories import Cast, make_sign, token_of

pytestmark = ON_SQLITE
MOST_BYTES = 15 * 1024
ASKED_BY_HAND = {"REMOTE_ADDR": "112.64.0.7"}


@pytest.fixture
def plate(session: Session, cast: Cast) -> str:
    return token_of(make_sign(session, cast.c1))


def later(monkeypatch: pytest.MonkeyPatch, **after: float) -> None:
    moment = clock.now() + timedelta(**after)
    monkeypatch.setattr(clock, "now", lambda: moment)


def kept(session: Session) -> list[Complaint]:
    session.rollback()
    return list(session.scalars(sa.select(Complaint).order_by(Complaint.id)))


def test_the_form_is_one_request_of_fifteen_kilobytes(client: FlaskClient, plate: str) -> None:
    page = client.get(f"/s/{plate}/complain", headers={"Accept-Encoding": "identity"})

    assert page.status_code == 200
    assert len(page.data) <= MOST_BYTES
    assert b"<style>" in page.data
    for further in (b'<link rel="stylesheet"', b"<script", b"<img", b"url(", b"@import", b"http"):
        assert further not in page.data
    assert "style-src 'self' 'sha256-" in page.headers["Content-Security-Policy"]
    assert "只有县专班办公室能看" in page.text


def test_a_villager_complains_looks_again_and_is_not_content(
    client: FlaskClient, session: Session, cast: Cast, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(client.get(f"/s/{plate}/complain").text)
    later(monkeypatch, seconds=40)
    told = receipt(client, fill_in(client, plate, form, amount="２.５元", phone="138 0000 5678"))

    [one] = kept(session)
    assert (one.amount_fen, one.phone, one.held) == (250, "13800005678", False)
    assert one.due_on == one.received_on + timedelta(days=7)
    assert told.code not in f"{one.code_hash} {one.number}"
    assert "112.64" not in one.network

    where, page = look_again(
        client, Told(told.number.removeprefix("投").replace("-", " "), told.code)
    )
    assert "还有 7 天" in page
    assert "5678" not in page
    assert "3045" not in page
    assert "还没有新的答复" in client.post(where, data={"said": "solved"}).text

    answer(
        session, complaint=one, outcome="partly", note="钱退了，人还没上门。", by=cast.office,
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    page = client.get(where).text
    assert "钱退了，人还没上门。" in page
    assert "不算全解决" in page
    assert "解决了吗" in page
    assert client.post(where, data={"said": "unsolved", "note": "没人来"}).status_code == 303

    [one] = kept(session)
    assert (one.state, one.turns, one.outcome) == (ComplaintState.RECEIVED, 2, None)
    assert one.due_on == clock.today() + timedelta(days=3)
    assert one.in_time is True
    assert "没人来" in client.get(where).text


def test_a_form_sent_twice_is_one_complaint_and_what_was_changed_is_not_lost(
    client: FlaskClient, session: Session, plate: str
) -> None:
    form = form_of(client.get(f"/s/{plate}/complain").text)
    first = receipt(client, fill_in(client, plate, form))
    assert receipt(client, fill_in(client, plate, form)) == first
    assert len(kept(session)) == 1

    changed = fill_in(client, plate, form, words="还有一件别的事")
    assert changed.status_code == 409
    assert "还有一件别的事" in changed.text
    assert first.number in changed.text
    second = receipt(client, fill_in(client, plate, form_of(changed.text), words="还有一件别的事"))
    assert second != first
    assert len(kept(session)) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": ""}, "请写几句"),
        ({"kind": "theft"}, "请选一样"),
        ({"amount": "好多"}, "钱数“好多”看不懂"),
        ({"happened_on": "2031-01-01"}, "还没有到"),
        ({"phone": "找村长"}, "电话“找村长”不像电话号码"),
        ({"form": "x.1.2"}, "打开太久"),
        ({"photo": (io.BytesIO(b"not a picture"), "a.heic")}, "第1张照片没有收下"),
        ({"photo": (io.BytesIO(b"\0\0\0\x18ftypheic" + b"\0" * 64), "a.heic")}, "HEIC"),
        ({"photo": (io.BytesIO(b"x" * (300 * 1024)), "a.jpg")}, "照片太大"),
    ],
)
def test_what_is_wrong_is_said_beside_all_that_was_typed(
    client: FlaskClient,
    session: Session,
    plate: str,
    fields: dict[str, Any],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = client.application.view_functions["complaints.hand_in"]
    monkeypatch.setattr(view, "most_body_bytes", 200 * 1024)
    typed = {"words": "我写了好几行", "amount": "3", "phone": "13800005678"} | fields

    page = fill_in(client, plate, **typed)

    assert 400 <= page.status_code < 500
    assert said in page.text
    assert all(str(typed[name]) in page.text for name in ("words", "amount", "phone"))
    assert ("照片要重新选" in page.text) == ("photo" in fields)
    assert kept(session) == []
    if "photo" in fields:  # without the photo the same page is taken
        again = fill_in(client, plate, form_of(page.text), words="我写了好几行")
        assert receipt(client, again).number


def test_trouble_of_the_house_gives_the_words_back_and_the_same_form_is_good(
    client: FlaskClient, session: Session, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    with monkeypatch.context() as broken:
        broken.setattr("miniapp_api.complaints.take_in", busy)
        page = fill_in(client, plate)

    assert page.status_code == 503
    assert "圆通的件没送来" in page.text
    assert "系统正忙" in page.text
    assert receipt(client, fill_in(client, plate, form_of(page.text)))


def test_a_form_left_open_for_a_day_is_taken_and_for_a_week_shown_again(
    client: FlaskClient, session: Session, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(client.get(f"/s/{plate}/complain").text)
    later(monkeypatch, days=1)
    assert receipt(client, fill_in(client, plate, form))

    later(monkeypatch, days=6)
    page = fill_in(client, plate, form, words="放了一星期")
    assert page.status_code == 422
    assert "放了一星期" in page.text
    assert receipt(client, fill_in(client, plate, form_of(page.text), words="放了一星期"))
    assert len(kept(session)) == 2


def test_a_plate_replaced_while_somebody_writes_takes_the_words_all_the_same(
    client: FlaskClient, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = make_sign(session, cast.c1)
    plate = token_of(sign)
    form = form_of(client.get(f"/s/{plate}/complain").text)
    later(monkeypatch, minutes=2)
    replace_sign(session, sign=sign, by=cast.office, now=clock.now(), reason="牌面破损")
    session.commit()
    later(monkeypatch, minutes=2)

    wrong = fill_in(client, plate, form, words="")
    assert "请写几句" in wrong.text
    assert receipt(client, fill_in(client, plate, form_of(wrong.text)))
    assert client.get(f"/s/{plate}/complain").status_code == 410


def test_photos_are_made_anew_without_where_and_by_what_they_were_taken(
    client: FlaskClient, session: Session, plate: str, blobs: FolderStore
) -> None:
    receipt(client, fill_in(client, plate, photo=[(photo(), "a.jpg"), (photo(), "b.jpg")]))

    photos = session.scalars(sa.select(ComplaintPhoto)).all()
    assert len(photos) == 2
    for one in photos:
        with blobs.open(one.sha256 or "") as stream:
            picture = Image.open(io.BytesIO(stream.read()))
        assert not picture.getexif()
        assert max(picture.size) <= 1280
    four = fill_in(client, plate, photo=[(photo(), f"{n}.jpg") for n in range(4)])
    assert "最多传3张" in four.text


def test_a_flood_is_kept_for_a_look_and_closes_no_page(
    client: FlaskClient, session: Session, cast: Cast, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.get_one(County, cast.county.code).options = {
        "complaints": {"network_daily": 2, "station_daily": 4}
    }
    session.commit()
    form = [form_of(client.get(f"/s/{plate}/complain").text) for _ in range(8)]
    later(monkeypatch, minutes=1)

    def from_net(turn: int, address: str, **more: object) -> None:
        client.environ_base["REMOTE_ADDR"] = address
        receipt(client, fill_in(client, plate, form[turn], words=f"第{turn}件", **more))

    from_net(0, "2409:8a00:1:2::5")
    from_net(1, "2409:8a00:1:2:ffff::1")
    from_net(2, "2409:8a00:1:2::77")  # the third of one /64
    from_net(3, "2409:8a00:1:3::5")  # another network
    from_net(4, "112.64.0.1")  # the fifth of this station
    later(monkeypatch, days=1)
    from_net(5, "2409:8a00:1:2::5")

    found = kept(session)
    assert [one.held for one in found] == [False, False, True, False, True, False]
    assert (found[2].held_because, found[4].held_because) == (
        "同一个网络今天第3件", "这个站今天第5件",
    )  # fmt: skip
    assert found[0].network == found[2].network != found[5].network
    assert client.get(f"/s/{plate}").status_code == 200


def test_very_many_are_kept_without_photos_and_the_receipt_says_so(
    client: FlaskClient, session: Session, cast: Cast, plate: str
) -> None:
    session.get_one(County, cast.county.code).options = {"complaints": {"network_daily": 1}}
    session.commit()
    for turn in range(3):
        receipt(client, fill_in(client, plate, words=f"第{turn}件"))

    answer = fill_in(client, plate, photo=[(photo(), "a.jpg")])

    assert "照片没有收下；您写的话收下了" in client.get(answer.headers["Location"]).text
    assert kept(session)[-1].words == WORDS


def test_a_machine_is_kept_for_a_look_and_never_refused(
    client: FlaskClient, session: Session, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt(client, fill_in(client, plate))  # within three seconds
    form = form_of(client.get(f"/s/{plate}/complain").text)
    later(monkeypatch, minutes=1)
    receipt(client, fill_in(client, plate, form, website="http://spam"))

    assert [one.held for one in kept(session)] == [True, True]


def test_ten_wrong_codes_close_a_number_for_a_day_and_no_other(
    client: FlaskClient, session: Session, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = receipt(client, fill_in(client, plate))
    other = receipt(client, fill_in(client, plate, words="另一件"))
    wrong = f"{(int(told.code) + 1) % 10**6:06d}"
    for _ in range(10):
        page = client.post("/s/complaint", data={"number": told.number, "code": wrong})
        assert (page.status_code, "编号或查询码不对" in page.text) == (404, True)
    unknown = client.post("/s/complaint", data={"number": "2301-00000", "code": wrong})
    assert unknown.status_code == 404
    assert "编号或查询码不对" in unknown.text

    right = client.post("/s/complaint", data={"number": told.number, "code": told.code})
    assert right.status_code == 429
    assert look_again(client, other)
    later(monkeypatch, hours=24, minutes=1)
    assert look_again(client, told)


def test_tickets_and_receipts_open_nothing_else_and_end(
    client: FlaskClient, session: Session, plate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = fill_in(client, plate)
    told = receipt(client, answer)
    fill_in(client, plate, words="另一件")
    where, _ = look_again(client, told)
    ticket = where.rsplit("/", 1)[1]
    other = ticket.replace(ticket.split(".")[0], str(kept(session)[1].id), 1)

    assert client.get(f"/s/complaint/{other}").status_code == 404
    assert client.get(f"/s/receipt/{ticket}").status_code == 404
    later(monkeypatch, minutes=31)
    assert client.get(where).status_code == 404
    assert client.post(where, data={"said": "solved"}).status_code == 404
    later(monkeypatch, days=2)
    assert client.get(answer.headers["Location"]).status_code == 404
