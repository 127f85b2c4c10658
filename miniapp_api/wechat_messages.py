"""微信提醒: for which messages the next tap may ask, and what somebody answered."""

from collections.abc import Sequence
from typing import Any

from flask import g
from marshmallow import fields

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import ShortList, Text
from miniapp_api.lenient import Lenient
from miniapp_api.reading_rows import Out
from server.errors import Invalid
from server.http import clock
from server.http.database import session, settings_of, takes_bodies_of
from server.http.guards import guard_phones
from server.services.messages.permissions import ACCEPT, Asking, askings, identity_of, note_answers
from server.services.people.scope import INSPECTING, KEEPERS

blp = ApiBlueprint("wechat_messages", __name__, url_prefix="/api/v1/wechat", description="微信提醒")
guard_phones(blp, *KEEPERS, *INSPECTING)
MOST_BYTES = 4096
NOES = ("reject", "ban", "filter")


class AskingOut(Out):
    """One of the owner's templates."""

    template = fields.String(required=True, metadata={"description": "for tmplIds"})
    left = fields.Integer(required=True, metadata={"description": "messages still allowed"})
    ask = fields.Boolean(required=True, metadata={"description": "whether the next tap may ask"})


class TemplatesOut(Out):
    """All of them; none where the owner has entered none."""

    templates = fields.List(fields.Nested(AskingOut), required=True)


class SubscriptionIn(Lenient):
    """What was tapped for one template."""

    template = Text(64, required=True)
    answer = Text(
        40,
        required=True,
        metadata={"description": "WeChat's word: accept…, reject, ban, filter; any other is a no"},
    )


class SubscriptionsIn(Lenient):
    """What `wx.requestSubscribeMessage` gave back."""

    answers = ShortList(
        fields.Nested(SubscriptionIn), most=3, error="微信一次最多问3样。", required=True
    )


def _templates() -> list[str]:
    wechat = settings_of().wechat
    if wechat is None:
        return []
    return [one.id for one in (wechat.todo, wechat.paid) if one]


def _word(answer: str) -> str:
    """WeChat has a word for each way of saying yes, and makes up more of them."""
    if answer.startswith(ACCEPT):
        return ACCEPT
    return answer if answer in NOES else NOES[0]


def _told(found: Sequence[Asking]) -> dict[str, Any]:
    return {"templates": found}


@blp.route("/templates")
@blp.response(200, TemplatesOut)
def templates() -> dict[str, Any]:
    """For which messages the next tap may ask; a no is respected for a week."""
    known = _templates()
    if not known:
        return _told([])
    identity = identity_of(session(), sign_in=g.sign_in)
    return _told(askings(session(), identity=identity, templates=known, now=clock.now()))


@blp.route("/subscriptions", methods=["POST"])
@blp.arguments(SubscriptionsIn)
@blp.response(200, TemplatesOut)
@takes_bodies_of(MOST_BYTES)
def subscriptions(sent: dict[str, Any]) -> dict[str, Any]:
    """Note what somebody tapped; a yes is good for one message."""
    known = _templates()
    answers = {one["template"]: one["answer"] for one in sent["answers"]}
    if not answers.keys() <= set(known):
        raise Invalid("template-unknown", "这种提醒已经换了。请退出小程序重新进来再试。")
    identity = identity_of(session(), sign_in=g.sign_in)
    said = {one: _word(answer) for one, answer in answers.items()}
    note_answers(session(), identity=identity, answers=said, now=clock.now())
    return _told(askings(session(), identity=identity, templates=known, now=clock.now()))
