"""What came after the rounds: judging mended things, visits between rounds, questions, better photos."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from miniapp_api.batch import item_of
from server.http import clock
from server.media.blobs import FolderStore
from server.media.demo_photos import demo_photo
from server.models.inspection import Inspection
from server.models.phone_event import PhoneEvent, Photo, PhotoState
from server.models.phone_help import SelfCheck
from server.models.rectification import Rectification, RectificationState
from server.models.signal import IntegritySignal, SignalState
from server.services.intake.unsent_imports import preview
from server.services.review.decisions import decide
from tests import patience
from tests.api.events import batch, item, jpeg
from tests.api.events import photo as announced
from tests.app.conftest import House, bind, photo_of_a_wall, wait_until_offline_works
from tests.app.keepers_taps import kept, take_photo
from tests.app.legible import can_be_read
from tests.app.rounds import (
    hand_in,
    inspected,
    photographed,
    post,
    sign_both,
    tap_all,
    wait_for_queue,
)
from tests.factories import make_sign_in
from tests.journey.pictures import Pictures
from tests.reviews import ask_double, make_photo

pytestmark = pytest.mark.browser

C1 = "马家沟村快递便民服务点"


# As if everything kept had been kept four days earlier.
FOUR_DAYS_OLDER = """() => new Promise((done) => { const open = indexedDB.open('cunzhantong');
    open.onsuccess = () => { const tx = open.result.transaction('items', 'readwrite'), store = tx.objectStore('items');
    store.getAll().onsuccess = (event) => event.target.result.forEach((item) => {
        item.device_at = new Date(Date.parse(item.device_at) - 4 * 86400000).toISOString(); store.put(item); });
    tx.oncomplete = () => { open.result.close(); done(); }; }; })"""


# Photos of noise, each a picture of its own, through the app's own door until there is no room.
KEEP_UNTIL_FULL = """async () => { const { keepRecord, station } = await import('/app/state.js'), kept = [];
    for (let n = 0; n < 40; n += 1) {
        const canvas = new OffscreenCanvas(400, 400), pen = canvas.getContext('2d'), noise = pen.createImageData(400, 400);
        for (let at = 0; at < noise.data.length; at += 60000) crypto.getRandomValues(noise.data.subarray(at, at + 60000));
        for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
        pen.putImageData(noise, 0, 0);
        const bytes = await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer();
        const photo = { subject: 'shelves', bytes, size: bytes.byteLength, taken_ms: Date.now(), camera: 'camera', notes: {} };
        const said = await keepRecord({ kind: 'photo_note', station_id: station.value.id, payload: { note: '' }, photos: [photo] });
        if (said.problem) return { kept, problem: said.problem };
        kept.push(said.item.id); }
    return { kept, problem: '' }; }"""


def pictures(folder: Path) -> Pictures:
    return Pictures(folder / "pictures", from_demonstration=False)


def mended(page: Page, house: House) -> None:
    """老李 has sent a photo of the new shelves."""
    (mend,) = house.rows(Rectification)
    content = demo_photo("shelves", C1, "C0001", "上午8:00—下午6:00", seed=5)
    shot = announced(content, "shelves")
    payload = {"rectification_id": mend.id, "note": "新买的货架"}
    sent = item("rectification", house.cast.c1.id, payload, photos=[shot])
    post(page, house, house.cast.li, "/sync", batch(sent))
    headers = make_sign_in(house.session, house.cast.li, device_id="camera").headers
    house.session.commit()
    put = page.request.put(
        f"{house.url}/api/v1/photos/{shot['id']}",
        data=content,
        headers={**headers, "Content-Type": "image/jpeg", "X-SHA256": shot["sha256"]},
    )
    assert put.status == 201


@pytest.mark.installed
@pytest.mark.pictures
def test_an_inspector_sends_back_and_then_accepts_what_a_keeper_mended(
    page: Page, house: House, tmp_path: Path
) -> None:
    inspected(page, house)
    mended(page, house)
    bind(page, house, house.cast.wang)
    page.get_by_role("link", name="整改等您看 1 处").click()
    expect(page.get_by_text("等您看的 1 处")).to_be_visible()
    can_be_read(page, "what waits to be judged")
    page.get_by_role("link", name="货架").click()
    expect(page.get_by_alt_text("老李交的整改照片")).to_be_visible()
    pictures(tmp_path).take(page, "inspector-judge.png")
    page.get_by_role("button", name="退回").click()
    page.get_by_role("button", name="就这样退回").click()
    expect(page.get_by_text("请写一句哪里还不行")).to_be_visible()
    can_be_read(page, "sending back")
    page.get_by_label("哪里还不行").fill("看不清是不是货架")
    page.context.set_offline(True)
    page.get_by_role("button", name="就这样退回").click()
    expect(page.get_by_text("现在没网，没交成")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="就这样退回").click()
    expect(page.get_by_role("heading", name="退回去了，站长会看到原因")).to_be_visible()
    (mend,) = house.rows(Rectification)
    assert mend.state is RectificationState.RETURNED

    mended(page, house)
    page.get_by_role("button", name="回到名单").click()
    page.get_by_role("link", name="整改等您看 1 处").click()
    page.get_by_role("link", name="货架").click()
    page.get_by_role("button", name="通过").click()
    expect(page.get_by_role("heading", name="通过了")).to_be_visible()
    (mend,) = house.rows(Rectification)
    assert mend.state is RectificationState.ACCEPTED


@pytest.mark.installed
def test_a_station_is_visited_between_rounds_and_its_measure_is_on_the_copy(
    page: Page, house: House
) -> None:
    bind(page, house, house.cast.wang)
    page.goto("/app/#/inspect/XZ0001")
    page.get_by_role("button", name="督导这个站").click()
    expect(page.locator(".rule").first).to_be_visible()
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()
    tap_all(page, "货架", area="12.5")
    page.goto("/app/#/stations")
    expect(page.get_by_text("查了一半（不在这一轮里）")).to_be_visible()
    can_be_read(page, "stations with a visit begun")
    page.get_by_role("link", name="查了一半（不在这一轮里）").click()
    sign_both(page)
    hand_in(page)
    page.context.set_offline(False)
    wait_for_queue(page)
    (kept,) = house.rows(Inspection)
    assert (kept.visit_id, kept.station_id, kept.outcome) == (None, house.cast.xz1.id, "signed")
    page.goto(f"/app/#/inspection/{kept.id}")
    page.locator("details summary").click()
    expect(page.get_by_text("面积 12.5平方米")).to_be_visible()


@pytest.mark.installed
@pytest.mark.pictures
def test_a_question_is_answered_without_a_net_and_arrives(
    page: Page, house: House, tmp_path: Path
) -> None:
    house.session.add(
        IntegritySignal(
            county="140926",
            station_id=house.cast.c1.id,
            person_id=house.cast.li.id,
            kind="too_far",
            about="2026-07-03",
            day_on=clock.today() - timedelta(days=1),
            question="昨天签到的位置离站点有2.4公里。当天是在别处营业吗？",
            state=SignalState.OPEN,
            raised_at=clock.now(),
        )
    )
    house.session.commit()
    bind(page, house, house.cast.li)
    expect(page.get_by_role("link", name="请说明一下")).to_be_visible()
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="请说明一下").click()
    expect(page.get_by_text("离站点有2.4公里")).to_be_visible()
    page.get_by_role("button", name="就这样说，交上去").click()
    expect(page.get_by_text("请写一句，比如")).to_be_visible()
    can_be_read(page, "question")
    page.get_by_label("怎么回事").fill("那天在镇上帮忙取件")
    pictures(tmp_path).take(page, "keeper-question.png")
    page.get_by_role("button", name="就这样说，交上去").click()
    expect(page.get_by_role("heading", name="说明记好了")).to_be_visible()
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_role("link", name="请说明一下")).to_be_hidden()
    page.context.set_offline(False)
    wait_for_queue(page)
    (signal,) = house.rows(IntegritySignal)
    assert (signal.state, signal.answer) == (SignalState.ANSWERED, "那天在镇上帮忙取件")
    page.goto("/app/#/question")
    expect(page.get_by_text("答过了，等县里看")).to_be_visible()
    can_be_read(page, "questions")


@pytest.mark.installed
def test_a_sign_that_could_not_be_read_is_asked_for_again_with_its_reason(
    page: Page, house: House, tmp_path: Path
) -> None:
    store = FolderStore(tmp_path / "home" / "photos")
    cast = house.cast
    photographed(house.session, store, cast.li, cast.c1, lambda _: jpeg(), ["signboard"])
    (photo,) = house.rows(Photo)
    photo.quality = {"complaints": ["太暗了，编号看不清。请白天再拍一张。"]}
    photo.state = PhotoState.UNREADABLE
    house.session.commit()
    bind(page, house, cast.li)
    page.get_by_role("link", name="门头牌子再拍一张").click()
    expect(page.get_by_text("太暗了，编号看不清。请白天再拍一张。")).to_be_visible()
    expect(page.get_by_text("上次拍的这张")).to_be_visible()
    can_be_read(page, "better photo")
    wait_until_offline_works(page)
    page.context.set_offline(True)
    take_photo(page, "signboard", photo_of_a_wall(1600, 1200), tmp_path)
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_role("link", name="门头牌子再拍一张")).to_be_hidden()


def test_a_photo_that_was_an_older_one_says_so_and_is_asked_for_anew(
    page: Page, house: House, tmp_path: Path
) -> None:
    store = FolderStore(tmp_path / "home" / "photos")
    cast = house.cast
    photographed(
        house.session, store, cast.li, cast.c1,
        lambda subject: demo_photo(subject, C1, "C0001", "上午8:00—下午6:00", seed=5),
        ["signboard"],
    )  # fmt: skip
    (new,) = house.rows(Photo)
    old = make_photo(house.session, cast.c1, days_ago=40, person_id=cast.li.id)
    old.taken_at, old.day_on = new.taken_at - timedelta(days=40), new.day_on - timedelta(days=40)
    item = ask_double(house.session, new, old)
    decide(house.session, item=item, decision="same_picture", by=cast.office, now=clock.now())
    house.session.commit()
    bind(page, house, cast.li)
    page.get_by_role("link", name="门头牌子再拍一张").click()
    expect(page.get_by_role("heading", name="拍门头牌子")).to_be_visible()  # before axe asks for it
    expect(page.get_by_text("照片是同一张，这次就不算了。请到站里再拍一张")).to_be_visible()
    can_be_read(page, "older photo")
    page.goto("/app/#/history")
    expect(page.get_by_text("这次不算", exact=True)).to_be_visible()
    expect(page.get_by_text("照片是同一张")).to_be_visible()
    can_be_read(page, "history with an older photo")


def test_a_refused_photo_is_shown_with_its_reason_withdrawn_and_taken_again(
    page: Page, house: House, tmp_path: Path
) -> None:
    bind(page, house, house.cast.li)

    def refuse(route: Route) -> None:
        body = '{"code":"not-a-picture","detail":"这个文件不是照片，没有收下。"}'
        route.fulfill(status=422, content_type="application/problem+json", body=body)

    page.route("**/api/v1/photos/*", refuse, times=1)
    take_photo(page, "shelves", photo_of_a_wall(1600, 1200), tmp_path)
    page.goto("/app/#/attention")
    expect(page.get_by_text("1 张照片没收下")).to_be_visible()
    expect(page.get_by_text("这个文件不是照片，没有收下。")).to_be_visible()
    expect(page.get_by_alt_text("没收下的货架")).to_be_visible()
    can_be_read(page, "photo refused")
    (photo,) = house.rows(Photo)
    assert photo.state is PhotoState.WITHDRAWN
    page.get_by_role("button", name="重新拍一张").click()
    path = tmp_path / "again.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="就用这张").click()
    expect(page.get_by_text("已经交到县里了")).to_be_visible()
    wait_for_queue(page)
    states = {one.state for one in house.rows(Photo)}
    assert states == {PhotoState.WITHDRAWN, PhotoState.KEPT}


@pytest.mark.installed
@pytest.mark.pictures
def test_the_phones_own_check_reaches_the_office_or_becomes_text(
    page: Page, house: House, tmp_path: Path
) -> None:
    bind(page, house, house.cast.li)
    page.goto("/self-check")
    expect(page.get_by_role("button", name="发给县办")).to_be_visible(timeout=patience.ms(40_000))
    pictures(tmp_path).take(page, "keeper-self-check.png")
    page.context.set_offline(True)
    page.get_by_role("button", name="发给县办").click()
    expect(page.get_by_text("现在没网，没交成")).to_be_visible()
    expect(page.get_by_label("自检结果")).to_contain_text("相机：能用")
    can_be_read(page, "self-check, offline")
    page.context.set_offline(False)
    page.get_by_role("button", name="发给县办").click()
    expect(page.get_by_text("发好了，县办能看到")).to_be_visible()
    (check,) = house.rows(SelfCheck)
    found = {one["key"]: one["ok"] for one in check.result["checks"]}
    assert (found["camera"], found["storage"], found["photo"]) == (True, True, True)
    assert len(found) == 11


@pytest.mark.installed
@pytest.mark.pictures
def test_days_without_a_net_are_said_with_what_to_do_and_become_one_file(
    page: Page, house: House, tmp_path: Path
) -> None:
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    take_photo(page, "shelves", photo_of_a_wall(1600, 1200), tmp_path)
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_text("手机里还有 1 条")).to_be_visible()
    expect(page.get_by_text("存成一个文件，用微信发给乡镇或县里")).to_be_hidden()
    page.evaluate(FOUR_DAYS_OLDER)
    page.reload()
    expect(page.get_by_text("有 1 条记录，最早的已经 4 天没交上去")).to_be_visible()
    can_be_read(page, "home, days without a net")
    pictures(tmp_path).take(page, "keeper-late.png")
    page.get_by_role("link", name="我的").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="把没交的存成一个文件").click()
    expect(page.get_by_text("手机里的都还在")).to_be_visible()
    can_be_read(page, "me, saved to a file")
    assert saving.value.suggested_filename.startswith("村站通-没交的-老李-")
    head, record, photo, end = map(
        json.loads, Path(saving.value.path()).read_text(encoding="utf-8").splitlines()
    )
    content = base64.b64decode(photo["photo"]["base64"])
    assert hashlib.sha256(content).hexdigest() == record["record"]["photos"][0]["sha256"]
    assert (head["person"]["name"], end["photos"]) == ("老李", 1)
    office = preview(house.session, Path(saving.value.path()), county="140926", read_item=item_of)
    assert (office.complete, office.records, office.unreadable) == (True, 1, 0)
    assert (office.photos, office.photos_broken, office.person.id) == (1, 0, house.cast.li.id)
    assert [page.evaluate(kept(store)) for store in ("items", "photos")] == [1, 1]


def test_a_store_that_is_really_full_refuses_in_words_and_loses_nothing(
    house: House, phone_with_camera: Callable[[str], Page], tmp_path: Path
) -> None:
    page = phone_with_camera("nothing")  # quotas hold for a phone whose storage is a folder
    quota = page.context.new_cdp_session(page)
    # From the start: the browser looks at how much room there is only now and then.
    quota.send("Storage.overrideQuotaForOrigin", {"origin": house.url, "quotaSize": 3_000_000})
    bind(page, house, house.cast.li)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    said = page.evaluate(KEEP_UNTIL_FULL)
    assert 2 <= len(said["kept"]) < 40
    assert said["problem"].startswith("手机存满了，存不下这一条。")
    assert page.evaluate(kept("items")) == page.evaluate(kept("photos")) == len(said["kept"])
    take_photo(page, "shelves", photo_of_a_wall(1600, 1200), tmp_path)
    expect(page.get_by_text("手机存满了，存不下这一条")).to_be_visible()
    page.context.set_offline(False)
    wait_for_queue(page)
    assert {str(one.id) for one in house.rows(PhoneEvent)} == set(said["kept"])
    assert all(one.arrived_at for one in house.rows(Photo))
