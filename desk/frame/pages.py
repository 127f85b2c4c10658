"""What every desk page shares: rendering, notices, what no page may take or leave behind."""

from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import BadRequest

from desk.frame import parts, words
from desk.frame.access import county_of_desk, may, me, whole_county_in_sight
from desk.frame.assets import asset
from desk.frame.menu import UNDER, lines_for
from server.calendar import weekday_text
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import may_open
from server.http.problems import STATUS
from server.services.people.scope import OFFICE, TOWNSHIP
from server.services.review.lists import reviews_waiting_count

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def page(name: str, status: int = 200, **context: Any) -> tuple[str, int]:
    """One desk page with what its frame needs."""
    menu = [
        (url_for(line.endpoint), line.word, line.icon, line.blueprint)
        for line in lines_for(me().role)
    ]
    # What waits for this person, beside the word in the menu.
    waits = (
        {"desk_reviews": reviews_waiting_count(session(), seen_by=me())} if may(*TOWNSHIP) else {}
    )
    return (
        render_template(
            f"desk/{name}",
            menu=menu,
            waits=waits,
            part=UNDER.get(request.blueprint or "", request.blueprint),
            county=county_of_desk(),
            me=me(),
            is_office=may(*OFFICE),
            is_township=may(*TOWNSHIP),
            sees_county=whole_county_in_sight(),
            opens=_opens,
            today=clock.today(),
            **context,
        ),
        status,
    )


def _opens(blueprint: str) -> bool:
    """Whether the person at the desk may follow a link to this part; its guard knows."""
    return may_open(blueprint, me().role)


def done(message: str, where: str) -> Any:
    """Say what was done and go on to `where`, so that reloading repeats nothing."""
    flash(message)
    return redirect(where, 303)


def status_of(problem: Problem) -> int:
    """The status with which a page answers a problem that it shows itself."""
    return next(code for kind, code in STATUS.items() if isinstance(problem, kind))


def _refuse_nul() -> None:
    """Refuse what no keyboard types and PostgreSQL keeps nowhere: a NUL in a form or an address."""
    if not request.path.startswith("/desk"):
        return
    texts = list(request.args.values())
    # A large file is read only behind the guard, so that a stranger cannot fill our disk with it.
    large = hasattr(current_app.view_functions.get(request.endpoint or ""), "most_body_bytes")
    if request.mimetype in FORMS and not large:
        texts += request.form.values()
    if any("\0" in text for text in texts):
        raise BadRequest


def _keep_to_oneself(answer: Response) -> Response:
    """Names and telephone numbers stay in no cache: after signing out, Back shows nothing."""
    if request.path.startswith("/desk") and "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def attach_pages(app: Flask) -> None:
    """Give the templates their words and links."""
    app.before_request(_refuse_nul)
    app.after_request(_keep_to_oneself)
    app.extensions["desk_assets"] = {}
    app.config["SESSION_COOKIE_NAME"] = "czt_notice"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_PATH"] = "/desk"
    app.config["SESSION_COOKIE_SECURE"] = app.extensions["settings"].secure_cookies
    app.jinja_env.globals.update(
        asset=asset,
        words=words,
        icon=parts.icon,
        csrf=parts.csrf,
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
        masked=words.masked,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
