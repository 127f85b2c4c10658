"""A row with something to hide in every sealed column there is, whatever columns there will be."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import Base
from server.models.county import County
from server.models.erasure import PersonErasure
from server.models.proposal import Proposal
from server.models.sealed import SealedJson, SealedText
from server.services.audit.contents import hash_of_content
from server.services.common.chain_payloads import ref_of
from tests.databases import everything
from tests.factories import NOW

SECRET = "泄露不得"
Place = tuple[str, str]


def sealed_columns() -> Iterator[sa.Column[Any]]:
    """Every column of the models whose values lie sealed."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText | SealedJson):
                yield column


def hide_something(session: Session) -> dict[Place, Any]:
    """Write one row into each table that has a sealed column; what was hidden in each column.

    The rows are chained like all others, so that a chain which held before holds after.
    """
    hidden: dict[Place, Any] = {}
    for number, column in enumerate(sealed_columns()):
        text = f"{SECRET}{number}"
        value = text if isinstance(column.type, SealedText) else {"name": text, "fields": [text]}
        hidden[column.table.name, column.name] = value
    for name in dict.fromkeys(table for table, _ in hidden):
        own = {column: value for (table, column), value in hidden.items() if table == name}
        row = _made(session, Base.metadata.tables[name], own)
        if isinstance(row, Proposal):
            ref = ref_of(row.id)
            row.change_sha256 = hash_of_content(session, kind=name, ref=ref)
    session.commit()
    return hidden


def _made(session: Session, table: sa.Table, own: dict[str, Any]) -> Any:
    """A row of a table, with whatever parents it needs."""
    noun = next(one.class_ for one in Base.registry.mappers if one.local_table is table)
    row = noun(**_needed(session, table) | own)
    if isinstance(row, PersonErasure):
        row.done_at = NOW
    session.add(row)
    session.flush()
    return row


def _needed(session: Session, table: sa.Table) -> dict[str, Any]:
    """Something for each column that must have a value; a parent that is there already."""
    given: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable or (column.primary_key and isinstance(column.type, sa.Integer)):
            continue
        if isinstance(column.type, SealedText | SealedJson):
            given[column.name] = "" if isinstance(column.type, SealedText) else {}
        elif column.name == "county":
            given[column.name] = session.scalar(sa.select(County.code))
        elif column.foreign_keys:
            [key] = column.foreign_keys
            alone = (
                column.primary_key
                or column.unique
                or any(
                    [*one.columns.keys()] == [column.name]
                    for one in table.constraints
                    if isinstance(one, sa.UniqueConstraint)
                )
            )
            held = None if alone else session.scalar(sa.select(key.column).limit(1))
            given[column.name] = held or _made(session, key.column.table, {}).id
        elif isinstance(column.type, sa.Enum) and column.type.enum_class:
            given[column.name] = column.type.enum_class(column.type.enums[0])
        elif column.default is None:
            given[column.name] = _some(column)
    return given


def _some(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    if kind is str:
        return uuid4().hex[: getattr(column.type, "length", None) or 32]
    if kind in (int, float, bool):
        return kind(1)
    if kind in (dict, list):
        return kind()
    return (
        NOW.date()
        if isinstance(column.type, sa.Date)
        else uuid4()
        if kind.__name__ == "UUID"
        else NOW
    )


def not_hidden(engine: Engine, hidden: dict[Place, Any]) -> list[str]:
    """What an engine cannot read of it, and what lies plain in its database; empty when all is well."""
    found = [f"plain: {row[:60]}" for row in everything(engine) if SECRET in row]
    with Session(engine) as session:
        for column in sealed_columns():
            value = hidden[column.table.name, column.name]
            if value not in session.scalars(sa.select(column)).all():
                found.append(f"lost: {column}")
    return found
