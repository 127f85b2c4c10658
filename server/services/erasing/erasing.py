"""Begins the erasure of a person, and begins it anew where an old copy brought the person back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.db import Base
from server.errors import Conflict, Invalid
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.person import FailedTry, Person, SignIn
from server.models.wechat import WeChatIdentity, WeChatPermission
from server.services.common import history
from server.services.common.written import reason_given
from server.services.erasing.actions import ErasingAction
from server.services.erasing.names import former_names, longer_names, namesake_of
from server.services.erasing.places import NUMBER_GONE
from server.services.erasing.preview import SHORTEST_NUMBER, preview_of
from server.services.people.erased import marked, refuse_erased
from server.services.people.others import digits_of
from server.services.people.sign_ins import end_all

JOB = "erase_person"
LIST = "erased-people.txt"
"""In the data folder, beside the database: a line each, for the day when an old copy comes back."""
# What nobody but the person has any use for; their rows go whole, in an order that keys allow.
WHOLE = (
    "wechat_messages", "wechat_identities", "second_factors", "recovery_codes", "kept_forms",
    "bind_codes", "self_checks",
)  # fmt: skip


class Gone(NamedTuple):
    """One line of the list of erased people: whose number it is, and when the row was made."""

    county: str
    person_id: int
    made_at: datetime

    def __str__(self) -> str:
        return f"{self.county} {self.person_id} {self.made_at.astimezone(UTC).isoformat()}"


def begin_erasure(
    session: Session, *, person: Person, by: Person | None, reason: str, now: datetime
) -> PersonErasure:
    """Take away name, number, account, phones and WeChat at once; the rest is a job's.

    Raises Invalid (reason-needed), Conflict (person-erased, person-not-erasable).
    """
    because = reason_given(
        reason, "请写明谁提出的、怎么核对的本人，例如“本人到县专班申请，看过身份证”。",
        into=HistoryLine.reason,
    )  # fmt: skip
    session.refresh(person, with_for_update=True)  # of two at once, one is told
    refuse_erased(person)
    told = preview_of(session, person)
    if told.against:
        raise Conflict(
            "person-not-erasable",
            f"还不能删除：{''.join(told.against)}",
            against=list(told.against),
        )
    mark = marked(person)
    names = [person.name, *former_names(session, person)]
    row = PersonErasure(
        county=person.county, person_id=person.id, begun_by=by.id if by else None, begun_at=now,
        reason=because,
        sought=_sought(session, person, names, person.phone or ""),
    )  # fmt: skip
    session.add(row)
    session.flush()
    end_all(session, person=person, now=now)
    _take_away(session, person)
    person.name, person.phone, person.login, person.password_hash = mark, None, None, None
    person.erased_at = now
    session.flush()
    history.write(
        session, of=person, by=by, at=now, action=ErasingAction.PERSON_ERASED,
        summary=f"删除{mark}的个人信息", reason=because,
    )  # fmt: skip
    jobs.enqueue(session, JOB, {"erasure_id": row.id}, now=now, dedupe=f"{JOB}:{row.id}")
    return row


def _sought(session: Session, person: Person, names: list[str], phone: str) -> dict[str, Any]:
    """What is looked for, as the row keeps it; the first name is that of now."""
    digits = digits_of(phone)
    longer = {held for one in names for held in longer_names(session, person, one)}
    return {
        "texts": dict.fromkeys(sorted(names, key=len, reverse=True), marked(person)),
        "numbers": {digits: NUMBER_GONE} if len(digits) >= SHORTEST_NUMBER else {},
        "sure": not namesake_of(session, person, names[0]),
        "longer": sorted(longer - {*names}),
    }


def seek_again(
    session: Session, *, person: Person, name: str, phone: str, now: datetime
) -> PersonErasure:
    """Say anew who is looked for, where it lies sealed under a key that is lost; a job goes on.

    Raises Conflict person-not-being-erased, Invalid person-erase-whom.
    """
    open_one = sa.select(PersonErasure.id).where(
        PersonErasure.person_id == person.id, PersonErasure.done_at.is_(None)
    )
    key = session.scalar(open_one.with_for_update())
    if key is None:
        raise Conflict(
            "person-not-being-erased", f"{marked(person)}没有还没做完的删除，不用再说要找谁。"
        )
    if not name.strip():
        raise Invalid("person-erase-whom", "请写要找的姓名，要照原来登记的写。")
    session.execute(
        sa.update(PersonErasure)
        .where(PersonErasure.id == key)
        .values(sought=_sought(session, person, [name.strip()], phone), step="")
    )
    # The first job has ended by now, and its row would keep another of its name out.
    jobs.enqueue(session, JOB, {"erasure_id": key}, now=now)
    return session.get_one(PersonErasure, key, populate_existing=True)


def erasure_of(session: Session, person: Person) -> PersonErasure | None:
    """How far a person's erasure has come; None where there is none."""
    asked = sa.select(PersonErasure).where(PersonErasure.person_id == person.id)
    return session.scalars(asked).one_or_none()


def erased_until(session: Session) -> datetime | None:
    """Copies from before this moment hold somebody who was erased since; None where nobody was."""
    asked = sa.select(sa.func.max(PersonErasure.done_at), sa.func.count(PersonErasure.id))
    last, some = session.execute(asked).one()
    under_way = sa.select(PersonErasure.id).where(PersonErasure.done_at.is_(None)).limit(1)
    if session.scalar(under_way) is not None:
        return datetime.max.replace(tzinfo=UTC)
    return last if some else None


def holding_erased(session: Session, copies: Sequence[Path]) -> list[Path]:
    """Those of some files of a database that still hold somebody who was erased since."""
    until = erased_until(session)
    if until is None:
        return []
    return [one for one in copies if datetime.fromtimestamp(one.stat().st_mtime, UTC) < until]


def gone_of(person: Person) -> Gone:
    """A person's line on the list of the erased."""
    return Gone(person.county, person.id, person.created_at)


def erased_people(session: Session) -> list[Gone]:
    """Everybody who was erased, of all counties, as lines for the list."""
    asked = (
        sa.select(Person.county, Person.id, Person.created_at)
        .join(PersonErasure, PersonErasure.person_id == Person.id)
        .order_by(Person.id)
    )
    return [Gone(*row) for row in session.execute(asked)]


def gone_in(text: str) -> list[Gone]:
    """A list of erased people as it was written down. Raises Invalid erased-list-unreadable."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            county, person_id, made_at = line.split()
            moment = datetime.fromisoformat(made_at)
            found.append(Gone(county, int(person_id), moment.astimezone(UTC)))
        except ValueError as wrong:
            raise Invalid(
                "erased-list-unreadable", f"名单第{number}行看不懂：“{line}”。请照原样抄。"
            ) from wrong
    return found


def back_again(session: Session, one: Gone) -> Person | None:
    """The very person of a line, where a restored copy has them back; None where it has not."""
    person = session.get(Person, one.person_id)
    if person is None or person.county != one.county or person.erased_at is not None:
        return None
    return person if person.created_at == one.made_at else None


def note_gone(home: Path, gone: list[Gone]) -> None:
    """Add to the list in the data folder, beside the database, who is not on it yet."""
    path = home / LIST
    held = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    new = [str(one) for one in gone if str(one) not in held]
    if new:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{one}\n" for one in new)


def _take_away(session: Session, person: Person) -> None:
    """The person's own rows that nobody else needs; what a sign-in knew of the device."""
    identities = sa.select(WeChatIdentity.id).where(WeChatIdentity.person_id == person.id)
    session.execute(
        sa.delete(WeChatPermission).where(WeChatPermission.identity_id.in_(identities)),
        execution_options={"synchronize_session": False},
    )
    for name in WHOLE:
        table = Base.metadata.tables[name]
        session.execute(sa.delete(table).where(table.c.person_id == person.id))
    session.execute(
        sa.update(SignIn)
        .where(SignIn.person_id == person.id)
        .values(device_id=None, device_label="", csrf=None)
    )
    if person.login:
        session.execute(sa.delete(FailedTry).where(FailedTry.key == person.login))
