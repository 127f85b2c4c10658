"""The mini program's door: who somebody is in WeChat becomes a sign-in of this house."""

from typing import Any

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.session import MOST_BIND_BYTES, told_of
from miniapp_api.session_shapes import BoundOut
from server.channels.wechat.meanings import Then
from server.channels.wechat.transport import WeChatError
from server.channels.wechat.verbs import who_is_it
from server.http import clock
from server.http.database import own_transaction, own_write, session, takes_bodies_of
from server.http.guards import open_to_all
from server.http.tries import counting_failures, network
from server.http.wechat import in_wechat, tell, wechat_of
from server.services.people import sign_ins
from server.services.people.tries import device_key, refuse_if_too_many
from server.services.people.wechat import InWeChat, bind_wechat, sign_in_by_wechat

blp = ApiBlueprint("wechat", __name__, url_prefix="/api/v1/wechat", description="微信小程序登录")
open_to_all(blp, "a mini program without a token asks for one; guessing is slowed down")
TRIED = "wechat"
GUESSED = frozenset({Then.NEW_CODE, Then.NOBODY})  # the rest is WeChat's or the office's fault


class FromWeChat(Lenient):
    """What wx.login gave, and the phone that asked for it."""

    js_code = Text(128, required=True, metadata={"description": "of wx.login; good once"})
    device_id = Text(64, shortest=8, required=True, metadata={"description": "made by the phone"})
    device_label = Text(200, load_default="", metadata={"description": "such as 红米 Note 9"})


class BindFromWeChat(FromWeChat):
    """The same, with the one-time code on the slip."""

    code = Text(40, required=True, metadata={"description": "XXXX-XXXX as on the slip"})


def _who(js_code: str) -> InWeChat:
    """Who asks, by WeChat's word: asked before anything of ours is locked or open."""
    wechat = wechat_of()
    refuse_if_too_many(session(), what=TRIED, keys=(network(),), now=clock.now())
    session().rollback()
    try:
        return in_wechat(wechat, who_is_it(wechat, js_code).openid)
    except WeChatError as error:
        if error.then not in GUESSED:
            tell(error)
        with own_write(), counting_failures(TRIED, network(), person_of=lambda: None):
            tell(error)


@blp.route("/session", methods=["POST"])
@blp.arguments(FromWeChat)
@blp.response(201, BoundOut)
@takes_bodies_of(MOST_BIND_BYTES)
@own_transaction
def sign_in(sent: dict[str, str]) -> dict[str, Any]:
    """Sign in a WeChat that is bound already; the token is said only this once."""
    who = _who(sent["js_code"])
    with own_write():
        held, token, person = sign_in_by_wechat(
            session(),
            who=who,
            device_id=sent["device_id"],
            device_label=sent["device_label"],
            now=clock.now(),
        )
        return {"token": token, **told_of(person, held.expires_at)}


@blp.route("/bind", methods=["POST"])
@blp.arguments(BindFromWeChat)
@blp.response(201, BoundOut)
@takes_bodies_of(MOST_BIND_BYTES)
@own_transaction
def bind(sent: dict[str, str]) -> dict[str, Any]:
    """Bind this WeChat, and this phone, to the code's owner; the token is said only this once."""
    who = _who(sent["js_code"])
    with (
        own_write(),
        counting_failures(
            "bind",
            network(),
            device_key(sent["device_id"]),
            person_of=lambda: sign_ins.owner_of_code(session(), sent["code"]),
        ),
    ):
        held, token, person = sign_ins.bind_phone(
            session(),
            code=sent["code"],
            device_id=sent["device_id"],
            device_label=sent["device_label"],
            now=clock.now(),
            source=network(),
        )
        bind_wechat(session(), who=who, sign_in=held, person=person, now=clock.now())
        return {"token": token, **told_of(person, held.expires_at)}
