"""问题: a problem that somebody brought to the county, its way through hands, each step of it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class MatterSource(Labelled):
    """Where a problem comes from; a round's 整改 is listed with them and kept where it is."""

    ROUND = "round", "督导整改"
    SUPERIOR = "superior", "上级督办"
    HOTLINE = "hotline", "12345热线"
    COMPLAINT = "complaint", "群众投诉"
    DISPATCH = "dispatch", "不定期调度"
    SPOT_CHECK = "spot_check", "抽查"
    OFFICE = "office", "县里自己发现"


class MatterKind(Labelled):
    """What a problem is about."""

    CLOSED = "closed", "站点关门或搬走"
    DELIVERY = "delivery", "没有按地址投递"
    CHARGING = "charging", "违规收费"
    PARCEL = "parcel", "快件丢失、损坏、延误"
    ATTITUDE = "attitude", "服务态度"
    PREMISES = "premises", "场地和设施"
    SAFETY = "safety", "安全"
    OTHER = "other", "其他"


class MatterStage(Labelled):
    """Whose turn it is."""

    REGISTERED = "registered", "待转办"  # the county's
    HANDLING = "handling", "办理中"  # the holder's
    CHECKING = "checking", "待核查"  # somebody's who did not handle it
    CHECKED = "checked", "待办结"  # the office's
    CLOSED = "closed", "已办结"


class Holder(Labelled):
    """With whom a problem is to be handled."""

    TOWNSHIP = "township", "乡镇"
    OPERATOR = "operator", "运营企业"
    KEEPER = "keeper", "站长"  # by the township, which answers for it
    UNIT = "unit", "成员单位"


class MatterDeed(Labelled):
    """One move of a problem."""

    REGISTERED = "registered", "登记"
    REFERRED = "referred", "转办"
    PASSED = "passed", "交办"  # by the township, within its own time
    ANSWERED = "answered", "答复"
    PUNISHED = "punished", "查处"  # a regulator's alone
    RETURNED = "returned", "退回"  # not the holder's business
    SENT_BACK = "sent_back", "核查没通过"
    CHECKED = "checked", "核查通过"
    EXTENSION_ASKED = "extension_asked", "申请延期"
    EXTENSION_GRANTED = "extension_granted", "同意延期"
    EXTENSION_REFUSED = "extension_refused", "不同意延期"
    NOTED = "noted", "补充"
    CLOSED = "closed", "办结"
    REOPENED = "reopened", "重新办理"
    REMINDED = "reminded", "快到期，已提醒"
    YELLOW = "yellow", "逾期，黄牌"
    RED = "red", "逾期，红牌"


class MatterOutcome(Labelled):
    """How a problem ended."""

    SOLVED = "solved", "已解决"
    PUNISHED = "punished", "已依法查处"
    UNFOUNDED = "unfounded", "查了，没有这回事"
    ELSEWHERE = "elsewhere", "不归本县管，已转有关部门"
    DOUBLE = "double", "和另一件是同一件"


class Matter(Base):
    """One problem; what it is never changes, where it stands follows from its steps.

    `number` counts within the county's year (Beijing). `ref` is the number that the sender gave it
    (工单号, 文号). `holder` with the column that belongs to it says with whom it is; they stay
    while it is checked. `due_on` is the last day of the present stage, `outer_due_on` that which
    the county gave for all of the handling: the township's own dates stay within it. `wanted_on`
    is the day that is asked for, `answered_on` that of the answer that stands, `answered_by` whose
    it is.
    """

    __tablename__ = "matters"
    __table_args__ = (
        sa.UniqueConstraint("county", "year", "number"),
        sa.Index(
            "ix_matters_ref",
            "county",
            "source",
            "ref",
            unique=True,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        ),
        sa.Index("ix_matters_county_stage", "county", "stage", "due_on"),
        sa.Index("ix_matters_station_id", "station_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    year: Mapped[int]
    number: Mapped[int]
    source: Mapped[MatterSource] = mapped_column(coded(MatterSource))
    ref: Mapped[str] = mapped_column(sa.String(80), default="")
    kind: Mapped[MatterKind] = mapped_column(coded(MatterKind))
    heard_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(sa.String(60), default="")
    words: Mapped[str] = mapped_column(sa.String(2000))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    stage: Mapped[MatterStage] = mapped_column(coded(MatterStage))
    holder: Mapped[Holder | None] = mapped_column(coded(Holder))
    holder_township: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    holder_operator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("operators.id"))
    holder_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    due_on: Mapped[date]
    outer_due_on: Mapped[date | None]
    wanted_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    escalation: Mapped[int] = mapped_column(default=0)  # 0 none, 1 reminded, 2 yellow, 3 red
    outcome: Mapped[MatterOutcome | None] = mapped_column(coded(MatterOutcome))
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)


class MatterPaper(Base):
    """A paper or photo handed in with a step; its bytes lie in the store under their SHA-256."""

    __tablename__ = "matter_papers"
    __table_args__ = (sa.Index("ix_matter_papers_matter_id", "matter_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"))
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("matter_steps.id"))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_kind: Mapped[str] = mapped_column(sa.String(8))
    file_bytes: Mapped[int]
    recorded_at: Mapped[datetime]


class MatterStep(Base):
    """One move by a named person, or by the night's clock; rows are only added.

    `handed_to` is with whom it went, in words of that day, for people alone; `handed_township` the
    township among those. `before_on` and `due_on` are the last day before and after the move.
    """

    __tablename__ = "matter_steps"
    __table_args__ = (sa.Index("ix_matter_steps_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"))
    deed: Mapped[MatterDeed] = mapped_column(coded(MatterDeed))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    handed_to: Mapped[str] = mapped_column(sa.String(80), default="")
    handed_township: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    before_on: Mapped[date | None]
    due_on: Mapped[date | None]
