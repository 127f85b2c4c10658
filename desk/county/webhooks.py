"""数据推送: who outside is told what, with a secret shown once, and what did not arrive."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.addresses import row_of_form
from desk.frame.handed import hand_over, handed_over
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.http.text_ring import text_ring
from server.models.webhook import DeliveryState, WebhookEndpoint, WebhookState, WebhookWay
from server.services.people.scope import KEEPS_WEBHOOKS
from server.services.webhooks import endpoints, letters
from server.services.webhooks.endpoints import KINDS, Made, Whither, endpoint_of

blueprint = Blueprint("desk_webhooks", __name__, url_prefix="/desk")
guard_desk(blueprint, *KEEPS_WEBHOOKS)
SHOWN = 60
SECRET = "webhook"  # noqa: S105 - what is handed over, not the thing itself
STATES = {
    "pause": WebhookState.PAUSED,
    "resume": WebhookState.ACTIVE,
    "end": WebhookState.ENDED,
}


def _endpoint(endpoint_id: int) -> WebhookEndpoint:
    return endpoint_of(session(), county=me().county, endpoint_id=endpoint_id)


def _list_page(problem: Problem | None = None) -> Any:
    found = endpoints.endpoints_of(session(), county=me().county)
    tallies = letters.tallies(session(), county=me().county, now=clock.now())
    rows = [(one, tallies.get(one.id, letters.Tally())) for one in found]
    narrowed = bool(request.args.get("waits"))
    if narrowed:  # for a person: who takes no more, or did not get something
        rows = [
            (one, tally)
            for one, tally in rows
            if one.state is not WebhookState.ENDED
            and (tally.dead or one.state is WebhookState.GONE)
        ]
    return page(
        "webhooks.html",
        problem=problem,
        receivers=rows,
        narrowed=narrowed,
        kinds=KINDS,
        ways=WebhookWay,
        ticked=request.form.getlist("kind") if problem else [one.value for one in KINDS],
        ports=settings_of().webhook_ports,
        intranet=settings_of().webhook_intranet,
    )


@blueprint.get("/webhooks")
def webhooks() -> Any:
    """Every receiver, and the form for another."""
    return _list_page()


@blueprint.post("/webhooks")
def add() -> Any:
    """Add a receiver; its secret is shown on the next page."""
    form, settings = request.form, settings_of()
    with answering(_list_page):
        way = next((one for one in WebhookWay if one == form.get("way")), None)
        if way is None:
            raise Invalid("field-invalid", "请选择怎么给对方。", fields={"way": "请选择"})
        made = endpoints.add_endpoint(
            session(),
            county=county_of_desk(),
            name=form.get("name", ""),
            way=way,
            url=form.get("url", ""),
            kinds=form.getlist("kind"),
            whither=Whither(settings.webhook_ports, settings.webhook_intranet),
            ring=text_ring(),
            by=me(),
            now=clock.now(),
        )
    return _show_once(made, f"已新增{made.endpoint.name}。")


def _show_once(made: Made, told: str) -> Any:
    hand_over(SECRET, made.endpoint.id, f"{made.secret} {made.token}", now=clock.now())
    return done(told, url_for("desk_webhooks.secret", endpoint_id=made.endpoint.id))


@blueprint.get("/webhooks/<int:endpoint_id>/secret")
def secret(endpoint_id: int) -> Any:
    """The secret just made, for some minutes and in this browser alone."""
    found = _endpoint(endpoint_id)
    held = handed_over(SECRET, found.id, now=clock.now())
    if held is None:
        flash("密钥只显示十分钟，这一个不能再看了。没抄下来，请换一个密钥。", "bad")
        return redirect(url_for("desk_webhooks.webhook", endpoint_id=found.id), 303)
    key, _, token = held[0].partition(" ")
    feed = f"{settings_of().base_url}/api/v1/feed"
    return page("webhook_secret.html", receiver=found, secret=key, token=token, feed=feed)


def _page(found: WebhookEndpoint, problem: Problem | None = None) -> Any:
    wanted = next((one for one in DeliveryState if one == request.args.get("state")), None)
    uid = request.args.get("message", "")
    tally = letters.tallies(session(), county=me().county, now=clock.now())
    return page(
        "webhook.html",
        problem=problem,
        receiver=found,
        kinds=KINDS,
        ticked=request.form.getlist("kind") if problem else found.kinds,
        tally=tally.get(found.id, letters.Tally()),
        sent=letters.sent_to(session(), endpoint=found, state=wanted, limit=SHOWN),
        most=SHOWN,
        states=DeliveryState,
        wanted=wanted,
        message_id=uid,
        tries=letters.tries_of(session(), endpoint=found, uid=uid) if uid else [],
        rotating=bool(found.previous_until and found.previous_until > clock.now()),
    )


@blueprint.get("/webhooks/<int:endpoint_id>")
def webhook(endpoint_id: int) -> Any:
    """One receiver: what it is told, what arrived and what did not."""
    return _page(_endpoint(endpoint_id))


@blueprint.post("/webhooks/<int:endpoint_id>")
@carries("seen", when=("what", "drop"))
def act(endpoint_id: int) -> Any:
    """Try it, give it another secret, stop it, and decide about what did not arrive."""
    found, what, now = _endpoint(endpoint_id), request.form.get("what", ""), clock.now()
    with answering(lambda problem: _page(found, problem)):
        if what == "rotate":
            made = endpoints.rotate(session(), endpoint=found, ring=text_ring(), by=me(), now=now)
            return _show_once(made, f"已给{found.name}换密钥。")
        told = _done(found, what)
    return done(told, url_for("desk_webhooks.webhook", endpoint_id=found.id))


def _done(found: WebhookEndpoint, what: str) -> str:
    """Do one deed; what is told of it."""
    now = clock.now()
    if what == "test":
        endpoints.send_test(session(), endpoint=found, by=me(), now=now)
        if found.way is WebhookWay.FEED:
            return "已放进一条试发的消息，对方下次来取就有。"
        return "已排上一条试发的消息，一般几秒钟就送出。刷新这一页看对方怎么答。"
    if what in STATES:
        endpoints.set_state(
            session(),
            endpoint=found,
            state=STATES[what],
            by=me(),
            now=now,
            reason=request.form.get("reason", ""),
        )
        return f"{found.name}：{found.state.label}。"
    if what == "kinds":
        kinds = request.form.getlist("kind")
        changed = endpoints.change_kinds(session(), endpoint=found, kinds=kinds, by=me(), now=now)
        return "已保存，从现在起按勾选的推送。" if changed else "没有改动。"
    if what == "replay":
        one = row_of_form("delivery")
        ids = [one] if one is not None else None
        number = letters.replay(session(), endpoint=found, ids=ids, by=me(), now=now)
        return f"{number} 条重新发，一般几秒钟就送出。"
    if what == "drop":
        seen = row_of_form("seen") or 0
        number = letters.drop(session(), endpoint=found, seen=seen, by=me(), now=now)
        return f"{number} 条不再发。"
    raise Invalid("field-invalid", "没有这种办法。请刷新这一页再选。")
