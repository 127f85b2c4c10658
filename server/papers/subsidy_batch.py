"""付款表: a released batch for the finance office, with whole account numbers."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from server.calendar import moment_text
from server.media.sheets.writing import Foot, new_workbook, set_up_print, width_of
from server.models.county import County
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.money import yuan_said, yuan_text
from server.sealed_text import open_text
from server.services.common import chain
from server.services.subsidies.bank_rows import ref_of
from server.services.subsidies.batches import BatchView, entitlements_by_line, payments_of
from server.services.subsidies.stopped import stopped_lines

HEADERS = ("批次行号", "收款人", "户名", "开户行", "账号", "金额", "笔数", "事由")


class BatchTable(NamedTuple):
    """The workbook's bytes, and what it says: how many lines to pay, their sum, how many not to."""

    content: bytes
    lines: int
    total_fen: int
    stopped: int


def batch_xlsx(
    session: Session, *, found: BatchView, county: County, ring: Mapping[str, bytes],
    bound: Callable[[str, str], str], now: datetime,
) -> BatchTable:  # fmt: skip
    """The table of what is still to be paid; accounts are texts, amounts are numbers, with a sum.

    A line that is over by now, or held since the release, stands on a sheet of its own with the
    reason and without its account: a table taken out again must not pay anybody twice.
    `bound` says to what a sealed number is bound (payee, county). Raises Conflict text-key-lost.
    """
    lines = [
        one
        for one in payments_of(session, found.batch.id)
        if one.state is not PaymentState.WITHDRAWN
    ]
    parts = entitlements_by_line(session, lines)
    stopped = stopped_lines(session, lines, parts)
    out = io.BytesIO()
    book = new_workbook(out)
    head = book.add_format({"bold": True, "bg_color": "#DCEBFA", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "border": 1, "text_wrap": True, "valign": "top"})
    money = book.add_format({"num_format": "#,##0.00", "border": 1, "valign": "top"})
    sheet = book.add_worksheet("付款表")
    sheet.freeze_panes(1, 1)
    rows = []
    for one in (each for each in lines if each.id not in stopped):
        own = parts.get(one.id, [])
        why = own[0].sentence if len(own) == 1 else f"{len(own)}笔补贴，明细见系统"
        number = open_text(ring, one.number_sealed, about=bound(one.payee_key, county.code))
        rows.append(
            (
                ref_of(found.batch, one), one.payee_name, one.holder, one.bank, number,
                one.amount_fen, str(len(own)), why,
            )
        )  # fmt: skip
    for column, header in enumerate(HEADERS):
        told = [yuan_text(row[5]) if column == 5 else row[column] for row in rows]
        sheet.set_column(column, column, width_of([header, *told]))
        sheet.write_string(0, column, header, head)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if column == 5:
                sheet.write_number(line, column, row[5] / 100, money)
            else:
                sheet.write_string(line, column, str(value), text)
    last = len(rows) + 1
    sheet.write_string(last, 0, "合计", text)
    total = sum(row[5] for row in rows)
    sheet.write_number(last, 5, total / 100, money)
    sha = (found.batch.contents_sha256 or "")[:16]
    released = moment_text(found.batch.released_at) if found.batch.released_at else ""
    words = (
        f"{'演示数据　' if county.demo else ''}"
        f"{county.name}补贴第{found.batch.number}批　{found.made}编，"
        f"{found.released} {released} 放行"
        f"　{moment_text(now)} 导出　SHA-256 {sha}"
    )
    if stopped:
        left = sum(one.amount_fen for one in lines if one.id in stopped)
        words = (
            f"放行时{len(lines)}行，其中{len(stopped)}行{yuan_said(left)}不在本表，见“不要付”"
            f"　{words}"
        )
        _not_to_be_paid(book, found, [one for one in lines if one.id in stopped], stopped)
    foot = Foot(words, chain.foot(session, county=county.code, at=now))
    sheet.write_string(last + 1, 0, foot.text)
    set_up_print(sheet, foot)
    book.close()
    return BatchTable(out.getvalue(), len(rows), total, len(stopped))


def _not_to_be_paid(
    book: Any, found: BatchView, lines: Sequence[SubsidyPayment], why: Mapping[int, str]
) -> None:
    sheet = book.add_worksheet("不要付")
    rows = [("批次行号", "收款人", "金额", "为什么不要付")]
    rows += [
        (ref_of(found.batch, one), one.payee_name, yuan_text(one.amount_fen), why[one.id])
        for one in lines
    ]
    for column in range(4):
        sheet.set_column(column, column, width_of([row[column] for row in rows]))
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(line, column, value)
