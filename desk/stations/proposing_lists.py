"""A township's own table handed in as proposals: upload, preview, its faults as a file, hand in."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import anchor_now, made_out, table_out
from desk.frame.uploads import keep_upload, kept_upload, name_told, table_of_form, takes_table
from server.calendar import file_day
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of
from server.http.guards import guard_desk
from server.media.apart.tables import read_once
from server.models.county import Division
from server.services.people.scope import PROPOSING
from server.services.registry.proposal_lists import plan_proposals, propose_list
from server.services.registry.sheet_asks import refuse_unlooked
from server.services.registry.sheet_imports import ImportPlan, marked_xlsx

blueprint = Blueprint("desk_proposal_lists", __name__, url_prefix="/desk/proposals/list")
guard_desk(blueprint, *PROPOSING)
ORDER = ("wrong", "new", "changed", "same")


def _own() -> Division:
    """The officer's township. Raises NotAllowed proposal-not-your-township."""
    found = session().get(Division, me().township_code) if me().township_code else None
    if found is None:
        raise NotAllowed("proposal-not-your-township", "您的账号还没有写上乡镇，不能提交变更。")
    return found


def _file_name() -> str:
    return name_told("站点表")


def _content(token: str) -> bytes:
    """Raises NotFound upload-gone."""
    return kept_upload(settings_of().home, token, person_id=me().id)


def _planned(token: str) -> ImportPlan:
    return plan_proposals(
        session(), county=county_of_desk(), content=_content(token), filename=_file_name(),
        by=me(), now=clock.now(),
    )  # fmt: skip


def _upload_page(problem: Problem | None = None) -> Any:
    return page("proposal_upload.html", problem=problem, own=_own())


@blueprint.get("")
def upload_form() -> Any:
    """Where the table is fetched, and chosen again when it is put right."""
    return _upload_page()


@blueprint.get("/stations.xlsx")
def own_stations() -> Any:
    """The own township's stations, as the register has them."""
    from server.services.registry.sheets import township_xlsx

    own = _own()
    made = township_xlsx(session(), county=county_of_desk(), township=own, anchor=anchor_now())
    return table_out(made, f"{own.name}站点{file_day(clock.today())}.xlsx")


@blueprint.post("")
@takes_table
def upload() -> Any:
    """Put the table aside and go on to its preview."""
    with answering(_upload_page):
        content, called = table_of_form("表格", empty="请先下载本乡镇的表，改好后再上传。")
        plan_proposals(
            session(), county=county_of_desk(), content=content, filename=called, by=me(),
            now=clock.now(),
        )  # fmt: skip
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    return redirect(url_for("desk_proposal_lists.preview", token=token, file=called), 303)


def _preview_page(token: str, problem: Problem | None = None) -> Any:
    plan = _planned(token)
    return page(
        "proposal_preview.html",
        problem=problem,
        plan=plan,
        rows=sorted(plan.rows, key=lambda row: (ORDER.index(row.action), row.line)),
        token=token,
        filename=_file_name(),
        reason=request.form.get("reason", "") if problem else "",
    )


@blueprint.get("/<token>")
def preview(token: str) -> Any:
    """What the table would propose, row by row; nothing is proposed yet."""
    return _preview_page(token)


@blueprint.get("/<token>/marked.xlsx")
def marked(token: str) -> Any:
    """The table with what is wrong written behind each line."""
    return made_out(
        marked_xlsx(_planned(token)), f"{_file_name().rpartition('.')[0] or '站点表'}-问题.xlsx"
    )


@blueprint.post("/<token>")
@own_transaction
@carries("mark")
def propose(token: str) -> Any:
    """Hand in what was shown: every row, or none."""
    content, form = _content(token), request.form
    with answering(lambda problem: _preview_page(token, problem)), read_once():
        refuse_unlooked(_planned(token).asks, form.get("sure", ""))
        # That plan opened and read the file, which the write lock need not wait for.
        with own_write():
            made = propose_list(
                session(),
                county=county_of_desk(),
                content=content,
                filename=_file_name(),
                mark=form.get("mark", ""),
                reason=form.get("reason", ""),
                by=me(),
                now=clock.now(),
            )
    told = f"已提交县里审核：{len(made)} 份。县里一份一份采纳或退回，采纳以后登记才会变。"
    return done(told, url_for("desk_proposals.proposals", mine=1))
