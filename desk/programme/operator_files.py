"""录入企业数: an operator's own totals of a month by file, looked at first, taken back whole."""

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.papers import made_out
from desk.frame.uploads import keep_upload, kept_upload, name_told, table_of_form, takes_table
from server.calendar import first_of_month, full_month_text
from server.errors import Conflict, Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import blobs_of, own_transaction, own_write, row_id, session, settings_of
from server.http.guards import guard_desk
from server.media.apart.tables import read_once
from server.models.county import Operator
from server.models.person import Role
from server.policy.typed_days import month_from
from server.services.common.list_plans import marked_list
from server.services.county.operators import operator_of, operators_of
from server.services.days import months
from server.services.days.operator_file_lists import file_for, files_entered, withdraw_file
from server.services.days.operator_files import (
    ACTIONS,
    TotalsPlan,
    enter_totals,
    plan_totals,
    totals_template,
)
from server.services.people.scope import GIVES_TOTALS

blueprint = Blueprint("desk_operator_files", __name__, url_prefix="/desk/operator-totals")
guard_desk(blueprint)
PAGE_ROWS = 100
WORDS = {
    "wrong": "有错", "changed": "改了", "new": "新的", "same": "和原来一样", "repeat": "重复的行",
    "total": "合计行",
}  # fmt: skip


class Given(NamedTuple):
    """What was said of the file as a whole."""

    operator: Operator
    month_on: date

    @property
    def told(self) -> dict[str, Any]:
        """As addresses and forms carry it."""
        return {"operator": self.operator.id, "month": f"{self.month_on:%Y-%m}"}


def _may_give() -> None:
    if not may(*GIVES_TOTALS):
        raise NotAllowed("not-your-page", "企业数由县专班或者运营企业自己录入。")


def _given() -> Given:
    """Whose totals of which month; an operator's clerk gives the own enterprise's alone.

    Raises Invalid operator-totals-of-whom, NotFound operator-unknown.
    """
    month_on = month_from(request.values.get("month", "")) or date.max
    if not date(2000, 1, 1) <= month_on <= clock.today():
        raise _missing("month", "请选择是哪个月的数。")
    own = me().operator_id if may(Role.OPERATOR) else request.values.get("operator", type=row_id)
    if not own:
        raise _missing("operator", "请选择是哪家企业的数。")
    return Given(operator_of(session(), county=me().county, operator_id=own), month_on)


def _missing(name: str, sentence: str) -> Invalid:
    return Invalid("operator-totals-of-whom", sentence, fields={name: sentence})


def _upload_page(problem: Problem | None = None) -> Any:
    today = clock.today()
    every = operators_of(session(), county=me().county)
    return page(
        "operator_files.html",
        problem=problem,
        gives=may(*GIVES_TOTALS),
        operators=[one for one in every if not may(Role.OPERATOR) or one.id == me().operator_id],
        files=files_entered(session(), county=me().county, seen_by=me()),
        month=f"{first_of_month(date.fromordinal(first_of_month(today).toordinal() - 1)):%Y-%m}",
        this_month=f"{today:%Y-%m}",
        month_name=full_month_text,
    )


@blueprint.get("")
def upload_form() -> Any:
    """Where a file is chosen; below, the files that were entered."""
    return _upload_page()


@blueprint.get("/template.xlsx")
def template() -> Any:
    """The empty list."""
    return made_out(totals_template(), "企业系统数模板.xlsx")


@blueprint.post("")
@takes_table
def upload() -> Any:
    """Put the file aside and go on to its preview."""
    _may_give()
    with answering(_upload_page):
        given = _given()
        content, name = table_of_form("文件")
        _plan(content, name, given)
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    return redirect(
        url_for("desk_operator_files.preview", token=token, file=name, **given.told), 303
    )


def _file_name() -> str:
    return name_told("企业系统数")


def _plan(content: bytes, name: str, given: Given) -> TotalsPlan:
    return plan_totals(
        session(),
        county=county_of_desk(),
        operator=given.operator,
        month_on=given.month_on,
        content=content,
        filename=name,
        now=clock.now(),
        seen_by=me(),
    )


def _planned(token: str) -> TotalsPlan:
    content = kept_upload(settings_of().home, token, person_id=me().id)
    return _plan(content, _file_name(), _given())


def _preview_page(token: str, problem: Problem | None = None) -> Any:
    plan, given = _planned(token), _given()
    rows = sorted(plan.rows, key=lambda row: (ACTIONS.index(row.action), row.line))
    leaf = page_of(len(rows), PAGE_ROWS, where=url_for("desk_operator_files.preview", token=token))
    return page(
        "operator_files_preview.html",
        problem=problem,
        plan=plan,
        given=given,
        rows=leaf.of(rows),
        leaf=leaf,
        action_words=WORDS,
        token=token,
        filename=_file_name(),
        month_name=full_month_text,
        approval=months.approval_of(session(), county=me().county, month_on=given.month_on),
    )


@blueprint.get("/preview/<token>")
def preview(token: str) -> Any:
    """What the file would do, line by line; nothing is changed yet."""
    _may_give()
    return _preview_page(token)


@blueprint.get("/preview/<token>/marked.xlsx")
def marked(token: str) -> Any:
    """The file with what is wrong written behind each line."""
    _may_give()
    stem = _file_name().rpartition(".")[0] or "企业系统数"
    return made_out(marked_list(_planned(token), _file_name()), f"{stem}-问题.xlsx")


@blueprint.post("/preview/<token>")
@own_transaction
@carries("mark")
def enter(token: str) -> Any:
    """Enter what was shown: every line, or none."""
    _may_give()
    content = kept_upload(settings_of().home, token, person_id=me().id)
    with answering(lambda problem: _preview_page(token, problem), Conflict), read_once():
        _planned(token)  # opens and reads the file, which the write lock need not wait for
        with own_write():
            given = _given()
            plan, _ = enter_totals(
                session(),
                blobs_of(),
                county=county_of_desk(),
                operator=given.operator,
                month_on=given.month_on,
                content=content,
                filename=_file_name(),
                mark=request.form.get("mark", ""),
                by=me(),
                now=clock.now(),
            )
        told, month = plan.sum.text, f"{given.month_on:%Y-%m}"
    return done(
        f"企业数已录入：{len(plan.fresh)}个站点日，{told}。{plan.list.left_out}接下来看哪些天对不上。",
        url_for("desk_reconciliation.month", month=month),
    )


@blueprint.get("/files/<int:file_id>/file")
def kept_file(file_id: int) -> Any:
    """A file as it was entered, byte for byte."""
    file = file_for(session(), file_id=file_id, seen_by=me())
    with blobs_of().open(file.file_sha256) as kept:
        content = kept.read()
    return made_out(content, file.file_name, saved=True)


@blueprint.post("/files/<int:file_id>/withdraw")
def withdraw(file_id: int) -> Any:
    """Take back every line of a file."""
    _may_give()
    file = file_for(session(), file_id=file_id, seen_by=me())
    with answering(_upload_page):
        gone = withdraw_file(
            session(), file=file, by=me(), now=clock.now(), reason=request.form.get("reason", "")
        )
    return done(
        f"已撤回“{file.file_name}”的{gone}行，以前录入的数重新有效。",
        url_for("desk_operator_files.upload_form"),
    )
