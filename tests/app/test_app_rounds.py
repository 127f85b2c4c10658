"""An inspector's round on the phone: offline from the list to both signatures, arriving once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from server.media.blobs import FolderStore
from server.media.demo_photos import SUBJECTS as DRAWN
from server.media.demo_photos import demo_photo
from server.models.inspection import Inspection, SignedHow
from server.models.phone_event import EventKind, PhoneEvent, Photo
from server.models.rectification import Rectification
from server.models.sign import SignState
from tests.api.events import batch
from tests.api.rounds import inspection, visit_of
from tests.app.conftest import House, bind, photo_of_a_wall, wait_until_offline_works
from tests.app.rounds import (
    C1,
    C2,
    LI,
    WANG,
    arrive,
    drafts,
    hand_in,
    inspector,
    photographed,
    post,
    round_of,
    sign,
    sign_both,
    take_along,
    tap_all,
    wait_for_queue,
)
from tests.factories import make_person, make_sign, token_of
from tests.journey.pictures import Pictures

pytestmark = pytest.mark.browser

HOURS = "上午8:00—下午6:00"


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures", from_demonstration=False)


def photograph(page: Page, title: str, folder: Path) -> None:
    """A photo for the rule of this title."""
    path = folder / "clause.jpg"
    path.write_bytes(demo_photo("interior", C1, "C0001", HOURS, seed=3))
    rule = page.locator(".rule", has=page.get_by_role("heading", name=title))
    rule.locator("input[type=file]").set_input_files(path)
    expect(rule.get_by_alt_text("刚拍的照片")).to_be_visible()


@pytest.mark.installed
@pytest.mark.pictures
def test_a_visit_is_made_offline_from_the_list_to_both_signatures_and_arrives_once(
    page: Page, house: House, tmp_path: Path, pictures: Pictures
) -> None:
    photographed(
        house.session,
        FolderStore(tmp_path / "home" / "photos"),
        house.cast.li,
        house.cast.c1,
        lambda subject: demo_photo(subject, C1, "C0001", HOURS, seed=1),
        DRAWN,
    )
    round_of(house)
    inspector(page, house)
    take_along(page)
    pictures.take(page, "inspector-list.png")
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()

    arrive(page, C1, "C0001")
    expect(page.get_by_text("还差 13 条")).to_be_visible()
    tap_all(page, "货架")
    photograph(page, "货架", tmp_path)
    shelves = page.locator(".rule", has=page.get_by_role("heading", name="货架"))
    expect(shelves.get_by_text("站长：")).to_be_hidden()
    shelves.get_by_text("看县办和站长怎么说").click()
    expect(shelves.get_by_text("站长：")).to_be_visible()
    shelves.evaluate("(rule) => rule.scrollIntoView()")
    pictures.take(page, "inspector-form.png")
    sign_both(page, lambda: pictures.take(page, "inspector-sign.png"))
    hand_in(page)
    assert house.rows(Inspection) == []

    page.get_by_role("button", name="回到名单").click()
    expect(page.get_by_text("查完了，等网交")).to_be_visible()
    page.context.set_offline(False)
    wait_for_queue(page)
    expect(page.get_by_text("查了 1 个，共 3 个")).to_be_visible()
    (event,) = [one for one in house.rows(PhoneEvent) if one.kind is EventKind.INSPECTION]
    (photo,) = [one for one in house.rows(Photo) if one.event_id == event.id]
    (kept,), (mend,) = map(house.rows, (Inspection, Rectification))
    assert (event.id, kept.outcome, kept.fails) == (kept.id, "signed", 1)
    assert (kept.signed_how, kept.differences) == (SignedHow.ON_DOCUMENT, [])
    assert (kept.latitude, kept.method, kept.sign_remark) == (38.3559, "typed", "")
    assert (mend.rule_code, photo.subject) == ("A3-42b", "clause")
    assert photo.phone_notes["rule_code"] == "A3-42b"
    assert photo.arrived_at is not None
    for strokes, drawn in ((kept.inspector_signature, WANG), (kept.keeper_signature, LI)):
        assert len(strokes) == len(drawn)
        assert all(0 <= x <= 600 and 0 <= y <= 200 for stroke in strokes for x, y in stroke)
    assert drafts(page)[0]["finished_ms"]


def test_a_draft_survives_reloading_leaving_and_the_app_being_closed(
    page: Page, house: House, tmp_path: Path
) -> None:
    round_of(house)
    inspector(page, house)
    arrive(page, C1, "c1")  # online, nothing taken along: the form is fetched at the door
    page.locator(".tap.fail").first.click()
    photograph(page, "固定经营场所", tmp_path)
    page.reload()
    expect(page.locator(".rule").first.locator(".tap.fail")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="备注").first.click()
    page.get_by_label("备注").first.fill("租的房子")
    page.wait_for_timeout(300)
    second = page.context.new_page()
    page.close()
    second.goto("/app/")
    expect(second.get_by_text("查了一半，还差 12 条")).to_be_visible()
    second.get_by_role("link", name=C1).click()
    expect(second.get_by_label("备注")).to_have_value("租的房子")
    expect(second.get_by_alt_text("刚拍的照片")).to_be_visible()
    (draft,) = drafts(second)
    assert draft["answers"]["A3-1a"]["verdict"] == "fail"


@pytest.mark.installed
def test_the_neighbours_number_is_noticed_offline_and_one_may_go_on_with_a_remark(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    take_along(page)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name=C1).click()
    page.get_by_role("link", name="到了，扫牌子").click()
    page.get_by_label("扫不了，就输牌子上的编号").fill("C0002")
    page.get_by_role("button", name="按编号开始查").click()
    expect(page.get_by_text(f"这是 {C2}（C0002）的，不是 {C1} 的。")).to_be_visible()
    page.get_by_label("写一句怎么回事").fill("两家挂反了")
    page.get_by_role("button", name=f"照样查 {C1}").click()
    tap_all(page)
    sign_both(page)
    hand_in(page)
    page.context.set_offline(False)
    wait_for_queue(page)
    (kept,) = house.rows(Inspection)
    assert kept.station_id == house.cast.c1.id
    assert kept.sign_remark.startswith("扫到的是杨家山村")
    assert kept.outcome_note.endswith("两家挂反了")


def test_a_retired_plate_at_the_door_is_told_from_the_current_one_without_a_net(
    house: House, phone_with_camera: Callable[[str], Page]
) -> None:
    old = make_sign(house.session, house.cast.c2)
    old.state = SignState.REPLACED
    make_sign(house.session, house.cast.c2)
    house.session.commit()
    round_of(house)
    page = phone_with_camera(f"https://kd.example.cn/s/{token_of(old)}")
    inspector(page, house)
    take_along(page)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="扫牌子，开始查").click()
    expect(
        page.get_by_text("这是第 1 块牌子，已经停用了，不该再挂。现在该挂第 2 块。")
    ).to_be_visible()
    page.get_by_role("button", name=f"照样查 {C2}").click()
    expect(page.get_by_text("还差")).to_be_visible()
    page.context.set_offline(False)
    (draft,) = drafts(page)
    assert (draft["method"], draft["text"][-15:]) == ("scan", token_of(old))


def test_a_closed_door_is_recorded_with_a_word_and_a_photo(
    page: Page, house: House, tmp_path: Path
) -> None:
    round_of(house)
    inspector(page, house)
    page.get_by_role("link", name=C1).click()
    page.get_by_role("link", name="门锁着，没人").click()
    page.get_by_label("写一句").fill("打电话没人接")
    path = tmp_path / "door.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("拍好了，可以重拍")).to_be_visible()
    page.get_by_role("button", name="就这样交上去").click()
    expect(page.get_by_role("heading", name="记下了：门锁着")).to_be_visible()
    wait_for_queue(page)
    (kept,), (photo,) = map(house.rows, (Inspection, Photo))
    assert (kept.outcome, kept.outcome_note) == ("closed_door", "打电话没人接")
    assert (kept.signed_how, kept.differences) == (SignedHow.ON_DOCUMENT, [])
    assert photo.arrived_at is not None


def test_what_is_not_finished_is_said_and_a_refusal_needs_its_reason(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    arrive(page, C1, "C0001")
    page.locator(".tap.pass").first.click()
    page.get_by_role("button", name="还差 12 条").click()
    focused = page.evaluate("() => document.activeElement.id")
    assert focused == "rule-A3-1b"
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_text("还有 12 条没看")).to_be_visible()
    page.get_by_role("button", name="就查这些，写明没查").click()
    expect(page.get_by_text("请写一句为什么没查")).to_be_visible()
    page.get_by_label("剩下的 12 条为什么没查").fill("站长急着出门")
    page.get_by_role("button", name="就查这些，写明没查").click()
    expect(page.get_by_text("这次没查的 12 条")).to_be_visible()
    expect(page.get_by_text("为什么没查：站长急着出门")).to_be_visible()
    page.get_by_label("站长不肯签").check()
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_text("请写一句站长为什么不签。")).to_be_visible()
    page.get_by_label("站长为什么不签").fill("说货架不该算")
    hand_in(page)
    wait_for_queue(page)
    (kept,) = house.rows(Inspection)
    assert (kept.outcome, kept.outcome_note, len(kept.answers)) == ("refused", "说货架不该算", 1)


def test_a_second_inspector_reads_who_was_there_and_nobody_overwrites(
    page: Page, house: House
) -> None:
    campaign = round_of(house)
    colleague = make_person(house.session, name="李督导", role=house.cast.wang.role)
    house.session.commit()
    inspector(page, house)
    take_along(page)
    sent = inspection(house.cast.c1, visit_of(house.session, campaign, house.cast.c1))
    post(page, house, colleague, "/sync", batch(sent))
    arrive(page, C1, "C0001")
    tap_all(page)
    sign_both(page)
    hand_in(page)
    page.get_by_role("button", name="回到名单").click()
    expect(page.get_by_text("已经查过这个站点，这一份收下了，先不算数")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("先不算数")).to_be_hidden()
    assert {one.inspector_id for one in house.rows(Inspection)} == {
        colleague.id,
        house.cast.wang.id,
    }


def test_an_own_sent_inspection_is_amended_with_a_reason_and_the_old_one_stays(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    arrive(page, C1, "C0001")
    tap_all(page, "巴枪")
    sign_both(page)
    hand_in(page)
    wait_for_queue(page)
    page.get_by_role("button", name="回到名单").click()
    page.get_by_role("link", name=C1).click()
    page.get_by_role("link", name="王督导").click()
    expect(page.get_by_role("heading", name="不符合的 1 条")).to_be_visible()
    page.get_by_role("button", name="写错了，更正这一份").click()
    rule = page.locator(".rule", has=page.get_by_role("heading", name="巴枪"))
    expect(rule.locator(".tap.fail")).to_have_attribute("aria-pressed", "true")
    rule.locator(".tap.pass").click()
    page.get_by_role("link", name="查完了，去签字").click()
    page.get_by_label("站长用自己手机确认").check()
    expect(page.get_by_text("请写一句为什么要更正。")).to_be_visible()  # nobody signs before
    page.get_by_label("为什么更正").fill("巴枪在里屋，后来看到了")
    sign(page, "督导员 王督导：点这里签名", WANG)
    hand_in(page)
    wait_for_queue(page)
    first, second = sorted(house.rows(Inspection), key=lambda one: one.version)
    assert (first.fails, second.fails, second.amends_id) == (1, 0, first.id)
    assert second.amended_because == "巴枪在里屋，后来看到了"
    assert (second.signed_how, second.differences) == (SignedHow.ON_DOCUMENT, [])


def test_a_visit_that_was_not_taken_is_opened_again_and_handed_in(page: Page, house: House) -> None:
    round_of(house)
    inspector(page, house)
    arrive(page, C1, "C0001")
    tap_all(page)
    sign_both(page)

    def refuse(route: Route) -> None:
        (item,) = (route.request.post_data_json or {})["items"]
        route.fulfill(
            json={
                "server_now": "2026-07-03T00:00:00Z",
                "need_photos": [],
                "results": [
                    {
                        "id": item["id"],
                        "result": "invalid",
                        "code": "visit-unknown",
                        "message": "这一轮督导里没有这个站点。请更新督导名单后再交。",
                    }
                ],
            }
        )

    page.route("**/api/v1/sync", refuse)
    hand_in(page)
    expect(page.get_by_text("那边没收下，请到“要处理”里看看。")).to_be_visible()
    page.goto("/app/#/attention")
    expect(page.get_by_text("请更新督导名单后再交")).to_be_visible()
    page.unroute("**/api/v1/sync")
    page.get_by_role("button", name="打开来改").click()
    expect(page.get_by_role("link", name="查完了，去签字")).to_be_visible()
    sign_both(page)
    hand_in(page)
    wait_for_queue(page)
    assert len(house.rows(Inspection)) == 1


def test_a_shared_phone_keeps_an_inspectors_draft_through_another_persons_day(
    page: Page, house: House
) -> None:
    round_of(house)
    inspector(page, house)
    arrive(page, C1, "C0001")
    page.locator(".tap.pass").first.click()
    bind(page, house, house.cast.li)
    expect(page.get_by_text("还没签到")).to_be_visible()
    bind(page, house, house.cast.wang)
    expect(page.get_by_text("查了一半，还差 12 条")).to_be_visible()
