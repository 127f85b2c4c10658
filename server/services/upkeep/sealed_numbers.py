"""Sealed texts whose key is gone: how many there are, and how the house goes on without them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.erasure import PersonErasure
from server.models.sealed import SealedJson, SealedText
from server.services.upkeep.sealed_places import (
    PLAIN,
    key_of,
    lost_by_hand,
    our_keys,
    sealed_columns,
)


def lost_numbers(session: Session) -> int:
    """How many lie sealed under a key that this installation has not."""
    return sum(
        session.scalar(sa.select(sa.func.count()).select_from(table).where(lost)) or 0
        for table, _, lost in _lost(session)
    )


def lost_said(session: Session) -> list[str]:
    """What is said of whatever no key opens, and what to do; nothing where all can be opened."""
    return [
        words.format(many=many)
        for words, many in ((_NUMBERS, lost_numbers(session)), (_OTHERS, lost_by_hand(session)))
        if many
    ]


_NUMBERS = (
    "有{many}个电话的钥匙不在数据文件夹的 secrets 里，用到它们的页面打不开。请从备份里找回"
    " secrets 文件夹；确实找不回来，运行 python -m server person forget-numbers。"
)
_OTHERS = (
    "有{many}处收款账户、推送密钥、动态码、微信，钥匙不在数据文件夹的 secrets 里。"
    "请从备份里找回；确实找不回来，请重新登记账户，换推送密钥，重设动态码"
    "（person reset-code），请本人重新绑定微信。"
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
    names = our_keys(session)
    for column in sealed_columns():
        if isinstance(column.type, SealedText | SealedJson):
            yield column.table, column, key_of(column).not_in(["", PLAIN, *names])
