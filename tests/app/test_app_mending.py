"""What an inspection leaves for the keeper: a yes or no, things to mend, a photo asked for today."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from server.http import clock
from server.models.inspection import Inspection, PhotoRequest
from server.models.phone_event import Photo
from server.models.rectification import Rectification, RectificationState
from server.policy.standard.standards import standards_in
from server.services.mending.rectifications import accept, return_to_keeper
from server.settings import ROOT
from tests.app.conftest import House, bind, photo_of_a_wall, wait_until_offline_works
from tests.app.keepers_taps import take_photo
from tests.app.rounds import inspected, wait_for_queue
from tests.journey.pictures import Pictures

pytestmark = pytest.mark.browser


def send_photo(page: Page, folder: Path) -> None:
    path = folder / "mended.jpg"
    path.write_bytes(photo_of_a_wall(1600, 1200))
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_label("想说一句").fill("新买的货架")
    page.get_by_role("button", name="改好了，交").click()
    expect(page.get_by_role("heading", name="整改照片存好了")).to_be_visible()


@pytest.mark.installed
@pytest.mark.pictures
def test_a_rectification_goes_back_and_forth_until_a_person_accepts(
    page: Page, house: House, tmp_path: Path
) -> None:
    inspected(page, house)
    bind(page, house, house.cast.li)
    expect(page.get_by_text("督导要求整改 1 处")).to_be_visible()
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="督导要求整改 1 处").click()
    expect(page.get_by_text("货架", exact=True)).to_be_visible()
    expect(page.get_by_text("还有 15 天")).to_be_visible()
    expect(page.get_by_text("请配上货架")).to_be_visible()
    Pictures(tmp_path / "pictures", from_demonstration=False).take(page, "keeper-mend.png")
    send_photo(page, tmp_path)
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_text("照片都交了，等县里看")).to_be_visible()
    page.context.set_offline(False)
    wait_for_queue(page)
    (mend,) = house.rows(Rectification)
    assert mend.state is RectificationState.ANSWERED

    return_to_keeper(
        house.session,
        rectification=mend,
        by=house.cast.office,
        now=clock.now(),
        reason="看不清是不是货架",
    )
    house.session.commit()
    page.reload()
    expect(page.get_by_text("有退回来的，要重拍")).to_be_visible()
    page.get_by_role("link", name="督导要求整改 1 处").click()
    expect(page.get_by_text("看不清是不是货架")).to_be_visible()
    send_photo(page, tmp_path)
    wait_for_queue(page)
    (mend,) = house.rows(Rectification)
    assert mend.state is RectificationState.ANSWERED
    accept(
        house.session,
        rectification=mend,
        by=house.cast.office,
        now=clock.now(),
        standards=standards_in(ROOT / "standards"),
    )
    house.session.commit()
    page.get_by_role("button", name="好，回到今天").click()
    page.reload()
    expect(page.get_by_text("督导要求整改")).to_be_hidden()
    assert [one.arrived_at is not None for one in house.rows(Photo)] == [True, True]


def test_the_keeper_confirms_an_inspection_on_the_own_phone_and_keeps_its_copy(
    page: Page, house: House
) -> None:
    inspected(page, house, outcome="to_confirm", keeper_signature=[])
    bind(page, house, house.cast.li)
    page.get_by_role("link", name="确认督导结果").click()
    expect(page.get_by_role("heading", name="不符合的 1 条")).to_be_visible()
    page.get_by_role("button", name="对，我同意").click()
    expect(page.get_by_text("今天").first).to_be_visible()
    expect(page.get_by_role("button", name="存成 PDF")).to_be_visible()
    (kept,) = house.rows(Inspection)
    assert kept.confirmed_at is not None
    with page.expect_download() as saving:
        page.get_by_role("button", name="存成 PDF").click()
    paper: Download = saving.value
    assert Path(paper.path()).read_bytes().startswith(b"%PDF-")
    page.goto("/app/#/station")
    page.get_by_role("link", name="督导记录").click()
    page.get_by_role("link", name="王督导").click()
    expect(page.get_by_text("同意")).to_be_visible()


def test_a_keeper_who_does_not_agree_says_why(page: Page, house: House) -> None:
    inspected(page, house, outcome="to_confirm", keeper_signature=[])
    bind(page, house, house.cast.li)
    page.get_by_role("link", name="确认督导结果").click()
    page.get_by_role("button", name="不对，我有话说").click()
    page.get_by_role("button", name="就这样说，交上去").click()
    expect(page.get_by_text("请写一句为什么不同意。")).to_be_visible()
    page.get_by_label("哪里不对").fill("货架在里屋")
    page.get_by_role("button", name="就这样说，交上去").click()
    expect(page.get_by_text("货架在里屋")).to_be_visible()
    (kept,) = house.rows(Inspection)
    assert (kept.refused_at is not None, kept.refusal) == (True, "货架在里屋")


@pytest.mark.installed
def test_without_a_net_the_answer_is_not_claimed_to_be_given(page: Page, house: House) -> None:
    inspected(page, house, outcome="to_confirm", keeper_signature=[])
    bind(page, house, house.cast.li)
    page.get_by_role("link", name="确认督导结果").click()
    expect(page.get_by_role("button", name="对，我同意")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="对，我同意").click()
    expect(page.get_by_text("现在没网，没交成")).to_be_visible()
    (kept,) = house.rows(Inspection)
    assert kept.confirmed_at is None


def test_todays_photo_by_lot_is_asked_for_and_answered(
    page: Page, house: House, tmp_path: Path
) -> None:
    now = clock.now()
    house.session.add(
        PhotoRequest(
            county="140926",
            station_id=house.cast.c1.id,
            subject="parcel_area",
            seed="1",
            asked_on=clock.today(),
            asked_at=now - timedelta(minutes=5),
            until_at=now + timedelta(hours=3),
        )
    )
    house.session.commit()
    bind(page, house, house.cast.li)
    expect(page.get_by_role("link", name="今天请拍：放包裹的地方")).to_be_visible()
    take_photo(page, "parcel_area", photo_of_a_wall(1600, 1200), tmp_path)
    wait_for_queue(page)
    page.get_by_role("button", name="好，回到今天").click()
    expect(page.get_by_role("link", name="今天请拍")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("还没签到")).to_be_visible()
    expect(page.get_by_role("link", name="今天请拍")).to_be_hidden()
    (request,) = house.rows(PhotoRequest)
    assert request.answered_at is not None
