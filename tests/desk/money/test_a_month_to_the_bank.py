"""A month from counts to the bank's list: each step in the browser, by whoever it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.policy.plan.duties import Duty, OrganisationType
from server.policy.plan.subsidy_rates import Tier
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from server.services.people.passwords import set_password
from server.services.signals.questions import settle_signal
from server.services.subsidies.bank_lists import COLUMNS
from server.services.subsidies.rates import add_rate
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen, serving, sign_in
from tests.factories import NOW, PASSWORD, Cast
from tests.journey.pictures import Pictures
from tests.services.asked import raised
from tests.services.subsidies.world import NUMBER, Money, account, body, clerk, jingle
from tests.sheets import Tab, xlsx

pytestmark = [ON_SQLITE, pytest.mark.browser]
AT = datetime(2023, 7, 5, 7, tzinfo=UTC)
DAY = date(2023, 6, 5)
RECEIVED = (40, 30, 10, 20)  # at C0001, C0002, XZ0001, C0003


@pytest.fixture
def post(session: Session, cast: Cast, money: Money, monkeypatch: pytest.MonkeyPatch) -> Person:
    """静乐 in July: four keepers counted in June, a rate and accounts stand; 邮政公司's clerk."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    add_rate(
        session, plan=money.plan, scheme=money.plan.scheme("inbound"), from_on=date(2023, 1, 1),
        tiers=[Tier("", "", 0, 300)], amount_fen=None, source="静财建〔2023〕8号", reason="",
        seal=None, by=cast.office, now=NOW,
    )  # fmt: skip
    for n, station in enumerate((cast.c1, cast.c2, cast.xz1, cast.c3)):
        station.operator_id = cast.c1.operator_id
        entry = CountEntry(DAY, RECEIVED[n], sent=3, agri_sent=0, reason="电话报的")
        correct_count(session, station=station, entry=entry, by=cast.office, now=NOW)
        key = f"station:{station.id}"
        account(session, money, key, f"{NUMBER[:-1]}{n}", holder=station.name)
    company = body(
        session, cast.county, "邮政公司", Duty.INBOUND_REVIEW,
        type=OrganisationType.POSTAL_ENTERPRISE,
    )  # fmt: skip
    found = clerk(session, cast.county, "老邮", company)
    for person in (cast.office, money.reviewer, found, money.first, money.second):
        set_password(session, person=person, password=PASSWORD)
    return found


@pytest.fixture
def money(session: Session, cast: Cast) -> Money:
    return jingle(session, cast)


class Desks:
    """Whoever is at the desk, one after the other; no browser complains of anything."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.address = browser, address

    @contextmanager
    def of(self, person: Person, path: str) -> Iterator[Page]:
        """The person's page at a path, as the menu leads to it; a refusal may be said on it."""
        page = sign_in(self._browser, self.address, str(person.login))
        heard = listen(page)
        page.goto(f"{self.address}{path}")
        yield page
        page.context.close()
        assert [one for one in heard if "422" not in one and "409" not in one] == []


def sheet_of(*rows: tuple[str, ...]) -> FilePayload:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "6月.xlsx", "mimeType": kind, "buffer": xlsx(Tab(list(rows)))}


def press(page: Page, name: str, said: str) -> None:
    """Press a button that leads to a page which says so."""
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("status").first).to_contain_text(said)


def take(pictures: Pictures, page: Page, name: str) -> None:
    """A picture, and the same page on a phone is no wider than the phone."""
    pictures.take(page, name)
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360, page.url
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.pictures
def test_a_month_from_counts_to_the_banks_list(
    app: Flask, session: Session, cast: Cast, money: Money, post: Person, browser: Browser,
    tmp_path: Path,
) -> None:  # fmt: skip
    pictures = Pictures(tmp_path / "pictures", from_demonstration=False)
    asked = raised(session, cast.c3, day_on=DAY)
    session.commit()
    cycle = f"/subsidies/{money.plan.row.id}/inbound/2023-06"
    with serving(app) as address:
        desks = Desks(browser, address)

        # The operator's totals come in; one day differs, and a person decides with a reason.
        with desks.of(cast.office, "/operator-totals") as office:
            office.select_option("#operator", value=str(cast.c1.operator_id))
            office.fill("#month", "2023-06")
            told = ((cast.c1, 40), (cast.c2, 29), (cast.xz1, 10), (cast.c3, 20))
            lines = [(str(one.code), "2023-06-05", str(n), "3") for one, n in told]
            office.set_input_files("#file", sheet_of(("编号", "日期", "下行", "上行"), *lines))
            office.get_by_role("button", name="预览").click()
            press(office, "确认录入", "企业数已录入：4个站点日")
            office.get_by_role("link", name="有差异 1").first.click()
            office.locator('input[name="day"]').check()
            office.select_option("#choice", label="按企业的数")
            office.fill("#reason", "逐日看过派件单，多记了一件")
            take(pictures, office, "desk-money-decide.png")
            press(office, "的名义决定", "已决定1天")

            # The month is approved with a word on its gaps; from then on its counts pay.
            office.goto(f"{address}/months?month=2023-06")
            office.fill("#gap_reason", "6月刚开始用，只报了5日的，已电话核对")
            office.get_by_label("我看过了").check()
            take(pictures, office, "desk-money-month.png")
            office.get_by_role("button", name="核准2023年6月").click()
            expect(office.locator("main")).to_contain_text("核准以后不再变")
            office.goto(f"{address}/subsidies")
            form = office.locator("#inbound form.filters")
            form.locator('input[name="period"]').fill("2023-06")
            form.get_by_role("button", name="算一算").click()
            expect(office.locator("#new")).to_contain_text(
                "8.7元：2023年6月到件29件，核准并对过账，29件×0.3元。"
            )
            take(pictures, office, "desk-money-cycle.png")
            press(office, "把勾选的报审", "已报审4笔，合计29.7元")

        # Both bodies review, each for itself; before both have, nobody can approve.
        for person in (money.reviewer, post):
            with desks.of(person, cycle) as reviewer:
                reviewer.locator("#live [data-all=one]").check()
                press(reviewer, "审核通过", "审核通过4笔")

        # An open question about a station holds its payment, in plain words, until it is settled.
        with desks.of(money.first, cycle) as first:
            first.locator("#live [data-all=one]").check()
            take(pictures, first, "desk-money-held.png")
            first.get_by_role("button", name="批准", exact=True).click()
            expect(first.get_by_role("alert")).to_contain_text("这个站有1条异常提示还没有处理")
            settle_signal(
                session, signal=asked, decision="explained", reason="那天在村委会门口发件",
                by=cast.office, now=AT,
            )  # fmt: skip
            session.commit()
            first.goto(f"{address}{cycle}")
            first.locator("#live [data-all=one]").check()
            press(first, "批准", "已批准4笔，合计29.7元")
            first.goto(f"{address}/subsidies/batches")
            press(first, "编成一批", "第1批编好了，请财政局另一位核对放行")
            expect(first.locator("main")).to_contain_text("这一批是您编的")
            batch = first.url.removeprefix(address)

        # Another looks at each line and lets it go; the paper goes to the finance office.
        with desks.of(money.second, batch) as second:
            take(pictures, second, "desk-money-batch.png")
            press(second, "核对过了，放行", "已放行")
            with second.expect_download() as taken:
                second.get_by_role("link", name="下载付款表").click()
            paper = openpyxl.load_workbook(BytesIO(Path(taken.value.path()).read_bytes())).active
            assert paper is not None
            due = [row[:6] for row in paper.iter_rows(min_row=2, max_row=5, values_only=True)]
            assert [(row[0], row[4], row[5]) for row in due] == [
                (f"B1-{n + 1}", f"{NUMBER[:-1]}{at}", yuan)
                for n, (at, yuan) in enumerate(((0, 12), (1, 8.7), (2, 3), (3, 6)))
            ]

            # The bank's list: it matches, differs, was not paid, is not ours; one is not in it.
            second.goto(f"{address}/subsidies/bank")
            said = (("12", "成功", ""), ("9", "成功", ""), ("3", "失败", "户名不符"))
            ours = [
                (str(row[0]), str(row[2]), str(row[4]), yuan, "2023-07-05", state, why)
                for row, (yuan, state, why) in zip(due, said, strict=False)
            ]
            other = ("", "康家会供销社", "62179999111122223", "5", "2023-07-05", "成功", "")
            second.set_input_files(
                "#file", sheet_of(tuple(one.header for one in COLUMNS), *ours, other)
            )
            second.get_by_role("button", name="预览").click()
            for words in (
                "对上了 1", "金额不一样：应付8.7元，银行写9元", "银行写的是“失败，户名不符”",
                "没有哪一批里有这个行号", "名单里没有、我们放行了还没有结果的",
            ):  # fmt: skip
                expect(second.locator("main")).to_contain_text(words)
            take(pictures, second, "desk-money-bank.png")
            press(second, "确认录入", "对上了 1 行")
            second.goto(f"{address}{batch}")
            for n, words in enumerate(("银行名单对上", "还没有付", "没有付成", "还没有付"), 1):
                expect(second.locator("tr", has_text=f"B1-{n}")).to_contain_text(words)
            expect(second.locator(".top")).to_contain_text("已付 12.00 元")
