"""A table of stations coming in: preview, its faults as a file, the import, taking it back."""

from contextlib import suppress
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.papers import made_out
from desk.frame.uploads import kept_upload, name_told
from desk.stations.exchange import exchange_page
from server.errors import Conflict, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.person import Person
from server.policy.standard.facts import JUDGED, Word
from server.services.common import history
from server.services.people.scope import OFFICE
from server.services.registry.sheet_asks import refuse_unlooked
from server.services.registry.sheet_imports import (
    ACTIONS,
    ImportPlan,
    enter_import,
    marked_xlsx,
    plan_import,
)
from server.services.registry.sheet_undo import import_of, plan_undo, undo_import

blueprint = Blueprint("desk_imports", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
PAGE_ROWS = 100
TRIES = 3  # somebody else may save a station between the plan and the lock; then it is made anew


def _file_name() -> str:
    return name_told("站点表")


def _sheet() -> str:
    """Which of a file's sheets a person chose; "" for the one that is seen on opening it."""
    return request.values.get("sheet", "")


def _address(token: str, *, outdated: int | None = None) -> str:
    return url_for(
        "desk_imports.preview",
        token=token,
        file=_file_name(),
        sheet=_sheet() or None,
        outdated=outdated,
    )


def _planned(token: str) -> ImportPlan:
    """Raises NotFound upload-gone, and what `plan_import` raises."""
    return plan_import(
        session(),
        county=county_of_desk(),
        content=kept_upload(settings_of().home, token, person_id=me().id),
        filename=_file_name(),
        now=clock.now(),
        sheet_name=_sheet(),
    )


@blueprint.get("/import/<token>")
def preview(token: str) -> Any:
    """What the table would change, row by row; nothing is changed yet."""
    with answering(exchange_page):
        plan = _planned(token)
    return _preview_page(token, plan)


def _preview_page(token: str, plan: ImportPlan, problem: Problem | None = None) -> Any:
    show = request.args.get("show", "")
    show = show if show in {*ACTIONS, "passed"} else ""
    order = {action: place for place, action in enumerate(ACTIONS)}
    rows = [row for row in plan.rows if not show or row.action == show]
    rows.sort(key=lambda row: (order[row.action], row.line))
    leaf = page_of(len(rows), PAGE_ROWS)
    return page(
        "preview.html",
        problem=problem,
        plan=plan,
        rows=leaf.of(rows),
        leaf=leaf,
        show=show,
        outdated=request.args.get("outdated") == "1",
        token=token,
        filename=_file_name(),
        sheet=_sheet() or None,
        judged=JUDGED,
        facts=[JUDGED[key].title for key in plan.facts],
        voices=Word,
    )


@blueprint.get("/import/<token>/marked.xlsx")
def marked(token: str) -> Any:
    """The table with what is wrong written behind each line."""
    return made_out(
        marked_xlsx(_planned(token)), f"{_file_name().rpartition('.')[0] or '站点表'}-问题.xlsx"
    )


@blueprint.post("/import/apply")
@own_transaction
@carries("mark")
def apply() -> Any:
    """Import the previewed table: every row, or none, and nothing but what was shown."""
    token, mark = request.form.get("token", ""), request.form.get("mark", "")
    again = _address(token, outdated=1)
    for _ in range(TRIES):
        plan = _planned(token)
        if mark != plan.mark:
            break
        show = partial(_preview_page, token, plan)  # a view shows one page again, not two
        with answering(show):
            refuse_unlooked(plan.asks, request.form.get("sure", ""))
        with answering(show), suppress(Conflict), own_write():
            made = enter_import(
                session(),
                plan,
                county=county_of_desk(),
                standards=standards_here(),
                by=me(),
                now=clock.now(),
                on=clock.today(),
            )
            address = url_for("desk_imports.one_import", sheet_id=made.id)
            return done(
                f"导入完成：新增 {plan.count('new')} 站，修改 {plan.count('changed')} 站，"
                f"{plan.count('same')} 站没有变化。{plan.accounted}。",
                address,
            )
    return redirect(again, 303)


@blueprint.get("/imports/<int:sheet_id>")
def one_import(sheet_id: int) -> Any:
    """What one table changed, and what taking it back would do."""
    made = import_of(session(), county=me().county, import_id=sheet_id)
    most = len(made.rows)
    parts = history.parts_of(session(), county=made.county, ids=[made.history_id], most=most)
    lines = parts.get(made.history_id, [])
    leaf = page_of(len(lines), PAGE_ROWS)
    plan = [] if made.undone_at else plan_undo(session(), made)
    return page(
        "import.html",
        made=made,
        by=session().get(Person, made.imported_by) if made.imported_by else None,
        undone_by=session().get(Person, made.undone_by) if made.undone_by else None,
        lines=leaf.of(lines),
        leaf=leaf,
        back=sum(bool(one.back) and not one.removed for one in plan),
        removed=sum(one.removed for one in plan),
        left=made.left or [f"{one.name}：{said}" for one in plan for said in one.left],
    )


@blueprint.post("/imports/<int:sheet_id>/undo")
def undo(sheet_id: int) -> Any:
    """Put back what the import changed and nobody has changed since."""
    made = import_of(session(), county=me().county, import_id=sheet_id)
    address = url_for("desk_imports.one_import", sheet_id=made.id)
    # Taken back by somebody else in the meantime: the page says so.
    with answering(lambda _: redirect(address, 303)):
        undone = undo_import(session(), made, by=me(), now=clock.now(), standards=standards_here())
    back = sum(bool(one.back) and not one.removed for one in undone)
    removed = sum(one.removed for one in undone)
    left = f"有 {len(made.left)} 处没有动，列在下面。" if made.left else ""
    return done(f"撤回完成：退回 {back} 站，移除 {removed} 站。{left}", address)
