"""A round's results: figures, comparison with an earlier round, files, and what went up."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, made_out
from desk.rounds.rounds import round_here
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import own_write, row_id, session, settings_of
from server.http.guards import guard_desk
from server.models.inspection import Campaign, RoundReport
from server.services.inspections.kept_papers import version_said
from server.services.people.people import names_of
from server.services.people.scope import EVERYBODY, OFFICE, SEES_ROUNDS
from server.services.rounds.campaigns import campaigns_of
from server.services.rounds.contents import (
    RoundContent,
    live_content,
    not_inspected,
    reported_content,
)
from server.services.rounds.reports import (
    changed_since_report,
    figures_hash,
    report_is_whole,
    report_of,
    report_round,
    reports_of,
)

blueprint = Blueprint("desk_results", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
ROWS_A_PAGE = 100


def _earlier(campaign: Campaign) -> tuple[list[Campaign], Campaign | None]:
    """Rounds before this one, and the one to compare with: asked for, else the newest; 0 is none.

    Rounds that began later, or at the same time, are no earlier ones.
    """
    before = [
        one
        for one in campaigns_of(session(), county=me().county)
        if one.id != campaign.id and one.opens_on < campaign.opens_on
    ]
    asked = request.values.get("earlier", type=row_id)
    if asked is None:
        return before, before[0] if before else None
    return before, next((one for one in before if one.id == asked), None)


def _live(campaign: Campaign, earlier: Campaign | None) -> RoundContent:
    """The round as of today, as far as the person at the desk may see its stations."""
    return live_content(
        session(), campaign=campaign, on=clock.today(), earlier=earlier, seen_by=me()
    )


def _page(campaign: Campaign, problem: Problem | None = None) -> Any:
    before, earlier = _earlier(campaign)
    content = _live(campaign, earlier)
    reports = reports_of(session(), campaign=campaign)
    return page(
        "results.html",
        problem=problem,
        round=campaign,
        content=content,
        figures=content.figures,
        seal=figures_hash(content.figures),
        before=before,
        earlier=earlier,
        compared=content.compared,
        **_stations(content, url_for("desk_results.results", campaign_id=campaign.id)),
        reports=reports,
        who=names_of(session(), person_ids=[one.reported_by for one in reports]),
        due=not_inspected(content.figures),
        asked_due=problem is not None and problem.code == "report-unfinished",
        changed=changed_since_report(session(), campaign=campaign, on=clock.today(), seen_by=me()),
    )


def _stations(content: RoundContent, where: str) -> dict[str, Any]:
    """The page of stations that the address asks for."""
    every = content.figures["stations"]
    leaf = page_of(len(every), ROWS_A_PAGE, where=where)
    return {"leaf": leaf, "stations": leaf.of(every)}


@blueprint.get("/rounds/<int:campaign_id>/results")
def results(campaign_id: int) -> Any:
    """Figures per county, township, clause and station, as of today."""
    return _page(round_here(campaign_id))


def _file(content: RoundContent, kind: str, name: str) -> Any:
    from server.papers.round_report import round_pdf
    from server.papers.round_sheet import round_xlsx

    anchor = anchor_now()
    content = replace(content, anchor=anchor)
    made = round_xlsx(content) if kind == "xlsx" else round_pdf(content, settings_of().font_dir)
    return made_out(made, f"{content.title}结果（{name}）.{kind}")


@blueprint.get("/rounds/<int:campaign_id>/results.<any(xlsx, pdf):kind>")
def results_file(campaign_id: int, kind: str) -> Any:
    """The same as a workbook or on paper, marked as live."""
    campaign = round_here(campaign_id)
    ever = reports_of(session(), campaign=campaign)
    name = "实时数据，不是报送件" if ever else "未报送"
    return _file(_live(campaign, _earlier(campaign)[1]), kind, name)


@blueprint.post("/rounds/<int:campaign_id>/report")
@carries("figures")
def report_up(campaign_id: int) -> Any:
    """Record to whom the result went; its figures are frozen as they stand now."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "结果由县专班上报。如有意见，请联系县专班。")
    campaign, form = round_here(campaign_id), request.form
    with answering(lambda problem: _page(round_here(campaign_id), problem)):
        made = report_round(
            session(),
            campaign=campaign,
            reported_to=form.get("reported_to", ""),
            by=me(),
            now=clock.now(),
            because=form.get("because", ""),
            sure=form.get("sure") == "yes",
            seen_sha256=form.get("figures", ""),
            earlier=_earlier(campaign)[1],
        )
        _keep_files(made, campaign)
    where = url_for("desk_results.one_report", campaign_id=campaign.id, version=made.version)
    return done(f"已记下：第 {made.version} 版报给{made.reported_to}，数字从此固定。", where)


def _keep_files(made: RoundReport, campaign: Campaign) -> None:
    """The whole county's files, in the transaction that files the result."""
    from server.papers.kept import REPORT_KINDS, report_paper

    for kind in REPORT_KINDS:
        report_paper(
            session(), report=made, campaign=campaign, kind=kind, seen_by=EVERYBODY,
            now=clock.now(), font_dir=settings_of().font_dir,
        )  # fmt: skip


def _reported(campaign: Campaign, version: int) -> tuple[RoundReport, RoundContent]:
    made = report_of(session(), campaign=campaign, version=version)
    return made, reported_content(session(), made=made, campaign=campaign, seen_by=me())


@blueprint.get("/rounds/<int:campaign_id>/reports/<int:version>")
def one_report(campaign_id: int, version: int) -> Any:
    """One version as it went up; its figures never change."""
    campaign = round_here(campaign_id)
    made, content = _reported(campaign, version)
    return page(
        "report.html",
        round=campaign,
        made=made,
        content=content,
        figures=content.figures,
        compared=content.compared,
        **_stations(content, request.path),
        whole=report_is_whole(made),
        newest=reports_of(session(), campaign=campaign)[0].version,
    )


@blueprint.get("/rounds/<int:campaign_id>/reports/<int:version>.<any(xlsx, pdf):kind>")
def report_file(campaign_id: int, version: int, kind: str) -> Any:
    """One version's files as kept: made from what was frozen, once; older versions stay here."""
    campaign = round_here(campaign_id)
    made, content = _reported(campaign, version)
    given: dict[str, Any] = {"report": made, "campaign": campaign, "kind": kind, "seen_by": me()}
    from server.papers.kept import kept_report, report_paper

    newest = reports_of(session(), campaign=campaign)[0].version
    title = f"{content.title}结果{version_said(made.version, newest)}"
    paper = kept_report(session(), report=made, kind=kind, seen_by=me())
    if paper is None:
        with own_write():  # a reader cannot become a writer (decision 0004)
            paper = report_paper(
                session(), **given, now=clock.now(), font_dir=settings_of().font_dir
            )
    return made_out(paper, f"{title}.{kind}")
