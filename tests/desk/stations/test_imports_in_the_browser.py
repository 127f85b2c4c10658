"""A table coming in, seen in real Chromium: on the office's screen and on a phone's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.databases import ON_SQLITE
from tests.desk.conftest import RULES, listen
from tests.factories import Cast, make_village
from tests.sheets import Tab, formula, xlsx

pytestmark = [ON_SQLITE, pytest.mark.browser]
SIZES = ((1366, 768), (360, 640))
HEAD = [
    "编号",
    "乡镇",
    "村",
    "站长姓名",
    "联系电话",
    "营业时间",
    "面积（平方米）",
    "开办日期",
    "备注",
]
MA = [
    "C0001",
    "鹅城镇",
    "马家沟村",
    "李新来",
    "13900000001",
    "9:00-17:00",
    "12.5㎡",
    "2023年5月1号",
    "x",
]
SONG = [
    "",
    "鹅城镇",
    "宋家村",
    "宋大姐",
    "(0350)6521234转801",
    "8:00-18:00",
    "8平米",
    "2023-06-01",
    "",
]
YANG = [
    "C0002",
    "鹅城镇",
    "杨家山村",
    formula("Z9", "#N/A", "e"),
    "无",
    "",
    "很大",
    "2022年3月",
    "",
]


def misfits(page: Page) -> list[str]:
    """What does not fit one of the two screens, or not everybody can read."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{page.url}: {wide} px on {width}")
        seen: Any = Axe().run(page, options=RULES)
        found += [f"{page.url} at {width}: {one['id']}" for one in seen.response["violations"]]
    page.set_viewport_size({"width": 1366, "height": 768})
    return found


def upload(page: Page, address: str, path: Path) -> None:
    page.goto(f"{address}/exchange")
    page.get_by_label("选择表格").set_input_files(path)
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()


def test_a_table_is_looked_at_put_right_imported_and_taken_back(
    open_desk: Callable[..., Page], address: str, session: Session, cast: Cast, tmp_path: Path
) -> None:
    make_village(session, code="140926100207", name="宋家村")
    session.commit()
    wrong, right = tmp_path / "静乐县村级站点统计表（7月）.xlsx", tmp_path / "改好的.xlsx"
    foot = [["合计", "3"], ["制表人：李四"]]
    old = Tab([["旧"]], name="去年", state="hidden")
    wrong.write_bytes(xlsx(Tab([["统计表"], HEAD, MA, SONG, YANG, *foot], hidden_rows=[4]), old))
    right.write_bytes(xlsx(Tab([HEAD, MA, SONG])))
    page = open_desk()
    said, faults = listen(page), []

    upload(page, address, wrong)
    faults += misfits(page)
    page.get_by_role("link", name="有错 1").click()
    expect(page.locator(".wrong-line")).to_have_count(4)
    page.get_by_role("link", name="不是站点 4").click()
    expect(page.get_by_role("cell", name="制表人：李四")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载标出问题的表").click()
    assert coming.value.suggested_filename == "静乐县村级站点统计表（7月）-问题.xlsx"

    upload(page, address, right)
    faults += misfits(page)
    page.reload()  # a preview has an address: nothing is sent again
    page.get_by_role("button", name="确认导入（新增 1，修改 1）").click()
    expect(page.get_by_role("status").first).to_contain_text("导入完成")
    faults += misfits(page)
    page.get_by_role("button", name="撤回这次导入").click()
    expect(page.get_by_role("status").first).to_contain_text("退回 1 站，移除 1 站")
    page.go_back()
    faults += misfits(page)
    page.goto(f"{address}/history")
    page.get_by_text("逐站看改了什么").first.click()
    faults += misfits(page)

    assert said == []
    assert faults == []


def test_while_a_table_is_written_the_page_says_so(
    open_desk: Callable[..., Page], address: str, cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "站点.xlsx"
    path.write_bytes(xlsx(Tab([HEAD, MA])))
    page = open_desk()
    upload(page, address, path)
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")

    page.get_by_role("button", name="确认导入").click()

    expect(page.get_by_text("正在写入 1 站，请稍等，不要关页面。")).to_be_visible()
