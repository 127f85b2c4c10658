"""银行名单: the finance office's list read in, row by row, before anything is called paid."""

from typing import Any

from flask import Blueprint, request

from desk.frame.access import me
from desk.frame.list_pages import ListPages, attach_list
from desk.frame.uploads import upload_path
from server.http import clock
from server.http.database import settings_of
from server.http.guards import guard_desk
from server.http.text_ring import text_ring
from server.money import yuan_text
from server.services.people.scope import PAYS
from server.services.subsidies.accounts import masked
from server.services.subsidies.bank_lists import (
    BankPlan,
    bank_template,
    enter_bank_list,
    plan_bank_list,
)
from server.services.subsidies.bank_rows import WORDS

blueprint = Blueprint("desk_bank_lists", __name__, url_prefix="/desk")
guard_desk(blueprint, *PAYS)


def _plan(*args: Any, **given: Any) -> BankPlan:
    return plan_bank_list(*args, **given, ring=text_ring(), by=me(), today=clock.today())


def _enter(*args: Any, **given: Any) -> BankPlan:
    """Enter the list; its file, with whole account numbers, is not left lying about."""
    plan = enter_bank_list(*args, **given, ring=text_ring())
    token = (request.view_args or {}).get("token", "")
    upload_path(settings_of().home, token, person_id=me().id).unlink(missing_ok=True)
    return plan


attach_list(
    blueprint,
    "/subsidies/bank",
    ListPages(
        title="录入银行付款名单",
        whose="银行付款",
        say="财政或银行给的付款结果：行号、户名、账号、金额、日期、结果。对不上的不会记成已付，会列出来请人查。",
        under=("付款批次", "desk_subsidy_batches.batches"),
        words=WORDS,
        columns=(
            ("行号", lambda row: row.ref),
            ("户名", lambda row: row.holder),
            ("账号", lambda row: masked(row.last4) if row.last4 else ""),
            ("金额（元）", lambda row: "" if row.amount_fen is None else yuan_text(row.amount_fen)),
        ),
        notes=lambda row: row.notes,
        plan=_plan,
        enter=_enter,
        template=bank_template,
        then=("没有对上的，请在批次页逐行查清。", "desk_subsidy_batches.batches"),
    ),
)
