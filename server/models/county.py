"""A county, its townships and villages as the national division table names them, and aliases."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedText


class DivisionLevel(enum.StrEnum):
    """乡级 or 村级."""

    TOWNSHIP = "township"
    VILLAGE = "village"


class DivisionKind(enum.StrEnum):
    """What a division is by its name; only towns and townships carry a plan's township targets."""

    TOWN = "town"  # 镇
    TOWNSHIP = "township"  # 乡, 民族乡, 苏木
    SUBDISTRICT = "subdistrict"  # 街道
    OFFICE = "office"  # 居民办事处, 办事处
    FARM = "farm"  # 农场, 林场, 牧场, 渔场, 监狱 …
    ZONE = "zone"  # 开发区, 园区 …
    VILLAGE_COMMITTEE = "village_committee"  # 村委会, 村民委员会, 嘎查
    RESIDENTS_COMMITTEE = "residents_committee"  # 居委会, 社区
    OTHER = "other"


AREA = "上级"
"""What stands in the place of the table of divisions where a row is a city or a province."""


class County(Base):
    """One county: the tenant. Its six-digit division code leads every key.

    `options` are the county's own choices, labelled as ours on screen: `policy` (fresh_days, safety
    items switched on …), `readings` (rules with two readings, as decided) and others.
    `demo` marks a county set up for showing.
    """

    __tablename__ = "counties"

    code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    province: Mapped[str] = mapped_column(sa.String(40))
    prefecture: Mapped[str] = mapped_column(sa.String(40))
    divisions_source: Mapped[str] = mapped_column(sa.String(120))
    standard_id: Mapped[str | None] = mapped_column(sa.String(60))
    programme_id: Mapped[str | None] = mapped_column(sa.String(60))
    hotline: Mapped[str] = mapped_column(sa.String(40), default="")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def is_area(self) -> bool:
        """Whether this is a city or a province above counties: its people only look."""
        return self.divisions_source == AREA


class Division(Base):
    """One township (9 digits) or village (12 digits) of a county."""

    __tablename__ = "divisions"
    __table_args__ = (sa.Index("ix_divisions_county_level", "county", "level", "code"),)

    code: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    level: Mapped[DivisionLevel] = mapped_column(coded(DivisionLevel))
    kind: Mapped[DivisionKind] = mapped_column(coded(DivisionKind))
    parent: Mapped[str] = mapped_column(sa.String(12))  # county code or township code
    name: Mapped[str] = mapped_column(sa.String(60))  # as in the table: 马家沟村委会
    short_name: Mapped[str] = mapped_column(sa.String(60))  # as people say: 马家沟村
    valid_from: Mapped[date]
    withdrawn_on: Mapped[date | None]


class DivisionAlias(Base):
    """Another spelling under which a document knows a division (赤泥洼乡 for 赤泥窊乡)."""

    __tablename__ = "division_aliases"
    __table_args__ = (sa.UniqueConstraint("county", "alias", "division_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    division_code: Mapped[str] = mapped_column(sa.ForeignKey("divisions.code"))
    alias: Mapped[str] = mapped_column(sa.String(60))
    source: Mapped[str] = mapped_column(sa.String(200))


class OperatorStatus(Labelled):
    """动态管理: whether an enterprise may be given townships and stations."""

    ACTIVE = "active", "在运营"
    SUSPENDED = "suspended", "暂停"
    LEFT = "left", "已退出"


class Operator(Base):
    """运营企业: the licensed enterprise that opens or co-opens stations.

    `status` is what the newest of its `OperatorStatusChange` rows decided. The licence is the
    快递业务经营许可; `licence_scope` is its area and kinds of business, as it stands there.
    """

    __tablename__ = "operators"
    __table_args__ = (sa.UniqueConstraint("county", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    name: Mapped[str] = mapped_column(sa.String(80))
    licence_number: Mapped[str | None] = mapped_column(sa.String(60))
    licence_until: Mapped[date | None]
    licence_scope: Mapped[str] = mapped_column(sa.String(200), default="")
    contact_name: Mapped[str] = mapped_column(sa.String(40), default="")
    contact_phone: Mapped[str] = mapped_column(
        SealedText("operators.contact_phone", 20), default=""
    )
    address: Mapped[str] = mapped_column(sa.String(120), default="")
    status: Mapped[OperatorStatus] = mapped_column(
        coded(OperatorStatus), default=OperatorStatus.ACTIVE
    )


class OperatorStatusChange(Base):
    """One decision of 动态管理: who decided what of an enterprise on which day, and why.

    The plan names who decides (供销社、邮政公司、智通) and no criteria, so both are free text. Rows
    are only added; `decided_on` orders nothing, the newest row holds.
    """

    __tablename__ = "operator_status_changes"
    __table_args__ = (sa.Index("ix_operator_status_changes_operator_id", "operator_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    before: Mapped[OperatorStatus] = mapped_column(coded(OperatorStatus))
    status: Mapped[OperatorStatus] = mapped_column(coded(OperatorStatus))
    decided_on: Mapped[date]
    deciders: Mapped[str] = mapped_column(sa.String(200))
    document: Mapped[str] = mapped_column(sa.String(120), default="")
    reason: Mapped[str] = mapped_column(sa.String(400))
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class OperatorTerm(Base):
    """Which operator serves a township from when to when (half-open), by 附件2 or later change."""

    __tablename__ = "operator_terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    township_code: Mapped[str] = mapped_column(sa.ForeignKey("divisions.code"))
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(200))


class PlanDecision(Base):
    """A named person's choice between two readings of the plan, with the reason.

    The conflicts themselves stand in the programme; here is only what was decided. A later decision
    is a new row; the newest holds. `programme` is the key of the plan it is about, "" for a rule of
    the whole country that can be read in two ways.
    """

    __tablename__ = "plan_decisions"
    __table_args__ = (sa.Index("ix_plan_decisions_county_key", "county", "conflict_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme: Mapped[str] = mapped_column(sa.String(60), default="")
    conflict_key: Mapped[str] = mapped_column(sa.String(60))
    choice: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    reason: Mapped[str] = mapped_column(sa.String(400))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime]
