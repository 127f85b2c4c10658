"""Data that leave the house as tables: files made in the background, and other systems' tokens."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class ExportForm(Labelled):
    """As what a file of open data is made."""

    XLSX = "xlsx", "Excel 表格"
    CSV = "csv", "CSV"
    GEOJSON = "geojson", "GeoJSON（地图）"


class ExportState(Labelled):
    """How far a file has come; CANCELLED and later are over."""

    WAITING = "waiting", "排队"
    WORKING = "working", "正在做"
    READY = "ready", "做好了"
    FAILED = "failed", "没有做成"
    CANCELLED = "cancelled", "已取消"
    GONE = "gone", "已删除"


class OpenExport(Base):
    """One file that somebody asked for, made by a job from one moment's data.

    `sight` is what its maker could see (`services/opendata/exports.sight_of`): who sees another
    part of the county by now does not get the file. `rows_done` of `rows_all` are records read so
    far; `lines` is how many lines the file has. `file_sha256` names its bytes in the photo store
    until they are deleted after `keep_until_on`, its last day.
    """

    __tablename__ = "open_exports"
    __table_args__ = (
        sa.Index("ix_open_exports_made_by", "made_by", "id"),
        sa.Index("ix_open_exports_file_sha256", "file_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    kind: Mapped[str] = mapped_column(sa.String(20))  # a table of services/opendata/tables.py
    form: Mapped[ExportForm] = mapped_column(coded(ExportForm))
    townships: Mapped[list[Any]] = mapped_column(default=list)  # codes; empty: all in sight
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]  # both days included
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    sight: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[ExportState] = mapped_column(coded(ExportState))
    job_id: Mapped[int | None]  # no foreign key: jobs that are done are forgotten
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_all: Mapped[int | None]
    lines: Mapped[int | None]
    as_of: Mapped[datetime | None]  # the moment its data are of
    ended_at: Mapped[datetime | None]
    file_name: Mapped[str] = mapped_column(sa.String(120), default="")
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    file_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    keep_until_on: Mapped[date | None]


class ReadToken(Base):
    """A key with which another system reads: what, of which part of the county, until when.

    The key itself is shown once; here is its hash, and its first characters to know it by.
    """

    __tablename__ = "read_tokens"
    __table_args__ = (
        sa.UniqueConstraint("token_sha256"),
        sa.Index("ix_read_tokens_county", "county", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    system: Mapped[str] = mapped_column(sa.String(60))
    holder: Mapped[str] = mapped_column(sa.String(80))
    kinds: Mapped[list[Any]]
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    operator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("operators.id"))
    token_sha256: Mapped[str] = mapped_column(sa.String(64))
    begins: Mapped[str] = mapped_column(sa.String(12))
    issued_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    issued_at: Mapped[datetime]
    until_on: Mapped[date]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str] = mapped_column(sa.String(200), default="")


class ReadTokenDay(Base):
    """How often a token read one kind of data on one day (Beijing), and how many rows it got."""

    __tablename__ = "read_token_days"

    token_id: Mapped[int] = mapped_column(sa.ForeignKey("read_tokens.id"), primary_key=True)
    day_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    requests: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
