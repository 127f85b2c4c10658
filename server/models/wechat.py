"""WeChat's side of a person: who they are there, and the tokens that the house's calls share."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class WeChatToken(Base):
    """A token of WeChat's that all processes use until it ends; kept sealed."""

    __tablename__ = "wechat_tokens"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    sealed: Mapped[str] = mapped_column(sa.Text)
    until_at: Mapped[datetime]


class WeChatIdentity(Base):
    """Somebody's WeChat in one mini program, bound to a person by a one-time code.

    It is as alive as its sign-in: a phone that was revoked, and a person switched off, end it. The
    openid is sealed; `mark` (a keyed hash) finds it again.
    """

    __tablename__ = "wechat_identities"
    __table_args__ = (
        sa.Index(
            "uq_wechat_identities_appid_mark",
            "appid",
            "mark",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_wechat_identities_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appid: Mapped[str] = mapped_column(sa.String(32))
    mark: Mapped[str] = mapped_column(sa.String(64))
    openid_sealed: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    sign_in_id: Mapped[int] = mapped_column(sa.ForeignKey("sign_ins.id"))
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MessageState(Labelled):
    """How far a message has come; the last five are ends."""

    WAITING = "waiting", "等着发"
    SENDING = "sending", "正在发"
    SENT = "sent", "已发出"
    SETTLED = "settled", "事情已办，没有发"
    UNWANTED = "unwanted", "对方没有同意，没有发"
    GIVEN_UP = "given_up", "试了几天没有发出"


class WeChatPermission(Base):
    """How many messages of a template somebody still allows; each yes of theirs is good for one.

    It belongs to a WeChat and ends with it. `answer` is the newest word (accept, reject, ban,
    filter), given `answered_at`: whoever said no is not asked again for a while.
    """

    __tablename__ = "wechat_permissions"

    identity_id: Mapped[int] = mapped_column(
        sa.ForeignKey("wechat_identities.id"), primary_key=True
    )
    template: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    left: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(sa.String(8))
    answered_at: Mapped[datetime]


class WeChatMessage(Base):
    """One piece of news for one person: told once, whatever comes of it.

    `key` names it within its kind (a 整改 and its last day). `number` is the error with which
    WeChat refused last. One that is `SENDING` and whose `next_at` has passed lost its sender.
    """

    __tablename__ = "wechat_messages"
    __table_args__ = (
        sa.UniqueConstraint("kind", "key", "person_id"),
        sa.Index("ix_wechat_messages_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(80))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    state: Mapped[MessageState] = mapped_column(coded(MessageState))
    tries: Mapped[int] = mapped_column(default=0)
    number: Mapped[int | None]
    found_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
