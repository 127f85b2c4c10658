"""WeChat's side of a person: who they are there, and the tokens that the house's calls share."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


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
