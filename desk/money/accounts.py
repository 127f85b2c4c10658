"""收款账户: masked everywhere; entered by one person, confirmed by another who types it again."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.money.frame import rights
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.text_ring import text_ring
from server.services.people.scope import WHOLE_COUNTY
from server.services.subsidies.accounts import (
    accounts_told,
    confirm_account,
    enter_account,
    masked,
    newest_id,
    refuse_account,
)

blueprint = Blueprint("desk_subsidy_accounts", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)


def _page(problem: Problem | None = None) -> Any:
    county = me().county
    every = accounts_told(session(), county=county)
    asked = request.values.get("payee", "")
    chosen = next((one for one in every if one.payee_key == asked), None)
    return page(
        "subsidy_accounts.html",
        problem=problem,
        every=every,
        chosen=chosen,
        seen=newest_id(session(), county=county, payee_key=chosen.payee_key) if chosen else 0,
        masked=masked,
        **rights(),
    )


@blueprint.get("/subsidies/accounts")
def accounts() -> Any:
    """Everybody to be paid, with the account that holds and the one that waits."""
    return _page()


@blueprint.post("/subsidies/accounts")
@carries("seen", when=("what", "enter"))
def act() -> Any:
    """Enter an account, confirm one, or do without it."""
    form, county = request.form, county_of_desk()
    ring = text_ring()
    with answering(_page):
        what, account_id = form.get("what", ""), form.get("account", 0, type=row_id)
        if what == "enter":
            enter_account(
                session(), county=county, payee_key=form.get("payee", ""),
                holder=form.get("holder", ""), bank=form.get("bank", ""),
                number=form.get("account_number", ""), ring=ring, by=me(), now=clock.now(),
                seen=form.get("seen", 0, type=int),
            )  # fmt: skip
            told = "已登记，等另一位对着开户资料再输一遍。"
        elif what == "confirm":
            made = confirm_account(
                session(), county=county, account_id=account_id,
                number=form.get("account_number", ""), ring=ring, by=me(), now=clock.now(),
            )  # fmt: skip
            told = f"核对上了：{made.holder}，{masked(made.last4)}。"
        elif what == "refuse":
            refuse_account(
                session(), county=county, account_id=account_id, reason=form.get("reason", ""),
                by=me(), now=clock.now(),
            )  # fmt: skip
            told = "这个账户不用了。"
        else:
            raise Invalid("subsidy-nothing", "请点要办的那个按钮。")
    return done(told, url_for("desk_subsidy_accounts.accounts"))
