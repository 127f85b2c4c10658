"""What stands beside a visit on the phone: the way there, what was found earlier, ready remarks."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.http import clock
from server.models.inspection import Inspection
from server.models.person import Role
from server.services.county.remarks import edit_remarks
from tests.api.events import batch, now_text
from tests.api.rounds import inspection
from tests.app.conftest import House, wait_until_offline_works
from tests.app.rounds import (
    C2,
    LI,
    WANG,
    arrive,
    drafts,
    hand_in,
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
