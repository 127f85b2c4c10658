"""A file of open data is waited for on its page and saved; a token is issued and shown."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.http import clock
from server.worker import Worker
from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.factories import Cast
from tests.services.opendata.lived import event


def faults(page: Page) -> list[str]:
    """What axe finds wrong, with the element."""
    found: Any = Axe().run(page, options=RULES)
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@ON_SQLITE
@pytest.mark.browser
def test_a_file_is_waited_for_and_saved_whole(
    app: Flask,
    session: Session,
    cast: Cast,
    open_desk: Callable[..., Page],
) -> None:
    session.add_all([event(cast.c1, cast.li, number) for number in range(1, 60)])
    session.commit()
    page = open_desk()
    said = listen(page)
    page.locator("#menu").get_by_text("数据导出").click()
    page.get_by_label("哪一种数据").select_option("记录")
    page.get_by_label("文件格式").select_option("CSV")
    page.get_by_text("只要几个乡镇").click()
    page.get_by_label("鹅城镇").check()
    page.get_by_role("button", name="做文件").click()
    expect(page.locator("#made")).to_contain_text("排队")
    assert Worker(Workshop(session.get_bind(), app.extensions["blobs"])).do_one()

    expect(page.locator("#made")).to_contain_text("59 行")  # without loading the page again
    expect(page.locator("#made [role=status]")).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载").click()
    content = saved.value.path().read_bytes()
    assert hashlib.sha256(content).hexdigest() in page.locator("#made").inner_text()
    assert saved.value.suggested_filename.startswith("静乐县记录")
    assert not faults(page)

    page.get_by_role("link", name="给其他系统读").click()
    page.get_by_label("系统名称").fill("县数据平台")
    page.get_by_label("使用单位和负责的人").fill("县数据局 王科长")
    page.get_by_label("站点", exact=True).check()
    page.get_by_label("用到哪一天").fill(clock.today().isoformat())
    page.get_by_role("button", name="发令牌").click()
    expect(page.get_by_text("只显示这一次", exact=True)).to_be_visible()
    assert not faults(page)
    assert said == []
