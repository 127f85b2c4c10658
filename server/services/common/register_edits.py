"""The one statement for what the history says of changes in the register, station by station."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.chain_guards import ERASED
from server.models.history import OF_REGISTERS, HistoryLine

BLANKED = HistoryLine.summary == ERASED
"""What a line told was deleted by law: that it was there is all that is left."""


def register_edits(
    *which: sa.ColumnElement[bool],
) -> sa.Select[tuple[int | None, datetime, list[dict[str, Any]], str, bool]]:
    """Of a `county`'s edits that tell of `which`, the first first.

    Station, moment, changes, action, and whether what it told was blanked.
    """
    return (
        sa.select(
            HistoryLine.station_id,
            HistoryLine.at,
            HistoryLine.changes,
            HistoryLine.action,
            BLANKED,
        )
        .where(
            HistoryLine.county == sa.bindparam("county", type_=sa.String),
            HistoryLine.station_id.is_not(None),
            OF_REGISTERS,  # for the index
            *which,
        )
        .order_by(HistoryLine.id)
    )


def tells_of(field: str) -> sa.ColumnElement[bool]:
    """Of some thousand edits few tell of one field; the others are not read at all."""
    return sa.cast(HistoryLine.changes, sa.Text).contains(f'"{field}"')
