"""What a person was called, who and what else is called so, and what only sounds like it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.models.county import Division, Operator
from server.models.erasure import PersonErasure
from server.models.history import HistoryLine
from server.models.organisation import Organisation, TaskForceHead
from server.models.person import Keeping, Person
from server.models.station import Station
from server.services.people.actions import PeopleAction
from server.services.people.others import SHORTEST_NAME


def namesake_of(session: Session, person: Person, name: str | None = None) -> str:
    """Why a name in a text may be somebody else's; empty where it can only be this person's.

    Asks of the name that the person has, or of another that they once had.
    """
    name = person.name if name is None else name
    if len(name) < SHORTEST_NAME:
        return "名字只有一个字"
    for column, also, what, _ in _NAMED:
        asked = sa.select(column).where(
            column.class_.county == person.county, column.contains(name, autoescape=True)
        )
        if also is not None:
            asked = asked.where(also(person))
        if (found := session.scalar(asked.limit(1))) is not None:
            return f"{what}“{found}”"
    if any(name in one for one in _being_erased(session, person)):
        return "正在删除的另一个人也叫这个名字"
    return ""


def _being_erased(session: Session, person: Person) -> Iterator[str]:
    """What others are called whose own names are still looked for; the register forgot them."""
    asked = sa.select(PersonErasure).where(
        PersonErasure.county == person.county,
        PersonErasure.person_id != person.id,
        PersonErasure.done_at.is_(None),
    )
    for one in session.scalars(asked):
        yield from one.sought.get("texts", {})


def longer_names(session: Session, person: Person, name: str) -> list[str]:
    """Names of places, firms, bodies and other people in which a name stands as a part.

    王平 is no 王平村, and no 王平安: such a name stays whole. A head's or contact's counts as a
    name only where it is letters throughout: “王平（兼）” is the person.
    """
    if len(name) < SHORTEST_NAME:
        return []
    found: set[str] = set()
    for column, also, _, of_people in _NAMED:
        asked = sa.select(column).where(
            column.class_.county == person.county, column.contains(name, autoescape=True)
        )
        if also is not None:
            asked = asked.where(also(person))
        found |= {one for one in session.scalars(asked) if one.isalpha() or not of_people}
    found |= {one for one in _being_erased(session, person) if name in one}
    return sorted(found - {name})


def former_names(session: Session, person: Person) -> list[str]:
    """What the person was called before a correction or a new name, as the history tells it.

    Goes back from the name of now. Ends where a name may be somebody else's: whose line a line of
    the history is cannot be told then.
    """
    asked = (
        sa.select(HistoryLine.changes)
        .where(
            HistoryLine.county == person.county,
            HistoryLine.action == PeopleAction.PERSON_EDITED.value,
        )
        .order_by(HistoryLine.id.desc())
    )
    name, found = person.name, list[str]()
    for old, new in _renamings(session, asked):
        if new != name or namesake_of(session, person, name):
            continue
        name = old
        if name not in (person.name, *found) and not namesake_of(session, person, name):
            found.append(name)
    return found


def _renamings(session: Session, asked: sa.Select[Any]) -> Iterator[tuple[str, str]]:
    for changes in session.scalars(asked):
        for one in changes:
            if one.get("field") == "name" and one.get("old"):
                yield one["old"], one["new"]


def _never_kept(person: Person) -> sa.ColumnElement[bool]:
    kept = sa.select(Keeping.station_id).where(Keeping.person_id == person.id)
    return Station.id.not_in(kept)


def _another(person: Person) -> sa.ColumnElement[bool]:
    return Person.id != person.id


def _no_own_post(person: Person) -> sa.ColumnElement[bool]:
    return TaskForceHead.person_id.is_distinct_from(person.id)


_NAMED: tuple[tuple["InstrumentedAttribute[str]", Any, str, bool], ...] = (
    (Person.name, _another, "县里还有", True),
    (Station.head_name, _never_kept, "别的站的负责人叫", True),
    (TaskForceHead.name, _no_own_post, "有位专班负责人叫", True),
    (Station.name, None, "有个站叫", False),
    (Division.name, None, "有个地方叫", False),
    (Operator.contact_name, None, "有家企业的联系人叫", True),
    (Operator.name, None, "有家企业叫", False),
    (Organisation.name, None, "有个单位叫", False),
    (Organisation.short, None, "有个单位叫", False),
)
