"""The feed of 数据推送: a county's receiver without an address of its own fetches its messages."""

from typing import Any

from flask import Response, g, request
from marshmallow import fields, validate

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.lenient import Lenient
from miniapp_api.reading_rows import Out
from miniapp_api.shapes import ProblemOut
from server.errors import NotAllowed
from server.http import clock
from server.http.database import session
from server.http.guards import GUARDS, Guard, bearer_token
from server.http.text_ring import text_ring
from server.services.webhooks.endpoints import by_token
from server.services.webhooks.feed import MOST, feed_page

blp = ApiBlueprint("feed", __name__, url_prefix="/api/v1", description="数据推送：来取")
GUARDS[blp.name] = Guard("machine", why="a receiver with the token that the county office gave it")
LAST = 2**62  # far beyond what a county will ever number


class FeedAsk(Lenient):
    """From where on, and how many at most."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LAST),
        metadata={"description": "上一页的 next；第一次不写。"},
    )
    limit = fields.Integer(load_default=MOST, validate=validate.Range(1, MOST))


class FeedMessage(Out):
    """One message: `message` is what a push would have carried."""

    id = fields.String(required=True)
    seq = fields.Integer(required=True)
    message = fields.Dict(required=True)


class FeedOut(Out):
    """A page; its bytes are signed as they stand, in the three headers of the standard."""

    messages = fields.List(fields.Nested(FeedMessage), required=True)
    more = fields.Boolean(required=True)
    missed = fields.Boolean(
        required=True, metadata={"description": "中间有消息过了60天，这里已经没有了。"}
    )
    next = fields.Integer(required=True)


@blp.before_request
def check() -> None:
    """Only a receiver that fetches, while it is active; sets `g.receiver`."""
    found = by_token(session(), bearer_token() or "")
    if found is None:
        raise NotAllowed(
            "feed-token",
            "令牌不对，或者已经更换、暂停、取消。"
            "请向县专班要新的令牌，放在 Authorization: Bearer 后面。",
        )
    g.receiver = found


@blp.route("/feed")
@blp.arguments(FeedAsk, location="query")
@blp.response(200, FeedOut)
@blp.alt_response(304, description="nothing has changed since the ETag that was sent")
@blp.alt_response(403, schema=ProblemOut, description="the token opens nothing")
def feed(asked: dict[str, Any]) -> Any:
    """The messages after a number, the oldest first; each page is signed like a push."""
    now, ring = clock.now(), text_ring()
    found = feed_page(session(), endpoint=g.receiver, after=asked["after"], limit=asked["limit"])
    response = Response(found.body, content_type="application/json; charset=utf-8")
    response.headers.update(found.headers(g.receiver, ring=ring, now=now))
    response.set_etag(found.tag)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response.make_conditional(request)
