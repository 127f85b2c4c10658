"""No POST answers with a page: what was typed and what is wrong with it are shown by a GET.

A form that was not taken is kept for its owner (`server/services/people/kept_forms.py`), and the
browser goes on to the form's own address with `?kept=…`. There the view that took the form is
called again as far as its `answering`, which shows the form as it was typed. Reloading repeats no
deed, Back finds a page, and nobody needs a script.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, Response, current_app, flash, g, jsonify, redirect, request, url_for
from markupsafe import escape
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, TooMany
from server.http import clock
from server.http.database import session, takes_large_bodies
from server.http.desk_cookie import desk_token
from server.http.first_texts import typed_texts
from server.http.guards import READS_ONLY_SAID, may_open
from server.http.kept import NotKept, keep_aside
from server.http.problems import answer as problem_page
from server.http.problems import status_of
from server.models.kept_form import KeptForm
from server.services.people.kept_forms import kept_form, writer_of

KEPT = "kept"
# Words of the address that belong to one showing only.
PASSING = (KEPT, "part")
PAGE_OWN = ("at", "draft")  # fields that the page adds for this purpose
NO_PAGES = ("desk_files.", "desk_session.", "desk_second_step.")
LONGEST_ADDRESS = 2000
REQUEST_TOO_LARGE = 413
KINDS = {kind.__name__: kind for kind in (Conflict, NotFound, NotAllowed, TooMany)}
SIGNED_IN_AGAIN = (
    "您打开这一页以后又登录过一次，所以刚才没有保存。您填的都在下面，请看一遍，再点一次保存。"
)
SIGN_IN_OVER = "登录到时间了，所以刚才没有保存。您填的都在下面，请看一遍，再点一次保存。"
NOT_YOURS = "您的账号没有这一项权限。如需办理，请联系县专班。"
TOO_LARGE = "填的字太多，没能替您留着。"
ANOTHERS = "这一页是另一个人登录时打开的，刚才的内容没有保存。请用自己的账号重新打开再办。"


class Shown(NamedTuple):
    """What a view shows instead of doing its deed: the problem of a form that was kept."""

    problem: Problem
    status: int


def scripted() -> bool:
    """Whether a script reads the answer itself, so that the browser's history is untouched."""
    return request.accept_mimetypes.best == "application/json"


def looks_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose POST changes nothing: its form is kept, and a GET shows what it gives."""

    @wraps(view)
    def look(*args: Any, **kwargs: Any) -> Any:
        given = view(*args, **kwargs)
        return to_form({}) or given if request.method == "POST" else given

    look.looks_only = True  # type: ignore[attr-defined]
    return look


def showing_kept() -> Shown | None:
    """The problem of the kept form that this request shows; None everywhere else."""
    shown: Shown | None = g.get("kept_shown")
    return shown


def kept_path() -> str:
    """The target of the form that this page shows as it was kept; the script leaves it alone."""
    path: str = g.get("kept_path", "")
    return path


def at_here() -> str:
    """This page's own address, which its forms carry: there they are shown again."""
    return _without(request.full_path)


def _without(address: str, *more: tuple[str, str]) -> str:
    """An address without its passing words, with `more`."""
    path, _, query = address.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in PASSING]
    query = urlencode([*kept, *more])
    return f"{path}?{query}" if query else path


def is_page(address: str) -> bool:
    """Whether this leads to a page of the desk by GET: no other site, no form's target, no file."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or "\\" in address or not address.isprintable():
        return False
    if not parts.path.startswith("/desk/") or len(address) > LONGEST_ADDRESS:
        return False
    here = current_app.url_map.bind("")
    try:
        rule, _ = here.match(parts.path, method="GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return False
    with suppress(HTTPException, RequestRedirect):
        target, _ = here.match(parts.path, method="POST", return_rule=True)
        if len(target.arguments) < len(rule.arguments):
            return False  # /import/apply is a form's target, though /import/<token> would fit
    return not rule.endpoint.startswith(NO_PAGES)


def _may_come(address: str) -> bool:
    """Whether the person who sent the form may open this page at all; its guard knows."""
    if g.get("person") is None:
        return True
    endpoint, _ = current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    return may_open(str(endpoint).partition(".")[0], g.person.role)


def form_address() -> str:
    """The address of the page whose form was sent: as it says itself, else where it came from."""
    said = _form().get("at", "")
    came = urlsplit(request.referrer or "")
    came_from = f"{came.path}?{came.query}" if came.netloc == request.host else ""
    here = request.full_path
    for address in (said, came_from, here):
        if is_page(address) and _may_come(address):
            return _without(address)
    board = url_for("desk_board.board")
    return _without(f"{board}?{urlsplit(here).query}")


def _form() -> MultiDict[str, str]:
    """The form, where it can be read; a stranger's large file is never read for it."""
    if takes_large_bodies() and g.get("person") is None:
        return MultiDict()
    return typed_texts()


def to_form(problem: dict[str, Any]) -> Response | None:
    """Keep the form of this request and go on to its own page; None where nothing can be kept.

    What the request did is undone. The database may be what fails: then the page of the problem is
    answered as it is, and the browser still holds what was typed (`desk/static/keep.js`).
    """
    owner = g.get("person")
    if owner is None or scripted():
        return None
    return _kept_for(owner.id, problem)


def _kept_for(person_id: int, problem: dict[str, Any]) -> Response | None:
    where, fields = form_address(), [*_form().items(multi=True)]
    try:
        token = keep_aside(
            person_id, request.path, [pair for pair in fields if pair[0] not in PAGE_OWN], problem
        )
    except NotKept:
        return None
    if token is None:
        flash(f"{problem.get('message', '')}{TOO_LARGE}", "bad")
        return _go(where)
    return _go(_without(where, (KEPT, token)))


def _go(where: str) -> Response:
    answer: Response = current_app.make_response(redirect(where, 303))
    return answer


def told(problem: Problem) -> Response | None:
    """Go on to the form's page, where it is shown again with what is wrong."""
    return to_form(
        {
            "kind": type(problem).__name__,
            "code": problem.code,
            "message": problem.message,
            "details": _plain(problem.details),
            "status": status_of(problem),
        }
    )


def _plain(value: Any) -> Any:
    """Details of a problem as JSON keeps them."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _instead(status: int, code: str, message: str, details: dict[str, Any] | None) -> Any:
    """What a POST to the desk is answered with instead of a page of a problem; None as it is."""
    if request.method != "POST" or not request.path.startswith("/desk/"):
        return None
    if scripted():
        return jsonify(code=code, message=message), status
    if code == "sign-in-needed":
        return _signed_out()
    if code == "page-too-old" and g.get("person") is not None:
        return _old_page(message)
    told = {"code": code, "message": message, "details": _plain(details or {})}
    problem = {"kind": "Invalid", **told, "status": status, "alone": True}
    kept = _of_its_writer(problem) if status == REQUEST_TOO_LARGE else to_form(problem)
    if kept is None and g.get("person") is None and status < 500:  # our own trouble says when
        flash(message, "bad")
        return _go(form_address())
    return kept


def _old_page(message: str) -> Response:
    """The token is of another sign-in: the same person's form is kept, nobody else's."""
    writer = writer_of(session(), csrf=_form().get("csrf", ""))
    if writer is not None and writer.id == g.person.id:
        problem = {"kind": "Invalid", "code": "page-too-old", "message": SIGNED_IN_AGAIN}
        kept = to_form({**problem, "details": {}, "status": 400})
        if kept is not None:
            return kept
    flash(ANOTHERS if writer is not None else message, "bad")
    return _go(form_address())


def _of_its_writer(problem: dict[str, Any]) -> Response | None:
    """Keep the form of whoever has its page's token and cookie, though no guard has looked."""
    cookie = desk_token()
    if not cookie:
        return None
    writer = writer_of(session(), csrf=_form().get("csrf", ""), token=cookie)
    return _kept_for(writer.id, problem) if writer is not None else None


def _signed_out() -> Response:
    """The sign-in has ended: sign in and go on to the form, which waits for its writer alone."""
    where = form_address()
    problem = {"kind": "Invalid", "code": "sign-in-needed", "message": SIGN_IN_OVER}
    kept = _of_its_writer({**problem, "details": {}, "status": 400})
    where = kept.location or where if kept is not None else where
    return _go(url_for("desk_session.sign_in_page", next=where))


def attach_again(app: Flask) -> None:
    """Let every page of the desk show the form that was kept for it; call after all blueprints."""
    app.extensions["instead_of_page"] = _instead
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.rule.startswith("/desk")
    }
    for endpoint in pages:
        if not endpoint.startswith(NO_PAGES):
            app.view_functions[endpoint] = _showing(app.view_functions[endpoint])


def _showing(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def show(*args: Any, **kwargs: Any) -> Any:
        token = request.args.get(KEPT)
        if token is None or request.method not in ("GET", "HEAD"):
            return view(*args, **kwargs)
        form = kept_form(session(), token=token, person_id=g.person.id, now=clock.now())
        if form is None:  # taken meanwhile, too old, or somebody else's
            return redirect(at_here(), 303)
        return _shown(form)

    return show


def _shown(form: KeptForm) -> Any:
    """The page on which a kept form is shown, made by the view that would take it."""
    problem, texts = _problem_of(form.problem), [(name, text) for name, text in form.fields]
    try:
        endpoint, args = current_app.url_map.bind("").match(form.path, method="POST")
    except (HTTPException, RequestRedirect):  # an address of an older version
        return redirect(at_here(), 303)
    view = current_app.view_functions[endpoint]
    if problem is not None and problem.code == READS_ONLY_SAID:
        return _problem_alone(problem, texts, int(form.problem["status"]))
    if not may_open(endpoint.partition(".")[0], g.person.role):
        return _problem_alone(NotAllowed("not-your-page", NOT_YOURS), texts)
    g.kept_path = form.path
    request.form, request.files = ImmutableMultiDict(texts), ImmutableMultiDict()
    if problem is None:
        return view(**args) if hasattr(view, "looks_only") else redirect(at_here(), 303)
    status = int(form.problem["status"])
    if _has_form(view):
        g.kept_shown = Shown(problem, status)
        try:
            view(**args)  # as far as its `answering`, which raises the page
        except HTTPException as page:
            if not form.problem.get("alone") or _holds(page, texts):
                raise
        except Problem as other:  # what the form was about is gone, or no longer for this person
            session().rollback()
            return _problem_alone(other, texts)
        session().rollback()
    return _problem_alone(problem, texts, status)


def _holds(page: HTTPException, texts: list[tuple[str, str]]) -> bool:
    """Whether a page shows all that was written: it does not where what it was about is gone."""
    body = page.response.get_data(as_text=True) if isinstance(page.response, Response) else ""
    return all(str(escape(text)) in body for _, text in texts if _is_prose(text))


def _has_form(view: Callable[..., Any]) -> bool:
    """Whether a view does its deed inside `answering`: only such a one may be called again."""
    return "answering" in inspect.unwrap(view).__code__.co_names


def _problem_of(held: dict[str, Any]) -> Problem | None:
    if not held:
        return None
    kind = KINDS.get(held["kind"], Invalid)
    return kind(held["code"], held["message"], **held.get("details", {}))


def _problem_alone(problem: Problem, texts: list[tuple[str, str]], status: int = 0) -> Any:
    """The page of a problem where no form can be shown; what was typed can still be copied."""
    g.typed_before = [text for _, text in texts if _is_prose(text)]
    return problem_page(status or status_of(problem), problem.code, problem.message)


def typed_before() -> list[str]:
    """What the form held whose problem this page tells, to be copied by hand."""
    typed: list[str] = g.get("typed_before", [])
    return typed


def _is_prose(text: str) -> bool:
    """Whether a person typed this: it is no mark, number or token of the page's own."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
