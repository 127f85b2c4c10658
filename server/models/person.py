"""People, the stations they keep, and how they sign in."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedText


class Role(Labelled):
    """What a person is to the county; the guards are cut by it."""

    KEEPER = "keeper", "站长"
    INSPECTOR = "inspector", "督导员"
    TOWNSHIP_OFFICER = "township_officer", "乡镇专干"
    COUNTY_OFFICE = "county_office", "县专班"
    OPERATOR = "operator", "运营企业"
    BUREAU = "bureau", "成员单位"
    AUDITOR = "auditor", "审计（只读）"
    VIEWER = "viewer", "上级查看（只读）"  # of a city or province, over its counties


class Person(Base):
    """Someone who may sign in; belongs to exactly one county.

    `township_code` limits a township officer (and an inspector who has one) to that township,
    `operator_id` an operator's clerk to that operator's stations. `organisation_id` is the body for
    which somebody of a bureau acts. `until_on` is the last day (Beijing) on which any sign-in is
    good; an auditor always has one. `password_given_at` is when somebody else set the password,
    None once the person has chosen an own one.
    """

    __tablename__ = "people"
    __table_args__ = (
        sa.UniqueConstraint("login"),
        sa.Index("ix_people_county_role", "county", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    name: Mapped[str] = mapped_column(sa.String(40))
    role: Mapped[Role] = mapped_column(coded(Role))
    phone: Mapped[str | None] = mapped_column(SealedText("people.phone", 20))
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    operator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("operators.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    until_on: Mapped[date | None]
    login: Mapped[str | None] = mapped_column(sa.String(40))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    password_given_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Since when they let nobody have where they check in, or send them messages in WeChat
    # (server/models/consent.py): what their last answers say, written here for who asks often.
    position_declined_at: Mapped[datetime | None]
    messages_declined_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # the personal data are gone; the number alone stays


class Keeping(Base):
    """Who keeps which station from when to when (half-open)."""

    __tablename__ = "keepings"
    __table_args__ = (
        sa.Index("ix_keepings_person_id", "person_id"),
        sa.Index("ix_keepings_station_id", "station_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class BindCode(Base):
    """A one-time code that turns a phone into a person's phone; only its hash is kept."""

    __tablename__ = "bind_codes"
    __table_args__ = (sa.UniqueConstraint("code_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    code_sha256: Mapped[str] = mapped_column(sa.String(64))
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class SignInKind(enum.StrEnum):
    """Through which door a sign-in is good; a half one opens the page of the second factor."""

    PHONE = "phone"
    DESK = "desk"
    DESK_HALF = "desk_half"


class SignIn(Base):
    """One device's opaque token, kept as its SHA-256; revocable at once."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        sa.UniqueConstraint("token_sha256"),
        sa.Index("ix_sign_ins_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[SignInKind] = mapped_column(coded(SignInKind))
    token_sha256: Mapped[str] = mapped_column(sa.String(64))
    csrf: Mapped[str | None] = mapped_column(sa.String(64))
    device_id: Mapped[str | None] = mapped_column(sa.String(64))
    device_label: Mapped[str] = mapped_column(sa.String(200), default="")
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class FailedTry(Base):
    """One wrong password or bind code; counting them slows guessing on every engine."""

    __tablename__ = "failed_tries"
    __table_args__ = (sa.Index("ix_failed_tries_what_key_at", "what", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime]
