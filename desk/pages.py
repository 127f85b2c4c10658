"""What every desk page shares: rendering, the menu by role, links to files, notices."""

import hashlib
from pathlib import Path
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
from werkzeug.exceptions import BadRequest

from desk import parts, words
from server.calendar import weekday_text
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.problems import STATUS
from server.models.county import County
from server.models.person import Person, Role
from server.services.review.lists import waiting_count
from server.settings import ROOT

STATIC = Path(__file__).parent / "static"
VENDOR = ROOT / "web" / "vendor"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
OFFICE = (Role.COUNTY_OFFICE,)
TOWNSHIP = (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER)
# endpoint, word, icon, who sees it (empty: everybody at the desk)
MENU: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("desk_board.board", "站点看板", "board", ()),
    (
        "desk_plan.plan",
        "计划与进度",
        "plan",
        (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.FINANCE_REVIEWER),
    ),
    (
        "desk_rounds.rounds",
        "督导验收",
        "rounds",
        (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.FINANCE_REVIEWER),
    ),
    ("desk_rectifications.rectifications", "整改", "mend", ()),
    ("desk_reviews.queue", "照片核查", "photo", TOWNSHIP),
    (
        "desk_disagreements.disagreements",
        "分歧",
        "two",
        (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.FINANCE_REVIEWER),
    ),
    ("desk_months.month", "件数月报", "count", ()),
    (
        "desk_signals.signals",
        "异常提示",
        "look",
        (Role.COUNTY_OFFICE, Role.TOWNSHIP_OFFICER, Role.FINANCE_REVIEWER),
    ),
    ("desk_people.people", "人员与手机", "people", TOWNSHIP),
    ("desk_numbers.numbers", "编号与标识牌", "sign", TOWNSHIP),
    ("desk_exchange.exchange", "导入与导出", "exchange", OFFICE),
    ("desk_county.county", "县设置", "gear", OFFICE),
    ("desk_help.help_page", "使用帮助", "help", ()),
)
# Pages without a line of their own in the menu stand under another's.
UNDER = {
    "desk_county_signals": "desk_county",
    "desk_station": "desk_board",
    "desk_register": "desk_board",
    "desk_judge": "desk_board",
    "desk_signs": "desk_numbers",
    "desk_audit": "desk_county",
    "desk_new_round": "desk_rounds",
    "desk_results": "desk_rounds",
    "desk_inspections": "desk_rounds",
    "desk_everyday": "desk_rounds",
    "desk_photo_requests": "desk_rounds",
    "desk_phones": "desk_people",
    "desk_unsent": "desk_people",
    "desk_lag": "desk_people",
}


def me() -> Person:
    """The person at the desk; the guard has put them here."""
    person: Person = g.person
    return person


def county_of_desk() -> County:
    """The county of the person at the desk, read once per request."""
    if "county" not in g:
        g.county = session().get_one(County, me().county)
    county: County = g.county
    return county


def may(*roles: Role) -> bool:
    """Whether the person at the desk has one of these roles."""
    return me().role in roles


def page(name: str, status: int = 200, **context: Any) -> tuple[str, int]:
    """One desk page with what its frame needs."""
    menu = [
        (url_for(endpoint), word, icon, endpoint.partition(".")[0])
        for endpoint, word, icon, roles in MENU
        if not roles or me().role in roles
    ]
    # What waits for this person, beside the word in the menu.
    waits = {"desk_reviews": waiting_count(session(), person=me())} if may(*TOWNSHIP) else {}
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
            today=clock.today(),
            **context,
        ),
        status,
    )


def done(message: str, where: str) -> Any:
    """Say what was done and go on to `where`, so that reloading repeats nothing."""
    flash(message)
    return redirect(where, 303)


def status_of(problem: Problem) -> int:
    """The status with which a page answers a problem that it shows itself."""
    return next(code for kind, code in STATUS.items() if isinstance(problem, kind))


def asset_path(name: str) -> Path | None:
    """Where a static file lies: the desk's own, or a fetched library under vendor/."""
    folder, plain = (VENDOR, name[7:]) if name.startswith("vendor/") else (STATIC, name)
    if not plain.isprintable():  # a NUL is no file name, on any system
        return None
    path = (folder / plain).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None


def asset(name: str) -> str:
    """The address of a static file, with its hash, so that browsers may keep it for a year."""
    known: dict[str, tuple[float, str]] = current_app.extensions["desk_assets"]
    path = asset_path(name)
    if path is None:
        return url_for("desk_files.static_file", name=name)
    changed = path.stat().st_mtime
    if name not in known or known[name][0] != changed:
        known[name] = (changed, hashlib.sha256(path.read_bytes()).hexdigest()[:10])
    return url_for("desk_files.static_file", name=name, v=known[name][1])


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
