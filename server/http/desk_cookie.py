"""The desk's cookies: only this host's own on https, so that no neighbour of it can set one."""

from datetime import timedelta
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from server.http.database import settings_of
from server.settings import Settings

DESK_COOKIE = "czt_desk"
NOTICE_COOKIE = "czt_notice"
HOSTS_OWN = "__Host-"


def desk_token() -> str | None:
    """The token of whoever asks, if the desk's cookie is there."""
    return request.cookies.get(own_name(DESK_COOKIE))


def give_desk_token(answer: Response, token: str) -> None:
    """Have the browser show this token at the desk from now on; it ends with the browser."""
    answer.set_cookie(
        own_name(DESK_COOKIE),
        token,
        path=own_path("/desk"),
        secure=_only_https(),
        httponly=True,
        samesite="Lax",
    )


def take_desk_token(answer: Response) -> None:
    """Have the browser forget the token and what it keeps of pages: for who sits here next.

    Its storage stays, for the phone app of the same address may hold what was not sent yet.
    """
    forget_cookie(answer, DESK_COOKIE, path="/desk")
    answer.headers["Clear-Site-Data"] = '"cache"'


def set_own_cookie(answer: Response, name: str, value: str, *, path: str, lasts: timedelta) -> None:
    """Have the browser keep a cookie of the desk that no script and no other site may use."""
    answer.set_cookie(
        own_name(name),
        value,
        max_age=lasts,
        path=own_path(path),
        httponly=True,
        samesite="Strict",
        secure=_only_https(),
    )


def forget_cookie(answer: Response, name: str, *, path: str) -> None:
    """Have the browser forget one."""
    answer.delete_cookie(own_name(name), path=own_path(path), secure=_only_https(), httponly=True)


def own_name(name: str) -> str:
    """A cookie's name as browsers know it."""
    return f"{HOSTS_OWN}{name}" if _only_https() else name


def own_path(path: str) -> str:
    """`__Host-` asks for `/`; without https as little as is needed is better."""
    return "/" if _only_https() else path


def notice_cookie(settings: Settings) -> dict[str, Any]:
    """Flask's settings for the cookie that carries what is said between two pages of the desk."""
    only = settings.secure_cookies
    return {
        "SESSION_COOKIE_NAME": f"{HOSTS_OWN}{NOTICE_COOKIE}" if only else NOTICE_COOKIE,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/" if only else "/desk",
        "SESSION_COOKIE_SECURE": only,
    }


def _only_https() -> bool:
    only: bool = settings_of().secure_cookies
    return only
