"""What the house holds of one person, told to that person (个人信息保护法, article 45)."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from server.models.consent import Consent, ConsentText
from server.models.person import Person
from server.models.phone_event import EventKind
from server.models.request import RequestAbout
from server.services.people.others import ANOTHER, Others, others_of

OWN = {
    "keepings": "管过的站",
    "bind_codes": "绑定码（码本身不保存）",
    "consents": "同意过什么、没同意什么",
    "sign_ins": "登录过的手机和电脑",
    "second_factors": "动态码",
    "recovery_codes": "恢复码（码本身不保存）",
    "wechat_identities": "绑定的微信",
    "wechat_messages": "微信通知",
    "kept_forms": "没有交成的表",
    "phone_events": "手机交来的记录，照原样",
    "photos": "交来的照片",
    "check_ins": "签到，包括位置",
    "parcel_counts": "填的件数",
    "self_checks": "自查",
    "keeper_requests": "请县里办的事",
    "task_force_heads": "任专班负责人",
}
"""Tables whose rows with this `person_id` are about the person; of all others only how many."""
SECRET = ("_sha256", "_sealed", "password_hash", "csrf", "mark", "last_step")
NOT_SECRET = frozenset({"content_sha256", "sha256", "text_sha256"})
# What an inspector's record says of the inspector; the rest tells of a station and its people.
OWN_OF_A_VISIT = frozenset(
    {"arrived_at", "finished_at", "method", "position", "presence", "inspector_signature"}
)
COUNTYS_RECORD = "其余是县里的督导记录，写的是站点和站里的人，不在这份里"


def data_of(session: Session, person: Person) -> dict[str, Any]:
    """Everything about a person as JSON can hold it: moments in UTC, days, secrets left out.

    What they did for the county (signed, approved, entered) is counted by table and column: these
    are the county's records, and tell of others. Who else is named in the person's own words and
    records stands as 〔别人〕, other people's numbers as 〔号码〕.
    """
    others = others_of(session, person)
    people = Base.metadata.tables["people"]
    [own] = _rows(session, people, people.c.id == person.id)
    data: dict[str, Any] = {"本人": own}
    for kind, name in OWN.items():
        noun = Base.metadata.tables[kind]
        if rows := list(_rows(session, noun, noun.c.person_id == person.id)):
            if kind == Consent.__tablename__:
                _with_texts(session, person, rows)
            data[name] = [_only_own(kind, row, others) for row in rows]
    acts = {}
    for table in Base.metadata.sorted_tables:
        for column in _naming_people(table):
            if table.name in OWN and column.name == "person_id":
                continue
            asked = sa.select(sa.func.count()).select_from(table).where(column == person.id)
            if number := session.scalar(asked):
                acts[f"{table.name}.{column.name}"] = number
    return data | {"替县里办过的事（条数）": acts}


def held_of(session: Session, person: Person) -> list[tuple[str, int]]:
    """How many rows of each kind are about a person; kinds without any are left out."""
    found = []
    for kind, name in OWN.items():
        noun = Base.metadata.tables[kind]
        asked = sa.select(sa.func.count()).select_from(noun).where(noun.c.person_id == person.id)
        if number := session.scalar(asked):
            found.append((name, number))
    return found


def copy_of(session: Session, person: Person) -> str:
    """`data_of` as the text of a file."""
    return json.dumps(data_of(session, person), ensure_ascii=False, indent=1)


def _with_texts(session: Session, person: Person, rows: list[dict[str, Any]]) -> None:
    """Put the very words that were answered beside each answer, as far as they were kept."""
    asked = sa.select(ConsentText.sha256, ConsentText.text).where(
        ConsentText.county == person.county
    )
    texts = {row.sha256: row.text for row in session.execute(asked)}
    for row in rows:
        row["text"] = texts.get(row["text_sha256"], "当时的话没有留底，只有校验码")


def _only_own(kind: str, row: dict[str, Any], others: Others) -> dict[str, Any]:
    """A row without what it tells of other people."""
    if kind == "phone_events" and row["kind"] == EventKind.INSPECTION:
        own = {name: row["payload"][name] for name in OWN_OF_A_VISIT & row["payload"].keys()}
        row = row | {"payload": own | {"说明": COUNTYS_RECORD}}
    elif kind == "phone_events" and row["payload"].get("name"):
        row = row | {"payload": row["payload"] | {"name": ANOTHER}}  # who is to keep the station
    elif kind == "keeper_requests" and row["about"] == RequestAbout.HANDOVER and row.get("wish"):
        row = row | {"wish": ANOTHER}
    hidden: dict[str, Any] = others.hidden_in(row)
    return hidden


def _naming_people(table: sa.Table) -> Iterator[sa.Column[Any]]:
    for column in table.columns:
        if any(key.column.table.name == "people" for key in column.foreign_keys):
            yield column


def _rows(
    session: Session, table: sa.Table, which: sa.ColumnElement[bool]
) -> Iterator[dict[str, Any]]:
    columns = [one for one in table.columns if not _is_secret(one.name)]
    asked = sa.select(*columns).where(which).order_by(*table.primary_key.columns)
    for row in session.execute(asked).mappings():
        yield {name: _plain(value) for name, value in row.items() if value is not None}


def _is_secret(name: str) -> bool:
    return name.endswith(SECRET) and name not in NOT_SECRET


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
