"""专班负责人: whom the county names as head of its 专班, from which day, and who it is today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Invalid
from server.models.county import County
from server.models.organisation import TaskForceHead
from server.models.person import Person
from server.policy.entries import telephone
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import named, reason_given, written
from server.services.county.choices import hold_still
from server.services.matters.actions import MatterAction
from server.services.people.scope import MAY_HEAD


@dataclass(frozen=True, slots=True)
class HeadTold:
    """One line, and who entered it."""

    head: TaskForceHead
    who: str


def head_on(session: Session, *, county: str, on: date) -> TaskForceHead | None:
    """Who heads the 专班 on a day; one query."""
    return session.scalars(
        sa.select(TaskForceHead)
        .where(TaskForceHead.county == county, TaskForceHead.from_on <= on)
        .order_by(TaskForceHead.from_on.desc(), TaskForceHead.id.desc())
        .limit(1)
    ).first()


def heads_told(session: Session, *, county: str) -> list[HeadTold]:
    """Every line that the county ever entered, the newest first."""
    rows = session.execute(
        sa.select(TaskForceHead, Person.name)
        .outerjoin(Person, Person.id == TaskForceHead.recorded_by)
        .where(TaskForceHead.county == county)
        .order_by(TaskForceHead.from_on.desc(), TaskForceHead.id.desc())
    )
    return [HeadTold(head, who or "系统") for head, who in rows]


def may_head(session: Session, *, county: str) -> list[Person]:
    """The accounts that may be the head's, by name."""
    return list(
        session.scalars(
            sa.select(Person)
            .where(Person.county == county, Person.role.in_(MAY_HEAD), Person.active)
            .order_by(Person.role, Person.name, Person.id)
        )
    )


def heads_shown(session: Session, *, county: str) -> list[Shown]:
    """What the form shows: its seal."""
    newest = next(iter(heads_told(session, county=county)), None)
    told = "" if newest is None else f"{newest.head.id}"
    return [Shown("head", "专班负责人", told)]


def name_head(
    session: Session,
    *,
    county: County,
    typed: Mapping[str, str],
    from_on: date,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> TaskForceHead:
    """Name the head from a day on; the line before stays.

    `typed`: person_id of an account, or name and phone of somebody without; post, reason. Raises
    Invalid field-invalid, reason-needed, text-too-long; Conflict head-changed-meanwhile.
    """
    hold_still(session, county)
    held = heads_shown(session, county=county.code)
    refuse_if_changed(seal, held, code="head-changed-meanwhile", what="专班负责人")
    account = _account(session, county.code, typed.get("person_id", "").strip())
    name = named(typed.get("name", ""), "姓名", field="name", into=TaskForceHead.name)
    phone = written(typed.get("phone", ""), "电话", field="phone", into=TaskForceHead.phone)
    if account is not None:
        name, phone = account.name, phone or (account.phone or "")
    if not name:
        raise _wrong("name", "请选择一个账号，或者写上姓名和电话。")
    if account is None and not phone:
        raise _wrong("phone", f"{name}没有账号，请写上电话，红牌问题才报得到本人。")
    try:
        phone = telephone(phone) if phone else ""
    except ValueError as odd:
        raise _wrong("phone", f"{odd}，请改正。") from odd
    newest = next(iter(heads_told(session, county=county.code)), None)
    if newest is not None and from_on < newest.head.from_on:
        day = full_day_text(newest.head.from_on)
        raise _wrong("from_on", f"{newest.head.name}从{day}起负责，新的一位不能更早。请换一天。")
    head = TaskForceHead(
        county=county.code,
        person_id=account.id if account else None,
        name=name,
        post=written(typed.get("post", ""), "职务", field="post", into=TaskForceHead.post),
        phone=phone,
        from_on=from_on,
        reason=reason_given(
            typed.get("reason", ""), "请写明依据，例如“专班成立文件”。", into=TaskForceHead.reason
        ),
        recorded_by=by.id,
        recorded_at=now,
    )
    session.add(head)
    session.flush()
    before = newest.head.name if newest else ""
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=MatterAction.HEAD_NAMED,
        summary=f"专班负责人：{head.name}{head.post}，从{full_day_text(from_on)}起",
        changes=[history.Change(field="head", label="专班负责人", old=before, new=head.name)],
        reason=head.reason,
    )
    return head


def _account(session: Session, county: str, key: str) -> Person | None:
    if not key:
        return None
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
    found = session.get(Person, number)
    if found is None or found.county != county or found.role not in MAY_HEAD or not found.active:
        raise _wrong("person_id", "没有这个账号，或者已经停用。请重新选择。")
    return found


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("field-invalid", sentence, fields={field: sentence})
