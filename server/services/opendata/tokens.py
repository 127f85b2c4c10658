"""Read tokens: with them other systems of the county read open data, and nothing else."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound, TooMany
from server.models.county import County, Division, Operator
from server.models.open_data import ReadToken, ReadTokenDay
from server.models.person import Person
from server.models.station import Station
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.opendata.actions import OpenDataAction
from server.services.opendata.tables import TABLES

LONGEST_DAYS = 366
MOST_A_DAY = 20_000
BEGIN = "czt_"
SHOWN = 10
DAYS_SHOWN = 31


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token with the place it is good for and how it was used of late."""

    row: ReadToken
    place: str
    issued_by: str
    days: Sequence[ReadTokenDay]

    def good_on(self, today: date) -> bool:
        """Whether it still opens anything."""
        return self.row.revoked_at is None and self.row.until_on >= today


def issue_token(
    session: Session,
    *,
    by: Person,
    system: str,
    holder: str,
    kinds: Collection[str],
    township_code: str | None,
    operator_id: int | None,
    until_on: date | None,
    now: datetime,
) -> tuple[ReadToken, str]:
    """Make a token; the row, and the token itself, which is said only now.

    Raises `Invalid` (read-token-incomplete, text-too-long).
    """
    today = beijing_day(now)
    system = written(system, "系统名称", field="system", into=ReadToken.system)
    holder = written(holder, "使用单位", field="holder", into=ReadToken.holder)
    wrong: dict[str, str] = {}
    if not system:
        wrong["system"] = "请写是哪个系统"
    if not holder:
        wrong["holder"] = "请写哪个单位、谁负责"
    if not kinds or not set(kinds) <= set(TABLES):
        wrong["kinds"] = "请勾选给它读哪几种数据"
    if until_on is None or not today <= until_on <= today + timedelta(days=LONGEST_DAYS):
        wrong["until_on"] = f"请选从今天起{LONGEST_DAYS}天以内的一天"
    if township_code and _township(session, by.county, township_code) is None:
        wrong["township"] = "没有这个乡镇，请重新选择"
    operator = session.get(Operator, operator_id) if operator_id is not None else None
    if operator_id is not None and (operator is None or operator.county != by.county):
        wrong["operator"] = "没有这家企业，请重新选择"
    if wrong or until_on is None:
        raise Invalid(
            "read-token-incomplete",
            f"令牌还没有发：{'；'.join(wrong.values())}。",
            fields=wrong,
        )
    token = BEGIN + secrets.token_urlsafe(32)
    row = ReadToken(
        county=by.county,
        system=system,
        holder=holder,
        kinds=[one for one in TABLES if one in kinds],
        township_code=township_code or None,
        operator_id=operator_id,
        token_sha256=_hash(token),
        begins=token[:SHOWN],
        issued_by=by.id,
        issued_at=now,
        until_on=until_on,
    )
    session.add(row)
    session.flush()
    history.write(
        session,
        of=session.get_one(County, by.county),
        by=by,
        at=now,
        action=OpenDataAction.TOKEN_ISSUED,
        summary=f"给{system}（{holder}）发读取令牌{row.begins}…："
        f"{'、'.join(TABLES[one].label for one in row.kinds)}，"
        f"{_place(session, row)}，到{full_day_text(until_on)}",
    )
    return row, token


def revoke_token(
    session: Session, *, by: Person, token_id: int, reason: str, now: datetime
) -> ReadToken:
    """End a token at once.

    Raises `NotFound` (read-token-unknown), `Invalid` (reason-needed), `Conflict`
    (read-token-ended).
    """
    row = session.get(ReadToken, token_id, with_for_update=True)
    if row is None or row.county != by.county:
        raise NotFound("read-token-unknown", "没有找到这个令牌。请返回列表重新选择。")
    reason = reason_given(reason, "请写一句为什么停用，例如“系统已下线”。",
                          into=ReadToken.revoked_because)  # fmt: skip
    if row.revoked_at is not None:
        raise Conflict(
            "read-token-ended",
            f"{row.system}的令牌已经由别人停用了（{row.revoked_because}），您写的原因没有记下。",
        )
    row.revoked_at, row.revoked_by, row.revoked_because = now, by.id, reason
    history.write(
        session,
        of=session.get_one(County, by.county),
        by=by,
        at=now,
        action=OpenDataAction.TOKEN_REVOKED,
        summary=f"停用{row.system}的读取令牌{row.begins}…",
        reason=reason,
    )
    return row


def token_behind(session: Session, token: str | None, *, today: date) -> ReadToken | None:
    """The token that a system sent, unless revoked or over; one query."""
    if not token:
        return None
    return session.scalars(
        sa.select(ReadToken).where(
            ReadToken.token_sha256 == _hash(token),
            ReadToken.revoked_at.is_(None),
            ReadToken.until_on >= today,
        )
    ).one_or_none()


def stations_open_to(token: ReadToken) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Station` that holds for what a token may read."""
    seen = Station.county == token.county
    if token.township_code is not None:
        seen &= Station.township_code == token.township_code
    if token.operator_id is not None:
        seen &= Station.operator_id == token.operator_id
    return seen


def refuse_if_read_too_much(session: Session, token: ReadToken, *, today: date) -> None:
    """Raise `TooMany` (read-token-busy) when a token has asked `MOST_A_DAY` times today."""
    asked = session.scalar(
        sa.select(sa.func.sum(ReadTokenDay.requests)).where(
            ReadTokenDay.token_id == token.id, ReadTokenDay.day_on == today
        )
    )
    if (asked or 0) >= MOST_A_DAY:
        raise TooMany(
            "read-token-busy",
            f"这个令牌今天已经读了{MOST_A_DAY}次。请明天再读，每次多要一些（limit）。",
            retry_after_s=3600,
        )


def note_use(session: Session, *, token_id: int, kind: str, rows: int, now: datetime) -> None:
    """Count one reading of a token."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    put = insert(ReadTokenDay).values(
        token_id=token_id, day_on=beijing_day(now), kind=kind, requests=1, rows=rows, last_at=now
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=["token_id", "day_on", "kind"],
            set_={
                "requests": ReadTokenDay.requests + 1,
                "rows": ReadTokenDay.rows + put.excluded.rows,
                "last_at": put.excluded.last_at,
            },
        )
    )


def tokens_of(session: Session, *, county: str, today: date) -> list[TokenView]:
    """Every token of a county, the newest first, with its uses of the last days."""
    rows = session.execute(
        sa.select(ReadToken, Person.name)
        .join(Person, Person.id == ReadToken.issued_by)
        .where(ReadToken.county == county)
        .order_by(ReadToken.id.desc())
    ).all()
    days: dict[int, list[ReadTokenDay]] = {}
    for day in session.scalars(
        sa.select(ReadTokenDay)
        .where(
            ReadTokenDay.token_id.in_([row.id for row, _ in rows]),
            ReadTokenDay.day_on > today - timedelta(days=DAYS_SHOWN),
        )
        .order_by(ReadTokenDay.day_on.desc(), ReadTokenDay.kind)
    ):
        days.setdefault(day.token_id, []).append(day)
    return [TokenView(row, _place(session, row), who, days.get(row.id, ())) for row, who in rows]


def _place(session: Session, row: ReadToken) -> str:
    told = []
    if row.township_code is not None:
        town = _township(session, row.county, row.township_code)
        told.append(town.name if town else row.township_code)
    if row.operator_id is not None:
        told.append(f"{session.get_one(Operator, row.operator_id).name}的站")
    return "、".join(told) or "全县"


def _township(session: Session, county: str, code: str) -> Division | None:
    found = session.get(Division, code)
    return found if found is not None and found.parent == county else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
