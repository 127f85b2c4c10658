"""Receivers of 数据推送: added with a secret shown once, tried, given another secret, stopped."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.county import County
from server.models.person import Person
from server.models.sealed_by_hand import of_webhook
from server.models.webhook import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookKind,
    WebhookState,
    WebhookWay,
)
from server.policy.webhooks import ROTATION, SECRET_BYTES, Network, new_secret, read_url, target_of
from server.sealed_text import open_text, seal_text
from server.services.common import history
from server.services.common.outbox import SEND, Told, tell
from server.services.common.written import reason_given
from server.services.people.scope import KEEPS_WEBHOOKS
from server.services.webhooks.actions import WebhookAction

Ring = Mapping[str, bytes]
MOST_ENDPOINTS = 20  # of one county: each is asked at every message
MOST_FORMER = 3
"""So many former secrets sign beside the new one: as many as the sealed column holds."""
BETWEEN = " "
KINDS = tuple(one for one in WebhookKind if one is not WebhookKind.TEST)
"""What a receiver may ask for; a test goes to whom it is for."""


class Whither(NamedTuple):
    """What the machine's settings let out: ports, and networks that are not public."""

    ports: Sequence[int] = (443,)
    intranet: Sequence[Network] = ()


class Made(NamedTuple):
    """A receiver with what is shown once: its secret, and the token of one that fetches."""

    endpoint: WebhookEndpoint
    secret: str
    token: str = ""


def endpoint_of(session: Session, *, county: str, endpoint_id: int) -> WebhookEndpoint:
    """One of the county's receivers; raises NotFound webhook-unknown."""
    found = session.get(WebhookEndpoint, endpoint_id)
    if found is None or found.county != county:
        raise NotFound("webhook-unknown", "没有找到这个接收方。请返回列表重新选择。")
    return found


def endpoints_of(session: Session, *, county: str) -> list[WebhookEndpoint]:
    """The county's receivers, those that still get something first."""
    asked = sa.select(WebhookEndpoint).where(WebhookEndpoint.county == county)
    found = session.scalars(asked.order_by(WebhookEndpoint.id)).all()
    return sorted(found, key=lambda one: one.state is WebhookState.ENDED)


def add_endpoint(
    session: Session, *, county: County, name: str, way: WebhookWay, url: str,
    kinds: Collection[str], whither: Whither, ring: Ring, by: Person, now: datetime,
) -> Made:  # fmt: skip
    """Add a receiver; what is shown of it once comes with it.

    Raises NotAllowed not-your-page; Invalid reason-needed, text-too-long, webhook-url,
    webhook-kinds; Conflict webhook-twice, webhooks-full.
    """
    _refuse(by)
    name = reason_given(
        name, "请写接收方的名称，例如“市大数据局共享平台”。", field="name", label="接收方",
        into=WebhookEndpoint.name,
    )  # fmt: skip
    asked = _kinds(kinds)
    address = ""
    if way is WebhookWay.PUSH:
        address = read_url(url, ports=whither.ports, intranet=whither.intranet)
        if len(address) > 400:
            raise Invalid("webhook-url", "网址太长，最多400个字符。", fields={"url": "太长"})
    _refuse_twice(session, county, name, address)
    secret, seal_name = _fresh_secret(), secrets.token_hex(16)
    token = f"czt_feed_{secrets.token_urlsafe(32)}" if way is WebhookWay.FEED else ""
    made = WebhookEndpoint(
        county=county.code, name=name, way=way, url=address, kinds=asked, name_in_seal=seal_name,
        secret_sealed=seal_text(ring, secret, about=of_webhook(seal_name)),
        token_sha256=token_sha256(token) if token else None,
        state=WebhookState.ACTIVE, state_at=now, made_at=now, made_by=by.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    # An address may hold a password of the receiver's; the history is read by more people.
    where = target_of(address).host if address else "凭令牌"
    _say(
        session, made, WebhookAction.WEBHOOK_ADDED,
        f"{way.label}（{where}），{len(asked)}种消息", by=by, now=now,
    )  # fmt: skip
    return Made(made, secret, token)


def change_kinds(
    session: Session, *, endpoint: WebhookEndpoint, kinds: Collection[str], by: Person,
    now: datetime,
) -> bool:  # fmt: skip
    """What it is told of from now on; False when nothing changed. Raises as `add_endpoint`."""
    _refuse(by)
    asked = _kinds(kinds)
    if asked == endpoint.kinds:
        return False
    old, endpoint.kinds = endpoint.kinds, asked
    session.flush()
    labels = WebhookKind.labels()
    made = history.change(
        "kinds", "推送哪些", "、".join(labels[one] for one in old),
        "、".join(labels[one] for one in asked),
    )  # fmt: skip
    _say(
        session, endpoint, WebhookAction.WEBHOOK_CHANGED, "改了推送哪些消息", by=by, now=now,
        changes=[made] if made else [],
    )  # fmt: skip
    return True


def rotate(
    session: Session, *, endpoint: WebhookEndpoint, ring: Ring, by: Person, now: datetime
) -> Made:
    """Give it another secret; for a day the former sign as well, then the new one alone.

    Who changes it twice has told the receiver of one of them at most: all that still signed go on
    for the day. A receiver that fetches gets another token at once: the former no longer opens
    anything.
    """
    _refuse(by)
    _refuse_ended(endpoint)
    secret, about = _fresh_secret(), of_webhook(endpoint.name_in_seal)
    former = _former(endpoint, ring, now)
    endpoint.previous_sealed = endpoint.previous_until = None
    if former:
        endpoint.previous_sealed = seal_text(ring, BETWEEN.join(former), about=about)
        endpoint.previous_until = now + ROTATION
    endpoint.secret_sealed = seal_text(ring, secret, about=about)
    token = ""
    if endpoint.way is WebhookWay.FEED:
        token = f"czt_feed_{secrets.token_urlsafe(32)}"
        endpoint.token_sha256 = token_sha256(token)
    session.flush()
    what = "旧密钥再用24小时" if former else "旧密钥解不开，不再用"
    _say(session, endpoint, WebhookAction.WEBHOOK_ROTATED, what, by=by, now=now)
    return Made(endpoint, secret, token)


def _former(endpoint: WebhookEndpoint, ring: Ring, now: datetime) -> list[str]:
    """What signs beside a new secret for a day; none where the key that opens them is lost."""
    try:
        held = secrets_of(endpoint, ring=ring, now=now)
    except Conflict:  # kept, they would go on being unreadable, and with them the new one
        return []
    # The newest, and the oldest: that one the receiver had before all of this.
    return [*held[: MOST_FORMER - 1], *held[MOST_FORMER - 1 :][-1:]]


def secrets_of(endpoint: WebhookEndpoint, *, ring: Ring, now: datetime) -> list[str]:
    """The secrets that sign at a moment, the newest first.

    Raises Conflict text-key-lost, text-seal-broken.
    """
    about = of_webhook(endpoint.name_in_seal)
    found = [open_text(ring, endpoint.secret_sealed, about=about)]
    until = endpoint.previous_until
    if endpoint.previous_sealed and until is not None and now < until:
        found += open_text(ring, endpoint.previous_sealed, about=about).split(BETWEEN)
    return found


def set_state(
    session: Session, *, endpoint: WebhookEndpoint, state: WebhookState, by: Person, now: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    """Pause it, let it go on, or end it for good, with a reason. What waited goes out later.

    Raises NotAllowed not-your-page; Conflict webhook-ended, webhook-state; Invalid reason-needed,
    text-too-long.
    """
    _refuse(by)
    _refuse_ended(endpoint)
    if state is endpoint.state:
        raise Conflict("webhook-state", f"{endpoint.name}已经是“{state.label}”，不用再办一次。")
    action = {
        WebhookState.ACTIVE: WebhookAction.WEBHOOK_RESUMED,
        WebhookState.PAUSED: WebhookAction.WEBHOOK_PAUSED,
        WebhookState.ENDED: WebhookAction.WEBHOOK_ENDED,
    }[state]
    if state is WebhookState.ENDED:
        reason = reason_given(reason, "请写明为什么取消，例如“对方平台停用”。")
    endpoint.state, endpoint.state_at = state, now
    if state is WebhookState.ENDED:
        endpoint.token_sha256 = None
        _drop_all(session, endpoint, now)
    session.flush()
    _say(session, endpoint, action, state.label, by=by, now=now, reason=reason)
    if state is WebhookState.ACTIVE:
        jobs.enqueue(session, SEND, {}, now=now)


def send_test(session: Session, *, endpoint: WebhookEndpoint, by: Person, now: datetime) -> str:
    """Put a test message in, by the way that all go; its `webhook-id`."""
    _refuse(by)
    if endpoint.state is not WebhookState.ACTIVE:
        raise Conflict(
            "webhook-state", f"{endpoint.name}现在{endpoint.state.label}，先恢复再试发。"
        )
    told = Told(WebhookKind.TEST, endpoint.county, now, {"endpoint": endpoint.name})
    uid = tell(session, told, only_to=endpoint.id)
    jobs.enqueue(session, SEND, {}, now=now)
    return uid


def token_sha256(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str) -> WebhookEndpoint | None:
    """The receiver that shows a token, while it may fetch."""
    return session.scalars(
        sa.select(WebhookEndpoint).where(
            WebhookEndpoint.token_sha256 == token_sha256(token),
            WebhookEndpoint.way == WebhookWay.FEED,
            WebhookEndpoint.state == WebhookState.ACTIVE,
        )
    ).one_or_none()


def _fresh_secret() -> str:
    return new_secret(secrets.token_bytes(SECRET_BYTES))


def _kinds(kinds: Collection[str]) -> list[str]:
    asked = [one.value for one in KINDS if one.value in set(kinds)]
    if not asked:
        raise Invalid(
            "webhook-kinds", "请至少勾选一种要推送的消息。", fields={"kinds": "至少勾一种"}
        )
    return asked


def _refuse(by: Person) -> None:
    if by.role not in KEEPS_WEBHOOKS:
        raise NotAllowed("not-your-page", "数据推送由县专班办理。如有需要，请联系县专班。")


def _refuse_ended(endpoint: WebhookEndpoint) -> None:
    if endpoint.state is WebhookState.ENDED:
        raise Conflict(
            "webhook-ended", f"{endpoint.name}已经取消，不能再改。要再推送，请重新新增。"
        )


def _refuse_twice(session: Session, county: County, name: str, url: str) -> None:
    live = [
        one
        for one in endpoints_of(session, county=county.code)
        if one.state is not WebhookState.ENDED
    ]
    if any(one.name == name or (url and one.url == url) for one in live):
        raise Conflict(
            "webhook-twice", "已经有同名或同网址的接收方。要换密钥，请打开它办，不用新增。"
        )
    if len(live) >= MOST_ENDPOINTS:
        raise Conflict(
            "webhooks-full", f"一个县最多{MOST_ENDPOINTS}个接收方。请先取消不用的，再新增。"
        )


def _drop_all(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Nothing that waits or was given up goes to one that is over."""
    session.execute(
        sa.update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.state.in_([DeliveryState.DUE, DeliveryState.DEAD]),
        )
        .values(state=DeliveryState.DROPPED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _say(
    session: Session, endpoint: WebhookEndpoint, action: WebhookAction, what: str, *,
    by: Person | None, now: datetime, changes: Sequence[history.Change] = (), reason: str = "",
) -> None:  # fmt: skip
    history.write(
        session, of=session.get_one(County, endpoint.county), by=by, at=now, action=action,
        summary=f"{endpoint.name}：{what}", changes=changes, reason=reason,
    )  # fmt: skip
