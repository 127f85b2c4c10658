"""The cookie of the desk: only this host's own on https, so that no neighbour of it can set one."""

from flask import request
from werkzeug.wrappers import Response

from server.http.database import settings_of

DESK_COOKIE = "czt_desk"
HOSTS_OWN = "__Host-"


def desk_token() -> str | None:
    """The token of whoever asks, if the desk's cookie is there."""
    return request.cookies.get(_name())


def give_desk_token(answer: Response, token: str) -> None:
    """Have the browser show this token at the desk from now on; it ends with the browser."""
    answer.set_cookie(
        _name(), token, path=_path(), secure=_only_https(), httponly=True, samesite="Lax"
    )


def take_desk_token(answer: Response) -> None:
    """Have the browser forget the token and what it keeps of pages: for who sits here next.

    Its storage stays, for the phone app of the same address may hold what was not sent yet.
    """
    answer.delete_cookie(_name(), path=_path(), secure=_only_https(), httponly=True)
    answer.headers["Clear-Site-Data"] = '"cache"'


def _only_https() -> bool:
    only: bool = settings_of().secure_cookies
    return only


def _name() -> str:
    return f"{HOSTS_OWN}{DESK_COOKIE}" if _only_https() else DESK_COOKIE


def _path() -> str:
    """`__Host-` asks for `/`; without https the desk's alone is better."""
    return "/" if _only_https() else "/desk"
