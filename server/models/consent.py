"""What people agreed to, purpose by purpose, and what they took back (个人信息保护法)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class Purpose(Labelled):
    """What a person is free to agree to: the work goes on without. The rest is told, not asked."""

    POSITION = "position", "签到时的位置"
    MESSAGES = "messages", "微信提醒"


class ConsentWay(Labelled):
    """Where it was said."""

    WEB = "web", "手机网页"
    MINIAPP = "miniapp", "微信小程序"


class ConsentState(Labelled):
    """How a purpose stands with a person; nothing said of the present text is NOT_ASKED."""

    AGREED = "agreed", "同意"
    DECLINED = "declined", "不同意"
    NOT_ASKED = "not_asked", "还没有选"


class Consent(Base):
    """One answer of one person to one text; rows are only added, the last that was said holds.

    `text_sha256` is that of the very text that was shown, which `ConsentText` has for every yes
    since texts are kept when first shown; a no is taken whatever it names, and holds until a yes.
    `said_at` is the phone's corrected moment.
    """

    __tablename__ = "consents"
    __table_args__ = (
        sa.Index("ix_consents_person_id", "person_id", "purpose", "said_at"),
        sa.Index("ix_consents_county_purpose", "county", "purpose"),
        sa.UniqueConstraint("event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    purpose: Mapped[Purpose] = mapped_column(coded(Purpose))
    agreed: Mapped[bool]
    text_sha256: Mapped[str] = mapped_column(sa.String(64))
    way: Mapped[ConsentWay] = mapped_column(coded(ConsentWay))
    device_id: Mapped[str] = mapped_column(sa.String(64), default="")
    event_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("phone_events.id"))
    said_at: Mapped[datetime]
    received_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)


class ConsentText(Base):
    """A text as phones of a county show or showed it; kept before it is first shown.

    `sha256` is over purpose and text (`Wording`). Each county keeps its own, for its own time.
    """

    __tablename__ = "consent_texts"
    __table_args__ = (sa.UniqueConstraint("county", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[Purpose] = mapped_column(coded(Purpose))
    text: Mapped[str] = mapped_column(sa.Text)
    first_at: Mapped[datetime]
