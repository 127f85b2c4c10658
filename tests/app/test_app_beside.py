"""What stands beside a visit on the phone: the way there, what was found earlier, ready remarks."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from server.http import clock
from server.media.demo_photos import demo_photo
from server.models.inspection import Counted, Inspection, InspectionOutcome, SignedHow
from server.models.person import Keeping, Role
from server.models.rectification import Rectification
from server.services.county.remarks import edit_remarks
from tests.api.events import batch, now_text
from tests.api.rounds import inspection
from tests.app.conftest import House, bind, wait_for, wait_until_offline_works
from tests.app.rounds import (
    C2,
    LI,
    WANG,
    arrive,
    drafts,
    hand_in,
    inspected,
    inspector,
    post,
    round_of,
    sign,
    take_along,
    tap_all,
    wait_for_queue,
)
from tests.factories import make_person
from tests.journey.pictures import Pictures

pytestmark = pytest.mark.browser


@pytest.mark.installed
def test_the_nearest_station_the_way_there_earlier_findings_and_a_ready_remark_without_a_net(
    page: Page, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    cast = house.cast
    cast.c1.latitude, cast.c1.longitude = 38.4559, 111.9404
    cast.c2.latitude, cast.c2.longitude = 38.3661, 111.9404
    cast.xz1.latitude = cast.xz1.longitude = None
    edit_remarks(
        house.session,
        county=cast.county,
        lines=["四（2）｜没有货架，包裹放在地上。", "站长不在，家里人看店。"],
        clauses=["四（2）"],
        by=cast.office,
        now=clock.now(),
        reason="督导会商定",
    )
    house.session.commit()
    seen = inspection(
        cast.c2,
        failing=["A3-42b"],
        finished_at=now_text(timedelta(days=-30)),
        arrived_at=now_text(timedelta(days=-30, minutes=-20)),
    )
    post(page, house, cast.wang, "/sync", batch(seen))
    round_of(house)
    inspector(page, house)
    take_along(page)
    wait_until_offline_works(page)
    page.context.set_offline(True)
    page.reload()

    names = page.locator(".visits .words > b")
    expect(names.first).to_be_visible()
    page.get_by_role("button", name="离我近的排前面").click()
    expect(names.first).to_have_text(C2)
    expect(page.locator(".visit").first).to_contain_text("离您约 1.1 公里")
    pictures.take(page, "near-first.png")

    page.get_by_role("link", name=C2).click()
    page.get_by_text("怎么去").click()
    expect(page.get_by_text("38.366100,111.940400")).to_be_visible()
    pictures.take(page, "way-there.png")
    page.go_back()
    arrive(page, C2, "C0002")
    shelves = page.locator("#rule-A3-42b")
    shelves.get_by_text("看以前查的（1 次）").click()
    expect(shelves).to_contain_text("王督导（平时查的）")
    expect(shelves).to_contain_text("整改：待整改")
    shelves.get_by_role("button", name="备注").click()
    shelves.get_by_role("button", name="没有货架，包裹放在地上。").click()
    shelves.get_by_role("button", name="站长不在，家里人看店。").click()

    expect(shelves.locator("textarea")).to_have_value(
        "没有货架，包裹放在地上。站长不在，家里人看店。"
    )
    pictures.take(page, "beside-a-rule.png")
    page.reload()
    expect(shelves.locator("textarea")).to_have_value(
        "没有货架，包裹放在地上。站长不在，家里人看店。"
    )
    [draft] = drafts(page)
    assert draft["answers"]["A3-42b"]["note"].startswith("没有货架")


def test_two_inspectors_sign_on_one_phone_and_both_stand_in_the_record(
    page: Page, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    make_person(house.session, name="赵督导", role=Role.INSPECTOR)
    house.session.commit()
    round_of(house)
    inspector(page, house)
    take_along(page)
    arrive(page, C2, "C0002")
    tap_all(page)
    page.get_by_role("link", name="去签字").click()
    page.get_by_label("一同督导的人").select_option(label="赵督导")
    page.get_by_label("站长用自己手机确认").check()
    sign(page, "督导员 王督导：点这里签名", WANG)
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_text("一同督导的赵督导还没签名。")).to_be_visible()
    sign(page, "督导员 赵督导：点这里签名", LI)
    pictures.take(page, "two-inspectors.png")
    hand_in(page)
    wait_for_queue(page)

    one = house.session.query(Inspection).one()
    assert one.as_signed is not None
    assert one.as_signed["second_inspector"] == "赵督导"
    assert one.second_signature
    page.goto(f"{house.url}/app/#/inspection/{one.id}")
    expect(page.get_by_role("img", name="督导员 赵督导")).to_be_visible()


SHARES = """
window.shared = [];
navigator.canShare = (what) => what.files.every((file) => file.type === 'application/pdf');
navigator.share = (what) => {
  shared.push(what.files.map((file) => [file.name, file.type, file.size]));
  return Promise.resolve();
};
"""


def test_a_keeper_keeps_what_was_signed_sends_it_on_and_is_told_when_it_is_no_longer_the_same(
    page: Page, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    page.add_init_script(SHARES)
    inspected(page, house, outcome="to_confirm", keeper_signature=[])
    bind(page, house, house.cast.li)
    [one] = house.rows(Inspection)
    page.goto(f"{house.url}/app/#/inspection/{one.id}")
    page.get_by_role("button", name="对，我同意").click()
    expect(page.get_by_text("和您签的一样。这部手机")).to_be_visible()
    expect(page.get_by_text(f"校验码 {one.frozen_sha256[:8]}")).to_be_visible()

    page.get_by_role("button", name="发到微信").click()
    wait_for(page, "() => window.shared.length === 1")
    [[name, kind, size]] = page.evaluate("window.shared[0]")
    assert (name, kind) == (f"督导记录-C0001-{one.day_on}.pdf", "application/pdf")
    assert size > 5_000
    pictures.take(page, "kept-record.png")

    # Somebody with a database at hand makes a failing clause pass and leaves the check code alone.
    changed = [dict(row, verdict="pass") for row in one.findings]
    house.session.rollback()
    house.session.execute(sa.update(Inspection).values(findings=changed))
    house.session.commit()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("不一样，请找县办")
    expect(page.get_by_role("alert")).to_contain_text("县里写的和这部手机上留的不是一回事")

    keeping = house.session.query(Keeping).filter_by(person_id=house.cast.li.id).one()
    keeping.until_at = clock.now()
    house.session.commit()
    page.reload()
    expect(page.get_by_text("县里现在不给看这一份了")).to_be_visible()
    expect(page.get_by_role("heading", name="不符合的 1 条")).to_be_visible()


def test_an_arrow_drawn_by_finger_lies_beside_the_photo_and_reaches_the_record(
    page: Page, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    path = tmp_path / "clause.jpg"
    path.write_bytes(demo_photo("interior", C2, "C0002", "8:00—18:00", seed=3))
    round_of(house)
    inspector(page, house)
    take_along(page)
    arrive(page, C2, "C0002")
    tap_all(page, "货架")
    shelves = page.locator("#rule-A3-42b")
    shelves.locator("input[type=file]").set_input_files(path)
    shelves.get_by_role("button", name="圈出来").click()
    shelves.get_by_role("button", name="箭头").click()
    glass = shelves.get_by_role("img", name="要标记的照片")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4, steps=6)
    page.mouse.up()
    pictures.take(page, "drawing.png")
    shelves.get_by_role("button", name="标好了").click()
    expect(shelves.get_by_role("button", name="标了 1 处")).to_be_visible()

    page.get_by_role("link", name="去签字").click()
    page.get_by_label("站长用自己手机确认").check()
    sign(page, "督导员 王督导：点这里签名", WANG)
    hand_in(page)
    wait_for_queue(page)
    [one] = house.rows(Inspection)
    [[drawing]] = one.as_signed["drawings"].values()
    assert json.loads(one.document)["drawings"] == one.as_signed["drawings"]
    assert drawing["kind"] == "arrow"
    for seen, meant in zip([*drawing["start"], *drawing["end"]], [200, 800, 500, 400], strict=True):
        assert abs(seen - meant) <= 15


def test_a_secret_visit_is_signed_by_the_inspector_alone_and_the_station_is_still_to_be_visited(
    page: Page, house: House, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    round_of(house)
    inspector(page, house)
    take_along(page)
    page.get_by_role("link", name=C2).click()
    page.get_by_label("暗访").check()
    pictures.take(page, "secret.png")
    page.get_by_role("link", name="到了，扫牌子").click()
    page.get_by_label("扫不了，就输牌子上的编号").fill("C0002")
    page.get_by_role("button", name="按编号开始查").click()
    expect(page.get_by_text("暗访", exact=True)).to_be_visible()
    tap_all(page, "货架")
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_text("站长不用确认，只有督导员签名")).to_be_visible()
    expect(page.get_by_label("当场签名")).to_have_count(0)
    sign(page, "督导员 王督导：点这里签名", WANG)
    pictures.take(page, "secret-signed.png")
    hand_in(page)
    wait_for_queue(page)

    [one] = house.rows(Inspection)
    assert (one.outcome, one.counted) == (InspectionOutcome.COVERT, Counted.APART)
    assert (one.keeper_name, one.keeper_signature) == ("", [])
    assert one.signed_how is SignedHow.ON_DOCUMENT
    assert json.loads(one.document)["covert"] is True
    assert house.rows(Rectification) == []
    page.get_by_role("button", name="回到名单").click()
    expect(page.locator(".visit", has_text=C2)).to_contain_text("待查")
