"""投诉: what a villager said of a point, with what was answered, and whether it was so."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedText


class ComplaintKind(Labelled):
    """What a complaint is about, in the plan's own words."""

    DELIVERY = "delivery", "未按址投递"
    CHARGING = "charging", "违规收费"
    OTHER = "other", "其他"


class ComplaintChannel(Labelled):
    """By which way it came."""

    PAGE = "page", "扫牌反映"
    PHONE = "phone", "电话"
    VISIT = "visit", "来访"
    HOTLINE = "hotline", "12345"
    POSTAL = "postal", "12305"


class ComplaintState(Labelled):
    """How far it has come, as the villager reads it."""

    RECEIVED = "received", "已收到"
    ACCEPTED = "accepted", "已受理"
    HANDLING = "handling", "处理中"
    ANSWERED = "answered", "已答复"


class ComplaintOutcome(Labelled):
    """How it was answered; `SOLVED` alone counts as solved."""

    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    UNSOLVED = "unsolved", "未解决"
    UNFOUNDED = "unfounded", "不属实"
    REFERRED = "referred", "转12305"


class FollowUp(Labelled):
    """What the villager said afterwards; nothing said is 未回访 and never satisfied."""

    SOLVED = "solved", "解决了"
    PARTLY = "partly", "解决了一部分"
    UNSOLVED = "unsolved", "没有解决"


class ComplaintDeed(Labelled):
    """One move of a complaint."""

    RECEIVED = "received", "收到"
    RELEASED = "released", "核过，照常办理"
    ACCEPTED = "accepted", "受理"
    FORWARDED = "forwarded", "转办"
    ANSWERED = "answered", "答复"
    FOLLOWED_UP = "followed_up", "回访"
    AGAIN = "again", "不满意，重新办理"
    CALLED = "called", "电话回访"
    NOTED = "noted", "补充"
    LOOKED = "looked", "看了原文和电话"
    NEW_CODE = "new_code", "重发查询码"


class Complaint(Base):
    """One complaint; what was said never changes, where it stands follows from its steps.

    `number` and `code_hash` open it to whoever made it: a keyed hash, since six digits are soon
    tried. `held` is 待核: more came from one network or of one station in a day than the county
    lets through unseen. `network` is a keyed hash of the caller's network under that day's key, so
    that two days cannot be joined; `form_hash` that of the form it was written on, so that a form
    sent twice is one complaint. `turns` counts how often it was taken up. What a villager gave of
    the own person (`words`, `phone`, photos) can be erased: `erased_at` says that it was.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("form_hash"),
        sa.Index(
            "ix_complaints_ref",
            "county",
            "channel",
            "ref",
            unique=True,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        ),
        sa.Index("ix_complaints_county_state", "county", "state", "due_on"),
        sa.Index("ix_complaints_station_id", "station_id", "received_on"),
        sa.Index("ix_complaints_network", "network"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    number: Mapped[str] = mapped_column(sa.String(16))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    channel: Mapped[ComplaintChannel] = mapped_column(coded(ComplaintChannel))
    ref: Mapped[str] = mapped_column(sa.String(80), default="")  # 工单号 of 12345, 12305
    kind: Mapped[ComplaintKind] = mapped_column(coded(ComplaintKind))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    happened_on: Mapped[date | None]
    amount_fen: Mapped[int | None]
    words: Mapped[str] = mapped_column(SealedText("complaints.words", 1000))
    phone: Mapped[str] = mapped_column(SealedText("complaints.phone", 20), default="")
    phone_shared: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ComplaintState] = mapped_column(coded(ComplaintState))
    held: Mapped[bool] = mapped_column(default=False)
    held_because: Mapped[str] = mapped_column(sa.String(60), default="")
    turns: Mapped[int] = mapped_column(default=1)
    received_on: Mapped[date]
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    answered_on: Mapped[date | None]
    in_time: Mapped[bool | None]  # of the first answer
    outcome: Mapped[ComplaintOutcome | None] = mapped_column(coded(ComplaintOutcome))
    follow_up: Mapped[FollowUp | None] = mapped_column(coded(FollowUp))
    looked_at: Mapped[datetime | None]  # when the villager last looked again
    matter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matters.id"))
    network: Mapped[str] = mapped_column(sa.String(64), default="")
    form_hash: Mapped[str | None] = mapped_column(sa.String(64))
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    erased_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)


class ComplaintStep(Base):
    """One move, by a named person, or by the villager (`person_id` None); rows are only added."""

    __tablename__ = "complaint_steps"
    __table_args__ = (sa.Index("ix_complaint_steps_complaint_id", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaints.id"))
    deed: Mapped[ComplaintDeed] = mapped_column(coded(ComplaintDeed))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(SealedText("complaint_steps.note", 1000), default="")
    handed_to: Mapped[str] = mapped_column(sa.String(80), default="")
    outcome: Mapped[ComplaintOutcome | None] = mapped_column(coded(ComplaintOutcome))
    follow_up: Mapped[FollowUp | None] = mapped_column(coded(FollowUp))
    due_on: Mapped[date | None]


class ComplaintPhoto(Base):
    """One of at most three photos, made anew without EXIF; bytes are kept by SHA-256."""

    __tablename__ = "complaint_photos"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(sa.ForeignKey("complaints.id"))
    place: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # None once erased
    size_bytes: Mapped[int]
