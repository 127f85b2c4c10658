"""企业名单: the office's own list of operators, looked at row by row, then entered together."""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, request, send_file, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page
from desk.frame.uploads import keep_upload, kept_upload
from server.errors import Conflict, Invalid, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of
from server.http.guards import guard_desk
from server.services.county.operator_lists import (
    ACTIONS,
    OperatorPlan,
    enter_operators,
    operator_template,
    plan_operators,
)
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_operator_lists", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 120
WORDS = {"wrong": "有错", "new": "新增", "changed": "修改", "same": "没有变化"}


def _upload_page(problem: Problem | None = None) -> Any:
    return page("operator_list.html", problem=problem)


@blueprint.get("/operators/list")
def upload_form() -> Any:
    """Where a list is chosen."""
    return _upload_page()


@blueprint.get("/operators/list/template.xlsx")
def template() -> Any:
    """The empty list."""
    return send_file(
        BytesIO(operator_template()),
        mimetype=XLSX,
        as_attachment=True,
        download_name="运营企业名单模板.xlsx",
    )


@blueprint.post("/operators/list")
def upload() -> Any:
    """Put the list aside and go on to its preview."""
    with answering(_upload_page):
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("import-empty", "还没有选文件。请先选好名单，再点预览。")
        content = file.read()
        if not content.strip():
            raise Invalid("import-empty", "这个文件是空的。请先下载模板，填好后再上传。")
        name = Path(file.filename.replace("\\", "/")).name[-LONGEST_NAME:]
        plan_operators(session(), county=county_of_desk(), content=content, filename=name)
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    return redirect(url_for("desk_operator_lists.preview", token=token, file=name), 303)


def _file_name() -> str:
    return request.values.get("file", "")[-LONGEST_NAME:] or "运营企业名单"


def _content(token: str) -> bytes:
    """Raises NotFound upload-gone."""
    return kept_upload(settings_of().home, token, person_id=me().id)


def _preview_page(token: str, problem: Problem | None = None) -> Any:
    plan: OperatorPlan = plan_operators(
        session(), county=county_of_desk(), content=_content(token), filename=_file_name()
    )
    return page(
        "operator_list_preview.html",
        problem=problem,
        plan=plan,
        rows=sorted(plan.rows, key=lambda row: (ACTIONS.index(row.action), row.line)),
        action_words=WORDS,
        token=token,
        filename=_file_name(),
    )


@blueprint.get("/operators/list/<token>")
def preview(token: str) -> Any:
    """What the list would do, row by row; nothing is changed yet."""
    return _preview_page(token)


@blueprint.post("/operators/list/<token>")
@own_transaction
def enter(token: str) -> Any:
    """Enter what was shown: every row, or none."""
    content, mark = _content(token), request.form.get("mark", "")
    with answering(lambda problem: _preview_page(token, problem), Conflict), own_write():
        plan = enter_operators(
            session(),
            county=county_of_desk(),
            content=content,
            filename=_file_name(),
            mark=mark,
            by=me(),
            now=clock.now(),
        )
    told = "，".join(
        f"{WORDS[action]} {plan.count(action)} 行" for action in ACTIONS[1:] if plan.count(action)
    )
    return done(
        f"名单已录入：{told}。接下来写各服务哪些乡镇。", url_for("desk_operators.operators")
    )
