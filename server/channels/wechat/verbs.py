"""What the house asks of WeChat: who somebody is, a number, a message, a round code, a look."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.channels.wechat.transport import NETWORK, UNREACHABLE, WeChat, WeChatError

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")


class Edition(StrEnum):
    """Which edition of the mini program a message or a round code opens."""

    RELEASE = "release"
    TRIAL = "trial"
    DEVELOP = "develop"


@dataclass(frozen=True)
class WhoIsIt:
    """A person as WeChat knows them in this mini program.

    The `session_key` that comes with them opens what we never ask for, so nobody gets to hold it.
    """

    openid: str
    unionid: str | None = None


def who_is_it(wechat: WeChat, code: str) -> WhoIsIt:
    """Who asked for a sign-in code (wx.login; good once, for 5 minutes); raises WeChatError."""
    said = wechat.ask(
        "/sns/jscode2session",
        {
            "appid": wechat.account.appid,
            "secret": wechat.account.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        },
    )
    openid, union = said.get("openid"), said.get("unionid")
    if not isinstance(openid, str) or not 1 <= len(openid) <= 64:
        raise WeChatError(NETWORK, UNREACHABLE)
    return WhoIsIt(openid, union if isinstance(union, str) and union else None)


def phone_of(wechat: WeChat, code: str, *, now: datetime) -> str:
    """The number that somebody chose to give (getPhoneNumber), digits only; raises WeChatError."""
    said = wechat.tell("/wxa/business/getuserphonenumber", {"code": code}, now=now)
    info = said.get("phone_info")
    number = info.get("purePhoneNumber") if isinstance(info, dict) else None
    if not isinstance(number, str) or not re.fullmatch(r"[0-9]{5,20}", number):
        raise WeChatError(NETWORK, UNREACHABLE)
    return number


def send_message(
    wechat: WeChat,
    *,
    openid: str,
    template: str,
    page: str,
    values: Mapping[str, str],
    now: datetime,
    edition: Edition = Edition.RELEASE,
) -> None:
    """Send a subscribe message; raises WeChatError, REFUSED where nobody wants it.

    `values` are the template's fields by name (`thing1`, `time2`), already cut to their lengths;
    `page` is a path of the mini program without a slash before it.
    """
    state = {
        Edition.RELEASE: "formal",
        Edition.TRIAL: "trial",
        Edition.DEVELOP: "developer",
    }[edition]
    wechat.tell(
        "/cgi-bin/message/subscribe/send",
        {
            "touser": openid,
            "template_id": template,
            "page": page,
            "miniprogram_state": state,
            "lang": "zh_CN",
            "data": {name: {"value": value} for name, value in values.items()},
        },
        now=now,
    )


def round_code(
    wechat: WeChat,
    *,
    scene: str,
    page: str,
    now: datetime,
    width_px: int = 430,
    edition: Edition = Edition.RELEASE,
) -> bytes:
    """A round code (JPEG or PNG) that opens a page with a scene of 1–32 characters.

    Raises ValueError for a scene that WeChat cannot carry, WeChatError for its no.
    """
    if not SCENE.fullmatch(scene):
        raise ValueError(f"not a scene: {scene!r}")
    answer = wechat.fetch(
        "/wxa/getwxacodeunlimit",
        {
            "scene": scene,
            "page": page,
            "check_path": edition is Edition.RELEASE,
            "env_version": edition.value,
            "width": min(max(width_px, 280), 1280),
        },
        now=now,
    )
    if not answer.headers.get("Content-Type", "").startswith("image/"):
        raise WeChatError(NETWORK, UNREACHABLE)
    return answer.content


def ask_for_a_look(wechat: WeChat, *, picture_url: str, openid: str, now: datetime) -> str:
    """Ask whether a picture may be shown (media_check_async, version 2): the trace of the question.

    The answer comes within 30 minutes to the push address (`pushes.verdict_of`). WeChat must reach
    `picture_url`, and the person must have used the mini program within two hours.
    """
    said = wechat.tell(
        "/wxa/media_check_async",
        {"media_url": picture_url, "media_type": 2, "version": 2, "scene": 1, "openid": openid},
        now=now,
    )
    trace = said.get("trace_id")
    if not isinstance(trace, str) or not trace:
        raise WeChatError(NETWORK, UNREACHABLE)
    return trace
