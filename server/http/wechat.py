"""The installation's WeChat, for both doors: the owner's mini program, the fake one, or none."""

from typing import NoReturn

import structlog
from flask import current_app

from server.channels.wechat.meanings import Then
from server.channels.wechat.ours import our_wechat
from server.channels.wechat.transport import WeChat, WeChatError
from server.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from server.http.database import db, settings_of
from server.http.text_ring import text_ring
from server.services.people.wechat import InWeChat

LATER_S = 30
log = structlog.get_logger()


def wechat_of() -> WeChat:
    """This installation's WeChat; raises NotFound wechat-off. Never under a lock."""
    kept: WeChat | None = current_app.extensions.get("wechat")
    if kept is not None:
        return kept
    made = our_wechat(settings_of(), db.engine)
    if made is None:
        raise NotFound("wechat-off", "这里没有开通微信小程序登录。请用纸条上的绑定码。")
    current_app.extensions["wechat"] = made
    return made


def in_wechat(wechat: WeChat, openid: str) -> InWeChat:
    """Somebody whom WeChat has just named."""
    return InWeChat(wechat.account.appid, openid, text_ring())


def tell(error: WeChatError) -> NoReturn:
    """Raise what a keeper is told of WeChat's no; the log says what the office has to mend."""
    log.warning("wechat said no", number=error.number, meaning=error.meaning.office)
    said = error.meaning.keeper
    match error.then:
        case Then.NEW_CODE:
            raise Invalid("wechat-code-spent", said) from error
        case Then.NOBODY | Then.REFUSED:
            raise NotAllowed("wechat-refused", said) from error
        case Then.MEND:
            raise Conflict("wechat-unusable", said) from error
        case _:
            raise TooMany("wechat-busy", said, retry_after_s=LATER_S) from error
