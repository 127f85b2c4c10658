"""Issued letters: their files as kept, and 撤销 or 维持 where an amendment took something back."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.rectification import Notice
from server.services.common.seals import seal
from server.services.mending.notice_papers import kept_paper, since_said
from server.services.mending.notice_questions import (
    DECISIONS,
    question_of,
    questions_open,
    questions_seen,
)
from server.services.mending.notices import notice_number, notice_with
from server.services.mending.shown import items_shown
from server.services.people.scope import OFFICE, SEES_ROUNDS, station_for

blueprint = Blueprint("desk_notices", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
SETTLED_SHOWN = 40


def sent_letter(notice: Notice, kind: str) -> Any:
    """A letter's file as kept; one issued before papers were kept is made now, once."""
    kept = kept_paper(session(), notice=notice, kind=kind)
    if kept is None:
        from server.papers.issued import make_up

        with own_write():  # a reader cannot become a writer (decision 0004)
            make_up(
                session(),
                notice=notice,
                now=clock.now(),
                standards=standards_here(),
                font_dir=settings_of().font_dir,
            )
        kept = kept_paper(session(), notice=notice, kind=kind)
    if kept is None:
        raise NotFound("notice-unknown", "没有找到这份文件。请返回列表重新选择。")
    word = "撤销通知" if notice.revokes_id else "整改通知书"
    name = f"{word}{notice.year}-{notice.number}号{since_said(session(), notice)}"
    answer = made_out(kept.content, f"{name}.{kind}")
    answer.headers["X-Content-SHA256"] = kept.sha256
    return answer


@blueprint.get("/letters/<int:notice_id>.<any(pdf, docx):kind>")
def letter_file(notice_id: int, kind: str) -> Any:
    """Any letter of a station in sight, a 撤销通知 as well."""
    found = notice_with(session(), county=me().county, notice_id=notice_id)
    try:
        station_for(session(), me(), found.station_id)
    except NotFound as unseen:
        raise NotFound("notice-unknown", "没有找到这份文件。请返回列表重新选择。") from unseen
    return sent_letter(found, kind)


def _page(problem: Problem | None = None, wrong_id: int | None = None) -> Any:
    within: dict[str, Any] = {"county": me().county, "seen_by": me()}
    settled = request.args.get("state") == "settled"
    return page(
        "notices.html",
        problem=problem,
        settled=settled,
        shown=questions_seen(
            session(), **within, settled=settled, limit=SETTLED_SHOWN if settled else None
        ),
        open_count=questions_open(session(), **within),
        decisions=DECISIONS,
        seal_of=lambda one: seal(items_shown(one.taken_back)),
        wrong_id=wrong_id,
    )


@blueprint.get("/letters")
def letters() -> Any:
    """Letters of which an amendment took something back; `?state=settled` what was decided."""
    return _page()


@blueprint.post("/letters/questions/<int:question_id>")
@carries("seal")
def decide(question_id: int) -> Any:
    """Take back or uphold, with the reason."""
    from server.papers.issued import settle_letter

    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "撤销还是维持由县专班决定。如有意见，请联系县专班。")
    with answering(lambda problem: _page(problem, question_id)):
        made = settle_letter(
            session(),
            question=question_of(session(), county=me().county, question_id=question_id),
            decision=request.form.get("decision", ""),
            reason=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
            standards=standards_here(),
            font_dir=settings_of().font_dir,
            seal=request.form.get("seal"),
        )
    said = (
        f"已发出撤销通知 {notice_number(county_of_desk(), made)}，可以下载了。"
        if made
        else "已维持，连同您的姓名和理由。通知书照旧。"
    )
    return done(said, url_for("desk_notices.letters", state="settled"))
