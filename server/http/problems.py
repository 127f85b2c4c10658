"""Every error in one shape: problem+json for phones and programs, a page for people at a desk."""

from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, SealLost, TooMany
from server.http.guards import CsrfMissing, OwnPasswordNeeded, ReadTokenNeeded, SignInNeeded
from server.media.apart.opener import OpenersBusy
from server.media.blobs import StoreFailed

log = structlog.get_logger()
STATUS: dict[type[Problem], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
}
PLAIN = {
    400: ("bad-request", "发来的内容看不懂。请返回上一页再试一次。"),
    404: ("not-found", "没有找到这一页。请检查网址，或返回首页。"),
    405: ("method-not-allowed", "这个地址不能这样使用。"),
    408: ("too-slow", "网太慢，没有收完整。请再试一次。"),
    413: ("body-too-large", "文件太大了（上限 16 MB）。请缩小或压缩后再传。"),
    416: ("range-unsatisfiable", "要续传的位置超出了文件。文件可能换过了，请从头下载。"),
    415: ("not-json", "发来的内容不是约定的格式（JSON）。"),
    500: ("our-fault", "系统出了问题，已经记录下来。请稍后再试；手机里的内容不会丢。"),
    503: ("busy", "系统正忙，请过一会儿再试；手机里的内容不会丢。"),
}
SAID_BESIDE = frozenset({"Allow", "Content-Range"})
"""Headers without which a program cannot tell what to do about a 405 or a 416."""


def status_of(problem: Problem) -> int:
    """The status that answers this kind of problem."""
    return next(code for kind, code in STATUS.items() if isinstance(problem, kind))


def wants_json() -> bool:
    """Phones and programs get JSON; everybody else gets a page."""
    return request.path.startswith(("/api/", "/healthz", "/readyz"))


def answer(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> Any:
    """One problem as RFC 9457 JSON, an htmx fragment, or a page.

    A form of the desk is not answered with a page: the desk says where to go on instead.
    """
    if wants_json():
        body = {"type": f"/api/problems#{code}", "title": message, "status": status}
        body |= {"code": code, "detail": message, "request_id": g.get("request_id", "")}
        body |= {key: value for key, value in (details or {}).items() if key not in body}
        response: Response = jsonify(body)
        response.content_type = "application/problem+json"
        response.status_code = status
        return _with_patience(response, details)
    typed_again = current_app.extensions.get("open_form_again")
    if typed_again is not None and request.path.startswith("/s/"):
        again: Response | None = typed_again(status, code, message, details)
        if again is not None:
            return _with_patience(again, details)
    instead = current_app.extensions.get("instead_of_page")
    if instead is not None and request.method == "POST":
        going_on: Response | None = instead(status, code, message, details)
        if going_on is not None:
            return going_on
    if request.path.startswith("/desk") and "framed_problem" in current_app.extensions:
        framed: Response | None = current_app.extensions["framed_problem"](status, code, message)
        if framed is not None:
            return _with_patience(framed, details)
    page = "desk/problem.html" if request.path.startswith("/desk") else "public/problem.html"
    html = render_template(page, code=code, message=message, status=status)
    return _with_patience(Response(html, status), details)


def _with_patience(response: Response, details: dict[str, Any] | None) -> Response:
    """Say when to come again, where somebody knows."""
    if details and "retry_after_s" in details:
        response.headers["Retry-After"] = str(details["retry_after_s"])
    return response


def _on_problem(problem: Problem) -> Any:
    status = status_of(problem)
    log.info("problem", code=problem.code, status=status)
    return answer(status, problem.code, problem.message, problem.details)


def _on_http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    code, message = PLAIN.get(status, PLAIN[400] if status < 500 else PLAIN[500])
    details = getattr(error, "data", None) or {}
    fields = details.get("messages") if isinstance(details, dict) else None
    if status == 413:
        message = _too_large()
    if status == 422:
        code, message = "form-invalid", "有几处填得不对，请按提示改好再交。"
    told = answer(status, code, message, {"fields": fields} if fields else None)
    for name, value in error.get_headers():
        if name in SAID_BESIDE:
            told.headers[name] = value
    return told


def _on_foreign_host(_error: SecurityError) -> Any:
    """Somebody asks under a name that is not ours; no page, for its links would carry that name."""
    log.info("problem", code="foreign-host", status=400)
    base_url = current_app.extensions["settings"].base_url
    said = f"这个网址不是村站通的地址。请用 {base_url} 打开。\n"
    return Response(said, 400, mimetype="text/plain")


def _too_large() -> str:
    most = request.max_content_length or 0
    limit = f"{most // 1024**2} MB" if most >= 1024**2 else f"{most // 1024} KB"
    if request.is_json:
        return f"一次发来的内容太多了（上限 {limit}）。请分几次交。"
    if request.mimetype == "application/x-www-form-urlencoded":
        return f"填写的内容太多了（上限 {limit}），没有保存。请写短一些，或者分几次交。"
    return f"文件太大了（上限 {limit}）。请缩小或压缩后再传。"


def _on_sign_in_needed(_error: SignInNeeded) -> Any:
    if request.path.startswith("/desk"):
        if request.method == "POST":
            return answer(401, "sign-in-needed", "登录已经过期，刚才没有保存。请重新登录。")
        target = url_for("desk_session.sign_in_page", next=request.full_path.rstrip("?"))
        if request.headers.get("HX-Request"):
            return "", 401, {"HX-Redirect": target}
        return redirect(target)
    return answer(401, "sign-in-needed", "请先认一下您是哪个站。手机里没交的内容都还在。")


def _on_own_password_needed(_error: OwnPasswordNeeded) -> Any:
    if request.method == "POST":
        return answer(
            403, "own-password-needed", "现在的密码是别人设的。请先改成您自己的，再做这一件。"
        )
    target = url_for("desk_account.account")
    if request.headers.get("HX-Request"):
        return "", 403, {"HX-Redirect": target}
    return redirect(target)


def _on_read_token(_error: ReadTokenNeeded) -> Any:
    refused = answer(
        401,
        "read-token-needed",
        "没有读取令牌，或者它已经停用、过期。请在请求头写 Authorization: Bearer 令牌；"
        "没有令牌请找县专班办公室发。",
    )
    refused.headers["WWW-Authenticate"] = 'Bearer realm="open data"'
    return refused


def _on_csrf(_error: CsrfMissing) -> Any:
    log.info("problem", code="page-too-old", status=400)
    return answer(400, "page-too-old", "这一页打开太久了，请刷新后再提交。")


def _on_integrity(error: IntegrityError) -> Any:
    log.warning("arrived-meanwhile", error=str(error.orig)[:200])
    return answer(409, "arrived-meanwhile", "同一时间有人改了同一处。请刷新看一下再试。")


def _on_data(error: DataError) -> Any:
    # A number beyond its column, a NUL in a text: the schemas refuse these; this is the net below.
    log.warning("unkeepable", error=str(error.orig)[:200])
    return answer(400, *PLAIN[400])


def _on_busy(error: DBAPIError | PoolTimeout) -> Any:
    log.error("database", error=str(getattr(error, "orig", error))[:200])
    return answer(*(503, *PLAIN[503]), {"retry_after_s": 5})


def busy(app: Flask, environ: dict[str, Any], error: Exception) -> Response:
    """The answer to a request that waited in vain for the database, outside of Flask."""
    with app.request_context(environ):
        told = _on_busy(OperationalError("", {}, error))
        return app.finalize_request(told, from_error_handler=True)


def _on_database(error: DatabaseError) -> Any:
    """A damaged file, a server that only reads: trouble of the house. What else fails is a bug."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if type(error) is DatabaseError or state.startswith(("25006", "XX")):
        return _on_busy(error)
    return _on_bug(error)


def _on_store(error: StoreFailed) -> Any:
    log.error("photo store", code=error.code, reason=error.reason)
    again_s = 600 if error.code == "store-reserve" else 60
    return answer(503, error.code, error.message, {"retry_after_s": again_s})


def _on_seal(error: SealLost) -> Any:
    log.error("sealed text", code=error.code)
    return answer(503, error.code, error.message, {"retry_after_s": 60})


def _on_busy_openers(error: OpenersBusy) -> Any:
    log.error("openers busy", cause=repr(error.__cause__))
    return answer(*(503, *PLAIN[503]), {"retry_after_s": 30})


def _on_bug(error: Exception) -> Any:
    log.error("bug", error=type(error).__name__, exc_info=error)
    return answer(500, *PLAIN[500])


def attach_problems(app: Flask) -> None:
    """Teach an app to answer every error in this one shape."""
    app.register_error_handler(Problem, _on_problem)
    app.register_error_handler(SecurityError, _on_foreign_host)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(SignInNeeded, _on_sign_in_needed)
    app.register_error_handler(OwnPasswordNeeded, _on_own_password_needed)
    app.register_error_handler(ReadTokenNeeded, _on_read_token)
    app.register_error_handler(CsrfMissing, _on_csrf)
    app.register_error_handler(IntegrityError, _on_integrity)
    app.register_error_handler(DataError, _on_data)
    for trouble in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(trouble, _on_busy)
    app.register_error_handler(DatabaseError, _on_database)
    app.register_error_handler(StoreFailed, _on_store)
    app.register_error_handler(SealLost, _on_seal)
    app.register_error_handler(OpenersBusy, _on_busy_openers)
    app.register_error_handler(Exception, _on_bug)
