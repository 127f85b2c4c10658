"""The feed: a receiver without an address of its own fetches its messages, page after page."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.webhook import WebhookEndpoint, WebhookEvent, WebhookKind
from server.policy.webhooks import headers
from server.services.webhooks.endpoints import Ring, secrets_of

MOST = 200


@dataclass(frozen=True)
class FeedPage:
    """One page as it is signed; `tag` is the same for the same messages."""

    uid: str
    body: bytes
    tag: str

    def headers(self, endpoint: WebhookEndpoint, *, ring: Ring, now: datetime) -> dict[str, str]:
        """The standard's three headers, by the receiver's secrets of this moment."""
        secrets = secrets_of(endpoint, ring=ring, now=now)
        return headers(secrets, uid=self.uid, at_s=int(now.timestamp()), body=self.body)


def feed_page(
    session: Session, *, endpoint: WebhookEndpoint, after: int, limit: int = MOST
) -> FeedPage:
    """The messages that come after a number, the oldest first, each as it would have been sent.

    `next` is what the next call gives as `after`, also where nothing is new. `missed` says that
    messages between were forgotten here before they were fetched. Who is further than the county
    has ever numbered fetched before it was brought back from a backup: all that is here comes again
    (under the same ids), for nobody knows what has been told since.
    """
    limit = max(1, min(limit, MOST))
    oldest, newest = session.execute(
        sa.select(sa.func.min(WebhookEvent.seq), sa.func.max(WebhookEvent.seq)).where(
            WebhookEvent.county == endpoint.county
        )
    ).one()
    went_back = after > (newest or 0)
    after = 0 if went_back else after
    asked = (
        sa.select(WebhookEvent)
        .where(
            WebhookEvent.county == endpoint.county,
            WebhookEvent.seq > after,
            WebhookEvent.put_at >= endpoint.made_at,
            sa.or_(
                WebhookEvent.endpoint_id == endpoint.id,
                WebhookEvent.endpoint_id.is_(None)
                & WebhookEvent.kind.in_([WebhookKind(one) for one in endpoint.kinds]),
            ),
        )
        .order_by(WebhookEvent.seq)
        .limit(limit + 1)
    )
    found = session.scalars(asked).all()
    more, found = len(found) > limit, found[:limit]
    missed = went_back or bool(after and oldest and after + 1 < oldest)
    last = max([after, *(one.seq or 0 for one in found)])
    messages = ",".join(
        f'{{"id":"{one.uid}","seq":{one.seq},"message":{one.body}}}' for one in found
    )
    body = (
        f'{{"messages":[{messages}],"more":{_json(more)},"missed":{_json(missed)},"next":{last}}}'
    ).encode()
    digest = sha256(body).hexdigest()[:32]
    return FeedPage(uid=f"page_{endpoint.id}_{after}_{digest}", body=body, tag=digest)


def _json(truth: bool) -> str:  # noqa: FBT001 - the two words of JSON
    return "true" if truth else "false"
