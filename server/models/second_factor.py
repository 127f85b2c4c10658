"""The second thing asked at the desk's door: an app's code, or one of the codes on a paper."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.labelled import Labelled
from server.models.county import County

WHO_NEEDS_IT = "second_factor"  # among a county's options


class WhoNeedsIt(Labelled):
    """Whom a county asks for a second factor; everybody else may have one by choice."""

    NOBODY = "nobody", "自愿：谁开启谁用"
    OFFICE_AND_MONEY = "office_and_money", "县专班，以及审核、拨付补助的单位"
    EVERYBODY = "everybody", "所有用电脑登录的账号"

    @classmethod
    def in_county(cls, county: County) -> "WhoNeedsIt":
        """The county's choice; what is missing or cannot be is nobody."""
        held = county.options.get(WHO_NEEDS_IT)
        return next((one for one in cls if one == held), cls.NOBODY)


class SecondFactor(Base):
    """What somebody's authenticator app and the house both know; at most one a person.

    The secret is sealed (`server/sealed_text.py`). Until `confirmed_at` nobody is asked for it.
    `last_step` is the last half minute (Unix seconds // 30) of which a code was taken: none of it,
    or of one before, is taken again.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    secret_sealed: Mapped[str] = mapped_column(sa.Text)
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes on paper, for who has lost the phone; good once, only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        sa.UniqueConstraint("code_sha256"),
        sa.Index("ix_recovery_codes_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    code_sha256: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
