"""The address to which WeChat tells things by itself: somebody wants no messages any more."""

from typing import Any

import structlog
from flask import Response, request

from miniapp_api.bodies import ApiBlueprint
from server.channels.wechat.pushes import (
    Keys,
    NotFromWeChat,
    check,
    message_of,
    unwanted_by,
    verdict_of,
)
from server.errors import NotAllowed, NotFound
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of, takes_bodies_of
from server.http.guards import open_to_all
from server.http.wechat import in_wechat, wechat_of
from server.services.messages.permissions import take_back

blp = ApiBlueprint("wechat_push", __name__, url_prefix="/api/v1/wechat", description="微信推送")
open_to_all(blp, "WeChat itself asks here; every call is signed with a token that only it knows")
MOST_BYTES = 64 * 1024
TAKEN = "success"

log = structlog.get_logger()


def _keys() -> Keys:
    wechat = settings_of().wechat
    if wechat is None or not wechat.push_token:
        raise NotFound("wechat-off", "这里没有开通微信推送。")
    return Keys(wechat.appid, wechat.push_token, wechat.push_key)


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")


@blp.route("/push")
@blp.response(200, {"type": "string"}, content_type="text/plain")
def prove() -> Response:
    """Answer WeChat's question whether this address knows the token."""
    try:
        check(_keys(), request.args)
    except NotFromWeChat as error:
        raise NotAllowed("not-from-wechat", "签名不对，不是微信发来的。") from error
    return _plain(request.args.get("echostr", ""))


@blp.route("/push", methods=["POST"])
@blp.response(200, {"type": "string"}, content_type="text/plain")
@takes_bodies_of(MOST_BYTES)
@own_transaction
def hear() -> Response:
    """Take what WeChat tells: a no to messages holds at once; what is none of ours is let pass."""
    keys = _keys()
    try:
        said: dict[str, Any] = message_of(keys, request.args, request.get_data())
    except NotFromWeChat as error:
        raise NotAllowed("not-from-wechat", "签名不对，不是微信发来的。") from error
    unwanted = unwanted_by(said)
    if unwanted is not None:
        who = in_wechat(wechat_of(), unwanted.openid)
        with own_write():
            take_back(session(), who=who, templates=unwanted.templates, now=clock.now())
    verdict = verdict_of(said)
    if verdict is not None:
        log.info("wechat looked at a picture", trace=verdict.trace_id, suggest=verdict.suggest)
    return _plain(TAKEN)
