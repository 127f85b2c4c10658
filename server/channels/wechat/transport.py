"""How calls reach WeChat: one address, time-outs, a token that all processes share, its errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from server.channels.wechat.meanings import Meaning, Then, meaning_of

REAL = "https://api.weixin.qq.com"
TIMEOUT = httpx.Timeout(8.0, connect=4.0)
EARLY = timedelta(minutes=5)
"""A token is renewed so long before its end, so that none ends on its way."""
LONGEST_ANSWER = 2 * 1024 * 1024
NETWORK = -100
"""Our own number for: WeChat could not be reached, or did not answer as it says it does."""
UNREACHABLE = Meaning(
    Then.LATER,
    "连不上微信，过一会儿再试。您填的都还在手机里。",
    "连不上微信的服务器（或答复看不懂），会自动再试。请检查本机能否访问 api.weixin.qq.com。",
)


class WeChatError(Exception):
    """WeChat said no, or said nothing: its number, what it means, and whether trying again helps.

    Its own words (`errmsg`) may hold what was sent, so they are not kept.
    """

    def __init__(self, number: int, meaning: Meaning) -> None:
        super().__init__(f"WeChat {number}: {meaning.office}")
        self.number = number
        self.meaning = meaning

    @property
    def then(self) -> Then:
        """What helps."""
        return self.meaning.then


class Shelf(Protocol):
    """Where tokens lie that all processes of the house share, by a name."""

    def held(self, name: str, now: datetime) -> str | None:
        """The token that is good beyond `now`, if there is one."""

    def keep(self, name: str, token: str, until: datetime) -> None:
        """Put a token there in place of an older one."""

    def drop(self, name: str, token: str) -> None:
        """Take a token away, if it is still this one."""


@dataclass(frozen=True)
class Account:
    """One mini program: its id, its secret, and where WeChat is (a fake one has an address too)."""

    appid: str
    secret: str
    base_url: str = REAL


class WeChat:
    """Calls to WeChat for one account; `transport` is for tests and for the fake."""

    def __init__(
        self, account: Account, shelf: Shelf, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.account = account
        self._shelf = shelf
        self._http = httpx.Client(
            base_url=account.base_url,
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=transport is None,
            transport=transport,
        )

    def close(self) -> None:
        """Close what connections are open."""
        self._http.close()

    def ask(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """A GET that needs no token; raises WeChatError."""
        return _fields(self._send("GET", path, params=params))

    def tell(self, path: str, body: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """A POST with the token, once more with a new one if it was not taken."""
        return _fields(self.fetch(path, body, now=now))

    def fetch(self, path: str, body: Mapping[str, Any], *, now: datetime) -> httpx.Response:
        """The same, and the answer as it came: a picture has no fields. Raises WeChatError."""
        return self._with_token(lambda token: self._send("POST", path, token=token, body=body), now)

    def ticket(self, *, now: datetime) -> str:
        """The ticket that signs pages for the JS-SDK, shared like the token; raises WeChatError."""
        name = f"jsapi_ticket {self.account.appid}"
        held = self._shelf.held(name, now)
        if held is not None:
            return held
        answer = _fields(
            self._with_token(
                lambda token: self._send(
                    "GET", "/cgi-bin/ticket/getticket", token=token, params={"type": "jsapi"}
                ),
                now,
            )
        )
        return self._kept(name, answer, "ticket", now)

    def token(self, *, now: datetime) -> str:
        """The access token: the shared one, or a new one by stable_token; raises WeChatError.

        Two processes that ask at once get the same one: stable_token does not spoil the older.
        """
        held = self._shelf.held(self._token_name, now)
        if held is not None:
            return held
        body = {
            "grant_type": "client_credential",
            "appid": self.account.appid,
            "secret": self.account.secret,
        }
        answer = _fields(self._send("POST", "/cgi-bin/stable_token", body=body))
        return self._kept(self._token_name, answer, "access_token", now)

    @property
    def _token_name(self) -> str:
        return f"access_token {self.account.appid}"

    def _kept(self, name: str, answer: Mapping[str, Any], field: str, now: datetime) -> str:
        """What an answer brings, on the shelf until shortly before it ends."""
        value, lasts = answer.get(field), answer.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(lasts, int) or lasts <= 0:
            raise WeChatError(NETWORK, UNREACHABLE)
        lasting = timedelta(seconds=lasts)
        self._shelf.keep(name, value, now + max(lasting - EARLY, lasting / 2))
        return value

    def _with_token(self, send: Any, now: datetime) -> httpx.Response:
        token = self.token(now=now)
        answer: httpx.Response = send(token)
        number = _number(answer)
        if number and meaning_of(number).then is Then.RENEW:
            self._shelf.drop(self._token_name, token)
            answer = send(self.token(now=now))
            number = _number(answer)
        if number:
            raise WeChatError(number, meaning_of(number))
        return answer

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        token: str | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        query = {**(params or {}), **({"access_token": token} if token else {})}
        try:
            with self._http.stream(method, path, params=query, json=body) as answer:
                content = b""
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > LONGEST_ANSWER:
                        raise WeChatError(NETWORK, UNREACHABLE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WeChatError(NETWORK, UNREACHABLE) from error
        if answer.status_code != httpx.codes.OK:
            raise WeChatError(NETWORK, UNREACHABLE)
        return httpx.Response(200, headers={"Content-Type": _kind(answer)}, content=content)


def _kind(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", ""))


def _number(answer: httpx.Response) -> int:
    """The error number of an answer; 0 for none. A picture has none."""
    if _kind(answer).startswith("image/"):
        return 0
    number = _mapping(answer).get("errcode", 0)
    if not isinstance(number, int):
        raise WeChatError(NETWORK, UNREACHABLE)
    return number


def _fields(answer: httpx.Response) -> dict[str, Any]:
    """What an answer says; raises WeChatError for a no, and for what is no answer."""
    if _kind(answer).startswith("image/"):
        raise WeChatError(NETWORK, UNREACHABLE)
    number = _number(answer)
    if number:
        raise WeChatError(number, meaning_of(number))
    return _mapping(answer)


def _mapping(answer: httpx.Response) -> dict[str, Any]:
    """An answer's JSON object: WeChat sends it as text/plain too, so its kind tells nothing."""
    try:
        fields = answer.json()
    except (ValueError, RecursionError) as error:
        raise WeChatError(NETWORK, UNREACHABLE) from error
    if not isinstance(fields, dict):
        raise WeChatError(NETWORK, UNREACHABLE)
    return fields
