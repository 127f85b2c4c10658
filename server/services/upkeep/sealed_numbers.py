"""Sealed texts whose key is gone: how many there are, and how the house goes on without them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base, sealing_keys
from server.errors import Conflict
from server.models.erasure import PersonErasure
from server.models.sealed import SealedJson, SealedText
from server.sealed_text import key_id

NAME = 8  # a sealed text begins with so many letters that name its key


def lost_numbers(session: Session) -> int:
    """How many lie sealed under a key that this installation has not."""
    return sum(
        session.scalar(sa.select(sa.func.count()).select_from(table).where(lost)) or 0
        for table, _, lost in _lost(session)
    )


def forget_lost_numbers(session: Session) -> int:
    """Blank them, so that pages open again; answers how many. They cannot be had back.

    Raises Conflict erasure-unfinished: whom an erasure still looks for is not given up, for it
    would end without having looked.
    """
    if blind := _blind(session):
        raise erasure_lost(blind)
    return sum(
        len(
            session.execute(
                sa.update(table)
                .where(lost)
                .values({column.name: EMPTY.get(f"{table.name}.{column.name}", "")})
                .returning(table.c.id)
            ).all()
        )
        for table, column, lost in _lost(session)
    )


NO_PROPOSAL: Mapping[str, Any] = {
    "kind": "edit", "station_id": None, "name": "", "fields": [], "place": None,
    "acceptance": None, "on": "", "reason": "", "by": "",
}  # fmt: skip
EMPTY: Mapping[str, Any] = {
    "kept_forms.fields": [], "kept_forms.problem": {}, "person_erasures.sought": {},
    "phone_events.payload": {}, "proposals.change": NO_PROPOSAL, "proposals.written": [],
    "sheet_imports.left": [], "sheet_imports.rows": [],
}  # fmt: skip
"""What is left of JSON that cannot be opened, so that its readers find what they look for."""


def erasure_lost(people: Collection[int]) -> Conflict:
    """What is said where nobody knows any more whom an unfinished erasure looks for."""
    marks = "、".join(f"P-{one}" for one in people)
    return Conflict(
        "erasure-unfinished",
        f"{marks}的个人信息还没有删完，要找的姓名和电话用丢了的钥匙封着：现在清掉，就当成删完了，"
        "其实没有找过。请从备份里找回 secrets 文件夹；确实找不回来，一个一个运行 "
        "python -m server person erase 编号 --named 原来的姓名 --phone 原来的电话，再来清。",
    )


def _blind(session: Session) -> list[int]:
    """People of unfinished erasures of which no key says any more whom they look for."""
    lost = next(one for table, _, one in _lost(session) if table is PersonErasure.__table__)
    asked = sa.select(PersonErasure.person_id).where(PersonErasure.done_at.is_(None), lost)
    return list(session.scalars(asked.order_by(PersonErasure.person_id)))


def _lost(
    session: Session,
) -> Iterator[tuple[sa.Table, sa.Column[str], sa.ColumnElement[bool]]]:
    names = [key_id(key) for key in sealing_keys(session.get_bind().dialect)]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText):
                lying = sa.type_coerce(column, sa.String)
                lost = (lying != "") & sa.func.substr(lying, 1, NAME).not_in(names)
                yield table, column, lost
            elif isinstance(column.type, SealedJson):  # one JSON string, with its mark of one
                text = sa.cast(column, sa.Text)
                sealed = sa.func.substr(text, 1, 1) == '"'
                yield table, column, sealed & sa.func.substr(text, 2, NAME).not_in(names)
