"""付款表: taken out a second time it lists nothing that was paid, failed or is held by now."""

import io
from typing import Any

import openpyxl
from sqlalchemy.orm import Session

from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.models.sealed_by_hand import of_account
from server.papers.subsidy_batch import batch_xlsx
from server.services.subsidies.batches import batch_of
from server.services.subsidies.holds import hold
from server.services.subsidies.paying import record_not_paid, record_paid
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.subsidies.world import (
    RINGS,
    account,
    accounts,
    approved,
    number_of,
    released,
    xiping,
)

pytestmark = ON_SQLITE
PAPER = Attachment(b"%PDF-1.7\npaid\n%%EOF\n", "pdf", "回单.pdf")


def test_a_second_table_pays_nobody_twice(session: Session, cast: Cast, blobs: FolderStore) -> None:
    money = xiping(session, cast, points=5)
    rows = approved(session, money)
    accounts(session, money, rows)
    batch, lines = released(session, money, rows)

    def sheets() -> dict[str, list[list[Any]]]:
        found = batch_of(session, county=money.county.code, batch_id=batch.id)
        table = batch_xlsx(
            session, found=found, county=money.county, ring=RINGS, bound=of_account, now=NOW
        )
        book = openpyxl.load_workbook(io.BytesIO(table.content))
        return {one.title: [list(row) for row in one.values] for one in book}

    assert list(sheets()) == ["付款表"]
    record_paid(
        session, blobs, payment_id=lines[0].id, on=TODAY, paper=PAPER, by=money.first, now=NOW
    )
    record_not_paid(session, payment_id=lines[1].id, reason="户名不符", by=money.first, now=NOW)
    hold(session, entitlement=rows[2], reason="有人反映", by=money.office, now=NOW)
    account(session, money, lines[3].payee_key, "62170000555566667777", seen=lines[3].account_id)

    now = sheets()
    assert [row[0] for row in now["付款表"][1:3]] == ["B1-5", "合计"]
    assert now["付款表"][2][5] == 1000
    assert "放行时5行，其中4行4000元不在本表" in str(now["付款表"][3][0])
    assert [row[0] for row in now["不要付"][1:]] == ["B1-1", "B1-2", "B1-3", "B1-4"]
    assert [row[3] for row in now["不要付"][1:]] == [
        "2023年7月5日已经付过", "没有付成：户名不符。要再付，另编一批", "暂缓着：有人反映",
        "收款账户在列入批次以后改过，请先查清",
    ]  # fmt: skip
    assert not [n for n in range(4) if number_of(n) in str(now)]
