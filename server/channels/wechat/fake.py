"""A WeChat that is not WeChat: answers as the documentation says, errors too, and reaches nobody.

For tests and for trying the house out on one machine. `settings` refuses it beside an account.
"""

import hashlib
import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx
from PIL import Image, ImageDraw

from server.channels.wechat.transport import Account
from server.channels.wechat.verbs import SCENE

FAKE = Account("wxfake0000000000ff", "a fake secret", "http://wechat.invalid")
LASTS_S = 7200
Said = dict[str, Any]
KNOWN_CODE = "fake-"
"""`fake-NAME` or `fake-NAME-3` signs NAME in, each code once."""


@dataclass
class FakeWeChat:
    """One fake WeChat; what it was told stands in `sent`, whom it may message in `permitted`.

    A `generous` one may message everybody: for trying out, where each process has one of its own.
    """

    account: Account = FAKE
    generous: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)
    looks: dict[str, str] = field(default_factory=dict)
    permitted: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    _errors: dict[str, list[int]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _tokens: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=itertools.count)

    def transport(self) -> httpx.BaseTransport:
        """What a `WeChat` is given to talk to this one."""
        return httpx.MockTransport(self._answer)

    def fail(self, path: str, *numbers: int) -> None:
        """Have the next calls of a path answer with these error numbers, one each."""
        self._errors.setdefault(path, []).extend(numbers)

    def forget_tokens(self) -> None:
        """As if somebody had reset the secret: no token that was given is good any more."""
        self._tokens.clear()

    def openid_of(self, name: str) -> str:
        """The openid of a made-up person, the same each time."""
        made = hashlib.sha256(f"{self.account.appid} {name}".encode()).hexdigest()
        return f"oFAKE{made[:23]}"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """One call: an error that a test asked for, a missing token, or an answer."""
        path, query = request.url.path, request.url.params
        self.asked[path] += 1
        waiting = self._errors.get(path)
        if waiting:
            return _no(waiting.pop(0))
        if path == "/sns/jscode2session":
            return self._session(query)
        said = json.loads(request.content or b"{}")
        if path == "/cgi-bin/stable_token":
            return self._stable_token(said)
        if not query.get("access_token"):
            return _no(41001)
        if query["access_token"] not in self._tokens:
            return _no(40001)
        answers = {
            "/cgi-bin/ticket/getticket": self._ticket,
            "/wxa/business/getuserphonenumber": self._phone,
            "/cgi-bin/message/subscribe/send": self._send,
            "/wxa/getwxacodeunlimit": self._round_code,
            "/wxa/media_check_async": self._look,
        }
        return answers[path](said) if path in answers else httpx.Response(404)

    def _stable_token(self, said: Said) -> httpx.Response:
        if said.get("grant_type") != "client_credential":
            return _no(40002)
        if said.get("appid") != self.account.appid:
            return _no(40013)
        if said.get("secret") != self.account.secret:
            return _no(40125)
        token = next(iter(self._tokens), f"fake-token-{next(self._numbers)}")
        self._tokens.add(token)
        return httpx.Response(200, json={"access_token": token, "expires_in": LASTS_S})

    def _ticket(self, _said: Said) -> httpx.Response:
        return _yes(ticket="fake-ticket", expires_in=LASTS_S)

    def _session(self, query: httpx.QueryParams) -> httpx.Response:
        if query.get("appid") != self.account.appid:
            return _no(40013)
        if query.get("secret") != self.account.secret:
            return _no(40125)
        code = query.get("js_code", "")
        name = self._name(code)
        if name is None:
            return _no(40029)
        if code in self._used:
            return _no(40163)
        self._used.add(code)
        known = {"openid": self.openid_of(name), "session_key": "ZmFrZSBzZXNzaW9uIGtleSE="}
        return httpx.Response(200, json=known)

    def _phone(self, said: Said) -> httpx.Response:
        code = str(said.get("code", ""))
        name = self._name(code)
        if name is None or code in self._used:
            return _no(40029)
        self._used.add(code)
        number = f"1380000{int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10_000:04}"
        about = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return _yes(phone_info=about)

    def _send(self, said: Said) -> httpx.Response:
        if not str(said.get("touser", "")).startswith("oFAKE"):
            return _no(40003)
        if not said.get("template_id"):
            return _no(40037)
        if not isinstance(said.get("data"), dict) or not said["data"]:
            return _no(47003)
        wanted = (said["touser"], said["template_id"])
        if not self.generous:
            if not self.permitted[wanted]:
                return _no(43101)
            self.permitted[wanted] -= 1
        self.sent.append(said)
        return _yes(msgid=len(self.sent))

    def _round_code(self, said: Said) -> httpx.Response:
        if not SCENE.fullmatch(said.get("scene", "")):
            return _no(40129)
        side = int(said.get("width", 430))
        picture = Image.new("RGB", (side, side), "white")
        pen = ImageDraw.Draw(picture)
        pen.ellipse((4, 4, side - 4, side - 4), outline="black", width=4)
        pen.text((side / 4, side / 2), f"FAKE {said['scene']}", fill="black")
        written = BytesIO()
        picture.save(written, "JPEG")
        return httpx.Response(
            200, headers={"Content-Type": "image/jpeg"}, content=written.getvalue()
        )

    def _look(self, said: Said) -> httpx.Response:
        if not str(said.get("media_url", "")).startswith(("http://", "https://")):
            return _no(40066)
        trace = f"fake-trace-{next(self._numbers)}"
        self.looks[trace] = said["media_url"]
        return _yes(trace_id=trace)

    @staticmethod
    def _name(code: str) -> str | None:
        """Whose code this is."""
        name = code.removeprefix(KNOWN_CODE)
        return name.partition("-")[0] if code != name and name else None


def _yes(**fields: Any) -> httpx.Response:
    return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", **fields})


def _no(number: int) -> httpx.Response:
    """An error as WeChat sends it: HTTP status 200."""
    return httpx.Response(200, json={"errcode": number, "errmsg": "fake error, rid: 0"})
