"""数据推送: who outside is told, what is told, and every try to tell it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class WebhookKind(Labelled):
    """What happened; docs/webhooks.md says what each message holds."""

    STATION_BUILT = "station.built", "站点验收建成"
    STATION_UNBUILT = "station.unbuilt", "站点验收撤回"
    STATION_CLOSED = "station.closed", "站点停业"
    STATION_REOPENED = "station.reopened", "站点恢复营业"
    STATION_CORRECTED = "station.corrected", "停业登记更正"
    CHECK_IN = "check_in.accepted", "收到签到"
    COUNT = "count.accepted", "收到件数"
    MONTH = "month.approved", "月度件数核准"
    MEND_OPENED = "rectification.opened", "整改开出"
    MEND_MOVED = "rectification.moved", "整改期限改了"
    MEND_CLOSED = "rectification.closed", "整改了结"
    REPORT = "report.accepted", "每月报送审定"
    REPORT_REOPENED = "report.reopened", "每月报送重新打开"
    COMPLAINT = "complaint.state", "投诉办到哪一步"
    BATCH_PAID = "subsidy.batch_paid", "补贴批次付完"
    ANCHOR = "audit.anchor", "当天存证"
    TEST = "webhook.test", "试发"


class WebhookWay(Labelled):
    """How a receiver gets it: we send, or it asks."""

    PUSH = "push", "我们送过去"
    FEED = "feed", "对方来取"


class WebhookState(Labelled):
    """Whether anything goes out; GONE was said by the receiver itself (410)."""

    ACTIVE = "active", "在推送"
    PAUSED = "paused", "已暂停"
    GONE = "gone", "对方不再收，已停"
    ENDED = "ended", "已取消"


class DeliveryState(Labelled):
    """What became of one message to one receiver; DROPPED is a person's word."""

    DUE = "due", "等着送"
    DONE = "done", "对方已收"
    DEAD = "dead", "没送到"
    DROPPED = "dropped", "不再送"


class WebhookEndpoint(Base):
    """One receiver of one county. Its secret is kept sealed (`server/sealed_text.py`).

    `name_in_seal` is what the secret is bound to. While it is being changed the former secret signs
    too, until `previous_until`. `kinds` are the WebhookKinds it asked for. A FEED has no `url`; it
    shows a token, of which only the hash is kept.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        sa.UniqueConstraint("token_sha256"),
        sa.Index("ix_webhook_endpoints_county_state", "county", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    name: Mapped[str] = mapped_column(sa.String(60))
    way: Mapped[WebhookWay] = mapped_column(coded(WebhookWay))
    url: Mapped[str] = mapped_column(sa.String(400), default="")
    kinds: Mapped[list[Any]]
    name_in_seal: Mapped[str] = mapped_column(sa.String(32))
    secret_sealed: Mapped[str] = mapped_column(sa.String(400))
    previous_sealed: Mapped[str | None] = mapped_column(sa.String(400))
    previous_until: Mapped[datetime | None]
    token_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[WebhookState] = mapped_column(coded(WebhookState))
    state_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))


class WebhookEvent(Base):
    """One message, written by the transaction of what it tells of; `body` is what is signed.

    `uid` is the `webhook-id`. `seq` numbers a county's messages without a gap, in the order in
    which they were seen to be committed: readers of the feed go on by it. `endpoint_id` names the
    only receiver of a test.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("county", "seq"),
        sa.Index("ix_webhook_events_seq", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(40))
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    kind: Mapped[WebhookKind] = mapped_column(coded(WebhookKind))
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(sa.Text)
    endpoint_id: Mapped[int | None] = mapped_column(sa.ForeignKey("webhook_endpoints.id"))
    put_at: Mapped[datetime | None]  # when it got its number


class WebhookDelivery(Base):
    """One message on its way to one receiver; `lease_until` is how long its sender may be silent.

    `tries` counts the tries of this turn: a replay begins anew, under the same `webhook-id`.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "endpoint_id"),
        sa.Index("ix_webhook_deliveries_due", "state", "next_at"),
        sa.Index("ix_webhook_deliveries_endpoint", "endpoint_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_events.id"))
    endpoint_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_endpoints.id"))
    state: Mapped[DeliveryState] = mapped_column(coded(DeliveryState))
    next_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(sa.String(80))
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WebhookTry(Base):
    """One try: what the receiver answered, or why there was no answer; rows are only added."""

    __tablename__ = "webhook_tries"
    __table_args__ = (sa.Index("ix_webhook_tries_delivery_id", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_deliveries.id"))
    at: Mapped[datetime]
    status: Mapped[int | None]
    took_ms: Mapped[int]
    said: Mapped[str] = mapped_column(sa.String(300), default="")  # the first of it, cleaned
    trouble: Mapped[str] = mapped_column(sa.String(80), default="")
