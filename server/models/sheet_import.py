"""One table that the office imported, and what it changed, so that it can be undone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedJson


class ListKind(Labelled):
    """What a table is a list of."""

    STATIONS = "stations", "站点表"
    KEEPERS = "keepers", "站长名单"
    OPERATORS = "operators", "企业名单"


class SheetImport(Base):
    """One import. `history_id` is its line in the history; the stations' lines are parts of it.

    `rows` is a list of {line, station_id, name, new, before, after, said, code}: `before` and
    `after` hold the register's fields as JSON, `said` the ids of the statements by fact, `code`
    the number that came in. Of keepers and operators (`kind`) they hold {line, action, name, new,
    before, after} with the ids of what the line made. `left` lists in words what undoing it did not
    put back.
    """

    __tablename__ = "sheet_imports"
    __table_args__ = (sa.Index("ix_sheet_imports_county_id", "county", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    kind: Mapped[ListKind] = mapped_column(coded(ListKind), default=ListKind.STATIONS)
    imported_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    imported_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    history_id: Mapped[int] = mapped_column(sa.ForeignKey("history.id"))
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(SealedJson("sheet_imports.rows"))
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    undone_at: Mapped[datetime | None]
    left: Mapped[list[Any]] = mapped_column(SealedJson("sheet_imports.left"), default=list)
