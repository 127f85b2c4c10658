"""What every desk page shares: rendering, notices, what no page may take or leave behind."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import BadRequest, HTTPException

from desk.frame import again, parts, words
from desk.frame.access import (
    assessed_here,
    county_of_desk,
    may,
    me,
    reports_here,
    whole_county_in_sight,
)
from desk.frame.assets import asset
from desk.frame.marks import refuse_unmarked
from desk.frame.menu import UNDER, lines_for
from desk.frame.queues import waits_by_part
from server.calendar import weekday_text
from server.errors import Conflict, Invalid, Problem
from server.http import clock
from server.http.database import session, takes_large_bodies
from server.http.desk_cookie import notice_cookie
from server.http.guards import desk_person, may_open
from server.http.problems import status_of
from server.policy.masking import masked_number
from server.services.people.kept_forms import forget_forms
from server.services.people.scope import OFFICE, TOWNSHIP

DRAFTS_TOLD, LONGEST_DRAFT = 12, 24
REPORT_PARTS = ("desk_reports",)  # where the plan asks for no monthly report
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def piece(name: str, *, problem: Problem | None = None, **context: Any) -> tuple[str, int]:
    """A template alone, for a page or for a piece of one.

    With a `problem` it says so: its `message` and status, what was `typed`, what is `wrong` by
    field, and what is `asked` of whoever may insist on it, now or before. A page whose form means
    these otherwise gives its own.
    """
    said = {
        "message": problem.message if problem else "",
        "typed": request.form if problem else {},
        "wrong": (problem.details.get("fields") or {}) if problem else {},
        "asked": (problem.details.get("asked") or request.form.get("sure", "")) if problem else "",
    }
    body = render_template(f"desk/{name}", me=me(), **{**said, **context})
    return body, status_of(problem) if problem else 200


def page(name: str, *, problem: Problem | None = None, **context: Any) -> tuple[str, int]:
    """One desk page with what its frame needs; a `problem` as `piece` says it."""
    menu = [
        (url_for(line.endpoint), line.word, line.icon, line.blueprint, line.group)
        for line in lines_for(me().role, without=() if reports_here() else REPORT_PARTS)
    ]
    return piece(
        name,
        problem=problem,
        menu=menu,
        waits=waits_by_part(),  # beside the words of the menu
        part=UNDER.get(request.blueprint or "", request.blueprint),
        county=county_of_desk(),
        is_office=may(*OFFICE),
        is_township=may(*TOWNSHIP),
        saved=cookie.get("saved", []),
        kept=again.kept_path(),
        sees_county=whole_county_in_sight(),
        opens=_opens,
        assessed=assessed_here(),
        today=clock.today(),
        **context,
    )


def _problem(status: int, code: str, message: str) -> Response | None:
    """The page of a problem within the frame, for somebody who is signed in; None for others.

    A fault of the house may be one of what the frame needs: it is told without.
    """
    if status >= 500 or request.headers.get("HX-Request"):
        return None
    session().rollback()  # a deed that failed on its way is not shown
    if g.get("person") is None and not desk_person():
        return None
    body, _ = page("problem_framed.html", code=code, message=message, status=status)
    return current_app.make_response((body, status))


def _opens(blueprint: str) -> bool:
    """Whether the person at the desk may follow a link to this part; its guard knows."""
    return may_open(blueprint, me().role)


def done(message: str, where: str) -> Any:
    """Say what was done and go on to `where`, so that reloading repeats nothing.

    What was kept of the form is forgotten, and the page learns which drafts were saved.
    """
    forget_forms(session(), person_id=me().id, path=request.path)
    drafts = [*cookie.get("saved", []), request.form.get("draft", "")[:LONGEST_DRAFT]]
    cookie["saved"] = [one for one in drafts if one.isalnum()][-DRAFTS_TOLD:]
    flash(message)
    return redirect(where, 303)


@contextmanager
def answering(show: Callable[[Problem], Any], *also: type[Problem]) -> Iterator[None]:
    """Around a deed: what a person got wrong is undone, and answered by the page it came from.

    `show` makes that page anew, from the database as it was before, when the browser has gone on to
    the form's own address (`desk/frame/again.py`). Nothing after the deed is run, and nothing that
    the request did is kept. Before the deed a view only reads: for the page it is called once more.
    So for Invalid and Conflict, and what is named `also`; the other kinds are answered as
    everywhere, by the page of problems.
    """
    kept = again.showing_kept()
    if kept is not None:
        # This request only shows a form again: its page is made here, and the deed is not done.
        shown = current_app.make_response(show(kept.problem))
        if shown.status_code < 300 or shown.status_code >= 400:
            shown.status_code = kept.status
        raise HTTPException(response=shown)
    try:
        refuse_unmarked()
        yield
    except Problem as problem:
        if not isinstance(problem, (Invalid, Conflict, *also)):
            raise
        session().rollback()
        going_on = again.told(problem) if request.method == "POST" else None
        # An answer that is raised is not committed (server/http/database.py).
        raise HTTPException(
            response=going_on or current_app.make_response(show(problem))
        ) from problem


def _refuse_nul() -> None:
    """Refuse what no keyboard types and PostgreSQL keeps nowhere: a NUL in a form or an address."""
    if not request.path.startswith("/desk"):
        return
    texts = list(request.args.values())
    # A large file is read only behind the guard, so that a stranger cannot fill our disk with it.
    if request.mimetype in FORMS and not takes_large_bodies():
        texts += request.form.values()
    if any("\0" in text for text in texts):
        raise BadRequest


def _keep_to_oneself(answer: Response) -> Response:
    """Names and telephone numbers stay in no cache: after signing out, Back shows nothing."""
    if request.path.startswith("/desk") and "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer


class _Notices(SecureCookieSessionInterface):
    """What is said between two pages, signed by HMAC-SHA-256: Flask's own choice is SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def attach_pages(app: Flask) -> None:
    """Give the templates their words and links."""
    app.before_request(_refuse_nul)
    app.after_request(_keep_to_oneself)
    app.extensions["desk_assets"] = {}
    app.extensions["framed_problem"] = _problem
    app.config.update(notice_cookie(app.extensions["settings"]))
    app.session_interface = _Notices()
    app.jinja_env.globals.update(
        asset=asset,
        words=words,
        icon=parts.icon,
        csrf=parts.csrf,
        typed_before=again.typed_before,
        status_tag=parts.status_tag,
        verdict_tag=parts.verdict_tag,
        goal_bar=parts.goal_bar,
        share_bar=parts.share_bar,
        option=parts.option,
        count_chart=parts.count_chart,
    )
    app.jinja_env.filters.update(
        day=words.day_text,
        moment=words.moment_text,
        number=words.number_text,
        weekday=weekday_text,
        listed=words.listed,
        masked=masked_number,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
