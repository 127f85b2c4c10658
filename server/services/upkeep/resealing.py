"""Seals anew, by the newest key, whatever lies sealed by an older one: then that can be let go.

A step is a transaction of its own. What is done is told by the rows themselves, so that a run that
was stopped is gone on with by the next, and one with nothing to do writes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import Json, empty_the_log, sealing_keys, writing
from server.errors import Conflict
from server.models.county import County
from server.models.sealed import SealedJson, SealedText, sealed_json
from server.models.sealed_by_hand import BY_HAND, ByHand
from server.sealed_text import (
    key_ring,
    open_same,
    open_text,
    seal_same,
    seal_text,
    text_marks,
)
from server.services.upkeep.sealed_places import PLAIN, key_of, key_uses, sealed_columns

A_STEP = 1000
PASSES = 5
"""A row that somebody is just writing is left for the next pass; so many are tried."""

Ring = Mapping[str, bytes]
_HANDS = {one.column: one for one in BY_HAND}
_COPIES = {one.copies: one for one in BY_HAND if one.copies is not None}


@dataclass(frozen=True, slots=True)
class Resealed:
    """What came of it: rows written by table, then how many values are sealed by which key.

    `broken` are values, by column, that their own key does not open: somebody changed them.
    """

    newest: str
    older: tuple[str, ...]
    rows: Counter[str]
    uses: Counter[str]
    broken: Counter[str] = field(default_factory=Counter)

    @property
    def left(self) -> dict[str, int]:
        """Older keys of the ring that something is still sealed by, and how much."""
        return {name: self.uses[name] for name in self.older if self.uses[name]}

    @property
    def lost(self) -> dict[str, int]:
        """Keys that are not in the ring and seal something, and how much."""
        ours = (self.newest, *self.older, PLAIN)
        return {name: many for name, many in sorted(self.uses.items()) if name not in ours}


def reseal(engine: Engine, *, step: int = A_STEP) -> Resealed:
    """Seal all anew that is not sealed by the newest key, as far as a key of the ring opens it.

    Works beside the running house: PostgreSQL waits for no row that somebody holds. Raises
    Conflict text-key-lost where there is no key at all.
    """
    ring = key_ring(list(sealing_keys(engine.dialect)))
    if not ring:
        raise Conflict("text-key-lost", "没有给钥匙。请检查 CZT_TEXT_KEYS。")
    newest, *older = ring
    tables: dict[sa.Table, list[sa.Column[Any]]] = defaultdict(list)
    for column in sealed_columns():
        tables[column.table].append(column)
    rows: Counter[str] = Counter()
    for _ in range(PASSES):
        broken: Counter[str] = Counter()
        before = rows.total()
        for table, columns in tables.items():
            _walk(engine, table, columns, ring, step=step, rows=rows, broken=broken)
        with Session(engine) as session:
            uses = key_uses(session)
        left = uses[PLAIN] + sum(uses[name] for name in older)
        if rows.total() == before or left <= broken.total():
            break
    if rows:
        empty_the_log(engine)  # which still has them as they were
    return Resealed(newest, tuple(older), +rows, uses, broken)


def _walk(
    engine: Engine, table: sa.Table, columns: list[sa.Column[Any]], ring: Ring, *, step: int,
    rows: Counter[str], broken: Counter[str],
) -> None:  # fmt: skip
    """Go through a table's rows in the order of their keys, counting what is written."""
    _, *older = ring
    [key] = table.primary_key.columns
    aside = sa.or_(*(key_of(column).in_([*older, PLAIN]) & ~_is_copy(column) for column in columns))
    last: Any = None
    while True:
        with Session(engine) as session:  # which rows: nobody waits while we look
            asked = sa.select(key).order_by(key).limit(step)
            next_ones = session.scalars(asked if last is None else asked.where(key > last)).all()
            if not next_ones:
                return
            within = key.between(next_ones[0], next_ones[-1])
            due = session.scalars(sa.select(key).where(within, aside)).all()
        last = next_ones[-1]
        if not due:
            continue
        with writing(engine) as session:
            if any(column in _COPIES for column in columns):  # nobody copies meanwhile
                county = sa.select(County.code).order_by(County.code)
                session.execute(county.with_for_update(key_share=True))
            lying = sa.select(*(_raw(one) for one in table.columns)).where(key.in_(due), aside)
            held = lying.order_by(key).with_for_update(skip_locked=True, key_share=True)
            found = session.execute(held).mappings().all()
            rows.update(_write(session, table, columns, ring, found, broken=broken))


def _is_copy(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Whether a value lies there as that which it was copied from does: it goes with that one."""
    hand = _HANDS.get(column)
    if hand is None or hand.copies is None or hand.whose is None:
        return sa.false()
    source = hand.copies.table
    [key] = source.primary_key.columns
    same = (key == hand.whose) & (hand.copies == column)
    return sa.select(sa.literal(1)).select_from(source).where(same).exists()


def _held(session: Session, columns: list[sa.Column[Any]], keys: list[Any]) -> set[Any]:
    """Which of these rows have a copy that somebody holds: they wait for the next pass."""
    held: set[Any] = set()
    for column in columns:
        hand = _COPIES.get(column)
        if hand is None or hand.whose is None:
            continue
        [key] = hand.column.table.primary_key.columns
        asked = sa.select(key, hand.whose).where(hand.whose.in_(keys)).order_by(key)
        there: dict[Any, Any] = dict(session.execute(asked).all())
        free = session.scalars(asked.with_for_update(skip_locked=True, key_share=True)).all()
        held |= {there[one] for one in there.keys() - set(free)}
    return held


def _copy(session: Session, column: sa.Column[Any], rows: list[dict[str, Any]]) -> Counter[str]:
    """Give the copies of a column's values what these lie as from now on."""
    hand = _COPIES.get(column)
    if hand is None or hand.whose is None:
        return Counter()
    done = session.connection().execute(
        sa.update(hand.column.table)
        .where(hand.whose == sa.bindparam("row_key"), hand.column == sa.bindparam("was"))
        .values({hand.column.name: sa.bindparam("anew")}),
        rows,
    )
    return Counter({hand.column.table.name: done.rowcount})


def _raw(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A column as it lies there."""
    if isinstance(column.type, SealedText):
        return sa.type_coerce(column, sa.String).label(column.name)
    if isinstance(column.type, SealedJson):
        return sa.type_coerce(column, Json).label(column.name)
    return column


def _write(
    session: Session, table: sa.Table, columns: list[sa.Column[Any]], ring: Ring,
    found: Sequence[Mapping[Any, Any]], *, broken: Counter[str],
) -> Counter[str]:  # fmt: skip
    """Write these rows anew, and their copies; how many by table."""
    [key] = table.primary_key.columns
    kinds = {key.name: key.type} | {
        one.name: Json if isinstance(one.type, SealedJson) else sa.String() for one in columns
    }
    marks = [hand.mark for one in columns if (hand := _HANDS.get(one)) and hand.mark]
    kinds |= {mark: sa.String() for mark in marks}
    bare = sa.table(table.name, *(sa.column(name, kind) for name, kind in kinds.items()))
    by_shape: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    held = _held(session, columns, [row[key.name] for row in found])
    copied: dict[sa.Column[Any], list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        if row[key.name] in held:
            continue
        values: dict[str, Any] = {}
        for column in columns:
            try:
                values |= _anew(session, column, row, ring)
            except Conflict:  # its key is there, so the text was changed
                broken[f"{table.name}.{column.name}"] += 1
            if column in _COPIES and column.name in values:
                copied[column].append(
                    {"row_key": row[key.name], "was": row[column.name], "anew": values[column.name]}
                )
        if values:
            by_shape[tuple(values)].append({"row_key": row[key.name]} | values)
    for shape, rows in by_shape.items():
        session.connection().execute(
            sa.update(bare)
            .where(bare.c[key.name] == sa.bindparam("row_key", type_=key.type))
            .values({name: sa.bindparam(name, type_=kinds[name]) for name in shape}),
            rows,
        )
    written = Counter({table.name: sum(len(rows) for rows in by_shape.values())})
    for column, pairs in copied.items():
        written += _copy(session, column, pairs)
    return written


def _anew(session: Session, column: sa.Column[Any], row: Any, ring: Ring) -> dict[str, Any]:
    """A row's value of a column under the newest key; nothing where it need not, or cannot, be.

    Raises Conflict text-seal-broken.
    """
    _, *older = ring
    value, kind = row[column.name], column.type
    if isinstance(kind, SealedJson) and value and not isinstance(value, str):
        return {column.name: seal_same(ring, sealed_json(value), about=kind.about)}
    if not value or value.partition(".")[0] not in older:
        return {}
    if isinstance(kind, SealedText | SealedJson):
        text = open_same(ring, value, about=kind.about)
        return {column.name: seal_same(ring, text, about=kind.about)}
    return _by_hand(session, _HANDS[column], row, ring)


def _by_hand(session: Session, hand: ByHand, row: Any, ring: Ring) -> dict[str, Any]:
    lying, name = row[hand.column.name], hand.column.name
    wrong: Conflict | None = None
    for about in hand.bound(session, row):
        try:
            text = open_text(ring, lying, about=about)
        except Conflict as error:
            wrong = error
            continue
        mark = {hand.mark: text_marks(ring, text, about=about)[0]} if hand.mark else {}
        return {name: seal_text(ring, text, about=about)} | mark
    raise wrong or Conflict("text-seal-broken", "加密保存的内容解不开。")
