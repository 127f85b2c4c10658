"""Stations and the numbers given to them (XZ0001…, C0001…)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedText
from server.policy.standard.facts import Level, Ownership


class Stage(Labelled):
    """How far a station has come: on the plan only, or built by somebody's acceptance.

    `built_before` came from before acceptances were kept: it is counted apart, as accepted by
    nobody. `standardised` is 静乐方案's 标准化 of a township station, `demonstration` its
    示范 of the county's centre.
    """

    PLANNED = "planned", "拟建"
    BUILT_BEFORE = "built_before", "建成（升级前登记，未验收）", "未验收"
    BUILT = "built", "建成"
    STANDARDISED = "standardised", "建成（标准化）", "标准化"
    DEMONSTRATION = "demonstration", "建成（示范）", "示范"

    @property
    def accepted(self) -> bool:
        """Whether a named person has accepted it as built."""
        return self in (Stage.BUILT, Stage.STANDARDISED, Stage.DEMONSTRATION)


class Station(Base):
    """One fixed place where parcels are handed over.

    What the county's register itself says stands in columns; what somebody saw or claimed of the
    place (area, shelves, sign …) stands in statements, each with the person whose word it is.
    `hours` is a list of [[weekdays 1–7], "08:00", "18:00"]; policy/hours/week.py tells what more
    there may be. Position is WGS-84 degrees.
    """

    __tablename__ = "stations"
    __table_args__ = (
        sa.UniqueConstraint("county", "code"),
        sa.Index("ix_stations_county_township", "county", "township_code", "level"),
        sa.Index("ix_stations_village_code", "village_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    level: Mapped[Level] = mapped_column(coded(Level))
    stage: Mapped[Stage] = mapped_column(coded(Stage), default=Stage.PLANNED)
    code: Mapped[str | None] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(60))
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    village_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    ownership: Mapped[Ownership | None] = mapped_column(coded(Ownership))
    coop_modes: Mapped[list[Any]] = mapped_column(default=list)
    operator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("operators.id"))
    opener: Mapped[str] = mapped_column(sa.String(80), default="")
    head_name: Mapped[str] = mapped_column(sa.String(40), default="")
    head_phone: Mapped[str] = mapped_column(SealedText("stations.head_phone", 20), default="")
    address: Mapped[str] = mapped_column(sa.String(120), default="")
    venue: Mapped[str] = mapped_column(sa.String(40), default="")
    hours: Mapped[list[Any]] = mapped_column(default=list)
    services: Mapped[list[Any]] = mapped_column(default=list)  # posting, delivery, agri_outbound
    serves: Mapped[list[Any]] = mapped_column(default=list)  # further village codes (辐射)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    filed_name: Mapped[str] = mapped_column(sa.String(60), default="")
    filing_number: Mapped[str] = mapped_column(sa.String(60), default="")
    filed_on: Mapped[date | None]
    filing_changed_on: Mapped[date | None]
    filing_change_filed_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(sa.String(200), default="")  # why this station is listed
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CodeSequence(Base):
    """The next number of one county and level (一县一编号); locked while a number is given."""

    __tablename__ = "code_sequences"

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    level: Mapped[Level] = mapped_column(coded(Level), primary_key=True)
    next_seq: Mapped[int] = mapped_column(default=1)


class IssuedCode(Base):
    """A number once given, for ever: the reason why a gap is a gap."""

    __tablename__ = "issued_codes"
    __table_args__ = (sa.UniqueConstraint("county", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    code: Mapped[str] = mapped_column(sa.String(8))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(sa.String(200), default="")
